"""What was told, day by day: looked up, corrected, filled in."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from rehab.extensions import db
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session, SessionVersion
from rehab.programs.library import Library
from rehab.services import sessions
from rehab.services.corrections import correct_session
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
    hidden = {f["name"]: f["value"] for f in form.all("input") if f.get("type") == "hidden"}
    assert hidden == {
        "was-before": "3",
        "was-during": "0",
        "was-after": "2",
        "was-effort": "",
        "was-note": "the left side",
    }
    said = {"before": "3", "during": "5", "after": "2", "note": "the right side"}
    answer = her_phone.post(where, **hidden, **said)
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


def correct(phone: Browser, session: Session, **said: str) -> TestResponse:
    """Open the form, change some of its fields, and send it as a browser does."""
    where = f"/me/sessions/{session.id}/correct"
    shown = fields(phone.get(where).text)
    whole = {name: value.replace("\n", "\r\n") for name, value in (shown | said).items()}
    return phone.post(where, **whole)


def fields(html: str) -> dict[str, str]:
    """What a browser sends of the form as it was shown."""
    page = Page(html)
    found = {f["name"]: f["value"] for f in page.all("input") if f.get("type") == "hidden"}
    found |= {f["name"]: f["value"] for f in page.all("input") if "checked" in f}
    (note,) = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", html, re.S)
    return {**found, "note": unescape(note)}


@pytest.mark.parametrize("note", ["", "one\ntwo", " \n one", '"quoted" & <b>', "x" * 2000])
def test_what_was_not_changed_leaves_no_trace(
    her_phone: Browser, plan: Plan, library: Library, note: str
) -> None:
    said = SessionReport(NOON - DAY, before=3, during=0, after=2, note=note)
    session = sessions.report_session(plan, said, library, NOON)
    assert correct(her_phone, session).status_code == 303
    db.session.refresh(session)
    assert session.note == note
    assert db.session.scalars(select(SessionVersion)).all() == []


def test_a_long_note_of_many_lines_is_kept_to_its_end(her_phone: Browser, session: Session) -> None:
    note = "\n".join(["line"] * 399) + "\nEND!"
    assert len(note) == 1999
    assert correct(her_phone, session, note=note, during="1").status_code == 303
    db.session.refresh(session)
    assert (session.note, session.during) == (note, 1)


def test_a_note_that_is_too_long_is_never_cut_but_said_to_be(
    her_phone: Browser, session: Session
) -> None:
    note = "y" * 2000 + " END!"
    answer = correct(her_phone, session, note=note, during="1")
    assert answer.status_code == 422
    assert "Please keep to 2000 characters." in answer.text
    assert fields(answer.text)["note"] == note
    db.session.refresh(session)
    assert (session.note, session.during) == ("the left side", 0)


def test_what_was_never_said_need_not_be_made_up(
    her_phone: Browser, plan: Plan, library: Library
) -> None:
    """A session that was told by text has no pain before it."""
    said = SessionReport(NOON - DAY, during=4, after=3)
    session = sessions.report_session(plan, said, library, NOON)
    assert correct(her_phone, session, after="5").status_code == 303
    db.session.refresh(session)
    assert (session.before, session.during, session.after) == (None, 4, 5)


def test_what_was_told_otherwise_meanwhile_is_not_undone(
    her_phone: Browser, plan: Plan, session: Session, library: Library
) -> None:
    where = f"/me/sessions/{session.id}/correct"
    open_for_long = fields(her_phone.get(where).text)
    correct_session(session, plan, {"after": 8}, "patient", library, NOON)
    answer = her_phone.post(where, **(open_for_long | {"note": "both sides", "during": ""}))
    assert answer.status_code == 422
    her_phone.post(where, **(fields(answer.text) | {"during": "1"}))
    db.session.refresh(session)
    assert (session.after, session.note, session.during) == (8, "both sides", 1)


@pytest.mark.parametrize("until", ["0001-01-01", "0001-01-20", "2026-02-01", "9999-12-31"])
def test_no_date_is_too_far_away_to_be_asked_for(
    her_phone: Browser, session: Session, until: str
) -> None:
    answer = her_phone.get(f"/me/entries?until={until}")
    assert answer.status_code == 200
    assert "Sunday 1 March" in answer.text


def test_older_days_are_a_page_further(
    her_phone: Browser, session: Session, at: Callable[[datetime], None]
) -> None:
    at(NOON + 35 * DAY)
    page = her_phone.get("/me/entries").text
    assert "Sunday 1 March" not in page
    assert "/me/entries?until=2026-03-09" in page
    assert "Sunday 1 March" in her_phone.get("/me/entries?until=2026-03-09").text
    assert her_phone.get("/me/entries?until=nonsense").status_code == 200
