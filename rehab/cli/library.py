"""The program library: checking it, and drawing its figures."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from rehab.errors import NotFound
from rehab.exchange.fhir.definitions import shelf
from rehab.figures.contact_sheet import contact_sheet
from rehab.figures.lint import figure_faults
from rehab.figures.picture import Caption, moving, still
from rehab.programs.library import Fault, Library, LibraryFault, read_library, shipped_folder
from rehab.services.privacy.tables import as_json


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
        known = read_library(*folders(path))
        faults = drawing_faults(known)
        if faults:
            raise LibraryFault(faults)
        click.echo(summary(known))
    except LibraryFault as found:
        click.echo(str(found), err=True)
        ctx.exit(1)


@library.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--only", "ids", multiple=True, metavar="ID", help="Only this exercise; repeatable.")
@click.option(
    "--out", default="var/figures", type=click.Path(path_type=Path), help="Where they are written."
)
def figures(path: Path | None, ids: tuple[str, ...], out: Path) -> None:
    """Draw the figures, moving and still, and a page that shows them all: a contact sheet.

    What is wrong with a figure is told on standard error; it is drawn all the same.
    """
    known = read_library(*folders(path))
    for id_ in ids:
        if id_ not in known.figures:
            raise NotFound(f"there is no figure of {id_}")
    drawn = [id_ for id_ in sorted(known.figures) if id_ in ids or not ids]
    out.mkdir(parents=True, exist_ok=True)
    for id_ in drawn:
        _draw(known, id_, out)
    names = [(id_, known.exercises[id_].name) for id_ in drawn]
    (out / "index.html").write_text(contact_sheet(names), encoding="utf-8")
    for fault in drawing_faults(known, drawn):
        click.echo(str(fault), err=True)
    click.echo(f"{len(drawn)} figures in {out / 'index.html'}")


@library.command("export")
@click.argument("path", required=False, type=click.Path(path_type=Path))
def export(path: Path | None) -> None:
    """Write the programs and exercises to stdout as a FHIR R4 bundle of definitions."""
    sys.stdout.buffer.write(as_json(shelf(read_library(*folders(path)))))


def _draw(known: Library, id_: str, out: Path) -> None:
    exercise, figure = known.exercises[id_], known.figures[id_]
    caption = Caption(exercise.name, exercise.movement, "en")
    for ending, draw in (("svg", moving), ("still.svg", still)):
        svg = draw(figure, caption, exercise.muscles)
        (out / f"{id_}.{ending}").write_text(svg, encoding="utf-8")


def drawing_faults(known: Library, ids: Iterable[str] | None = None) -> list[Fault]:
    """What is wrong with the drawings of a library whose files are sound."""
    return [
        Fault(f"figures/{id_}.yaml", field, what)
        for id_ in (sorted(known.figures.keys() - known.borrowed) if ids is None else ids)
        for field, what in figure_faults(known.figures[id_], known.exercises[id_].muscles)
    ]


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
        f"{len(library.figures)} figures, "
        f"{texts} texts in {len(library.messages)} languages: no faults"
    )
