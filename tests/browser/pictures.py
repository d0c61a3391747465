"""Draws the README's pictures anew: `python -m tests.browser.pictures docs/pictures`.

They are the demo's own pages, as they are served and at twice the points of a plain screen.
"""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from rehab.cli.demo import demo_app
from tests.browser import clinics
from tests.browser.cast import demo_clinic
from tests.browser.chromium import chromium
from tests.browser.house import serving
from tests.browser.stage import DESK, Stage, staged

LARGEST = 120_000
"""Bytes of a picture: a README is read on a train too."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One page as somebody sees it: as much of its top as `size` holds, in CSS pixels."""

    name: str
    path: str
    who: str
    size: tuple[int, int]
    screen: dict[str, Any] = field(default_factory=dict)
    points: float = 2


SHOTS = (
    Shot("patient", "/me", "Priya", (390, 640), points=1.5),
    Shot("clinician", "/clinic", clinics.ANA, (1100, 520), DESK, points=1),
    Shot("texts", "/demo/phone/{patient}", "Grace", (390, 640), points=1.5),
)


def draw(stage: Stage, shot: Shot, out: Path) -> Path:
    """The picture of a page. Raises ClickException for one that is too large to be read."""
    width, height = shot.size
    page = stage.open(
        **{**shot.screen, "viewport": {"width": width, "height": height}},
        device_scale_factor=shot.points,
        service_workers="block",
    )
    person = stage.person(shot.who)
    stage.sign_in(page, person)
    page.goto(shot.path.format(patient=person.id))
    page.wait_for_load_state("networkidle")
    path = out / f"{shot.name}.png"
    page.screenshot(path=path, animations="disabled", timeout=60_000)
    if path.stat().st_size > LARGEST:
        raise click.ClickException(f"{path} has {path.stat().st_size} bytes: show less of the page")
    return path


@click.command()
@click.argument("out_dir", type=click.Path(path_type=Path, file_okay=False))
@click.option("--only", multiple=True, type=click.Choice([shot.name for shot in SHOTS]))
def main(out_dir: Path, only: tuple[str, ...]) -> None:
    """Draw the pictures that the README shows."""
    out_dir.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), demo_app, demo_clinic) as house,
        chromium() as running,
        running.awake() as awake,
    ):
        for shot in SHOTS:
            if only and shot.name not in only:
                continue
            with staged(house, awake) as stage:
                stage.tick()
                path = draw(stage, shot, out_dir)
                click.echo(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
