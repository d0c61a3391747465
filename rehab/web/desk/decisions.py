"""One decision: what went into it, which rules bound, what both were told, and what to do now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab.errors import Conflict, Invalid
from rehab.models.decision import Decision
from rehab.models.plan import Plan
from rehab.programs.acts import Act
from rehab.services import clinician_acts
from rehab.services.actors import saw
from rehab.services.alerts import REVIEW
from rehab.services.decision_story import Story, story
from rehab.services.editions import Stale, alarms_since, changing
from rehab.services.inbox.listing import open_matters
from rehab.services.inbox.matters import Matter
from rehab.services.plans import find_plan
from rehab.web.desk import decision_words, here, matters
from rehab.web.desk.page import UNPROCESSABLE, done, typed
from rehab.web.desk.page import page as _page
from rehab.web.desk.plan_form import seen_at
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
    wish = Wish(
        lambda: clinician_acts.approve(decision, here.clinician(), library(), here.now()),
        "Approved. The patient is told by text.",
        "Approve",
        can_be=lambda now: now.can_approve,
        was_done=lambda last: _is_my_act(last, decision, act=Act.APPROVE),
    )
    return _act(decision, plan, wish)


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
    mine = {"act": Act.OVERRIDE, "step": step, "dose": dose}
    wish = Wish(
        lambda: clinician_acts.override(*given),
        f"Set to step {step}, {decision_words.percent(dose)}.",
        "Override",
        can_be=lambda now: now.can_change,
        was_done=lambda last: last.reason == reason.strip() and _is_my_act(last, decision, **mine),
        goes_up=lambda: _is_more(step, dose, plan.loads[decision.category]),
    )
    return _act(decision, plan, wish)


@blueprint.post("/decisions/<uuid:id>/undo")
def undo(id: UUID) -> Response | Answer:
    """Take back an approval or an override."""
    decision, plan = _found(id)
    reason = typed("undo_reason", LONGEST_REASON)
    given = (decision, here.clinician(), reason, library(), here.now())
    mine = (here.clinician().id, reason.strip())
    was = decision.inputs.get("before", decision.after)
    wish = Wish(
        lambda: clinician_acts.undo(*given),
        "Taken back. The plan stands as if it had not been.",
        "Take it back",
        can_be=lambda now: now.can_undo,
        was_done=lambda _: (decision.undone_by_id, decision.undone_because) == mine,
        goes_up=lambda: _is_more(was["step"], was["dose"], plan.loads[decision.category]),
    )
    return _act(decision, plan, wish)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of a decision: how to do it, what is said afterwards, what its button is
    called, whether it can be done still, whether the last word on the category says that they have
    done it already, and whether it asks more of the patient."""

    do: Callable[[], object]
    words: str
    called: str
    can_be: Callable[[Story], bool]
    was_done: Callable[[Decision], bool]
    goes_up: Callable[[], bool] = lambda: True


def _act(decision: Decision, plan: Plan, wish: Wish) -> Response | Answer:
    """Do it and show the course; what is wrong stands beside its field, and what came too late is
    told with what came before it. A second click is answered as the first."""
    looked = seen_at(request.form)
    try:
        with changing(plan, lambda known: not _unseen(known, looked, wish)):
            wish.do()
    except Invalid as error:
        return _shown(story(decision, plan), UNPROCESSABLE, error)
    except Conflict as conflict:
        told = story(decision, plan)
        if not wish.was_done(told.latest.decision):
            return _overtaken(told, conflict, wish, looked)
    done(f"{decision.category.capitalize()}: {wish.words}")
    return redirect(url_for("desk.patient.page", id=plan.patient_id, plan=plan.id), 303)


def _unseen(plan: Plan, looked: datetime, wish: Wish) -> tuple[str, ...]:
    """The alarms since the page was looked at, where the patient is asked to do more."""
    return alarms_since(plan, looked) if wish.goes_up() else ()


def _is_more(step: int, dose: float, load: Mapping[str, Any]) -> bool:
    return step > load["step"] or dose > load["dose"]


def _is_my_act(last: Decision, upon: Decision, **said: Any) -> bool:
    """Whether the last word on a category is an act of who sits here upon this decision."""
    wanted = {"decision_id": str(upon.id), **said}
    is_it = all(last.inputs.get(name) == value for name, value in wanted.items())
    return is_it and last.clinician_id == here.clinician().id


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
        alarms=_alarms(told.plan),
        matters=matters,
        faults=faults,
    )


def _alarms(plan: Plan) -> list[Matter]:
    """What waits about the patient and is more than to know."""
    found = open_matters(here.clinic().id, patient_id=plan.patient_id).matters
    return [matter for matter in found if matter.level >= REVIEW]


def _beside_their_fields(error: Invalid) -> dict[str, list[str]]:
    """Each fault as a sentence, under the name of the field that was sent."""
    undoing = "undo_reason" in request.form
    return {
        ("undo_reason" if undoing and field == "reason" else field): [
            f"{text[:1].upper()}{text[1:]}".removesuffix(".") + "." for text in texts
        ]
        for field, texts in error.errors.items()
    }


def _overtaken(told: Story, conflict: Conflict, wish: Wish, looked: datetime) -> Response:
    """What it was, what holds now, who changed it and when, what came in since, and the way on."""
    alarms = alarms_since(told.plan, looked) if isinstance(conflict, Stale) else ()
    return _page(
        "decision_overtaken",
        HTTPStatus.CONFLICT,
        patient=told.plan.patient,
        plan=told.plan,
        story=told,
        said=decision_words,
        why=str(conflict),
        alarms=alarms,
        called=wish.called,
        can_be=bool(alarms) and wish.can_be(told),
    )
