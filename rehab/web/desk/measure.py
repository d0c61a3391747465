"""A measure that a clinician fills in with the patient, or from what they said or wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from rehab.errors import Conflict, Invalid, NotFound
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.measurements import LONGEST_ACTIVITY, Answer
from rehab.programs.measures import Item, Measure
from rehab.services import measures
from rehab.services.measures import MeasureReport
from rehab.web.desk import here
from rehab.web.desk.page import UNPROCESSABLE, done, typed
from rehab.web.desk.page import page as _page
from rehab.web.desk.record import plan_in_view
from rehab.wiring import library

blueprint = Blueprint("measure", __name__)

SOURCE = "clinic"
"""How answers that a clinician wrote down are marked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the form: an item, or an activity that is still to be named (empty)."""

    item: Item
    activity: str | None = None


@blueprint.get("/patients/<uuid:id>/record/<string:measure_id>")
def page(id: UUID, measure_id: str) -> Response:
    """The questions, none of them answered."""
    patient = here.patient_seen(id)
    return _shown(patient, _plan(patient), _measure(measure_id))


@blueprint.post("/patients/<uuid:id>/record/<string:measure_id>")
def answer(id: UUID, measure_id: str) -> Response | Answered:
    """Put the answers in the record; on a date that has some already they take their place."""
    patient = here.patient_seen(id)
    plan, measure = _plan(patient), _measure(measure_id)
    try:
        answers = _answers(_asked(plan, measure))
        said = MeasureReport(measure.id, _on(), answers)
        measures.report_measure(plan, said, library(), here.now(), SOURCE)
    except Invalid as error:
        return _shown(patient, plan, measure, UNPROCESSABLE, error.errors)
    except Conflict as error:
        return _shown(patient, plan, measure, HTTPStatus.CONFLICT, {"": [str(error)]})
    done(f"{measure.name['en']}: the answers are in the record.")
    return redirect(
        url_for("desk.record.page", id=patient.id, plan=plan.id, _anchor="measures"), 303
    )


def _plan(patient: Patient) -> Plan:
    plan = plan_in_view(patient)
    if plan is None:
        raise NotFound("there is no plan to measure")
    return plan


def _measure(measure_id: str) -> Measure:
    measure = library().measures.get(measure_id)
    if measure is None or measure.diary is not None:
        raise NotFound("there is no such measure to answer")
    return measure


def _shown(
    patient: Patient,
    plan: Plan,
    measure: Measure,
    status: int = 200,
    faults: Mapping[str, Sequence[str]] | None = None,
) -> Response:
    return _page(
        "measure",
        status,
        patient=patient,
        plan=plan,
        measure=measure,
        asked=_asked(plan, measure),
        today=patient.today(here.now()),
        longest=LONGEST_ACTIVITY,
        faults=faults or {},
    )


def _asked(plan: Plan, measure: Measure) -> list[Asked]:
    if not measure.activities:
        return [Asked(item) for item in measure.items]
    told = measures.measures_of(plan, library(), here.now()).measures
    named = next(known.activities for known in told if known.measure is measure)
    return [Asked(measure.items[0], activity) for activity in named or [""] * measure.activities]


def _answers(asked: Sequence[Asked]) -> tuple[Answer, ...]:
    """What was ticked; an item without a tick was not answered. Raises Invalid."""
    return tuple(Answer(_named(n, one), _rating(n)) for n, one in enumerate(asked))


def _named(n: int, one: Asked) -> str:
    if one.activity is None:
        return one.item.id
    return one.activity or typed(f"item-{n}", LONGEST_ACTIVITY + 1).strip()


def _rating(n: int) -> int | None:
    given = typed(f"rating-{n}", 8)
    try:
        return int(given) if given else None
    except ValueError as error:
        raise Invalid({f"answers.{n}.rating": ["must be a whole number"]}) from error


def _on() -> date:
    try:
        return date.fromisoformat(request.form.get("on", ""))
    except ValueError as error:
        raise Invalid({"on": ["must be a date"]}) from error
