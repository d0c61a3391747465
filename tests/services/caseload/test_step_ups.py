"""Many step-ups approved together: each by itself, and only the plain ones."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.decision import APPLIED, PROPOSED, Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import alerts, clinician_acts, enrolment, plans
from rehab.services.caseload.step_ups import Outcome, Refusal, approve_each, plain_ones
from rehab.services.plans import Assignment
from tests.services.test_progression import START, settled_week


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment("lb-subacute-6w", usual_pain=4)
    settled = plans.assign(maya, wish, library, START)
    settled_week(settled, library)
    return settled


@pytest.fixture
def noor(ana: Clinician) -> Patient:
    said = {"given_name": "Noor", "phone": "+447700900199", "zone": "Europe/London"}
    return enrolment.enrol(ana.clinic_id, said, ana.email, START)


def after(days: float) -> datetime:
    return START + timedelta(days=days)


def ids(clinician: Clinician) -> list[UUID]:
    return [one.decision_id for one in plain_ones(clinician.clinic_id, after(5))]


def steps(plan: Plan) -> dict[str, int]:
    db.session.refresh(plan)
    return {category: plan.loads[category]["step"] for category in ("low-impact", "strengthening")}


def test_each_is_offered_with_all_that_is_read_before_a_yes(plan: Plan, ana: Clinician) -> None:
    found = {one.category: one for one in plain_ones(ana.clinic_id, after(5))}
    assert set(found) == {"strengthening", "low-impact"}
    one = found["strengthening"]
    assert (one.name, one.program) == ("Maya Lindqvist", plan.program["name"])
    assert (one.from_step, one.to_step, one.on) == (1, 2, after(4).date())
    assert one.why == "Up to step 2: 3 settled sessions at full dose (UP)."


def test_all_that_are_ticked_are_approved_each_on_record(
    plan: Plan, ana: Clinician, library: Library
) -> None:
    offered = ids(ana)
    assert approve_each(offered, ana, library, after(5)) == Outcome(2, ())
    assert steps(plan) == {"low-impact": 2, "strengthening": 2}
    acts = select(AuditEntry.subject_id).filter_by(action="decision.approved")
    assert set(db.session.scalars(acts)) == set(offered)
    assert plain_ones(ana.clinic_id, after(5)) == []


def test_one_that_was_overtaken_leaves_the_others_in_force(
    plan: Plan, ana: Clinician, library: Library
) -> None:
    offered = plain_ones(ana.clinic_id, after(5))
    overruled = offered[0]
    decision = db.session.get_one(Decision, overruled.decision_id)
    clinician_acts.override(decision, 1, 0.5, "gently", ana, library, after(5))
    outcome = approve_each([one.decision_id for one in offered], ana, library, after(5))
    whose = f"Maya Lindqvist, {overruled.category}"
    assert outcome == Outcome(1, (Refusal(whose, "nothing is proposed here any more"),))
    assert steps(plan) == {overruled.category: 1, offered[1].category: 2}


def test_one_for_whom_an_alert_was_opened_meanwhile_waits_for_a_look(
    plan: Plan, noor: Patient, ana: Clinician, library: Library
) -> None:
    hers = plans.assign(noor, Assignment("lb-subacute-6w", 4), library, START)
    settled_week(hers, library)
    offered = ids(ana)
    assert len(offered) == 4
    alerts.open_alert(plan.patient, "danger_words", 3, "numb", after(5))
    assert len(ids(ana)) == 2
    outcome = approve_each(offered, ana, library, after(5))
    assert outcome.approved == 2
    assert {refusal.because for refusal in outcome.refused} == {
        "an alert is open about them: look at it by itself"
    }
    assert steps(plan) == {"low-impact": 1, "strengthening": 1}
    assert steps(hers) == {"low-impact": 2, "strengthening": 2}


@pytest.mark.parametrize(
    ("column", "value"), [("zone", "amber"), ("zone", None), ("move", "deload")]
)
def test_what_is_no_step_up_after_a_green_session_waits_by_itself(
    plan: Plan, ana: Clinician, library: Library, column: str, value: str | None
) -> None:
    decision = db.session.get_one(Decision, ids(ana)[0])
    setattr(decision, column, value)
    db.session.commit()
    assert decision.id not in ids(ana)
    outcome = approve_each([decision.id], ana, library, after(5))
    assert outcome.refused[0].because == "it is no plain step up: look at it by itself"
    assert decision.state == PROPOSED


def test_a_paused_plan_steps_up_nowhere(plan: Plan, ana: Clinician, library: Library) -> None:
    offered = ids(ana)
    plan.status = "paused"
    db.session.commit()
    assert ids(ana) == []
    assert approve_each(offered, ana, library, after(5)).approved == 0


def test_after_four_weeks_a_proposal_is_no_longer_offered(
    plan: Plan, ana: Clinician, library: Library
) -> None:
    offered = ids(ana)
    assert len(plain_ones(ana.clinic_id, after(32))) == 2
    assert plain_ones(ana.clinic_id, after(32.1)) == []
    assert approve_each(offered, ana, library, after(32.1)).approved == 0


def test_what_is_ticked_twice_counts_once(plan: Plan, ana: Clinician, library: Library) -> None:
    one = ids(ana)[0]
    assert approve_each([one, one], ana, library, after(5)) == Outcome(1, ())


def test_another_clinics_and_what_is_nowhere_are_not_told_apart(
    plan: Plan, boris: Clinician, ana: Clinician, library: Library
) -> None:
    hers = ids(ana)
    outcome = approve_each([hers[0], uuid4()], boris, library, after(5))
    gone = Refusal("One", "there is no such decision")
    assert outcome == Outcome(0, (gone, gone))
    assert APPLIED not in set(
        db.session.scalars(select(Decision.state).where(Decision.id.in_(hers)))
    )
