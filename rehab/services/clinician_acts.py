"""The clinician in charge: every act is a decision with a person's name and reason under it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rehab.errors import Conflict, Invalid, NotFound
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.decision import APPLIED, OVERRIDDEN, PROPOSED, Decision
from rehab.models.patient import Patient
from rehab.models.plan import DISCHARGED, FINISHED, Plan
from rehab.programs.acts import Act
from rehab.programs.explanations import act_sentence
from rehab.programs.library import Library
from rehab.services import alerts, announcements, progression
from rehab.services.actors import acted
from rehab.services.deeds import Deed, write_down
from rehab.services.news import news_of
from rehab.services.progression import RED_FLAG
from rehab.services.standing import latest_on
from rehab.services.transactions import hold, transaction


def find_decision(clinic_id: UUID, decision_id: UUID) -> Decision:
    """A decision on one of the clinic's plans. Raises NotFound, also for another clinic's."""
    decision = db.session.scalar(
        select(Decision)
        .join(Plan, Plan.id == Decision.plan_id)
        .join(Patient)
        .where(Patient.clinic_id == clinic_id, Decision.id == decision_id)
    )
    if decision is None:
        raise NotFound("there is no such decision")
    return decision


@transaction()
def approve(decision: Decision, by: Clinician, library: Library, now: datetime) -> Decision:
    """Put a proposed change in force. Raises Conflict unless it is the category's latest word."""
    plan = _plan(decision)
    if decision.state != PROPOSED or latest_on(plan, decision.category) is not decision:
        raise Conflict("nothing is proposed here any more")
    act = {
        "act": Act.APPROVE,
        "decision_id": str(decision.id),
        "proposal": decision.accepted,
    }
    decision.state = APPLIED
    act_on(plan, {decision.category: act}, by, "", library, now, decision)
    acted("decision.approved", decision, now)
    return decision


@transaction()
def override(
    decision: Decision,
    step: int,
    dose: float,
    reason: str,
    by: Clinician,
    library: Library,
    now: datetime,
) -> Decision:
    """Replace what was decided by the clinician's own step and dose (0-1).

    Raises Invalid (a step outside the plan's bounds, no reason) and Conflict when a later decision
    has taken its place.
    """
    plan = _plan(decision)
    bounds = plan.bounds[decision.category]
    if not bounds["floor"] <= step <= bounds["ceiling"]:
        raise Invalid({"step": [f"must lie between {bounds['floor']} and {bounds['ceiling']}"]})
    if not reason.strip():
        raise Invalid({"reason": ["say why"]})
    if latest_on(plan, decision.category) is not decision:
        raise Conflict("a later decision has taken its place")
    act = {
        "act": Act.OVERRIDE,
        "decision_id": str(decision.id),
        "step": step,
        "dose": dose,
    }
    act_on(plan, {decision.category: act}, by, reason, library, now, decision)
    decision.state = OVERRIDDEN
    acted("decision.overridden", decision, now)
    return decision


@transaction()
def approve_all(
    decision_ids: Sequence[UUID], by: Clinician, library: Library, now: datetime
) -> list[Decision]:
    """Approve many at once, all or none. Raises NotFound and Conflict as one would."""
    decisions = [find_decision(by.clinic_id, id_) for id_ in decision_ids]
    return [approve(decision, by, library, now) for decision in decisions]


@transaction()
def undo(decision: Decision, by: Clinician, reason: str, library: Library, now: datetime) -> None:
    """Take back an approval or an override; the plan is walked again as if it had not been.

    The act stays in the trail with who took it back and why. Raises Invalid (no reason) and
    Conflict for anything else, or when a later act of a clinician stands on it.
    """
    if not reason.strip():
        raise Invalid({"reason": ["say why"]})
    plan = _plan(decision)
    if decision.inputs.get("act") not in (Act.APPROVE, Act.OVERRIDE) or decision.replaced_at:
        raise Conflict("only an approval or an override that stands can be taken back")
    decision.undone_by_id, decision.undone_because = by.id, reason.strip()
    acted("decision.undone", decision, now)
    _reopen(decision)
    plan.edition += 1
    db.session.flush()
    progression.settle(plan, decision.effective_at, library, now)
    announcements.correct(plan, decision.decided_at, now)


def _reopen(act: Decision) -> None:
    """What the act had settled is as it was before."""
    subject = db.session.get(Decision, UUID(act.inputs["decision_id"]))
    if subject is not None:
        subject.state = PROPOSED if subject.accepted is not None else APPLIED


def act_on(
    plan: Plan,
    acts: Mapping[str, Mapping[str, Any]],
    by: Clinician,
    reason: str,
    library: Library,
    now: datetime,
    upon: Decision | None = None,
) -> None:
    """What a clinician does to each category named, one kind of act for all.

    `upon` is the decision that is approved or overruled. The plan's edition grows even when no
    category is touched. What it changes for the patient is told to them by text.
    """
    plan.edition += 1
    before = _where(plan)
    for kind in {Act(act["act"]) for act in acts.values()}:
        deed = Deed(
            why=f"{by.name} {DID[kind]}: {reason.strip()}".removesuffix(": ") + ".",
            why_patient=act_sentence(
                upon.move if upon and kind is Act.APPROVE else kind, plan.patient.language
            ),
            by=by,
            reason=reason.strip(),
            upon=upon,
        )
        write_down(plan, acts, deed, library, now)
        if _where(plan) != before or kind in (Act.PAUSE, Act.PHASE):
            _announce(plan, kind, upon, now)


def _where(plan: Plan) -> dict[str, tuple[int, float]]:
    return {category: (load["step"], load["dose"]) for category, load in plan.loads.items()}


def _announce(plan: Plan, kind: Act, upon: Decision | None, now: datetime) -> None:
    """An approval is told as what was approved; other acts in words of their own."""
    news = news_of([upon]) if upon and kind is Act.APPROVE else None
    template, values = news or (NEWS.get(kind, announcements.CHANGED), {})
    announcements.announce(plan, template, values, now)


NEWS = {Act.PAUSE: announcements.PAUSED, Act.RESUME: announcements.RESTARTED}

DID = {
    Act.APPROVE: "approved what was proposed",
    Act.OVERRIDE: "set step and dose by hand",
    Act.PAUSE: "paused the plan",
    Act.RESUME: "resumed the plan, one step lower and at half the dose",
    Act.CLEAR: "cleared a red flag",
    Act.BOUND: "set new bounds",
    Act.PHASE: "moved the plan to its next phase",
}


@transaction()
def close_alert(
    alert_id: UUID,
    note: str,
    by: Clinician,
    library: Library,
    now: datetime,
    seen: str | None = None,
) -> Alert:
    """Close an alert with a note; a red flag that only held step-ups is cleared with it.

    `seen` and what is raised are as in `alerts.close_alert`.
    """
    alert = alerts.close_alert(by.clinic_id, alert_id, by.id, note, now, seen)
    plan = db.session.get(Plan, alert.plan_id) if alert.plan_id else None
    if plan is not None and alert.kind == RED_FLAG:
        held = {c: {"act": Act.CLEAR} for c, load in plan.loads.items() if load["review_open"]}
        if held:
            act_on(plan, held, by, note, library, now)
    return alert


def _plan(decision: Decision) -> Plan:
    """The plan, held, and the decision as it stands now that nobody else can move it."""
    plan = db.session.get_one(Plan, decision.plan_id)
    hold(plan)
    db.session.refresh(decision)
    if plan.status in (DISCHARGED, FINISHED):
        raise Conflict("the plan has ended")
    return plan
