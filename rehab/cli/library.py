"""Checking the program library: `rehab library check`."""

from pathlib import Path

import click

from rehab.programs.library import Library, LibraryFault, read_library, shipped_folder


@click.group()
def library() -> None:
    """The exercises, programs, policies and texts."""


@library.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.pass_context
def check(ctx: click.Context, path: Path | None) -> None:
    """Read the library strictly and list every fault as `file: field: what`.

    PATH is a whole library (it has a safety.yaml) or a folder of additions, which is checked on
    top of the shipped library. Without PATH the shipped library is checked.
    """
    if path is not None and not path.is_dir():
        click.echo(f"{path}: there is no such folder", err=True)
        ctx.exit(2)
    try:
        click.echo(summary(read_library(*folders(path))))
    except LibraryFault as found:
        click.echo(str(found), err=True)
        ctx.exit(1)


def folders(path: Path | None) -> tuple[Path, ...]:
    """What to read together to judge `path`."""
    if path is None:
        return (shipped_folder(),)
    whole = (path / "safety.yaml").exists() or (path / "policies").exists()
    return (path,) if whole else (shipped_folder(), path)


def summary(library: Library) -> str:
    """What a sound library holds, in one line."""
    texts = len(library.messages["en"])
    return (
        f"{len(library.exercises)} exercises, {len(library.programs)} programs, "
        f"{len(library.policies)} policies, {len(library.measures)} measures, "
        f"{len(library.red_flags)} red flags, "
        f"{len(library.cautions)} cautions, {len(library.evidence)} sources, "
        f"{texts} texts in {len(library.messages)} languages: no faults"
    )
