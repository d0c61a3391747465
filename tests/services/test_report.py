"""The report for a doctor: whole weeks, honest gaps, what changed and why, and who looked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import alerts, mornings, plan_changes, plans, sessions
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.report import MOST_CHANGES, Report, Span, report_of, span_of
from rehab.services.sessions import SessionReport

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
MONDAY = START.date()


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment("lb-subacute-6w", usual_pain=4, weekdays=(0, 2, 4), autonomy="bounded")
    return plans.assign(maya, wish, library, START)


def at(day: int) -> datetime:
    return START + timedelta(days=day)


def on(day: int) -> date:
    return at(day).date()


def trained(plan: Plan, library: Library, day: int, *ratings: int, **said: Any) -> None:
    report = SessionReport(at(day), *(ratings or (4, 4, 4)), **{"effort": 4, **said})
    sessions.report_session(plan, report, library, at(day))


def woke(plan: Plan, library: Library, day: int, pain: int) -> None:
    mornings.report_morning(plan, MorningReport(on(day), pain), library, at(day))


def report(plan: Plan, library: Library, day: int, since: int = 0) -> Report:
    span = span_of(plan, on(day), on(since).isoformat(), None)
    return report_of(plan, span, library, at(day))


@pytest.mark.parametrize(
    ("today", "since", "until", "expected"),
    [
        (0, None, None, (0, 6)),
        (30, None, None, (0, 34)),
        (30, 10, 20, (7, 20)),
        (30, 10, 99, (7, 34)),
        (30, -9, 3, (0, 6)),
        (30, 25, 9, (7, 13)),
        (80, None, None, (0, 41)),
    ],
    ids=[
        "first day",
        "all",
        "in between",
        "future",
        "before",
        "the wrong way round",
        "eight weeks",
    ],
)
def test_a_span_is_of_whole_weeks_of_the_plan(
    plan: Plan, today: int, since: int | None, until: int | None, expected: tuple[int, int]
) -> None:
    said = [None if day is None else on(day).isoformat() for day in (since, until)]
    assert span_of(plan, on(today), *said) == Span(*map(on, expected))


def test_a_long_plans_report_is_of_its_last_eight_weeks(plan: Plan) -> None:
    plan.ends_on = on(167)
    assert span_of(plan, on(80), None, None) == Span(on(21), on(83))


@pytest.mark.parametrize("nonsense", ["", "yesterday", "2026-13-01"])
def test_a_date_that_is_none_is_as_none_was_said(plan: Plan, nonsense: str) -> None:
    assert span_of(plan, on(9), nonsense, nonsense) == span_of(plan, on(9), None, None)


def test_sessions_are_counted_by_the_week_and_one_week_makes_up_for_no_other(
    plan: Plan, library: Library
) -> None:
    for day in (0, 1, 2, 4, 7):
        trained(plan, library, day)
    told = report(plan, library, 13)
    assert [(t.week.done, t.week.planned_so_far) for t in told.weeks] == [(4, 3), (1, 3)]
    assert (told.done, told.planned) == (4, 6)


def test_a_week_with_fewer_than_three_mornings_has_no_median(plan: Plan, library: Library) -> None:
    for day, pain in ((1, 3), (3, 5), (5, 4), (8, 2)):
        woke(plan, library, day, pain)
    weeks = report(plan, library, 13).weeks
    assert [(t.morning.count, t.morning.median) for t in weeks] == [(3, 4), (1, None)]


def test_what_changed_the_plan_is_told_with_its_reason_and_by_whom(
    plan: Plan, ana: Clinician, library: Library
) -> None:
    trained(plan, library, 0, 4, 9, 9)
    plan_changes.pause(plan, ana, "seen in clinic", library, at(1))
    eased, paused = report(plan, library, 2).changes
    assert (eased.on, eased.move, eased.by) == (on(0), "rest", "")
    assert "severe pain" in eased.why
    assert (paused.on, paused.move, paused.by) == (on(1), "pause", "Ana Ruiz")
    assert "seen in clinic" in paused.why + paused.reason
    assert set(paused.categories) == set(plan.loads)


def test_a_session_that_changed_nothing_is_no_change(plan: Plan, library: Library) -> None:
    trained(plan, library, 0)
    assert report(plan, library, 1).changes == ()


def test_a_step_up_that_waits_for_approval_is_no_change_yet(
    maya: Patient, library: Library
) -> None:
    wish = Assignment("lb-subacute-6w", usual_pain=4, weekdays=(0, 2, 4), autonomy="ease")
    plan = plans.assign(maya, wish, library, START)
    for day in (0, 2, 4, 7, 9):
        trained(plan, library, day, 3, 3, 3)
        woke(plan, library, day + 1, 3)
    told = report(plan, library, 10)
    assert any(ladder.waits for ladder in told.journey.ladders)
    assert [change.move for change in told.changes] == []


def test_the_latest_changes_are_told_and_the_earlier_ones_counted(
    plan: Plan, ana: Clinician, library: Library
) -> None:
    for n in range(MOST_CHANGES):
        plan_changes.pause(plan, ana, f"pause {n}", library, at(n))
        plan_changes.resume(plan, ana, f"resume {n}", library, at(n) + timedelta(hours=1))
    told = report(plan, library, MOST_CHANGES)
    assert (len(told.changes), told.earlier) == (MOST_CHANGES, MOST_CHANGES)
    assert told.changes[-1].on == on(MOST_CHANGES - 1)


def test_red_flags_are_told_by_their_question_on_their_day(plan: Plan, library: Library) -> None:
    trained(plan, library, 2, red_flags=("RF07",))
    assert [(t.on, t.flag.id) for t in report(plan, library, 3).ticked] == [(on(2), "RF07")]
    assert report(plan, library, 13, since=7).ticked == ()


def test_an_alert_names_who_closed_it_and_an_old_one_that_is_open_is_still_told(
    plan: Plan, ana: Clinician, library: Library
) -> None:
    first = alerts.open_alert(plan.patient, "review", 2, "Look at this.", at(0), plan)
    alerts.open_alert(plan.patient, "silent", 2, "No word.", at(1), plan)
    alerts.open_alert(plan.patient, "note", 1, "To know.", at(1), plan)
    alerts.close_alert(plan.patient.clinic_id, first.id, ana.id, "called", at(1))
    early, late = report(plan, library, 13), report(plan, library, 13, since=7)
    assert [(a.kind, early.names.get(a.closed_by_id)) for a in early.alerts] == [
        ("review", "Ana Ruiz"),
        ("silent", None),
    ]
    assert [a.kind for a in late.alerts] == ["silent"]


def test_a_measure_that_nobody_answered_is_there_as_a_gap(plan: Plan, library: Library) -> None:
    told = report(plan, library, 3)
    assert {one.measure.id for one in told.measures} == set(library.measures)
    assert all(one.course == () for one in told.measures)


def test_a_report_of_many_sessions_asks_as_often_as_one_of_few(
    plan: Plan, library: Library
) -> None:
    def asked(day: int) -> int:
        seen: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        db.session.expire_all()
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            report(plan, library, day)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    trained(plan, library, 0, 4, 9, 9)
    few = asked(20)
    for day in range(2, 18, 2):
        trained(plan, library, day, 4, 7, 7)
        woke(plan, library, day + 1, 6)
    assert asked(20) == few
