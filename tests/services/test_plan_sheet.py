"""A plan laid out: exercises at their rungs, phases to come, ladders with their bounds."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import plan_changes
from rehab.services.phase_ends import phase_end
from rehab.services.plan_sheet import Sheet, sheet
from rehab.services.plan_texts import text_to_come
from rehab.services.today import today
from rehab.services.usual_pain import Recent, recent_mornings
from tests.services.test_progression import FLARE, START, report, settled_week, wake


def steps(laid: Sheet, phase: int) -> dict[str, int]:
    return {line.exercise.id: line.step for line in laid.phases[phase].lines}


def test_what_is_shown_now_is_what_the_patient_is_given(plan: Plan, library: Library) -> None:
    settled_week(plan, library)
    on = (START + timedelta(days=7)).date()
    given = {p.exercise.id: (p.step, p.dosage) for p in today(plan, on, library).exercises}
    shown = {each.exercise.id: (each.step, each.dosage) for each in sheet(plan, on).now.lines}
    assert shown == given


def test_a_pin_is_shown_where_it_holds(plan: Plan, library: Library, ana: Clinician) -> None:
    plan_changes.amend(plan, {"pins": {"li-walk": 3}}, ana, "", library, START)
    laid = sheet(plan, START.date())
    walk = next(line for line in laid.now.lines if line.exercise.id == "li-walk")
    assert (walk.step, walk.pin, len(walk.rungs)) == (3, 3, 6)


def test_a_category_that_rests_has_no_dosage(plan: Plan, library: Library) -> None:
    report(plan, library, 0, FLARE)
    wake(plan, library, 0, 8)
    laid = sheet(plan, (START + timedelta(days=2)).date())
    bridge = next(line for line in laid.now.lines if line.exercise.id == "lb-bridge")
    assert bridge.dosage is None


def test_the_next_phase_is_shown_as_it_would_begin(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(plan, library)
    later = START + timedelta(days=7)
    before = steps(sheet(plan, later.date()), 1)
    plan_changes.advance_phase(plan, ana, "", library, later)
    laid = sheet(plan, later.date())
    assert steps(laid, 1) == before
    assert (laid.now.index, laid.phases[0].is_past) == (1, True)


def test_a_phase_of_five_exercises_is_warned_of(plan: Plan) -> None:
    laid = sheet(plan, START.date())
    assert [phase.warning is not None for phase in laid.phases] == [False, False, True]


def test_what_waits_for_a_clinician_stands_at_its_ladder(eased: Plan, library: Library) -> None:
    settled_week(eased, library)
    ladders = {each.category: each for each in sheet(eased, START.date()).ladders}
    assert (ladders["strengthening"].step, ladders["strengthening"].proposed) == (1, 2)
    assert ladders["strengthening"].decision_id is not None


def test_a_phase_cannot_be_left_for_a_reason_that_is_said(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    assert "no session was due" in (phase_end(plan, START).why_not or "")
    settled_week(plan, library)
    later = START + timedelta(days=7)
    assert phase_end(plan, later).why_not is None
    report(plan, library, 7, (4, 10, 10))
    alarms = db.session.scalars(select(Alert).where(Alert.level >= 2)).all()
    assert alarms
    assert phase_end(plan, later + timedelta(days=1)).alerts == len(alarms)
    assert "alert" in (phase_end(plan, later + timedelta(days=1)).why_not or "")


@pytest.mark.parametrize(
    ("pains", "expected"),
    [
        ((), Recent(0, None, None)),
        ((1, 1, 2), Recent(3, 1.0, None)),
        ((1, 1, 1, 2, 2), Recent(5, 1.0, 1.0)),
    ],
)
def test_two_weeks_of_mornings_propose_another_usual_pain(
    plan: Plan, library: Library, pains: tuple[int, ...], expected: Recent
) -> None:
    for day, pain in enumerate(pains):
        wake(plan, library, day, pain)
    assert recent_mornings(plan, (START + timedelta(days=7)).date()) == expected


def test_a_text_is_shown_as_it_would_be_read(plan: Plan, library: Library) -> None:
    plan.patient.language = "es"
    text = text_to_come(plan, "pl.pause", library)
    assert text.startswith("Riverside: ")
    assert "+442079460100" in text
    assert "{" not in text
    assert text != text_to_come(plan, "pl.changed", library)
