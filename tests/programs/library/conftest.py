"""The shipped library, spoilt in one place."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rehab.programs.library import LibraryFault, read_library, shipped_folder

Spoil = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped library."""
    return Path(shutil.copytree(shipped_folder(), tmp_path / "library"))


@pytest.fixture
def spoil(folder: Path) -> Spoil:
    """Replaces the first `old` in a file of the copy by `new`."""

    def spoil(file: str, old: str, new: str) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


@pytest.fixture
def faults() -> Callable[..., list[str]]:
    """Every fault of the folders, in words."""

    def faults(*folders: Path) -> list[str]:
        with pytest.raises(LibraryFault) as caught:
            read_library(*folders)
        return [str(fault) for fault in caught.value.faults]

    return faults
