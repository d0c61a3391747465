"""Paper and files at the desk: the record handed over, the calendar's link, the days counted."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import calendar_feeds, sessions
from rehab.services.sessions import SessionReport
from tests.conftest import NOON
from tests.exchange.reader import read
from tests.web.sign_in.conftest import Browser, Page

DeskOf = Callable[[Clinician], Browser]


def path(patient: Patient, more: str = "") -> str:
    return f"/clinic/patients/{patient.id}/exchange{more}"


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("fhir", "application/fhir+json"),
        ("csv", "application/zip"),
        ("json", "application/json"),
    ],
)
def test_the_record_is_handed_over_in_every_format(
    desk: Browser, maya: Patient, plan: Plan, form: str, media_type: str
) -> None:
    answer = desk.post(path(maya, "/record"), format=form)
    assert (answer.status_code, answer.content_type) == (200, media_type)
    assert f'attachment; filename="patient-{maya.id}.' in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    if form == "fhir":
        assert read(json.loads(answer.data))["Patient"][0]["id"] == str(maya.id)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert (entry.action, entry.subject_id) == ("patient.exported", maya.id)


def test_no_other_format_is_a_format(desk: Browser, maya: Patient) -> None:
    assert desk.post(path(maya, "/record"), format="xml").status_code == 400


def test_who_came_a_while_ago_proves_again_who_they_are(
    desk: Browser, maya: Patient, plan: Plan, at: Callable[[datetime], None]
) -> None:
    assert "asked for your password" not in desk.get(path(maya)).text
    at(NOON + timedelta(minutes=11))
    assert "asked for your password" in desk.get(path(maya)).text
    answer = desk.post(path(maya, "/record"), format="fhir")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/account/again?next=")
    assert "exchange" in answer.headers["Location"]


def test_a_calendar_link_is_made_shown_once_and_ended(
    desk: Browser, maya: Patient, plan: Plan
) -> None:
    made = desk.post(path(maya, "/calendar")).text
    (address,) = re.findall(r"https?://\S+\.ics", made)
    assert 'class="qr"' in made
    feed = re.sub(r"^https?://[^/]+", "", address)
    assert desk.get(feed).status_code == 200
    shown = desk.get(path(maya)).text
    assert address not in shown
    assert "last read on Monday 2 March" in Page(shown).text
    ended = desk.post(path(maya, "/calendar/revoke"))
    assert ended.headers["Location"] == path(maya)
    assert "The calendar link has ended." in desk.get(path(maya)).text
    assert desk.get(feed).status_code == 404


def test_who_only_looks_takes_the_record_and_makes_no_link(
    desk_of: DeskOf, looks: Clinician, maya: Patient, plan: Plan
) -> None:
    theirs = desk_of(looks)
    assert "Make a link" not in theirs.get(path(maya)).text
    assert theirs.post(path(maya, "/calendar")).status_code == 403
    assert calendar_feeds.live(maya) is None
    assert theirs.post(path(maya, "/record"), format="json").status_code == 200


@pytest.mark.parametrize(
    ("method", "more"),
    [("get", ""), ("get", "/days.csv"), ("post", "/record"), ("post", "/calendar")],
)
def test_next_door_there_is_nobody_of_that_name(
    desk_of: DeskOf, boris: Clinician, maya: Patient, method: str, more: str
) -> None:
    theirs = desk_of(boris)
    nobody = path(maya, more).replace(str(maya.id), str(uuid4()))
    said = {"format": "json"} if method == "post" else {}
    answers = [getattr(theirs, method)(each, **said) for each in (path(maya, more), nobody)]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_days_are_counted_and_nothing_is_claimed(
    desk: Browser, maya: Patient, plan: Plan, library: Library
) -> None:
    sessions.report_session(plan, SessionReport(NOON, before=2, during=2, after=2), library, NOON)
    shown = Page(desk.get(path(maya)).text).text
    assert "2 Mar 2026 31 Mar 2026 1 of 30 still running" in shown
    assert "does not say that a service may be billed" in shown
    table = list(csv.DictReader(io.StringIO(desk.get(path(maya, "/days.csv")).text)))
    assert [row["days_with_data"] for row in table] == ["1"]


def test_somebody_without_a_plan_has_a_record_and_nothing_to_print(
    desk: Browser, maya: Patient
) -> None:
    shown = Page(desk.get(path(maya)).text).text
    assert "nothing to print before a program is assigned" in shown
    assert "Nothing to count before a plan has begun" in shown
