"""The clinician in charge: bounds, pins, swaps, phases, undoing; and corrections of old logs."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.program import Program
from rehab.services import clinician_acts, corrections, enrolment, plan_changes, plans, sessions
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.services.today import today
from tests.services.test_progression import (
    FLARE,
    SETTLED,
    START,
    report,
    settled_week,
    standing,
    wake,
)


def after(days: int) -> Any:
    return START + timedelta(days=days)


def test_a_lock_keeps_a_settled_category_where_it_is(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    lock = {"bounds": {"strengthening": {"locked": True}}}
    plan_changes.amend(plan, lock, ana, "new job", library, START)
    settled_week(plan, library)
    assert plan.loads["strengthening"]["step"] == 1
    assert "R12" in standing(plan)[-1].rules
    assert plan.loads["low-impact"]["step"] == 2


def test_a_lower_ceiling_brings_the_step_down_at_once_and_says_who(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(plan, library)
    ceiling = {"bounds": {"strengthening": {"ceiling": 1}}}
    plan_changes.amend(plan, ceiling, ana, "osteoporosis", library, after(5))
    act = standing(plan)[-1]
    assert (act.step, act.clinician_id, act.reason) == (1, ana.id, "osteoporosis")
    assert plan.loads["strengthening"]["step"] == 1
    assert plan.edition > 1


def test_a_late_session_is_judged_by_the_terms_of_its_own_day(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    """Usual pain was 4 then; that it is 7 now makes the old session no milder."""
    plan_changes.amend(plan, {"usual_pain": 7.0}, ana, "re-anchored", library, after(5))
    report(plan, library, 2, FLARE)
    report(plan, library, 7, FLARE)
    assert [d.zone for d in standing(plan)] == ["severe", "amber"]
    assert [d.inputs["usual_pain"] for d in standing(plan)] == [4, 7]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bounds": {"relaxation": {"floor": 1}}}, "bounds.relaxation"),
        ({"bounds": {"stretching": {"floor": 4, "ceiling": 2}}}, "bounds.stretching.ceiling"),
        ({"pins": {"li-swim": 1}}, "pins.li-swim"),
        ({"pins": {"lb-bridge": 9}}, "pins.lb-bridge"),
        ({"swaps": {"li-swim": "li-walk"}}, "swaps.li-swim"),
        ({"swaps": {"lb-bridge": "li-walk"}}, "swaps.lb-bridge"),
        ({"swaps": {"lb-bridge": "no-such"}}, "swaps.lb-bridge"),
    ],
)
def test_a_change_that_cannot_be_is_refused_by_field(
    plan: Plan, library: Library, ana: Clinician, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        plan_changes.amend(plan, changes, ana, "", library, START)
    assert set(refused.value.errors) == {field}


def test_an_exercise_is_swapped_in_this_plan_alone(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    changes = {"swaps": {"lb-bridge": "lb-dead-bug"}, "pins": {"li-walk": 2}}
    plan_changes.amend(plan, changes, ana, "knee", library, START)
    due = {p.exercise.id: p.step for p in today(plan, START.date(), library).exercises}
    assert "lb-bridge" not in due
    assert (due["lb-dead-bug"], due["li-walk"]) == (1, 2)
    used = {e.id for e in Program.from_dict(plan.program).exercises}
    assert "lb-bridge" not in used
    assert "lb-bridge" in {e.id for e in library.programs["lb-subacute-6w"].exercises}


def test_a_phase_is_left_when_enough_of_it_is_done(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    with pytest.raises(Conflict, match="no session was due"):
        plan_changes.advance_phase(plan, ana, "", library, START)
    report(plan, library, 0, SETTLED)
    with pytest.raises(Conflict, match="33%"):
        plan_changes.advance_phase(plan, ana, "", library, after(7))
    settled_week(plan, library)
    plan_changes.advance_phase(plan, ana, "doing well", library, after(7))
    assert plan.phase == 1
    assert plan.phase_since == after(7).date()
    assert plan.loads["strengthening"]["step"] == 2
    names = {p.exercise.id for p in today(plan, after(9).date(), library).exercises}
    assert "lb-bird-dog" in names


def test_no_phase_is_left_with_an_open_alert(plan: Plan, library: Library, ana: Clinician) -> None:
    settled_week(plan, library)
    report(plan, library, 6, FLARE)
    with pytest.raises(Conflict, match="alert"):
        plan_changes.advance_phase(plan, ana, "", library, after(7))
    alert = db.session.scalars(select(Alert)).one()
    clinician_acts.close_alert(alert.id, "called, eased", ana, library, after(7))
    plan_changes.advance_phase(plan, ana, "", library, after(7))
    plan.phase_since = START.date()
    plan_changes.advance_phase(plan, ana, "", library, after(7))
    plan.phase_since = START.date()
    with pytest.raises(Conflict, match="this is the last phase"):
        plan_changes.advance_phase(plan, ana, "", library, after(7))


def test_a_discharged_plan_takes_nothing_more(plan: Plan, library: Library, ana: Clinician) -> None:
    plan_changes.discharge(plan, ana, "all well", START)
    assert today(plan, START.date(), library).status == "ended"
    with pytest.raises(Conflict):
        report(plan, library, 0, SETTLED)
    with pytest.raises(Conflict):
        plan_changes.pause(plan, ana, "", library, START)


def test_many_are_approved_at_once_or_none(eased: Plan, library: Library, ana: Clinician) -> None:
    settled_week(eased, library)
    query = select(Decision).filter_by(plan_id=eased.id, state="proposed", replaced_at=None)
    proposed = db.session.scalars(query).all()
    ids = [decision.id for decision in proposed]
    assert len(ids) == 2
    with pytest.raises(Conflict):
        clinician_acts.approve_all([*ids, ids[0]], ana, library, after(5))
    assert eased.loads["strengthening"]["step"] == 1
    clinician_acts.approve_all(ids, ana, library, after(5))
    assert {eased.loads[c]["step"] for c in ("strengthening", "low-impact")} == {2}


def test_an_approval_taken_back_leaves_the_proposal_open_again(
    eased: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(eased, library)
    proposal = standing(eased)[-1]
    clinician_acts.approve(proposal, ana, library, after(5))
    act = standing(eased)[-1]
    clinician_acts.undo(act, ana, "wrong patient", library, after(6))
    assert eased.loads["strengthening"]["step"] == 1
    assert proposal.state == "proposed"
    assert (act.undone_by_id, act.undone_because) == (ana.id, "wrong patient")
    clinician_acts.approve(proposal, ana, library, after(6))
    assert eased.loads["strengthening"]["step"] == 2


def test_an_override_taken_back_is_as_if_it_had_not_been(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    report(plan, library, 0, FLARE)
    verdict = standing(plan)[-1]
    clinician_acts.override(verdict, 1, 1.0, "typo", ana, library, START + timedelta(hours=1))
    act = standing(plan)[-1]
    report(plan, library, 2, SETTLED)
    assert plan.loads["strengthening"]["dose"] == 1.0
    clinician_acts.undo(act, ana, "no typo", library, after(3))
    assert plan.loads["strengthening"]["dose"] == 0.0
    assert verdict.state == "applied"
    with pytest.raises(Conflict):
        clinician_acts.undo(act, ana, "again", library, after(3))


def test_a_red_flag_that_only_held_step_ups_is_cleared_with_its_alert(
    maya: Patient, library: Library, ana: Clinician
) -> None:
    wish = Assignment("lb-chronic-12w", usual_pain=4, autonomy="bounded")
    plan = plans.assign(maya, wish, library, START)
    report(plan, library, 0, SETTLED, red_flags=("RF12",))
    assert plan.status == "active"
    assert all(load["review_open"] for load in plan.loads.values())
    alert = db.session.scalars(select(Alert)).one()
    clinician_acts.close_alert(alert.id, "seen by the doctor", ana, library, after(1))
    assert not any(load["review_open"] for load in plan.loads.values())


def test_a_correction_three_weeks_later_is_walked_and_both_versions_stay(
    plan: Plan, library: Library
) -> None:
    first = report(plan, library, 0, SETTLED)
    for day in (2, 4, 7, 9, 11, 14, 16, 18, 21):
        report(plan, library, day, SETTLED)
        wake(plan, library, day, 4)
    wake(plan, library, 0, 4)
    before = plan.loads["strengthening"]["step"]
    assert before == 4
    walked = len(standing(plan))

    changes = {"during": 7, "after": 7}
    corrections.correct_session(first, plan, changes, "ana@x", library, after(22))
    version = corrections.versions_of(first)
    assert [v.said for v in version] == [{"during": 4, "after": 4}]
    assert (first.during, first.after) == (7, 7)
    assert standing(plan)[0].zone == "red"
    assert len(standing(plan)) == walked
    query = select(Decision).filter_by(plan_id=plan.id, category="strengthening")
    replaced = db.session.scalars(query.where(Decision.replaced_at == after(22))).all()
    assert replaced
    assert {d.zone for d in replaced if d.session_id == first.id} == {"green"}

    corrections.correct_session(first, plan, {"during": 7}, "ana@x", library, after(22))
    assert len(corrections.versions_of(first)) == 1


def test_a_correction_does_not_lift_a_pause(plan: Plan, library: Library, ana: Clinician) -> None:
    session = report(plan, library, 0, SETTLED, red_flags=("RF01",))
    corrections.correct_session(session, plan, {"red_flags": ()}, "maya", library, after(1))
    assert plan.status == "paused"
    assert all(load["paused"] for load in plan.loads.values())
    plan_changes.resume(plan, ana, "a slip of the thumb", library, after(1))
    assert not any(load["paused"] for load in plan.loads.values())


def test_an_approval_stands_before_a_session_that_is_told_after_it(
    eased: Plan, library: Library, ana: Clinician
) -> None:
    """A log moved from paper: each step up is approved as it comes, and the next day is typed."""
    settled_week(eased, library)
    today_ = after(30)
    clinician_acts.approve(standing(eased)[-1], ana, library, today_)
    assert eased.loads["strengthening"]["step"] == 2
    report(eased, library, 7, FLARE)
    assert [d.move for d in standing(eased)[-2:]] == ["progress", "rest_regress"]
    assert standing(eased)[-1].inputs["before"]["step"] == 2
    assert eased.loads["strengthening"]["last_up_day"] == 30


@pytest.mark.parametrize(("days_off", "step", "dose"), [(6, 2, 1.0), (7, 1, 0.75), (28, 1, 0.5)])
def test_after_a_break_the_first_session_back_is_offered_lower(
    plan: Plan, library: Library, days_off: int, step: int, dose: float
) -> None:
    settled_week(plan, library)
    report(plan, library, 7, SETTLED)
    assert plan.loads["strengthening"]["step"] == 2
    due = today(plan, after(7 + days_off).date(), library).exercises
    walk = next(item for item in due if item.exercise.id == "li-walk")
    assert (walk.step, walk.dose) == (step, dose)


def test_terms_settled_before_the_plan_starts_hold_from_its_start(
    maya: Patient, library: Library, ana: Clinician
) -> None:
    wish = Assignment("lb-subacute-6w", usual_pain=3, starts_on=after(3).date())
    plan = plans.assign(maya, wish, library, START)
    changes = {"usual_pain": 7.0, "bounds": {"strengthening": {"locked": True}}}
    plan_changes.amend(plan, changes, ana, "", library, START)
    report(plan, library, 3, SETTLED)
    inputs = standing(plan)[-1].inputs
    assert (inputs["usual_pain"], inputs["bounds"]["locked"]) == (7, True)


@pytest.mark.parametrize("name", ["floor", "ceiling"])
def test_no_bound_lies_past_the_ladder(
    plan: Plan, library: Library, ana: Clinician, name: str
) -> None:
    wanted = {"strengthening": {"ceiling": 5, name: 6}}
    with pytest.raises(Invalid) as refused:
        plan_changes.amend(plan, {"bounds": wanted}, ana, "", library, START)
    assert set(refused.value.errors) == {f"bounds.strengthening.{name}"}


def test_an_alert_that_was_closed_is_not_opened_by_the_same_thing_told_anew(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    report(plan, library, 0, FLARE)
    alert = db.session.scalars(select(Alert)).one()
    said_first = alert.about
    wake(plan, library, 0, 6)
    assert alert.about != said_first
    clinician_acts.close_alert(alert.id, "called", ana, library, after(1))
    wake(plan, library, 0, 3)
    assert [a.closed_at is None for a in db.session.scalars(select(Alert))] == [False]
    report(plan, library, 2, FLARE)
    assert [a.closed_at is None for a in db.session.scalars(select(Alert))].count(True) == 1


def test_a_session_is_read_with_the_phase_and_the_zone_of_its_day(
    plan: Plan, library: Library, ana: Clinician, maya: Patient
) -> None:
    settled_week(plan, library)
    said = SessionReport(performed_at=START, before=4, during=4, after=4, effort=4)
    twice = plans.assign(maya, Assignment("lb-subacute-6w", 4), library, START)
    first = sessions.report_session(twice, said, library, START)
    twice.phase_since = START.date()
    plan_changes.advance_phase(twice, ana, "", library, after(1))
    enrolment.amend(maya, {"zone": "Australia/Sydney"}, "ana", after(1))
    assert sessions.report_session(twice, said, library, after(2)) is first
    before = list(first.categories)
    corrections.correct_session(first, twice, {"note": "typo"}, "ana", library, after(2))
    assert (first.categories, first.on) == (before, START.date())


def test_a_session_of_an_exercise_that_was_swapped_away_can_still_be_told(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    changes = {"pins": {"lb-bridge": 1}}
    plan_changes.amend(plan, changes, ana, "", library, START)
    swap = {"swaps": {"lb-bridge": "lb-dead-bug"}}
    plan_changes.amend(plan, swap, ana, "", library, after(1))
    assert plan.pins == {}
    tick = ({"exercise_id": "lb-bridge", "done": True, "too_sore": False},)
    assert report(plan, library, 0, SETTLED, exercises=tick).categories == ["strengthening"]


def test_a_plan_that_has_ended_is_moved_by_nobody(
    eased: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(eased, library)
    proposal = standing(eased)[-1]
    plan_changes.discharge(eased, ana, "", after(5))
    for act in (
        lambda: wake(eased, library, 4, 9),
        lambda: clinician_acts.approve(proposal, ana, library, after(5)),
        lambda: clinician_acts.override(proposal, 1, 1.0, "x", ana, library, after(5)),
    ):
        with pytest.raises(Conflict):
            act()


def test_what_happened_before_a_plan_was_finished_may_be_told_after(
    plan: Plan, library: Library
) -> None:
    plan.status = "finished"
    last = SessionReport(performed_at=after(41), before=4, during=4, after=4)
    sessions.report_session(plan, last, library, after(44))
    late = SessionReport(performed_at=after(42), before=4, during=4, after=4)
    with pytest.raises(Conflict):
        sessions.report_session(plan, late, library, after(44))
