"""Twelve days with Maya: her first code, settled days, a flare, a rest, a sign of danger, a plan
that goes on. What she reads is looked at, and what is written down of it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.decision import Decision
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session
from rehab.services import plan_changes
from tests.browser import hands
from tests.browser.player import heading, hold_time, rate, start
from tests.browser.stage import Stage

FIRST_DAY = ["lb-pelvic-tilt", "lb-bridge", "hip-figure4", "li-walk"]
RECOVERY = ["Diaphragmatic breathing", "Warm pack", "Walking"]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of March; London is at UTC all through these days."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def card(page: Page) -> Locator:
    """What today holds."""
    return page.locator("section.day")


def tap_morning(page: Page, pain: int) -> None:
    """One tap, and nothing else, answers how she woke."""
    expect(page.get_by_role("heading", name="How much pain do you have right now?")).to_be_visible()
    page.locator(f"button[name=pain][value='{pain}']").click()
    expect(page.locator("#woke")).to_contain_text("Thank you, noted")


def session_told(page: Page, before: int, during: int, after: int) -> None:
    """A session from the page of today to the page after it, without its timers."""
    start(page)
    rate(page, "before", before)
    hands.skip_all(page)
    hands.answer_to_the_flags(page, during, after)
    hands.send(page)


def rows(stage: Stage, model: Any, *order: Any) -> list[dict[str, Any]]:
    """What is written down, the oldest first."""
    with stage.backstage():
        found = db.session.scalars(select(model).order_by(*order)).all()
        names = [column.name for column in model.__table__.columns]
        return [{name: getattr(row, name) for name in names} for row in found]


def sessions(stage: Stage) -> list[dict[str, Any]]:
    return rows(stage, Session, Session.performed_at)


def moves(stage: Stage, on: date) -> dict[str, str]:
    """What stands of a day's decisions, by category."""
    standing = [row for row in rows(stage, Decision) if row["replaced_at"] is None]
    return {row["category"]: row["move"] for row in standing if row["on"] == on}


def loads(stage: Stage) -> dict[str, float]:
    """How much of each category is asked for, 0-1."""
    (plan,) = rows(stage, Plan)
    return {category: load["dose"] for category, load in plan["loads"].items()}


def status(stage: Stage) -> str:
    (plan,) = rows(stage, Plan)
    return str(plan["status"])


def resume(stage: Stage) -> None:
    """Ana has called Maya, and lets the plan go on."""
    with stage.backstage():
        ana = db.session.scalars(select(Clinician)).one()
        plan = db.session.scalars(select(Plan)).one()
        library, now = stage.house.wiring.library, stage.clock.wall
        plan_changes.resume(plan, ana, "seen by her doctor", library, now)


def test_twelve_days_with_maya(stage: Stage, phone: Page) -> None:
    the_first_session(stage, phone)
    the_morning_by_the_link(stage, phone)
    the_second_session_settles(stage, phone)
    a_flare(stage, phone)
    the_days_of_rest(stage, phone)
    a_recovery_session_comes_to_its_end(stage, phone)
    a_sign_of_danger(stage, phone)
    the_plan_rests(stage, phone)
    the_plan_goes_on(stage, phone)


