"""Draws the pages for people to look at: `python -m tests.browser.screens OUT_DIR`.

Each page of the table is drawn for a phone and a tablet, light and dark, in English and Spanish,
and with its text twice as large. `index.html` shows them side by side, with what axe found, what
went wrong unseen and what does not fit. `--only NAME` draws one page and `--view en-phone-light`
one view of it; both may be given again. `--lives` draws the patient's app in all its states.
"""

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import product
from pathlib import Path

import click
from playwright.sync_api import Page
from sqlalchemy import select

from rehab import create_app
from rehab.cli.demo import demo_app
from rehab.extensions import db
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.services.access import links
from rehab.services.access.links import Purpose
from tests.browser import axe
from tests.browser.cast import Person, demo_clinic, riverside
from tests.browser.chromium import Chromium, chromium
from tests.browser.house import House, serving
from tests.browser.lives import LIVES, speak
from tests.browser.stage import Stage, staged

NOBODY, CALLER, PATIENT, ANA = "nobody", "caller", "patient", "Ana Ruiz"
ANYBODY = (NOBODY, CALLER, PATIENT)

PAGES = (
    ("demo", "/", NOBODY),
    ("demo-doors", "/demo/sign-in", NOBODY),
    ("demo-phone", "/demo/phone", NOBODY),
    ("enter", "/enter", NOBODY),
    ("code", "/enter/code", CALLER),
    ("sign-in", "/sign-in", NOBODY),
    ("today", "/me", PATIENT),
    ("today-eased", "/me", "Priya"),
    ("today-flare", "/me", "Jack"),
    ("today-worse", "/me", "Daniel"),
    ("today-silent", "/me", "Eleanor"),
    ("today-night", "/me", "Aroha"),
    ("today-paused", "/me", "Marcus"),
    ("today-new", "/me", "Noor"),
    ("session", "/me/session", PATIENT),
    ("session-long", "/me/session?before=3", PATIENT),
    ("session-told", "/me/session?on=2026-03-01", PATIENT),
    ("session-paused", "/me/session", "Marcus"),
    ("after", "/me/sessions/{session}", PATIENT),
    ("after-danger", "/me/sessions/{session}", "Marcus"),
    ("correct", "/me/sessions/{session}/correct", PATIENT),
    ("progress", "/me/progress", PATIENT),
    ("progress-all", "/me/progress?span=all", PATIENT),
    ("progress-flare", "/me/progress", "Jack"),
    ("progress-silent", "/me/progress", "Eleanor"),
    ("progress-new", "/me/progress", "Noor"),
    ("history", "/me/entries", PATIENT),
    ("texts", "/me/texts", PATIENT),
    ("settings", "/me/settings", PATIENT),
    ("times", "/me/settings/times", PATIENT),
    ("bedtime", "/me/settings/bedtime", "Aroha"),
    ("quiet", "/me/settings/quiet", PATIENT),
    ("texting", "/me/settings/texts", PATIENT),
    ("zone", "/me/settings/zone", PATIENT),
    ("calendar", "/me/settings/calendar", PATIENT),
    ("data", "/me/data", PATIENT),
    ("data-wrong", "/me/data/wrong", PATIENT),
    ("data-take", "/me/data/take", PATIENT),
    ("data-erase", "/me/data/erase", PATIENT),
    ("devices", "/me/devices", PATIENT),
    ("no-network", "/me/offline", PATIENT),
    ("kept", "/me/kept", PATIENT),
    ("reminder", "/{reminder}", NOBODY),
    ("reminder-session", "/{reminder}/session", NOBODY),
    ("account", "/account", ANA),
    ("clinic", "/clinic", ANA),
)
"""Name, path, and who looks: NOBODY, CALLER (who has just asked for a code), PATIENT (Grace in
English, Lucía in Spanish), or one of the demo's cast by name. A path may hold {reminder}, the token
of a reminder's link, {plan}, and {session}, the newest one's id: those of who looks, or else of
PATIENT."""

PATIENTS = {"en": "Grace", "es": "Lucía"}
LOCALES = {"en": "en-GB", "es": "es-ES"}
SIZES = {"phone": (390, 844), "tablet": (820, 1180)}
THEMES = ("light", "dark")
TEXTS = {"100": "", "200": "200%"}
"""Sizes of the text: what the page says, and twice that."""

STYLE = """
body { font: 16px/1.4 system-ui, sans-serif; margin: 1.5rem; background: #eee; color: #111 }
section { margin-block: 2rem } ul { display: flex; flex-wrap: wrap; gap: 1rem; padding: 0 }
li { list-style: none } img { inline-size: 240px; border: 1px solid #999; display: block }
pre { white-space: pre-wrap; background: #fff; padding: .5rem; max-inline-size: 60rem }
"""


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture, and what there is to say about it."""

    name: str
    about: str
    picture: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """How pages are looked at."""

    language: str
    size: str
    theme: str

    def sides(self) -> tuple[int, int]:
        """Width and height of the screen, in CSS pixels."""
        return SIZES[self.size]

    def open(self, stage: Stage) -> Page:
        width, height = self.sides()
        return stage.open(
            locale=LOCALES[self.language],
            color_scheme=self.theme,
            viewport={"width": width, "height": height},
            service_workers="block",
        )

    @property
    def name(self) -> str:
        return f"{self.language}-{self.size}-{self.theme}"


VIEWS = tuple(View(*each) for each in product(PATIENTS, SIZES, THEMES))


def draw(
    house: House,
    awake: Chromium,
    out: Path,
    pages: Sequence[tuple[str, str, str]] = PAGES,
    views: Sequence[View] = VIEWS,
) -> Iterator[Screen]:
    """Draw `pages` of the demo in every view into `out`, one after the other."""
    for view in views:
        with staged(house, awake) as stage:
            stage.tick()
            page = view.open(stage)
            for name, path, who in pages:
                if view.language == "en" or who in ANYBODY:
                    _arrive(stage, page, path, who, view)
                    yield from drawn(stage, page, name, view, out)


def draw_lives(
    house: House, awake: Chromium, out: Path, views: Sequence[View] = VIEWS
) -> Iterator[Screen]:
    """Draw every state of the patient's app, as Maya lives through them, into `out`."""
    for view, life in product(views, LIVES):
        with staged(house, awake) as stage:
            speak(stage, stage.maya, view.language)
            page = view.open(stage)
            for name in life(stage, page, stage.maya):
                yield from drawn(stage, page, re.sub(r"\W+", "-", name).strip("-"), view, out)


