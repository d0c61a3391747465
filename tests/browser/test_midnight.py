"""A session that runs over midnight, or over an hour that comes twice or never: it is one session,
of the day on which it began, and today's page is right a moment later."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.session import Session
from tests.browser import hands
from tests.browser.stage import Stage

EVERY_DAY = tuple(range(7))


@dataclass(frozen=True)
class Night:
    """When a session began and was sent, and which days those are at home."""

    zone: str
    began: datetime
    sent: datetime
    on: date
    then: date


def night(zone: str, began: str, sent: str, on: str, then: str) -> Night:
    instants = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (began, sent))
    return Night(zone, *instants, date.fromisoformat(on), date.fromisoformat(then))


LONDON, CAIRO, SANTIAGO = "Europe/London", "Africa/Cairo", "America/Santiago"
NIGHTS = {
    "23:50 to 00:10": night(
        LONDON, "2026-03-02T23:50", "2026-03-03T00:10", "2026-03-02", "2026-03-03"
    ),
    "00:50 to 02:10, an hour that never comes": night(
        LONDON, "2026-03-29T00:50", "2026-03-29T01:10", "2026-03-29", "2026-03-29"
    ),
    "23:50 to 02:10, over both": night(
        LONDON, "2026-03-28T23:50", "2026-03-29T01:10", "2026-03-28", "2026-03-29"
    ),
    "01:50 to 01:10, an hour that comes twice": night(
        LONDON, "2026-10-25T00:50", "2026-10-25T01:10", "2026-10-25", "2026-10-25"
    ),
    "23:50 to 01:40, with that hour in between": night(
        LONDON, "2026-10-24T22:50", "2026-10-25T01:40", "2026-10-24", "2026-10-25"
    ),
    "23:50 to 01:10, a midnight that never comes": night(
        CAIRO, "2026-04-23T21:50", "2026-04-23T22:10", "2026-04-23", "2026-04-24"
    ),
    "23:50 to 23:10, a midnight put off": night(
        SANTIAGO, "2026-04-05T02:50", "2026-04-05T03:10", "2026-04-04", "2026-04-04"
    ),
}


@pytest.mark.parametrize("name", NIGHTS)
def test_a_session_belongs_to_the_day_on_which_it_began(stage: Stage, name: str) -> None:
    it = NIGHTS[name]
    phone = at_night(stage, it)
    hands.to_the_exercises(phone)
    hands.skip_all(phone)
    stage.now(it.sent)
    hands.answer_to_the_flags(phone)
    hands.send(phone)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you")
    with stage.backstage():
        ((on, performed_at, source),) = db.session.execute(
            select(Session.on, Session.performed_at, Session.source)
        ).all()
    assert (on, source) == (it.on, "app")
    assert 0 <= (performed_at - it.began).total_seconds() < 60
    today_is_right(phone, it)


def at_night(stage: Stage, it: Night) -> Page:
    """The phone of Otis, who trains every day and lives in the zone."""
    stage.now(it.began)
    otis = stage.enrol("Otis", "+447700900155", zone=it.zone)
    stage.assign(otis, "neck-acute-2w", weekdays=EVERY_DAY)
    phone = stage.open(timezone_id=it.zone)
    stage.sign_in(phone, otis)
    return phone


def today_is_right(phone: Page, it: Night) -> None:
    """What was done counts where it belongs; a new day has a session of its own, begun anew."""
    phone.goto("/me")
    expect(phone.locator("body")).to_have_attribute("data-on", it.then.isoformat())
    is_new = it.then > it.on
    says = "Your session for today" if is_new else "Done for today"
    expect(phone.locator("section.day h2")).to_have_text(says)
    if is_new:
        expect(phone.locator("[data-session]")).to_have_text("Start")
        phone.goto("/me/session")
        expect(phone.locator("h2:visible")).to_have_text("How much pain do you have right now?")
        assert phone.locator("input:checked").count() == 0
