"""Late, corrected and moved reports, and acts that meet them: no order of telling is unsafe."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from rehab.errors import Conflict
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.message import DeliveryState, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import PAUSED, Plan
from rehab.programs.library import Library
from rehab.services import (
    clinician_acts,
    corrections,
    enrolment,
    mornings,
    plan_changes,
    plans,
    safety,
    sessions,
)
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.safety import ScreeningReport
from rehab.services.sessions import SessionReport
from tests.services.course_invariants import is_a_fixed_point
from tests.services.test_progression import (
    FLARE,
    SETTLED,
    START,
    report,
    settled_week,
    standing,
    wake,
)


def after(days: int, hours: int = 0) -> datetime:
    return START + timedelta(days=days, hours=hours)


def tell(plan: Plan, library: Library, at: datetime, now: datetime, **said: Any) -> None:
    values = {"before": 4, "during": 4, "after": 4, "effort": 4, **said}
    sessions.report_session(plan, SessionReport(at, **values), library, now)


def test_a_plan_that_stays_paused_after_a_correction_does_not_step_up(
    plan: Plan, library: Library
) -> None:
    slip = report(plan, library, 0, SETTLED, red_flags=("RF01",))
    corrections.correct_session(slip, plan, {"red_flags": ()}, "maya", library, after(0, 1))
    for day in (2, 4):
        report(plan, library, day, SETTLED)
    for day in (4, 2, 0):
        wake(plan, library, day, 4)
    assert plan.status == PAUSED
    assert plan.loads["strengthening"]["step"] == 1
    is_a_fixed_point(plan, library, after(6))


def test_a_morning_settles_a_session_from_before_a_journey(
    plan: Plan, library: Library, maya: Patient
) -> None:
    at = datetime(2026, 3, 4, 1, tzinfo=UTC)
    tell(plan, library, at, at)
    enrolment.amend(maya, {"zone": "America/New_York"}, "maya", at + timedelta(hours=1))
    woke = MorningReport(date(2026, 3, 5), pain=9)
    mornings.report_morning(plan, woke, library, datetime(2026, 3, 5, 12, tzinfo=UTC))
    assert standing(plan)[-1].zone == "severe"


@pytest.mark.parametrize(("moved", "between"), [(4, 2), (-4, -2)])
def test_a_session_moved_within_its_day_keeps_one_decision_that_stands(
    plan: Plan, library: Library, moved: int, between: int
) -> None:
    first = report(plan, library, 0, SETTLED)
    later = {"performed_at": after(0, moved)}
    corrections.correct_session(first, plan, later, "maya", library, after(0, 5))
    tell(plan, library, after(0, between), after(0, 6))
    assert len([d for d in standing(plan) if d.session_id == first.id]) == 1


def test_sessions_told_after_a_ceiling_was_set_end_under_it(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    ceiling = {"bounds": {"strengthening": {"ceiling": 1}}}
    plan_changes.amend(plan, ceiling, ana, "", library, after(6))
    for day in (0, 2, 4):
        tell(plan, library, after(day), after(7))
        woke = MorningReport(after(day + 1).date(), pain=4)
        mornings.report_morning(plan, woke, library, after(7))
    assert plan.loads["strengthening"]["step"] == 1


@pytest.mark.parametrize("bound", [{"ceiling": 1}, {"locked": True}])
def test_a_step_up_proposed_before_new_bounds_is_not_approved_past_them(
    eased: Plan, library: Library, ana: Clinician, bound: dict[str, Any]
) -> None:
    settled_week(eased, library)
    proposal = standing(eased)[-1]
    plan_changes.amend(eased, {"bounds": {"strengthening": bound}}, ana, "", library, after(5))
    with pytest.raises(Conflict):
        clinician_acts.approve(proposal, ana, library, after(5, 1))
    assert eased.loads["strengthening"]["step"] == 1


def test_an_approved_rest_does_not_become_an_approved_step_up(
    maya: Patient, library: Library, ana: Clinician
) -> None:
    wish = Assignment("lb-subacute-6w", usual_pain=4, autonomy="advise")
    plan = plans.assign(maya, wish, library, START)
    for day, ratings in ((0, SETTLED), (2, SETTLED), (4, (4, 7, 7))):
        last = report(plan, library, day, ratings)
        wake(plan, library, day, 4)
    clinician_acts.approve(standing(plan)[-1], ana, library, after(5))
    changes = {"during": 4, "after": 4}
    corrections.correct_session(last, plan, changes, "maya", library, after(6))
    assert plan.loads["strengthening"]["step"] == 1


def test_a_red_flag_at_screening_takes_back_the_reminders(plan: Plan, library: Library) -> None:
    safety.answer(plan, ScreeningReport(START.date(), ("RF01",)), library, START)
    waiting = select(OutboundMessage).where(
        OutboundMessage.plan_id == plan.id,
        OutboundMessage.state == DeliveryState.PENDING,
        OutboundMessage.kind.in_(("exercise", "morning")),
    )
    assert not db.session.scalars(waiting).all()


def test_severe_pain_while_paused_is_no_red_flag(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    plan_changes.pause(plan, ana, "holiday", library, START)
    report(plan, library, 1, FLARE)
    assert [alert.kind for alert in db.session.scalars(select(Alert))] == ["severe_pain"]


def test_a_phase_that_goes_on_is_entered_from_where_the_corrected_log_stands(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    told = []
    for day in (0, 2, 4, 7, 9, 11):
        told.append(report(plan, library, day, SETTLED))
        wake(plan, library, day, 4)
    plan_changes.advance_phase(plan, ana, "", library, after(14))
    assert plan.loads["low-impact"]["step"] == 3
    for session in told[:3]:
        corrections.correct_session(session, plan, {"before": None}, "maya", library, after(15))
    assert plan.loads["low-impact"]["step"] == 2


def test_a_resumed_plan_waits_for_nobody(maya: Patient, library: Library, ana: Clinician) -> None:
    wish = Assignment("lb-chronic-12w", usual_pain=4, autonomy="bounded")
    plan = plans.assign(maya, wish, library, START)
    report(plan, library, 0, SETTLED, red_flags=("RF12",))
    plan_changes.pause(plan, ana, "to be seen", library, after(1))
    plan_changes.resume(plan, ana, "seen", library, after(2))
    assert not any(load["review_open"] for load in plan.loads.values())


def test_a_flagged_session_moved_past_a_closed_review_asks_again(
    maya: Patient, library: Library, ana: Clinician
) -> None:
    wish = Assignment("lb-chronic-12w", usual_pain=4, autonomy="bounded")
    plan = plans.assign(maya, wish, library, START)
    session = report(plan, library, 0, SETTLED, red_flags=("RF12",))
    alert = db.session.scalars(select(Alert)).one()
    clinician_acts.close_alert(alert.id, "seen", ana, library, after(1))
    later = {"performed_at": after(2)}
    corrections.correct_session(session, plan, later, "maya", library, after(3))
    assert all(load["review_open"] for load in plan.loads.values())
    assert db.session.scalars(select(Alert).filter_by(closed_at=None)).one().kind == "red_flag"


def test_a_red_flag_corrected_twice_leaves_two_stops_of_their_own(
    plan: Plan, library: Library
) -> None:
    session = report(plan, library, 0, SETTLED, red_flags=("RF01",))
    for flags in (("RF07",), ("RF04",), ()):
        changes = {"red_flags": flags}
        corrections.correct_session(session, plan, changes, "maya", library, after(1))
    moments = [d.effective_at for d in standing(plan)]
    assert len(moments) == len(set(moments)) == 4
    assert plan.status == "paused"
    is_a_fixed_point(plan, library, after(1))


def test_a_flag_taken_back_leaves_the_review_open_that_it_asked_for_in_a_paused_plan(
    maya: Patient, library: Library
) -> None:
    """The one was told in the chronic track, where it holds steps; another had paused the plan."""
    wish = Assignment("lb-chronic-12w", usual_pain=4, autonomy="bounded")
    plan = plans.assign(maya, wish, library, START)
    first = report(plan, library, 0, SETTLED)
    second = report(plan, library, 2, SETTLED, red_flags=("RF12",))
    corrections.correct_session(first, plan, {"red_flags": ("RF07",)}, "maya", library, after(3))
    assert all(load["paused"] and load["review_open"] for load in plan.loads.values())
    corrections.correct_session(second, plan, {"red_flags": ()}, "maya", library, after(4))
    assert all(load["paused"] and load["review_open"] for load in plan.loads.values())
    is_a_fixed_point(plan, library, after(4))
