"""Recovery sessions are told like any other, and a red flag is heard in every plan."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.patient import Patient
from rehab.models.plan import PAUSED, Plan
from rehab.programs.library import Library
from rehab.programs.prescription import RECOVERY
from rehab.services import mornings, plans, safety, sessions
from rehab.services.corrections import correct_session
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.safety import ScreeningReport
from rehab.services.sessions import SessionReport
from rehab.services.today import today
from tests.conftest import NOON

DAY = timedelta(days=1)
TODAY = date(2026, 3, 2)


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment("lb-subacute-6w", 4, weekdays=(0, 6), starts_on=TODAY - DAY)
    return plans.assign(maya, wish, library, NOON)


def offered(
    plan: Plan, library: Library, before: int | None = None
) -> tuple[dict[str, object], ...]:
    day = today(plan, plan.patient.today(NOON), library, before)
    return tuple(
        {"exercise_id": p.exercise.id, "done": True, "too_sore": False} for p in day.exercises
    )


def red_yesterday(plan: Plan, library: Library) -> None:
    said = SessionReport(NOON - DAY, before=3, during=7, after=6)
    sessions.report_session(plan, said, library, NOON - DAY)


def test_a_recovery_session_brings_the_plan_back_by_steps(plan: Plan, library: Library) -> None:
    red_yesterday(plan, library)
    assert plan.loads["strengthening"]["dose"] == 0
    ticks = offered(plan, library)
    assert {tick["exercise_id"] for tick in ticks} >= set(RECOVERY)
    said = SessionReport(NOON, before=2, during=2, after=2, exercises=ticks)
    session = sessions.report_session(plan, said, library, NOON)
    assert "strengthening" in session.categories
    mornings.report_morning(plan, MorningReport(TODAY + DAY, pain=2), library, NOON + DAY)
    assert plan.loads["strengthening"]["dose"] == 0.5


def test_a_recovery_session_counts_for_nothing_that_was_not_resting(
    plan: Plan, library: Library
) -> None:
    tick = {"exercise_id": "li-walk", "done": True, "too_sore": False}
    said = SessionReport(NOON, before=2, during=2, after=2, exercises=(tick,))
    assert sessions.report_session(plan, said, library, NOON).categories == ["low-impact"]


def test_a_recovery_session_that_was_not_done_brings_nothing_back(
    plan: Plan, library: Library
) -> None:
    red_yesterday(plan, library)
    ticks = tuple({**tick, "done": False} for tick in offered(plan, library))
    said = SessionReport(NOON, before=2, during=2, after=2, exercises=ticks, completion=0)
    assert "strengthening" not in sessions.report_session(plan, said, library, NOON).categories


@pytest.mark.parametrize("before", range(11))
def test_what_is_offered_on_a_bad_day_can_be_told_in_every_program(
    maya: Patient, library: Library, before: int
) -> None:
    for program in library.programs:
        plan = plans.assign(maya, Assignment(program, 4, weekdays=(0,)), library, NOON)
        ticks = offered(plan, library, before)
        said = SessionReport(NOON, before, before, before, exercises=ticks)
        assert sessions.report_session(plan, said, library, NOON).completion == 100


def test_a_red_flag_stops_every_plan_of_the_patient(
    maya: Patient, plan: Plan, library: Library
) -> None:
    other = plans.assign(maya, Assignment("neck-desk-6w", 3), library, NOON)
    said = SessionReport(NOON, 2, 2, 2, red_flags=("RF01",))
    sessions.report_session(plan, said, library, NOON)
    assert (plan.status, other.status) == (PAUSED, PAUSED)


def test_so_does_one_that_was_ticked_in_the_list(
    maya: Patient, plan: Plan, library: Library
) -> None:
    other = plans.assign(maya, Assignment("neck-desk-6w", 3), library, NOON)
    safety.answer(plan, ScreeningReport(TODAY, ("RF06",)), library, NOON)
    assert (plan.status, other.status) == (PAUSED, PAUSED)


def test_words_of_danger_in_a_corrected_note_reach_a_person(plan: Plan, library: Library) -> None:
    session = sessions.report_session(plan, SessionReport(NOON, 2, 2, 2), library, NOON)
    note = {"note": "I have chest pain and cannot feel my legs"}
    correct_session(session, plan, note, "patient", library, NOON)
    assert [alert.kind for alert in db.session.scalars(select(Alert))] == ["danger_words"]
