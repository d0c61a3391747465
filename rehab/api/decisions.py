"""Decisions: what changed, by which rules and why; approved or overruled by a clinician."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate
from sqlalchemy import select

from rehab import clock
from rehab.api.bearer import clinician, patients_too
from rehab.api.http import Blueprint
from rehab.api.pages import PageIn, page, page_of
from rehab.api.plans import IF_MATCH, changing_if_matched
from rehab.api.schemas import In, Number, Whole, text
from rehab.api.seen import plan_seen
from rehab.models.decision import Decision
from rehab.services import clinician_acts
from rehab.wiring import library

blueprint = Blueprint("decisions", "What was decided, and why")


class DecisionOut(Schema):
    """`step` and `dose` are what was decided; while `state` is proposed they are not in force."""

    id = fields.UUID()
    session_id = fields.UUID(allow_none=True)
    category = fields.String()
    act = fields.String(
        attribute="inputs.act",
        dump_default=None,
        allow_none=True,
        metadata={"description": "what a clinician or a red flag did; null after a session"},
    )
    on = fields.Date()
    zone = fields.String(allow_none=True)
    move = fields.String()
    step = fields.Integer()
    dose = fields.Float()
    rules = fields.List(fields.String())
    alert = fields.Integer()
    why = fields.String()
    why_patient = fields.String()
    inputs = fields.Dict()
    policy_version = fields.String()
    state = fields.String()
    reason = fields.String()
    decided_at = fields.AwareDateTime()


class OverrideIn(In):
    step = Whole(required=True, validate=validate.Range(1, 20))
    dose = Number(required=True, validate=validate.Range(0, 1))
    reason = text(1, 500, required=True)


class ManyIn(In):
    ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 200))


class UndoIn(In):
    reason = text(1, 500, required=True)


@blueprint.get("/plans/<uuid:id>/decisions")
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, page_of(DecisionOut))
@patients_too
def decisions(wanted: dict[str, Any], id: UUID) -> dict[str, Any]:
    """The plan's decisions, newest first."""
    plan = plan_seen(id)
    standing = select(Decision).filter_by(plan_id=plan.id, replaced_at=None)
    return page((standing, Decision.effective_at, Decision.id), **wanted)


@blueprint.post("/decisions/<uuid:id>/approve")
@blueprint.response(200, DecisionOut)
@blueprint.doc(parameters=[IF_MATCH])
def approve(id: UUID) -> Decision:
    """Put a proposed change in force."""
    decision = clinician_acts.find_decision(clinician().clinic_id, id)
    with changing_if_matched(decision.plan_id):
        return clinician_acts.approve(decision, clinician(), library(), clock.now())


@blueprint.post("/decisions/approve")
@blueprint.arguments(ManyIn)
@blueprint.response(200, page_of(DecisionOut))
@blueprint.doc(responses={404: "NOT_FOUND"})
def approve_all(said: dict[str, Any]) -> dict[str, Any]:
    """Put many proposed changes in force, all or none."""
    approved = clinician_acts.approve_all(said["ids"], clinician(), library(), clock.now())
    return {"items": approved, "next": None}


@blueprint.post("/decisions/<uuid:id>/undo")
@blueprint.arguments(UndoIn)
@blueprint.response(200, DecisionOut)
def undo(said: dict[str, str], id: UUID) -> Decision:
    """Take back an approval or an override."""
    act = clinician_acts.find_decision(clinician().clinic_id, id)
    clinician_acts.undo(act, clinician(), said["reason"], library(), clock.now())
    return act


@blueprint.post("/decisions/<uuid:id>/override")
@blueprint.arguments(OverrideIn)
@blueprint.response(200, DecisionOut)
@blueprint.doc(parameters=[IF_MATCH])
def override(said: dict[str, Any], id: UUID) -> Decision:
    """Replace a decision by the clinician's own, with a reason."""
    decision = clinician_acts.find_decision(clinician().clinic_id, id)
    with changing_if_matched(decision.plan_id):
        return clinician_acts.override(
            decision, **said, by=clinician(), library=library(), now=clock.now()
        )
