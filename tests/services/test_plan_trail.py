"""Who has changed what about a plan: from what to what, when and why."""

from datetime import datetime, time, timedelta

import pytest

from rehab.models.clinic import Clinician
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import clinician_acts, clinics, plan_changes, preferences
from rehab.services.actors import acting_as, actor_of
from rehab.services.plan_settings import Change, as_record, changes, from_record, settings_of
from rehab.services.plan_trail import Entry, since, trail
from tests.services.test_progression import START, settled_week, standing


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.fixture
def ben(ana: Clinician) -> Clinician:
    return clinics.add_clinician(ana.clinic_id, "ben@riverside.example", "Ben Ito", START)


def amended(plan: Plan, by: Clinician, library: Library, minutes: int, **changed: object) -> None:
    with acting_as(actor_of(by)):
        plan_changes.amend(plan, changed, by, "new shifts", library, at(minutes))


def test_each_kind_of_change_says_what_was_and_what_is(
    plan: Plan, library: Library, ben: Clinician
) -> None:
    amended(
        plan,
        ben,
        library,
        1,
        weekdays=[1, 3],
        bedtime=time(22, 30),
        usual_pain=6.0,
        bounds={"strengthening": {"ceiling": 3}},
        pins={"li-walk": 2},
        swaps={"lb-bridge": "lb-dead-bug"},
    )
    entry = trail(plan)[0]
    assert (entry.by, entry.did, entry.reason, entry.at) == (
        "Ben Ito",
        "plan.amended",
        "new shifts",
        at(1),
    )
    assert set(map(str, entry.changes)) == set(
        map(
            str,
            (
                Change("usual_pain", 4.0, 6.0),
                Change("bounds.strengthening.ceiling", 5, 3),
                Change("weekdays", [0, 2, 4], [1, 3]),
                Change("bedtime", None, "22:30"),
                Change("pins.li-walk", None, 2),
                Change("swaps.lb-bridge", "lb-bridge", "lb-dead-bug"),
            ),
        )
    )


def test_a_bound_that_moves_a_step_says_so_too(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(plan, library)
    later = START + timedelta(days=6)
    ceiling = {"bounds": {"strengthening": {"ceiling": 1}}}
    plan_changes.amend(plan, ceiling, ana, "", library, later)
    made = trail(plan)[0].changes
    assert Change("step.strengthening", 2, 1) in made


def test_a_pause_and_a_resume_keep_their_reasons(
    plan: Plan, library: Library, ana: Clinician, ben: Clinician
) -> None:
    with acting_as(actor_of(ana)):
        plan_changes.pause(plan, ana, "a trip", library, at(1))
    with acting_as(actor_of(ben)):
        plan_changes.resume(plan, ben, "back home", library, at(2))
    told = [(e.by, e.did, e.reason) for e in trail(plan)[:2]]
    assert told == [
        ("Ben Ito", "plan.resumed", "back home"),
        ("Ana Ruiz", "plan.paused", "a trip"),
    ]
    assert Change("dose.strengthening", 1.0, 0.5) in trail(plan)[0].changes


def test_a_discharge_keeps_the_reason_alone(plan: Plan, ana: Clinician) -> None:
    plan_changes.discharge(plan, ana, "does well", at(1))
    entry = trail(plan)[0]
    assert (entry.by, entry.did, entry.reason) == ("Ana Ruiz", "plan.discharged", "does well")


def test_proposals_that_are_approved_together_are_one_act(
    eased: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(eased, library)
    waiting = [d.id for c in eased.loads for d in standing(eased, c)[-1:] if d.accepted]
    assert len(waiting) > 1
    with acting_as(actor_of(ana)):
        clinician_acts.approve_all(waiting, ana, library, START + timedelta(days=6))
    approved = [e for e in trail(eased) if e.did == "decision.approved"]
    assert len(approved) == 1
    assert {c.name for c in approved[0].changes} == {"step.strengthening", "step.low-impact"}


def test_the_patients_own_choice_is_theirs(plan: Plan) -> None:
    with acting_as(actor_of(plan.patient)):
        preferences.choose_times(plan, time(17), plan.morning_at, at(1))
    assert trail(plan)[0] == Entry(at(1), "Maya", "plan.amended", fields=("exercise_at",))


def test_what_was_done_since_is_what_came_after_that(
    plan: Plan, library: Library, ben: Clinician
) -> None:
    for minutes in (1, 2, 3):
        amended(plan, ben, library, minutes, weekdays=[minutes])
    assert [entry.at for entry in since(plan, at(1))] == [at(3), at(2)]
    assert [entry.at for entry in since(plan, at(9))] == [at(3)]


def test_the_trail_asks_no_more_of_the_database_the_longer_it_is(
    plan: Plan, library: Library, ben: Clinician, counted: list[str]
) -> None:
    amended(plan, ben, library, 1, weekdays=[1])
    trail(plan)
    few = len(counted)
    for minutes in range(2, 9):
        amended(plan, ben, library, minutes, weekdays=[minutes % 7, 0])
    counted.clear()
    assert len(trail(plan)) == 9
    assert len(counted) <= few


def test_what_the_audit_would_not_take_is_left_out_and_the_rest_is_read_back() -> None:
    kept = Change("review_on", "2026-03-16", "2026-04-01")
    tall = Change("pins.own-" + "x" * 50, None, 2)
    assert from_record(as_record([kept, tall])) == (kept,)


def test_settings_that_stay_are_no_change(plan: Plan) -> None:
    stands = settings_of(plan)
    assert changes(stands, {**stands, "weekdays": [6]}, {}) == (Change("weekdays", [0, 2, 4], [6]),)
