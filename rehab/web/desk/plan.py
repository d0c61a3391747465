"""A plan's page: what is asked of the patient now and why so much, and every way to change it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from rehab.models.clinic import READ_ONLY
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.programs import acts
from rehab.programs.dosage import Dosage
from rehab.programs.dosage_words import days_text, dosage_text
from rehab.programs.program import Exercise, Track
from rehab.programs.state import State
from rehab.services.adherence import adherence
from rehab.services.announcements import CHANGED, TAKEN_BACK_WITHIN
from rehab.services.clinician_acts import NEWS
from rehab.services.inbox.listing import open_matters
from rehab.services.inbox.matters import Matter
from rehab.services.phase_ends import phase_end
from rehab.services.plan_sheet import sheet
from rehab.services.plan_texts import takes_texts, text_to_come
from rehab.services.plan_trail import trail
from rehab.services.plans import REVIEW_AFTER
from rehab.services.slots import exercise_text_at, morning_text_at
from rehab.services.usual_pain import recent_mornings
from rehab.web.desk import here, matters, plan_words
from rehab.web.desk.page import page as _page
from rehab.web.desk.plan_form import shown
from rehab.web.desk.plan_words import LANGUAGE, Speaker
from rehab.wiring import library

blueprint = Blueprint("plan", __name__)

RUNNING = (ACTIVE, PAUSED)
TOLD = {act.value: template for act, template in NEWS.items()} | {"changed": CHANGED}
"""The texts that acts on a plan cause."""


@blueprint.get("/plans/<uuid:id>")
def page(id: UUID) -> Response:
    """The plan as it stands."""
    return plan_page(here.plan_seen(id))


def plan_page(
    plan: Plan,
    status: int = 200,
    opened: str = "",
    faults: Mapping[str, Sequence[str]] | None = None,
) -> Response:
    """The page; `opened` is the form that was sent and is shown again with its `faults`."""
    now, today = here.now(), plan.patient.today(here.now())
    yesterday = min(today - timedelta(days=1), plan.ends_on)
    return _page(
        "plan",
        status,
        **about(plan),
        sheet=sheet(plan, today),
        end=phase_end(plan, now),
        alarms=[one for one in _matters(plan) if one.plan and one.plan.id == plan.id],
        matters=matters,
        recent=recent_mornings(plan, today),
        done=adherence(plan, plan.starts_on, yesterday),
        resumed=_resumed(plan),
        trail=trail(plan),
        takes_texts=takes_texts(plan),
        texts={name: text_to_come(plan, key, library()) for name, key in TOLD.items()},
        wait=TAKEN_BACK_WITHIN.seconds // 60,
        opened=opened,
        faults=faults or {},
        said=partial(_said, opened),
        numbers=_numbers,
        leaves={"exercise": exercise_text_at(plan), "morning": morning_text_at(plan)},
        review_next=today + REVIEW_AFTER[Track(plan.track)] if plan.review_on <= today else None,
    )


def _matters(plan: Plan) -> list[Matter]:
    return open_matters(plan.patient.clinic_id, patient_id=plan.patient_id).matters


def about(plan: Plan) -> dict[str, Any]:
    """What every page about a plan's terms is given."""
    own = [Exercise.from_dict(each) for each in plan.program["exercises"]]
    is_running = plan.status in RUNNING
    return {
        "patient": plan.patient,
        "plan": plan,
        "words": plan_words,
        "speak": Speaker(library().exercises.values(), own),
        "shown": partial(shown, plan),
        "held": partial(held, plan),
        "dosage": _dosage,
        "days_of": _days,
        "is_running": is_running,
        "may_change": is_running and here.clinician().role != READ_ONLY,
    }


def held(plan: Plan, *names: str) -> dict[str, str]:
    """The hidden part of a form: what the page had shown, so that nothing is changed unseen."""
    fields = {"edition": str(plan.edition), "seen": here.now().isoformat()}
    if names:
        fields["was"] = shown(plan, *names)
    return fields


def _said(opened: str, form: str, name: str, stands: Any) -> Any:
    """What was typed into a form that is shown again, else what stands."""
    return request.form.get(name, "") if opened == form else stands


def _dosage(dosage: Dosage) -> str:
    return dosage_text(dosage, LANGUAGE, library())


def _days(dosage: Dosage) -> str:
    return days_text(dosage, LANGUAGE)


def _numbers(most: int) -> list[tuple[int, int]]:
    """Steps to choose from, counted from 1."""
    return [(n, n) for n in range(1, most + 1)]


def _resumed(plan: Plan) -> list[tuple[str, State, State]]:
    """What going on again makes of each category: its name, before and after."""
    states = {name: State.from_dict(load) for name, load in plan.loads.items()}
    return [
        (name, state, acts.resumed(state, plan.bounds[name]["floor"]))
        for name, state in sorted(states.items())
    ]
