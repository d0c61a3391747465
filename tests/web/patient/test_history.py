"""What was told, day by day: looked up, corrected, filled in."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session, SessionVersion
from rehab.programs.library import Library
from rehab.services import sessions
from rehab.services.sessions import SessionReport
from tests.conftest import NOON
from tests.web.patient.conftest import TODAY
from tests.web.sign_in.conftest import Browser, Page

DAY = timedelta(days=1)


@pytest.fixture
def session(plan: Plan, library: Library) -> Session:
    said = SessionReport(NOON - DAY, before=3, during=0, after=2, note="the left side")
    return sessions.report_session(plan, said, library, NOON)


def test_every_day_that_asked_or_told_something_is_there(
    her_phone: Browser, session: Session, at: Callable[[datetime], None]
) -> None:
    at(NOON + 7 * DAY)
    page = her_phone.get("/me/entries")
    days = re.findall(r"<h2 [^>]*>([^<]+ March)</h2>", page.text)
    assert days == [
        "Monday 9 March",
        "Sunday 8 March",
        "Tuesday 3 March",
        "Monday 2 March",
        "Sunday 1 March",
    ]
    assert "<dd>0</dd>" in page.text
    assert "not said" in page.text


def test_a_morning_that_was_missed_can_be_filled_in(
    her_phone: Browser, plan: Plan, session: Session
) -> None:
    answer = her_phone.post("/me/morning", on=str(TODAY), pain="6", back="history")
    assert answer.headers["Location"] == "/me/entries"
    found = db.session.scalars(select(Morning)).one()
    assert (found.on, found.pain, found.source) == (TODAY, 6, "app")


def test_a_correction_shows_what_was_said_and_keeps_both(
    her_phone: Browser, session: Session
) -> None:
    where = f"/me/sessions/{session.id}/correct"
    form = Page(her_phone.get(where).text)
    chosen = {field["name"]: field["value"] for field in form.all("input") if "checked" in field}
    assert chosen == {"before": "3", "during": "0", "after": "2"}
    answer = her_phone.post(where, before="3", during="5", after="2", note="the right side")
    assert answer.headers["Location"] == f"/me/sessions/{session.id}"
    db.session.refresh(session)
    assert (session.during, session.note, session.effort) == (5, "the right side", None)
    kept = db.session.scalars(select(SessionVersion)).one()
    assert (kept.said, kept.corrected_by) == ({"during": 0, "note": "the left side"}, "patient")


@pytest.mark.parametrize("wrong", ["", "11", "x"])
def test_what_is_no_rating_is_named_beside_its_field_and_the_rest_is_kept(
    her_phone: Browser, session: Session, wrong: str
) -> None:
    answer = her_phone.post(
        f"/me/sessions/{session.id}/correct", before="1", during=wrong, after="9", note="kept"
    )
    assert answer.status_code == 422
    page = Page(answer.text)
    chosen = {field["name"]: field["value"] for field in page.all("input") if "checked" in field}
    assert chosen == {"before": "1", "after": "9"}
    shown = re.findall(r"id=\"(\w+)-fault\" role=\"alert\">", answer.text)
    assert shown == ["during"]
    assert "kept</textarea>" in answer.text
    db.session.refresh(session)
    assert session.during == 0


def test_older_days_are_a_page_further(
    her_phone: Browser, session: Session, at: Callable[[datetime], None]
) -> None:
    at(NOON + 35 * DAY)
    page = her_phone.get("/me/entries").text
    assert "Sunday 1 March" not in page
    assert "/me/entries?until=2026-03-09" in page
    assert "Sunday 1 March" in her_phone.get("/me/entries?until=2026-03-09").text
    assert her_phone.get("/me/entries?until=nonsense").status_code == 200
