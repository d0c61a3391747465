"""Where the files that ship with the code are: beside the package, or inside an installed one."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The shipped folder `name` (`program_library`, `migrations`)."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
