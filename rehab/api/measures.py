"""Outcome measures: what is due, what was answered over time, and a new answer."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate

from rehab import clock
from rehab.api.bearer import clinician
from rehab.api.http import Blueprint
from rehab.api.schemas import In, Whole, local_date, text
from rehab.api.seen import plan_seen
from rehab.models.measure import Measurement
from rehab.programs.measurements import LONGEST_ACTIVITY, Answer
from rehab.services import measures, plans
from rehab.services.measures import MeasureReport, PlanMeasures
from rehab.wiring import library

blueprint = Blueprint("measures", "Outcome measures, as the patient answers them")


class AnswerIn(In):
    """An item and its rating; null was not said."""

    item = text(1, LONGEST_ACTIVITY, required=True)
    rating = Whole(required=True, allow_none=True)

    @post_load
    def as_answer(self, said: dict[str, Any], **_: Any) -> Answer:
        return Answer(**said)


class MeasureIn(In):
    """Answers to every item of a measure. Another set for the same date corrects it."""

    id = fields.UUID()
    measure_id = text(1, 64, required=True)
    on = local_date(required=True)
    answers = fields.List(fields.Nested(AnswerIn), required=True, validate=validate.Length(1, 12))

    @post_load
    def as_report(self, said: dict[str, Any], **_: Any) -> MeasureReport:
        return MeasureReport(**{**said, "answers": tuple(said["answers"])})


class AnswerOut(Schema):
    item = fields.String()
    rating = fields.Integer(allow_none=True)


class MeasurePointOut(Schema):
    """The answers of one local date; the score is null while an item has no rating."""

    on = fields.Date()
    answers = fields.List(fields.Nested(AnswerOut))
    score = fields.Float(allow_none=True)


class MeasurementOut(MeasurePointOut):
    """What was stored."""

    id = fields.UUID()
    plan_id = fields.UUID()
    measure_id = fields.String()
    source = fields.String()
    recorded_at = fields.AwareDateTime()


class MeasureWordsOut(Schema):
    """One text in every language."""

    en = fields.String()
    es = fields.String()


class MeasureLabelOut(Schema):
    at = fields.Integer()
    words = fields.Nested(MeasureWordsOut)


class MeasureItemOut(Schema):
    id = fields.String()
    question = fields.Nested(MeasureWordsOut)
    labels = fields.List(fields.Nested(MeasureLabelOut))


class McidOut(Schema):
    """The smallest change that matters to patients, and who found that."""

    change = fields.Float()
    source = fields.String()


class ScoreChangeOut(Schema):
    """The latest score less the first; `reaches_mcid` is about its size in either direction."""

    first = fields.Nested(MeasurePointOut)
    latest = fields.Nested(MeasurePointOut)
    by = fields.Float()
    towards = fields.String(metadata={"enum": ["better", "worse", "neither"]})
    reaches_mcid = fields.Boolean(allow_none=True)


class InterferenceOut(Schema):
    """The latest rating of how much pain stopped daily life, 0-10."""

    on = fields.Date()
    rating = fields.Integer()


class WeekMedianOut(Schema):
    """A week of the plan; the median is null for fewer than three scores."""

    from_on = fields.Date()
    to_on = fields.Date()
    count = fields.Integer()
    median = fields.Float(allow_none=True)


class MeasureCourseOut(Schema):
    """A measure, and what was answered to it by date. A date without an answer is not there."""

    measure_id = fields.String(attribute="measure.id")
    name = fields.Nested(MeasureWordsOut, attribute="measure.name")
    instruction = fields.Nested(MeasureWordsOut, attribute="measure.instruction", allow_none=True)
    items = fields.List(fields.Nested(MeasureItemOut), attribute="measure.items")
    activities_to_name = fields.Integer(attribute="measure.activities")
    activities = fields.List(fields.String())
    lowest = fields.Integer(attribute="measure.lowest")
    highest = fields.Integer(attribute="measure.highest")
    unit = fields.String(attribute="measure.unit")
    better = fields.String(attribute="measure.better")
    mcid = fields.Nested(McidOut, attribute="measure.mcid", allow_none=True)
    citation = fields.String(attribute="measure.citation")
    course = fields.List(fields.Nested(MeasurePointOut))
    change = fields.Nested(ScoreChangeOut, allow_none=True)
    interference = fields.Nested(InterferenceOut, allow_none=True)
    medians = fields.List(fields.Nested(WeekMedianOut))


class MeasureDueOut(Schema):
    """A measure to ask; `diary` names the field of the morning report that answers it, if any."""

    measure_id = fields.String(attribute="measure.id")
    since = fields.Date()
    diary = fields.String(attribute="measure.diary", allow_none=True)


class PlanMeasuresOut(Schema):
    """The measures of a plan on the patient's own calendar day `on`."""

    plan_id = fields.UUID(attribute="plan.id")
    on = fields.Date()
    due = fields.List(fields.Nested(MeasureDueOut))
    measures = fields.List(fields.Nested(MeasureCourseOut))


@blueprint.get("/plans/<uuid:id>/measures")
@blueprint.response(200, PlanMeasuresOut)
def measures_of(id: UUID) -> PlanMeasures:
    """What is due, and every measure over time."""
    plan = plan_seen(id)
    return measures.measures_of(plan, library(), clock.now())


@blueprint.post("/plans/<uuid:id>/measures")
@blueprint.arguments(MeasureIn)
@blueprint.response(201, MeasurementOut)
def report_measure(said: MeasureReport, id: UUID) -> Measurement:
    """Answer a measure, or correct the answer of a date; the same id again changes nothing."""
    plan = plans.find_plan(clinician().clinic_id, id)
    return measures.report_measure(plan, said, library(), clock.now())
