"""Today's session: what is due, how much of it, and what changed."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from marshmallow import Schema, fields, validate

from rehab import clock
from rehab.api.bearer import about_a_plan, clinic_id, patients_too, plan_in_reach
from rehab.api.http import Blueprint
from rehab.api.library import DosageOut
from rehab.api.schemas import In, local_date
from rehab.api.seen import mark_seen
from rehab.services.plan_marks import mark_of
from rehab.services.today import today
from rehab.wiring import library, wiring

blueprint = Blueprint("today", "The session to do today")


class TodayQuery(In):
    """`on` is a local date, today's when left out; `before` the pain right now, if it was asked."""

    on = local_date(load_default=None)
    before = fields.Integer(load_default=None, validate=validate.Range(0, 10))


class CautionOut(Schema):
    code = fields.String()
    text = fields.String()


class PrescribedOut(Schema):
    """One exercise as it is due today."""

    exercise_id = fields.String(attribute="exercise.id")
    name = fields.String(attribute="exercise.name")
    category = fields.String(attribute="exercise.category")
    region = fields.String(attribute="exercise.region")
    step = fields.Integer()
    dose = fields.Float()
    dosage = fields.Nested(DosageOut)
    side = fields.Function(
        lambda item: "each" if item.dosage.each_side else "both", metadata={"type": "string"}
    )
    start = fields.String(attribute="exercise.start")
    instructions = fields.String(attribute="exercise.movement")
    cautions = fields.List(fields.Nested(CautionOut))


class ChangeOut(Schema):
    category = fields.String()
    move = fields.String()
    why = fields.String(attribute="why_patient")


class TodayOut(Schema):
    """A local date of the plan; `status` is due, done, rest, paused, not_started or ended."""

    plan_id = fields.UUID(attribute="plan.id")
    on = fields.Date()
    status = fields.String()
    phase = fields.String(attribute="phase.name")
    minutes = fields.Integer()
    why = fields.String(allow_none=True)
    factor = fields.Float(metadata={"description": "what pain before the session leaves, 0-1"})
    exercises = fields.List(fields.Nested(PrescribedOut))
    changes = fields.List(fields.Nested(ChangeOut))
    session_id = fields.UUID(attribute="session.id", dump_default=None, allow_none=True)
    stop_rules = fields.Function(
        lambda _: [{"id": rule.id, "says": rule.says} for rule in library().stop_rules.values()],
        metadata={"type": "array", "items": {"type": "object"}},
    )


TODAY_OUT = TodayOut()


@blueprint.get("/plans/<uuid:id>/today")
@blueprint.arguments(TodayQuery, location="query")
@blueprint.response(200, TodayOut)
@patients_too
@about_a_plan
def todays_session(wanted: dict[str, Any], id: UUID) -> Response:
    """The session to do, on the patient's own calendar day unless `on` names another."""
    mark = mark_seen(id)
    on, before = wanted["on"] or mark.today(clock.now()), wanted["before"]
    body = wiring().days.give(
        (mark, on, before),
        lambda: _told(id, on, before),
        lambda: (mark_of(clinic_id(), id), on, before),
    )
    return Response(body, mimetype="application/json")


def _told(id_: UUID, on: date, before: int | None) -> bytes:
    found = today(plan_in_reach(id_), on, library(), before)
    return jsonify(TODAY_OUT.dump(found)).get_data()
