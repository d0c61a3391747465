"""The states that the patient's app can be in, each with the pages that show it.

A life is walked page by page: it yields the name of what the phone shows at that moment. Nothing
in it goes by the words of a page, so that it can be walked in every language.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

from playwright.sync_api import Page
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services import plan_changes
from rehab.services.transactions import transaction
from tests.browser import hands
from tests.browser.cast import Person
from tests.browser.player import go_on, hold_time, rate, touch
from tests.browser.stage import Stage
from tests.conftest import NOON

Life = Callable[[Stage, Page, Person], Iterator[str]]

DAY = timedelta(days=1)


def at_the_doors(stage: Stage, page: Page, who: Person) -> Iterator[str]:
    """Not signed in yet."""
    yield from shown(page, {"enter": "/enter", "dead link": "/l/nowhere"})
    page.goto("/enter")
    submit(page)
    yield "enter, no number"
    page.locator("input[name=phone]").fill(who.phone)
    submit(page)
    yield "code"
    page.locator("input[name=code]").fill("000000")
    submit(page)
    yield "code, a wrong one"
    yield from shown(page, {"no network": "/me/offline", "kept, nothing": "/me/kept"})


def new(stage: Stage, page: Page, who: Person) -> Iterator[str]:
    """The first day: nothing was told yet."""
    stage.sign_in(page, who)
    yield from shown(
        page,
        {
            "today, due": "/me",
            "session, pain before": "/me/session",
            "session, the long form": "/me/session?before=3",
            "progress, empty": "/me/progress",
            "entries, empty": "/me/entries",
            "not there": f"/me/sessions/{uuid4()}",
        },
    )


def in_the_settings(stage: Stage, page: Page, who: Person) -> Iterator[str]:
    """All that can be set, and what cannot be saved."""
    stage.tick()
    stage.sign_in(page, who)
    yield from shown(
        page,
        {
            name: f"/me/{name}"
            for name in (
                "settings?saved=times",
                "settings/times",
                "settings/bedtime",
                "settings/quiet",
                "settings/texts",
                "settings/zone",
                "texts",
                "devices",
            )
        },
    )
    page.goto("/me/settings/times")
    page.locator("input[name=exercise_at]").fill("23:30")
    submit(page)
    yield "times, too late"
    page.goto("/me/settings/bedtime")
    page.locator("input[name=bedtime]").fill("")
    submit(page)
    yield "bedtime, none"
    page.goto("/me/settings/quiet")
    page.locator("select[name=texts_from]").select_option("19:00")
    page.locator("select[name=texts_until]").select_option("10:00")
    submit(page)
    yield "quiet, too narrow"
    page.goto("/me/settings/texts")
    submit(page)
    yield "settings, texts off"
    yield from shown(page, {"texts, off": "/me/settings/texts"})
    stage.text_back(who, "STOP")
    yield from shown(page, {"texts, stopped": "/me/settings/texts", "settings": "/me/settings"})


def with_their_data(stage: Stage, page: Page, who: Person) -> Iterator[str]:
    """What is on file: seen, corrected, taken along, erased."""
    stage.sign_in(page, who)
    yield from shown(page, {name: f"/me/{name}" for name in ("data", "data/wrong", "data/erase")})
    page.goto("/me/data/wrong")
    submit(page)
    yield "wrong, no words"
    page.locator("textarea").fill("My name has an umlaut.")
    submit(page)
    yield "data, told"
    stage.later(hours=1)
    page.goto("/me/data/take")
    yield "take, to be proved"
    submit(page)
    yield "take, the code"
    page.locator("input[name=code]").fill("000000")
    submit(page, "form.card")
    yield "take, a wrong code"
    page.locator("input[name=code]").fill(stage.code_for(who))
    submit(page, "form.card")
    yield "take"
    page.goto("/me/data/erase")
    submit(page)
    yield "data, erasure asked for"
    yield from shown(page, {"erase, asked for": "/me/data/erase"})


def on_the_morning_after(stage: Stage, page: Page, who: Person) -> Iterator[str]:
    """A day of rest, the question of the morning, and what was told."""
    session = stage.trained(who.plan_id, NOON, new_areas=("knees",), note="A long walk before it.")
    stage.now(NOON - timedelta(hours=3) + DAY)
    stage.sign_in(page, who)
    yield from shown(page, {"today, the morning": "/me"})
    page.locator("button[name=pain][value='3']").click()
    page.wait_for_url("**/me?noted=pain")
    yield "today, noted"
    page.locator("button[name=sleep][value='7']").click()
    page.wait_for_url("**/me?noted=more")
    yield "today, how stiff"
    yield from shown(
        page,
        {
            "session, a rest day": "/me/session",
            "after": f"/me/sessions/{session}",
            "correct": f"/me/sessions/{session}/correct",
            "entries": "/me/entries",
            "progress": "/me/progress",
            "told": "/me/session?on=2026-03-02",
        },
    )
    submit(page, "form.long")
    yield "told, with faults"


def in_a_flare(stage: Stage, page: Page, who: Person) -> Iterator[str]:
    """Eased for pain, and done for today."""
    session = stage.trained(who.plan_id, NOON, during=9, after=8)
    stage.now(NOON + timedelta(hours=1))
    stage.sign_in(page, who)
    yield from shown(
        page,
        {
            "after, at once": f"/me/sessions/{session}",
            "today, done": "/me",
            "session, done": "/me/session",
            "session, again": "/me/session?again=1",
        },
    )


def in_danger(stage: Stage, page: Page, who: Person) -> Iterator[str]:
    """A red flag of each tier: whom to call; then a plan that is paused."""
    told = {
        flag: stage.trained(who.plan_id, NOON + timedelta(minutes=n), red_flags=(flag,))
        for n, flag in enumerate(("RF12", "RF06", "RF01", "RF19"))
    }
    stage.now(NOON + timedelta(hours=1))
    stage.sign_in(page, who)
    yield from shown(page, {flag: f"/me/sessions/{id_}" for flag, id_ in told.items()})
    yield from shown(page, {"today, paused": "/me", "session, paused": "/me/session"})


def through_a_session(stage: Stage, page: Page, who: Person) -> Iterator[str]:
    """Step by step, as the player leads, with pain that eases it and with what goes wrong."""
    stage.trained(who.plan_id, NOON - timedelta(hours=1), id=uuid4())
    stage.sign_in(page, who)
    page.goto("/me/session?again=1")
    go_on(page)
    yield "step, a question left open"
    rate(page, "before", 6)
    yield "step, eased"
    go_on(page)
    yield "step, an exercise"
    hold_time(page)
    touch(page)
    page.clock.run_for(7_000)
    yield "step, a hold"
    touch(page)
    page.locator("[data-too-much]").click()
    yield "step, too much"
    page.locator("[data-ask-too-much] [value=sore]").click()
    yield "step, left out"
    page.clock.resume()
    touch(page)
    page.locator("[data-onward]").click()
    yield "step, did you"
    page.keyboard.press("Escape")
    hands.skip(page)
    yield "step, each side"
    hands.skip(page)
    yield "step, minutes"
    hands.skip(page, "none")
    yield "step, the worst pain"
    rate(page, "during", 4)
    rate(page, "after", 3)
    yield "step, effort"
    go_on(page)
    yield "step, why"
    go_on(page)
    page.locator("[value='upper back']").check()
    yield "step, areas"
    go_on(page)
    yield "step, red flags"
    page.locator("[value=RF01]").check()
    yield "step, danger"
    page.locator("[data-mistake]").click()
    go_on(page)
    yield "step, a note"
    with stage.offline(page):
        page.locator("[data-step=note] .actions button").click()
        page.locator("[data-says=kept]").wait_for()
        yield "step, kept"


def at_the_end(stage: Stage, page: Page, who: Person) -> Iterator[str]:
    """A plan that has ended, one that has not begun, and none at all."""
    discharge(stage, who.plan_id)
    stage.sign_in(page, who)
    yield from shown(page, {"today, ended": "/me", "session, ended": "/me/session"})
    otis = stage.enrol("Otis", "+442079460155", language=who_speaks(stage, who))
    stage.sign_in(page, otis)
    paths = ("/me", "/me/progress", "/me/session", "/me/settings/times")
    yield from shown(page, {f"{path}, no plan": path for path in paths})
    stage.assign(otis, "neck-desk-6w", starts_on=date(2026, 3, 9))
    yield from shown(page, {"today, not begun": "/me", "session, not begun": "/me/session"})


def with_two_plans(stage: Stage, page: Page, who: Person) -> Iterator[str]:
    """Two plans at once, one of them about sleep."""
    stage.assign(who, "sleep-4w", weekdays=tuple(range(7)))
    stage.sign_in(page, who)
    yield from shown(
        page,
        {
            f"{path}, two plans": f"/me{path}"
            for path in ("", "/session", "/progress", "/settings", "/settings/times")
        },
    )


def by_a_texts_link(stage: Stage, page: Page, who: Person) -> Iterator[str]:
    """One plan's today for whoever holds the link, and what it is when it is over."""
    stage.tick()
    stage.now(NOON + timedelta(hours=6, minutes=5))
    stage.tick()
    link = stage.link_for(who)
    session = stage.trained(who.plan_id, stage.clock.wall)
    yield from shown(page, {"link, done": link, "link, after": f"{link}/sessions/{session}"})
    stage.now(NOON - timedelta(hours=3) + DAY)
    yield from shown(page, {"link, the morning": link, "link, the session": f"{link}/session"})
    stage.later(hours=24)
    yield from shown(page, {"link, too old": link})


