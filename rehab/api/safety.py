"""Red flags: what to ask today, and what was answered."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate

from rehab import clock
from rehab.api.bearer import clinician
from rehab.api.http import Blueprint
from rehab.api.schemas import In, Tick, local_date, text
from rehab.api.seen import plan_seen
from rehab.models.screening import Screening
from rehab.services import plans, safety
from rehab.services.safety import Questions, ScreeningReport
from rehab.wiring import library

blueprint = Blueprint("safety", "Red flags: questions, answers, tiers")


class QuestionOut(Schema):
    id = fields.String()
    tier = fields.String(metadata={"description": "E emergency, U urgent, S see"})
    question = fields.String()


class QuestionsOut(Schema):
    """`occasion` is why the whole list is asked; null when only each log's questions are."""

    on = fields.Date()
    occasion = fields.String(allow_none=True)
    red_flags = fields.List(fields.Nested(QuestionOut))


class ScreeningIn(In):
    """The list as it was answered; an empty list of `red_flags` means that none was ticked."""

    on = local_date(required=True)
    red_flags = fields.List(text(1, 16), required=True, validate=validate.Length(max=40))
    daily_things_stopped = Tick(allow_none=True, load_default=None)

    @post_load
    def as_report(self, said: dict[str, Any], **_: Any) -> ScreeningReport:
        return ScreeningReport(**{**said, "red_flags": tuple(said["red_flags"])})


class ScreeningOut(Schema):
    id = fields.UUID()
    plan_id = fields.UUID()
    on = fields.Date()
    occasion = fields.String()
    red_flags = fields.List(fields.String())
    daily_things_stopped = fields.Boolean(allow_none=True)


class QuestionsQuery(In):
    on = local_date(load_default=None)


@blueprint.get("/plans/<uuid:id>/questions")
@blueprint.arguments(QuestionsQuery, location="query")
@blueprint.response(200, QuestionsOut)
def questions(wanted: dict[str, Any], id: UUID) -> Questions:
    """The red-flag questions due on a local date, today's unless `on` names another."""
    plan = plan_seen(id)
    on = wanted["on"] or plan.patient.today(clock.now())
    return safety.questions_on(plan, on, library())


@blueprint.post("/plans/<uuid:id>/screenings")
@blueprint.arguments(ScreeningIn)
@blueprint.response(201, ScreeningOut)
def answer(said: ScreeningReport, id: UUID) -> Screening:
    """Answer the red-flag questions; one that is ticked acts at once."""
    plan = plans.find_plan(clinician().clinic_id, id)
    return safety.answer(plan, said, library(), clock.now())
