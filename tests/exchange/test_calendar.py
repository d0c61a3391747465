"""The calendar as a calendar program reads it: when, for how long, and nothing of why."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from icalendar import Calendar, Event
from sqlalchemy import event

from rehab.exchange.calendar import calendar_of
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import plan_changes, plans, preferences
from rehab.services.plans import Assignment
from tests.conftest import NOON

TODAY = date(2026, 3, 2)
HOUR = timedelta(hours=1)


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    """Mondays and Thursdays at six in the evening, for twelve weeks."""
    wish = Assignment("lb-chronic-12w", 4, weekdays=(0, 3), exercise_at=time(18))
    return plans.assign(maya, wish, library, NOON)


def told(patient: Patient, library: Library, now: datetime = NOON) -> list[Event]:
    read = Calendar.from_ical(calendar_of(patient, "Exercises", library, now))
    assert not read.errors
    return list(read.walk("VEVENT"))


def test_eight_weeks_of_session_days_are_told(maya: Patient, plan: Plan, library: Library) -> None:
    days = [each.start.date() for each in told(maya, library)]
    assert days[:3] == [TODAY, date(2026, 3, 5), date(2026, 3, 9)]
    assert days[-1] == date(2026, 4, 27)
    assert len(days) == 17


def test_an_entry_is_at_the_patients_own_time_through_the_change_of_the_clocks(
    maya: Patient, plan: Plan, library: Library
) -> None:
    found = told(maya, library)
    assert {each.start.strftime("%H:%M") for each in found} == {"18:00"}
    instants = {each.start.date(): each.start.astimezone(UTC).hour for each in found}
    assert (instants[date(2026, 3, 26)], instants[date(2026, 3, 30)]) == (18, 17)
    text = calendar_of(maya, "Exercises", library, NOON).decode()
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert "DTSTART;TZID=Europe/London:20260302T180000" in text


def test_an_entry_says_nothing_of_what_or_why(maya: Patient, plan: Plan, library: Library) -> None:
    text = calendar_of(maya, "Exercises", library, NOON).decode().replace("\r\n ", "")
    for secret in ("back", "Maya", "Lindqvist", "Riverside", "pain", str(plan.id), str(maya.id)):
        assert secret.casefold() not in text.casefold()
    assert {each["SUMMARY"] for each in told(maya, library)} == {"Exercises"}


def test_an_entry_lasts_as_long_as_the_session_takes(
    maya: Patient, plan: Plan, library: Library
) -> None:
    lengths = {each["DURATION"].dt for each in told(maya, library)}
    assert all(timedelta(minutes=5) <= each <= timedelta(hours=1) for each in lengths)
    assert all(each.seconds % 60 == 0 for each in lengths)


def test_an_entry_keeps_its_name_and_is_newer_after_a_change(
    maya: Patient, plan: Plan, library: Library, ana: Clinician
) -> None:
    before = {each["UID"]: each for each in told(maya, library)}
    later = NOON + HOUR
    preferences.choose_times(plan, time(19, 30), time(8, 30), later)
    after = {each["UID"]: each for each in told(maya, library, later)}
    assert before.keys() == after.keys()
    for uid, each in after.items():
        assert each.start.time() == time(19, 30)
        assert each["SEQUENCE"] == before[uid]["SEQUENCE"] + 1
        assert each["LAST-MODIFIED"].dt == each["DTSTAMP"].dt == later
    assert {each["LAST-MODIFIED"].dt for each in before.values()} == {NOON}


def test_where_nothing_has_changed_the_same_is_told(
    maya: Patient, plan: Plan, library: Library
) -> None:
    first = calendar_of(maya, "Exercises", library, NOON)
    assert calendar_of(maya, "Exercises", library, NOON + HOUR) == first


def test_a_patient_who_moves_takes_their_sessions_along(
    maya: Patient, plan: Plan, library: Library
) -> None:
    (before, *_) = told(maya, library)
    preferences.choose_zone(maya, "America/New_York", NOON + HOUR)
    (after, *_) = told(maya, library, NOON + HOUR)
    assert (before["UID"], after.start.hour) == (after["UID"], 18)
    assert after.start.astimezone(UTC).hour == 23
    assert after["SEQUENCE"] > before["SEQUENCE"]


@pytest.mark.parametrize("act", [plan_changes.pause, plan_changes.discharge])
def test_a_plan_that_rests_or_is_over_has_no_entries(
    maya: Patient, plan: Plan, library: Library, ana: Clinician, act: object
) -> None:
    if act is plan_changes.pause:
        plan_changes.pause(plan, ana, "away", library, NOON)
    else:
        plan_changes.discharge(plan, ana, "done", NOON)
    assert told(maya, library) == []


def test_a_time_that_the_clocks_skip_is_told_as_the_first_after_it(
    maya: Patient, plan: Plan, library: Library
) -> None:
    plan.weekdays, plan.exercise_at = [6], time(1, 30)
    db.session.flush()
    found = {each.start.date(): each.start for each in told(maya, library)}
    assert found[date(2026, 3, 29)].strftime("%H:%M") == "02:00"


def test_the_number_of_queries_does_not_grow_with_the_days(
    maya: Patient, plan: Plan, library: Library
) -> None:
    def count() -> int:
        seen: list[str] = []

        def note(_c: object, _u: object, statement: str, *_: object) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        calendar_of(maya, "Exercises", library, NOON)
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    few = count()
    plan.weekdays = [0, 1, 2, 3, 4, 5, 6]
    db.session.flush()
    assert 0 < count() <= few
