"""One decision: what went into it, which rules bound, what both were told, and what to do now."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab.errors import Conflict, Invalid
from rehab.models.decision import Decision
from rehab.models.plan import Plan
from rehab.services import clinician_acts
from rehab.services.actors import saw
from rehab.services.decision_story import Story, story
from rehab.services.plans import find_plan
from rehab.web.desk import decision_words, here
from rehab.web.desk.page import UNPROCESSABLE, done, typed
from rehab.web.desk.page import page as _page
from rehab.wiring import library

blueprint = Blueprint("decisions", __name__)

LONGEST_REASON = 500


@blueprint.get("/decisions/<uuid:id>")
def page(id: UUID) -> Response:
    """A decision with its trail, whether it still stands or not."""
    return _shown(_seen(id))


@blueprint.post("/decisions/<uuid:id>/approve")
def approve(id: UUID) -> Response | Answer:
    """Put a proposed change in force, in one click."""
    decision, plan = _found(id)
    return _act(
        decision,
        plan,
        lambda: clinician_acts.approve(decision, here.clinician(), library(), here.now()),
        "Approved. The patient is told by text.",
    )


@blueprint.post("/decisions/<uuid:id>/override")
def override(id: UUID) -> Response | Answer:
    """Put the clinician's own step and dose in its place, with a reason."""
    decision, plan = _found(id)
    try:
        step, dose = _wanted()
    except Invalid as error:
        return _shown(story(decision, plan), UNPROCESSABLE, error)
    reason = typed("reason", LONGEST_REASON)
    given = (decision, step, dose, reason, here.clinician(), library(), here.now())
    return _act(
        decision,
        plan,
        lambda: clinician_acts.override(*given),
        f"Set to step {step}, {decision_words.percent(dose)}.",
    )


@blueprint.post("/decisions/<uuid:id>/undo")
def undo(id: UUID) -> Response | Answer:
    """Take back an approval or an override."""
    decision, plan = _found(id)
    reason = typed("undo_reason", LONGEST_REASON)
    given = (decision, here.clinician(), reason, library(), here.now())
    return _act(
        decision,
        plan,
        lambda: clinician_acts.undo(*given),
        "Taken back. The plan stands as if it had not been.",
    )


def _act(decision: Decision, plan: Plan, do: Callable[[], object], words: str) -> Response | Answer:
    """Do it and show the course; what is wrong stands beside its field, and what came too late is
    told with what came before it."""
    try:
        do()
    except Invalid as error:
        return _shown(story(decision, plan), UNPROCESSABLE, error)
    except Conflict as conflict:
        return _overtaken(story(decision, plan), conflict)
    done(f"{decision.category.capitalize()}: {words}")
    return redirect(url_for("desk.patient.page", id=plan.patient_id, plan=plan.id), 303)


def _found(id_: UUID) -> tuple[Decision, Plan]:
    decision = clinician_acts.find_decision(here.clinic().id, id_)
    return decision, find_plan(here.clinic().id, decision.plan_id)


def _seen(id_: UUID) -> Story:
    decision, plan = _found(id_)
    saw(here.clinician(), plan.patient, here.now())
    return story(decision, plan)


def _wanted() -> tuple[int, float]:
    """The step and the dose (0-1) that were chosen. Raises Invalid by field."""
    wrong: dict[str, list[str]] = {}
    step, dose = typed("step").strip(), typed("dose").strip().removesuffix("%").strip()
    if not step.isdecimal() or len(step) > 2:
        wrong["step"] = ["Choose a step."]
    if not dose.isdecimal() or not 0 <= int(dose[:4]) <= 100:
        wrong["dose"] = ["A whole number from 0 to 100."]
    if wrong:
        raise Invalid(wrong)
    return int(step), int(dose) / 100


def _shown(told: Story, status: int = HTTPStatus.OK, error: Invalid | None = None) -> Response:
    faults = {} if error is None else _beside_their_fields(error)
    return _page(
        "decision",
        status,
        patient=told.plan.patient,
        plan=told.plan,
        story=told,
        said=decision_words,
        library=library(),
        faults=faults,
    )


def _beside_their_fields(error: Invalid) -> dict[str, list[str]]:
    """Each fault as a sentence, under the name of the field that was sent."""
    undoing = "undo_reason" in request.form
    return {
        ("undo_reason" if undoing and field == "reason" else field): [
            f"{text[:1].upper()}{text[1:]}".removesuffix(".") + "." for text in texts
        ]
        for field, texts in error.errors.items()
    }


def _overtaken(told: Story, conflict: Conflict) -> Response:
    """What it was, what holds now, who changed it and when, and the way on."""
    return _page(
        "decision_overtaken",
        HTTPStatus.CONFLICT,
        patient=told.plan.patient,
        plan=told.plan,
        story=told,
        said=decision_words,
        why=str(conflict),
    )
