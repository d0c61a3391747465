"""What goes on paper is what the app would show, but for the day of rest between two sessions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.prescription import RECOVERY
from rehab.services import plan_changes, plans, sessions
from rehab.services.handout import diary_days, handout
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.services.today import today

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
MONDAY = START.date()


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment("lb-subacute-6w", usual_pain=4, weekdays=(0, 2, 4), autonomy="bounded")
    return plans.assign(maya, wish, library, START)


def trained(plan: Plan, library: Library, day: int, *ratings: int, **said: Any) -> None:
    at = START + timedelta(days=day)
    sessions.report_session(plan, SessionReport(at, *ratings, effort=4, **said), library, at)


def on(day: int) -> date:
    return MONDAY + timedelta(days=day)


def test_the_paper_holds_what_the_app_shows_on_a_session_day(plan: Plan, library: Library) -> None:
    paper = handout(plan, MONDAY, library)
    assert paper.exercises == today(plan, MONDAY, library).exercises
    assert paper.minutes == today(plan, MONDAY, library).minutes
    assert not paper.recovers


def test_a_day_of_rest_leaves_no_exercise_off_the_paper(plan: Plan, library: Library) -> None:
    trained(plan, library, 0, 3, 3, 3)
    paper = handout(plan, on(1), library)
    in_phase = [exercise.id for exercise in paper.phase.exercises]
    assert [one.exercise.id for one in paper.exercises] == in_phase
    assert len(today(plan, on(1), library).exercises) < len(in_phase)


def test_a_pinned_exercise_stands_at_its_own_rung(plan: Plan, library: Library) -> None:
    plan.pins = {"lb-bridge": 2}
    bridge = next(p for p in handout(plan, MONDAY, library).exercises if p.exercise.id in plan.pins)
    assert bridge.step == 2
    assert bridge.dosage == bridge.exercise.level(2)


def test_a_category_that_rests_makes_room_for_the_recovery_session(
    plan: Plan, library: Library
) -> None:
    trained(plan, library, 0, 4, 9, 9)
    paper = handout(plan, on(2), library)
    given = [one.exercise.id for one in paper.exercises]
    assert paper.recovers
    assert set(RECOVERY) <= set(given)
    assert len(given) == len(set(given))
    assert "lb-bridge" not in given


def test_what_is_offered_on_other_days_too_is_named(plan: Plan, library: Library) -> None:
    between = plan.program["between_sessions"]
    paper = handout(plan, MONDAY, library)
    assert {one.exercise.category for one in paper.also} == set(between)


def test_a_paused_plan_prescribes_nothing(plan: Plan, ana: Clinician, library: Library) -> None:
    plan_changes.pause(plan, ana, "a look first", library, START)
    paper = handout(plan, MONDAY, library)
    assert paper.is_paused
    assert (paper.exercises, paper.days) == ((), ())


def test_a_plan_that_is_over_prescribes_nothing(plan: Plan, library: Library) -> None:
    paper = handout(plan, plan.ends_on + timedelta(days=1), library)
    assert paper.has_ended
    assert (paper.exercises, paper.days) == ((), ())


@pytest.mark.parametrize(
    ("from_day", "first", "last", "number"),
    [(0, 0, 11, 6), (1, 2, 14, 6), (-5, 0, 11, 6), (32, 32, 39, 4)],
    ids=["on its first day", "on a day of rest", "before it begins", "in its last days"],
)
def test_the_diary_has_the_session_days_of_two_weeks(
    plan: Plan, from_day: int, first: int, last: int, number: int
) -> None:
    days = diary_days(plan, on(from_day))
    assert (days[0], days[-1], len(days)) == (on(first), on(last), number)


def test_the_paper_never_asks_for_more_than_the_rung(plan: Plan, library: Library) -> None:
    trained(plan, library, 0, 4, 6, 5)
    for one in handout(plan, on(2), library).exercises:
        full = replace(one.exercise.level(one.step))
        assert one.dosage.seconds(one.exercise.category) <= full.seconds(one.exercise.category)
