"""A patient's page: what needs doing now, and the course of their plan on one axis of time."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from rehab.charts.chart import Chart
from rehab.charts.timeline import timeline
from rehab.charts.window import FEWEST, Window, window
from rehab.errors import NotFound
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.weekly import DAYS_A_WEEK
from rehab.services.access import people
from rehab.services.glance import glance
from rehab.services.journey import standing
from rehab.services.timeline import course
from rehab.web.desk import here, matters
from rehab.web.desk.course_words import WORDS, desk_voice
from rehab.web.desk.page import page as _page
from rehab.web.desk.patient_head import patient_head
from rehab.wiring import library

blueprint = Blueprint("patient", __name__)
blueprint.add_app_template_global(patient_head)

SPANS = {"4": 4, "12": 12, "all": None}
"""The windows that can be asked for, in weeks."""

USUAL_SPAN = "12"


@dataclass(frozen=True, slots=True)
class Span:
    """One window to choose, and whether it is the one that is shown."""

    value: str
    text: str
    is_chosen: bool


@blueprint.get("/patients/<uuid:id>")
def page(id: UUID) -> Response:
    """One patient at a glance; `?plan=` for an earlier plan, `?window=` 4, 12 or all."""
    patient = here.patient_seen(id)
    plan = _plan(patient)
    chosen = request.args.get("window", USUAL_SPAN)
    chosen = chosen if chosen in SPANS else USUAL_SPAN
    today = patient.today(here.now())
    return _page(
        "patient",
        patient=patient,
        plan=plan,
        today=today,
        glance=glance(patient, plan, here.now()),
        chart=_chart(plan, today, chosen) if plan else None,
        spans=_spans(plan, today, chosen) if plan else (),
        measures=library().measures,
        matters=matters,
        words=WORDS,
        ladders=standing(plan) if plan else (),
    )


def _plan(patient: Patient) -> Plan | None:
    """The plan that is asked for, or the one that the patient is on."""
    plans = people.plans_of(patient)
    asked = request.args.get("plan")
    if not asked:
        return plans[0] if plans else None
    found = next((plan for plan in plans if str(plan.id) == asked), None)
    if found is None:
        raise NotFound("there is no such plan")
    return found


def _shown(plan: Plan, today: date, chosen: str) -> Window:
    """The weeks to draw; those after the plan's end hold nothing."""
    until = min(today, plan.ends_on)
    weeks = SPANS[chosen]
    return window(plan.starts_on, until, weeks is None, weeks or FEWEST)


def _chart(plan: Plan, today: date, chosen: str) -> Chart:
    shown = _shown(plan, today, chosen)
    return timeline(course(plan, today, shown), shown, desk_voice(today), _where)


def _where(decision: UUID) -> str:
    return url_for("desk.decisions.page", id=decision)


def _spans(plan: Plan, today: date, chosen: str) -> tuple[Span, ...]:
    """The windows that show different weeks of this plan; none where there is one alone."""
    weeks = (min(today, plan.ends_on) - plan.starts_on).days // DAYS_A_WEEK + 1
    there = [value for value, most in SPANS.items() if most is None or most < weeks]
    if len(there) < 2:
        return ()
    reached = chosen if chosen in there else "all"
    texts = {"4": "4 weeks", "12": "12 weeks", "all": f"All {weeks} weeks"}
    return tuple(Span(value, texts[value], value == reached) for value in there)