def the_first_session(stage: Stage, phone: Page) -> None:
    """Monday. She types her number and the code from her texts, and is led through."""
    stage.tick()
    stage.now(at(2, 18, 20))
    stage.tick()
    assert "your session is ready for 18:00" in stage.texts(stage.maya)[-1]
    stage.enter(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Hello, Maya")
    expect(card(phone)).to_contain_text("4 exercises, about 6 min")
    start(phone)
    rate(phone, "before", 3)
    hold_time(phone)
    for name in ("Pelvic tilt", "Bridge", "Figure-four stretch", "Walking"):
        expect(heading(phone)).to_have_text(name)
        hands.play(phone)
    hands.answer_to_the_flags(phone)
    hands.send(phone)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you")
    expect(phone.locator("main")).to_contain_text("Tomorrow morning we ask how you woke.")
    expect(phone.locator("main")).to_contain_text("Next session: Wednesday 4 March")
    (told,) = sessions(stage)
    assert (told["on"], told["source"], told["completion"]) == (date(2026, 3, 2), "app", 100)
    assert [tick["exercise_id"] for tick in told["exercises"] if tick["done"]] == FIRST_DAY
    assert [told[name] for name in ("before", "during", "after", "effort")] == [3, 4, 3, 4]


def the_morning_by_the_link(stage: Stage, phone: Page) -> None:
    """Tuesday. The link of last evening's text asks how she woke; it knows no name."""
    by_link = stage.link_for(stage.maya)
    stage.now(at(3, 8, 45))
    phone.goto(by_link)
    expect(phone.locator("body")).not_to_contain_text("Maya")
    tap_morning(phone, 3)
    expect(phone.locator("#woke")).to_have_text("Thank you, noted.")
    (woke,) = rows(stage, Morning)
    assert (woke["on"], woke["pain"], woke["source"]) == (date(2026, 3, 3), 3, "link")
    assert set(moves(stage, date(2026, 3, 2)).values()) == {"hold"}
    phone.goto("/me")
    expect(card(phone)).to_contain_text("A rest day")
    phone.goto("/me/entries")
    phone.get_by_role("link", name="Correct it").click()
    phone.get_by_role("link", name="Cancel").click()
    expect(phone.locator("main")).to_contain_text("Your plan stays as it is.")


def the_second_session_settles(stage: Stage, phone: Page) -> None:
    """Wednesday and Thursday. As it was before, and the next morning says so."""
    stage.now(at(4, 18, 5))
    phone.goto("/me")
    session_told(phone, before=3, during=4, after=3)
    stage.now(at(5, 8, 45))
    phone.goto("/me")
    tap_morning(phone, 2)
    assert len(sessions(stage)) == 2
    assert set(moves(stage, date(2026, 3, 4)).values()) == {"hold"}
    expect(phone.get_by_text("What changed, and why")).to_be_hidden()


def a_flare(stage: Stage, phone: Page) -> None:
    """Friday. 9 at its worst, 8 after: the plan is eased before she has put the phone away."""
    stage.now(at(6, 18, 5))
    phone.goto("/me")
    session_told(phone, before=4, during=9, after=8)
    expect(phone.locator("main")).to_contain_text(
        "A recovery session next time: the pain was strong, and a rest is the right thing now."
    )
    assert set(moves(stage, date(2026, 3, 6)).values()) <= {"rest", "rest_regress"}
    assert [alert["level"] for alert in rows(stage, Alert)] == [2]
    phone.get_by_role("link", name="To today").click()
    expect(card(phone)).to_contain_text("Done for today")
    expect(card(phone).locator(".why")).to_contain_text("A recovery session next time")


def the_days_of_rest(stage: Stage, phone: Page) -> None:
    """Saturday and Sunday. The morning is asked once; why, it says all the while."""
    stage.now(at(7, 9, 0))
    phone.goto("/me")
    tap_morning(phone, 6)
    stage.now(at(8, 11, 0))
    phone.goto("/me")
    expect(phone.locator("button[name=pain]")).to_have_count(0)
    expect(card(phone)).to_contain_text("A rest day")
    expect(card(phone).locator(".row-name")).to_have_text(RECOVERY)
    expect(card(phone).locator(".why")).to_contain_text("A recovery session next time")


def a_recovery_session_comes_to_its_end(stage: Stage, phone: Page) -> None:
    """Monday and Tuesday. Nothing but recovery is asked of her, and it counts."""
    stage.now(at(9, 18, 5))
    phone.goto("/me")
    expect(card(phone).locator(".row-name")).to_have_text(RECOVERY)
    session_told(phone, before=4, during=4, after=3)
    stage.now(at(10, 9, 0))
    phone.goto("/me")
    tap_morning(phone, 3)
    assert loads(stage) == {"stretching": 0.5, "strengthening": 0.5, "low-impact": 0.5}


def a_sign_of_danger(stage: Stage, phone: Page) -> None:
    """Wednesday. Half of all; then a swollen calf stops it at once."""
    stage.now(at(11, 18, 5))
    phone.goto("/me")
    expect(card(phone).locator(".row-name")).to_have_count(4)
    start(phone)
    rate(phone, "before", 3)
    expect(phone.locator(".dosage:visible")).to_have_text("3 times, hold 3 s")
    hands.skip_all(phone)
    hands.answer_to_the_flags(phone, 3, 3)
    phone.locator("[value=RF06]").check()
    expect(heading(phone)).to_have_text("Stop, and get medical advice today")
    expect(phone.locator("a[data-call]:visible")).to_have_attribute("href", "tel:+442079460100")
    phone.get_by_role("button", name="Tell my clinic now").click()
    expect(phone.get_by_text("Your clinic has been told.")).to_be_visible()
    assert status(stage) == "paused"
    assert sessions(stage)[-1]["red_flags"] == ["RF06"]
    assert sorted(alert["level"] for alert in rows(stage, Alert)) == [2, 3]
    stage.tick()
    assert "needs medical advice today" in stage.texts(stage.maya)[-1]


def the_plan_rests(stage: Stage, phone: Page) -> None:
    """Thursday. Nothing is offered, everywhere, and whom to call is in sight."""
    stage.now(at(12, 9, 0))
    phone.goto("/me")
    expect(card(phone)).to_contain_text("Your plan is paused")
    expect(card(phone).get_by_role("link")).to_have_text(["Call Riverside"])
    expect(phone.locator("button[name=pain]")).to_have_count(0)
    phone.goto("/me/session")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your plan is paused")
    expect(phone.locator("[data-player]")).to_have_count(0)


def the_plan_goes_on(stage: Stage, phone: Page) -> None:
    """Ana resumes it; Friday asks for half."""
    stage.later(hours=3)
    resume(stage)
    stage.now(at(13, 18, 5))
    phone.goto("/me")
    expect(card(phone)).to_contain_text("Your session for today")
    session_told(phone, before=3, during=3, after=2)
    assert status(stage) == "active"
    assert [session["on"].day for session in sessions(stage)] == [2, 4, 6, 9, 11, 13]


@pytest.mark.xfail(reason="today keeps silent about a hold in which the dose comes back")
def test_a_dose_that_comes_back_says_why(stage: Stage, phone: Page) -> None:
    stage.trained(stage.maya.plan_id, at(2, 18), during=9, after=8)
    stage.trained(stage.maya.plan_id, at(4, 18))
    stage.now(at(5, 9, 0))
    stage.woke(stage.maya.plan_id, at(5, 9))
    stage.sign_in(phone)
    phone.goto("/me")
    assert loads(stage)["strengthening"] == 0.5
    assert phone.locator(".why").all_inner_texts()


@pytest.mark.xfail(reason="a resume that changes neither step nor dose is told nowhere")
def test_a_plan_that_is_resumed_at_the_same_load_is_told_all_the_same(
    stage: Stage, phone: Page
) -> None:
    stage.trained(stage.maya.plan_id, at(2, 18), during=9, after=8)
    stage.trained(stage.maya.plan_id, at(4, 18), red_flags=("RF06",))
    stage.now(at(5, 12))
    resume(stage)
    stage.later(minutes=6)
    stage.tick()
    assert "Welcome back" in stage.texts(stage.maya)[-1]
    stage.sign_in(phone)
    phone.goto("/me")
    assert phone.locator(".why").all_inner_texts()


@pytest.mark.parametrize(
    ("flag", "says", "calls"),
    [
        ("RF01", "Stop now and call for help", ["tel:999", "tel:+442079460100"]),
        ("RF06", "Stop, and get medical advice today", ["tel:+442079460100"]),
        ("RF12", "We have told your physiotherapist", ["tel:+442079460100"]),
    ],
)
def test_a_sign_of_danger_by_a_texts_link_without_a_script(
    stage: Stage, flag: str, says: str, calls: list[str]
) -> None:
    """Whoever holds the phone reads whom to call, and nothing else of her."""
    stage.tick()
    stage.now(at(2, 18, 20))
    stage.tick()
    phone = stage.open(java_script_enabled=False)
    phone.goto(stage.link_for(stage.maya))
    phone.get_by_role("link", name="Start").click()
    phone.locator("#before-3").check()
    phone.get_by_role("button", name="Go on").click()
    hands.tick_all(phone)
    for name in ("during", "after"):
        phone.locator(f"#{name}-3").check()
    phone.locator(f"[value={flag}]").check()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(says)
    expect(phone.get_by_text("Your plan is paused.")).to_have_count(1)
    expect(phone.get_by_text("not get harder")).to_have_count(0)
    calls_shown = phone.locator("a[href^='tel:']").all()
    assert [a.get_attribute("href") for a in calls_shown][: len(calls)] == calls
    expect(phone.locator("body")).not_to_contain_text("Maya")
    phone.get_by_role("link", name="To today").click()
    assert status(stage) == "paused"
    expect(card(phone)).to_contain_text("Your plan is paused")
