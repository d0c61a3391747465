"""Five things that a patient comes for, and what each costs a tired thumb. The taps are counted as
they happen; `pytest -rP` tells the numbers."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session
from tests.browser import hands
from tests.browser.player import PAST_A_BOUNCE, hold_time, main
from tests.browser.stage import PHONE, Stage
from tests.conftest import NOON

EVENING = datetime(2026, 3, 2, 18, 5, tzinfo=UTC)


@dataclass
class Thumb:
    """Counts what it touches, and what it has to write."""

    page: Page
    taps: int = 0
    fields: int = 0

    def tap(self, where: Locator) -> None:
        where.tap()
        self.taps += 1

    def write(self, where: Locator, words: str) -> None:
        where.fill(words)
        self.fields += 1

    def costs(self, task: str, taps: int) -> None:
        """Tell what it took; raises AssertionError for more than `taps`."""
        sys.stdout.write(f"{task}: {self.taps} taps, {self.fields} fields\n")
        assert self.taps <= taps, f"{task} takes {self.taps} taps"


@pytest.fixture
def thumb(stage: Stage) -> Thumb:
    """Over Maya's phone, on which the app stands on the home screen and has been opened."""
    page = stage.open()
    stage.sign_in(page)
    page.goto("/me")
    return Thumb(page)


def next_of(page: Page) -> Locator:
    return page.locator("[data-next]:visible")


def test_to_do_and_log_a_session(stage: Stage, thumb: Thumb) -> None:
    """Four exercises as the player leads, nothing special: of the taps, a rating takes two."""
    page = thumb.page
    thumb.tap(page.get_by_role("link", name="Start"))
    expect(page.locator("[data-bar] [data-way]")).to_be_visible()
    choose(thumb, "before", 3)
    hold_time(page)
    while page.locator("[data-exercise]:visible").count():
        do(thumb)
    for name in ("during", "after", "effort"):
        choose(thumb, name, 3)
    thumb.tap(next_of(page))
    thumb.tap(page.get_by_role("button", name="None of these"))
    page.clock.resume()
    thumb.tap(page.get_by_role("button", name="Finish"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    with stage.backstage():
        assert db.session.scalars(select(Session.completion)).all() == [100]
    thumb.costs("log a session of four exercises", taps=20)


def choose(thumb: Thumb, name: str, n: int) -> None:
    thumb.tap(thumb.page.locator(f"#{name}-{n}"))
    thumb.tap(next_of(thumb.page))


def do(thumb: Thumb) -> None:
    """One exercise: begin it, or say that it is done; and on."""
    button = main(thumb.page)
    while button.inner_text() not in hands.ENDS:
        thumb.page.clock.run_for(PAST_A_BOUNCE)
        thumb.tap(button)
        hands.run_out(thumb.page)
    thumb.page.clock.run_for(PAST_A_BOUNCE)
    thumb.tap(button)


def test_to_answer_the_morning_by_a_texts_link(stage: Stage) -> None:
    stage.tick()
    stage.now(EVENING)
    stage.tick()
    stage.now(datetime(2026, 3, 3, 8, 45, tzinfo=UTC))
    thumb = Thumb(stage.open())
    thumb.taps += 1
    thumb.page.goto(stage.link_for(stage.maya))
    thumb.tap(thumb.page.locator("button[name=pain][value='3']"))
    expect(thumb.page.locator("#woke")).to_have_text("Thank you, noted.")
    with stage.backstage():
        assert db.session.execute(select(Morning.on, Morning.pain)).all() == [(date(2026, 3, 3), 3)]
    thumb.costs("answer the morning by a text's link", taps=2)


def test_to_change_the_time_of_the_reminder(stage: Stage, thumb: Thumb) -> None:
    page = thumb.page
    thumb.tap(page.get_by_role("link", name="Settings"))
    thumb.tap(page.get_by_role("link", name="Times Exercises"))
    thumb.write(page.get_by_label("Exercises"), "19:30")
    thumb.tap(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    with stage.backstage():
        assert db.session.scalars(select(Plan.exercise_at)).one() == time(19, 30)
    thumb.costs("change the time of the reminder", taps=3)


def test_to_find_out_why_the_plan_changed(stage: Stage, thumb: Thumb) -> None:
    """It stands on the page that the app opens with, and one push of the thumb away at most."""
    stage.now(EVENING)
    stage.trained(stage.maya.plan_id, NOON, during=9, after=8)
    stage.now(datetime(2026, 3, 3, 11, 0, tzinfo=UTC))
    stage.woke(stage.maya.plan_id, stage.clock.wall, pain=4)
    stage.now(datetime(2026, 3, 4, 17, 0, tzinfo=UTC))
    thumb.page.reload()
    why = thumb.page.get_by_text("A recovery session next time: the pain was strong")
    expect(why).to_be_visible()
    box = why.bounding_box()
    assert box
    screens = (box["y"] + box["height"]) / PHONE["viewport"]["height"]
    sys.stdout.write(f"why the plan changed ends {screens:.1f} screens down\n")
    assert screens <= 2
    thumb.costs("find out why the plan changed", taps=0)


def in_the_app(thumb: Thumb, _: Stage) -> None:
    page = thumb.page
    thumb.tap(page.get_by_role("link", name="Settings"))
    thumb.tap(page.get_by_role("link", name="Texts On"))
    thumb.tap(page.get_by_role("button", name="Stop"))
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def by_a_text(thumb: Thumb, stage: Stage) -> None:
    stage.text_back(stage.maya, "STOP")
    thumb.fields += 1


@pytest.mark.parametrize(("way", "taps"), [(in_the_app, 3), (by_a_text, 0)])
def test_to_stop_the_texts(
    stage: Stage, thumb: Thumb, way: Callable[[Thumb, Stage], None], taps: int
) -> None:
    way(thumb, stage)
    with stage.backstage():
        assert not db.session.get_one(Patient, stage.maya.id).sms_consent
    thumb.costs(f"stop the texts {way.__name__.replace('_', ' ')}", taps)