def _arrive(stage: Stage, page: Page, path: str, who: str, view: View) -> None:
    """Go to the page as the one who looks."""
    page.context.clear_cookies()
    person = stage.person(PATIENTS[view.language] if who in ANYBODY else who)
    if who == CALLER:
        page.goto("/enter")
        page.locator("input[name=phone]").fill(person.phone)
        page.locator("main form button").click()
        page.wait_for_url("**/enter/code")
    elif who != NOBODY:
        stage.sign_in(page, person)
    page.goto(re.sub(r"{(\w+)}", lambda blank: BLANKS[blank[1]](stage, person), path))


def drawn(stage: Stage, page: Page, name: str, view: View, out: Path) -> Iterator[Screen]:
    """The page as it is shown now, in each size of the text."""
    remarks = [f"axe: {finding}" for finding in axe.findings(page)]
    for text, size in TEXTS.items():
        page.evaluate("size => document.documentElement.style.fontSize = size", size)
        if not fits(page):
            remarks.append("wider than the screen")
        picture = f"{name}-{view.name}-{text}.png"
        _picture(page, out / picture, *view.sides())
        remarks += stage.faults.seen
        stage.faults.seen.clear()
        about = f"{view.language}, {view.size}, {view.theme}, text {text} %"
        yield Screen(name, about, picture, tuple(remarks))
        remarks = []


def _picture(page: Page, path: Path, width: int, height: int) -> None:
    """The whole page, on a screen that is long enough for it: what stands at the foot of a screen
    stands at the foot of the picture."""
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(whole, height)})
    page.screenshot(path=path, animations="disabled", timeout=60_000)
    page.set_viewport_size({"width": width, "height": height})


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways. A phone zooms out of a page that is too wide,
    so its window's own width tells nothing."""
    fitting: bool = page.evaluate("document.documentElement.scrollWidth <= screen.width")
    return fitting


def _reminder(stage: Stage, who: Person) -> str:
    with stage.backstage():
        return links.issue(
            Purpose.REMINDER, db.session.get_one(Plan, who.plan_id), stage.clock.wall
        )


def _plan(_stage: Stage, who: Person) -> str:
    return str(who.plan_id)


def _session(stage: Stage, who: Person) -> str:
    newest = select(Session.id).filter_by(plan_id=who.plan_id).order_by(Session.performed_at.desc())
    with stage.backstage():
        return str(db.session.scalars(newest.limit(1)).one())


BLANKS: dict[str, Callable[[Stage, Person], str]] = {
    "reminder": _reminder,
    "plan": _plan,
    "session": _session,
}


def contact_sheet(screens: Sequence[Screen]) -> str:
    """All pictures on one page, by the name of what they show."""
    names = list(dict.fromkeys(screen.name for screen in screens))
    sections = "\n".join(_section(name, [s for s in screens if s.name == name]) for name in names)
    contents = " ".join(f'<a href="#{name}">{name}</a>' for name in names)
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Screens</title>'
        f"<style>{STYLE}</style>\n<h1>Screens</h1>\n<nav>{contents}</nav>\n{sections}\n</html>\n"
    )


def _section(name: str, screens: Sequence[Screen]) -> str:
    shown = "\n".join(
        f'<li><a href="{s.picture}"><img loading="lazy" src="{s.picture}" alt=""></a>{s.about}'
        + "".join(f"<pre>{escape(remark)}</pre>" for remark in s.remarks)
        for s in screens
    )
    return f'<section id="{name}"><h2>{name}</h2>\n<ul>\n{shown}\n</ul></section>'


@click.command()
@click.argument("out_dir", type=click.Path(path_type=Path, file_okay=False))
@click.option("--only", multiple=True, type=click.Choice([name for name, _, _ in PAGES]))
@click.option("--view", "named", multiple=True, type=click.Choice([view.name for view in VIEWS]))
@click.option("--lives", is_flag=True, help="Draw every state of the patient's app instead.")
def main(out_dir: Path, only: tuple[str, ...], named: tuple[str, ...], lives: bool) -> None:
    """Draw every page for people to look at."""
    out_dir.mkdir(parents=True, exist_ok=True)
    wanted = [page for page in PAGES if not only or page[0] in only]
    views = [view for view in VIEWS if not named or view.name in named]
    build, furnish = (create_app, riverside) if lives else (demo_app, demo_clinic)
    screens: list[Screen] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), build, furnish) as house,
        chromium() as running,
        running.awake() as awake,
    ):
        drawn = (
            draw_lives(house, awake, out_dir, views)
            if lives
            else draw(house, awake, out_dir, wanted, views)
        )
        for screen in drawn:
            screens.append(screen)
            click.echo(" ".join([screen.picture, *screen.remarks]))
        (out_dir / "index.html").write_text(contact_sheet(screens), encoding="utf-8")
    click.echo(f"{len(screens)} screens: {out_dir / 'index.html'}")


if __name__ == "__main__":
    main()
