"""Draws the desk's pages for people to look at: `python -m tests.browser.desk_screens OUT_DIR`.

Each page is drawn as a large screen and as a tablet, light and dark: over the demo's clinic, an
empty one, one of long names, and one with a course of 300 sessions. `index.html` shows them side by
side, with what axe found and what does not fit. `--only NAME` draws one page.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import click
from sqlalchemy import select

from rehab import create_app
from rehab.cli.demo import demo_app
from rehab.extensions import db
from rehab.models.decision import Decision
from tests.browser import clinics
from tests.browser.cast import Person, demo_clinic
from tests.browser.chromium import Chromium, chromium
from tests.browser.house import House, serving
from tests.browser.screens import THEMES, Screen, View, contact_sheet, drawn
from tests.browser.stage import DESK, Stage, staged

SIZES = {"desk": (1440, 900), "tablet": (820, 1180)}

EVERYWHERE = (
    ("caseload", "/clinic"),
    ("inbox", "/clinic/inbox"),
    ("assign", "/clinic/assign"),
    ("own", "/clinic/library/own"),
    ("clinic", "/clinic/settings"),
    ("audit", "/clinic/audit"),
)
OF_SOMEBODY = (
    ("course", "/clinic/patients/{patient}"),
    ("decision", "/clinic/decisions/{decision}"),
    ("plan", "/clinic/plans/{plan}"),
    ("record", "/clinic/patients/{patient}/record"),
    ("texts", "/clinic/patients/{patient}/texts"),
    ("files", "/clinic/patients/{patient}/exchange"),
    ("handout", "/clinic/plans/{plan}/handout"),
    ("diary", "/clinic/plans/{plan}/diary"),
    ("report", "/clinic/plans/{plan}/report"),
)
OF_THE_LIBRARY = (
    ("step-ups", "/clinic/step-ups"),
    ("closed", "/clinic/inbox?state=closed"),
    ("library", "/clinic/library"),
    ("exercise", "/clinic/library/exercises/lb-bridge"),
    ("program", "/clinic/library/programs/lb-subacute-6w"),
    ("own-exercise", "/clinic/library/own/exercises/new"),
    ("own-program", "/clinic/library/own/programs/new"),
    ("policy", "/clinic/policy"),
    ("policy-try", "/clinic/policy/try"),
    ("clinic-texts", "/clinic/settings/texts"),
)
YEARS = (
    ("course", "/clinic/patients/{patient}"),
    ("course-12-weeks", "/clinic/patients/{patient}?window=12"),
    ("course-all", "/clinic/patients/{patient}?window=all"),
    ("report", "/clinic/plans/{plan}/report"),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A clinic, whom its patients' pages are about, and the pages that are drawn of it."""

    name: str
    build: Callable[..., object]
    furnish: Callable[..., object]
    about: str
    pages: tuple[tuple[str, str], ...]


SCENES = (
    Scene("demo", demo_app, demo_clinic, "Jack", (*EVERYWHERE, *OF_SOMEBODY, *OF_THE_LIBRARY)),
    Scene("empty", create_app, clinics.empty, "", EVERYWHERE),
    Scene(
        "long",
        create_app,
        clinics.long_names,
        "María de los Ángeles Inmaculada",
        (*EVERYWHERE, *OF_SOMEBODY),
    ),
    Scene("years", create_app, clinics.years, "Maya", YEARS),
)


class DeskView(View):
    """How the desk's pages are looked at."""

    def sides(self) -> tuple[int, int]:
        return SIZES[self.size]


def draw(
    house: House, awake: Chromium, scene: Scene, out: Path, only: tuple[str, ...]
) -> Iterator[Screen]:
    """Draw the pages of a scene in every view into `out`."""
    for size, theme in product(SIZES, THEMES):
        view = DeskView("en", size, theme)
        with staged(house, awake) as stage:
            width, height = view.sides()
            look = {**DESK, "viewport": {"width": width, "height": height}}
            page = stage.open(**look, color_scheme=theme)
            stage.sign_in(page, stage.person(clinics.ANA))
            about = stage.person(scene.about) if scene.about else None
            for name, path in scene.pages:
                if only and name not in only:
                    continue
                page.goto(_filled(path, stage, about))
                yield from drawn(stage, page, f"{scene.name}-{name}", view, out)


def _filled(path: str, stage: Stage, about: Person | None) -> str:
    def value(blank: re.Match[str]) -> str:
        assert about is not None
        return {"patient": lambda: str(about.id), "plan": lambda: str(about.plan_id)}.get(
            blank[1], lambda: _decision(stage, about)
        )()

    return re.sub(r"{(\w+)}", value, path)


def _decision(stage: Stage, about: Person) -> str:
    newest = select(Decision.id).filter_by(plan_id=about.plan_id, replaced_at=None)
    with stage.backstage():
        ordered = newest.order_by(Decision.effective_at.desc(), Decision.category)
        return str(db.session.scalars(ordered.limit(1)).one())


@click.command()
@click.argument("out_dir", type=click.Path(path_type=Path, file_okay=False))
@click.option("--only", multiple=True, help="Draw the page of this name alone.")
@click.option("--scene", "named", multiple=True, type=click.Choice([s.name for s in SCENES]))
def main(out_dir: Path, only: tuple[str, ...], named: tuple[str, ...]) -> None:
    """Draw every page of the desk for people to look at."""
    out_dir.mkdir(parents=True, exist_ok=True)
    screens: list[Screen] = []
    with chromium() as running, running.awake() as awake:
        for scene in (s for s in SCENES if not named or s.name in named):
            with (
                tempfile.TemporaryDirectory() as folder,
                serving(Path(folder), scene.build, scene.furnish) as house,  # type: ignore[arg-type]
            ):
                for screen in draw(house, awake, scene, out_dir, only):
                    screens.append(screen)
                    click.echo(" ".join([screen.picture, *screen.remarks]))
                (out_dir / "index.html").write_text(contact_sheet(screens), encoding="utf-8")
    click.echo(f"{len(screens)} screens: {out_dir / 'index.html'}")


if __name__ == "__main__":
    main()