PAGE_BY_PAGE: tuple[Life, ...] = (
    at_the_doors,
    new,
    in_the_settings,
    with_their_data,
    on_the_morning_after,
    in_a_flare,
    in_danger,
    at_the_end,
    with_two_plans,
    by_a_texts_link,
)
LIVES = (*PAGE_BY_PAGE, through_a_session)


def shown(page: Page, paths: dict[str, str]) -> Iterator[str]:
    """Go to each of them."""
    for name, path in paths.items():
        page.goto(path)
        yield name


def submit(page: Page, form: str = "main form") -> None:
    """The last form of a page, by its last button, and wait for the answer."""
    with page.expect_navigation():
        page.locator(form).last.locator("button").last.click()


def discharge(stage: Stage, plan_id: UUID | None) -> None:
    with stage.backstage():
        ana = db.session.scalars(select(Clinician)).one()
        plan = db.session.get_one(Plan, plan_id)
        plan_changes.discharge(plan, ana, "back to running", stage.clock.wall)


def who_speaks(stage: Stage, who: Person) -> str:
    """The language that somebody has chosen."""
    with stage.backstage():
        return db.session.get_one(Patient, who.id).language


def speak(stage: Stage, who: Person, language: str) -> None:
    """Let somebody have chosen a language."""
    with stage.backstage(), transaction():
        db.session.get_one(Patient, who.id).language = language
