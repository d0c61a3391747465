"""Paper: the hand-out in the patient's language, the diary alone, and the report for a doctor."""

from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from rehab.models.plan import Plan
from rehab.programs.dosage_words import DAYS_A_WEEK, dosage_text
from rehab.programs.safety import RedFlag, Tier
from rehab.programs.translation import is_translated, translated
from rehab.services import emergencies
from rehab.services.handout import handout as paper_of
from rehab.services.report import Span, report_of, span_of
from rehab.web import dates
from rehab.web.desk import here
from rehab.web.desk.page import page as _page
from rehab.web.desk.report_charts import pain_over
from rehab.web.qr import qr_of
from rehab.web.words import LANGUAGES, words
from rehab.wiring import library, wiring

blueprint = Blueprint("paper", __name__)

PARTS = ("figures", "diary")
"""What a hand-out has beside the words, unless it is left out."""

LARGE = "large"
SELF_HARM = "RF19"
"""The red flag whose number to call is a crisis line, not the emergency number."""

A_MONDAY = date(2024, 1, 1)


@blueprint.get("/plans/<uuid:id>/handout")
def handout(id: UUID) -> Response:
    """The exercises, when to stop, whom to call, the way into the app and a diary."""
    plan = here.plan_seen(id)
    chosen = request.args.getlist("with") if "chosen" in request.args else list(PARTS)
    return _leaf("handout", plan, chosen)


@blueprint.get("/plans/<uuid:id>/diary")
def diary(id: UUID) -> Response:
    """Two weeks to write on, alone."""
    return _leaf("diary", here.plan_seen(id), request.args.getlist("with"))


@blueprint.get("/plans/<uuid:id>/report")
def report(id: UUID) -> Response:
    """The plan's course for a doctor, over whole weeks of the plan that are stated."""
    plan = here.plan_seen(id)
    asked = request.args
    span = span_of(plan, plan.patient.today(here.now()), asked.get("since"), asked.get("until"))
    made = report_of(plan, span, library(), here.now())
    return _page(
        "report",
        patient=plan.patient,
        plan=plan,
        report=made,
        chart=pain_over(made.journey, made.window),
        spans=_spans(plan, made.today),
    )


def _leaf(template: str, plan: Plan, chosen: list[str]) -> Response:
    spoken = _language(plan)
    made = paper_of(plan, plan.patient.today(here.now()), library())
    return _page(
        template,
        patient=plan.patient,
        plan=plan,
        paper=made,
        chosen=chosen,
        spoken=spoken,
        languages=LANGUAGES,
        tell=words("paper", spoken),
        weekdays=weekday_names(plan.weekdays, spoken),
        also=[translated(one.exercise.name, spoken, library()) for one in made.also],
        entry=_entry(),
        qr=qr_of(_entry()),
        **_safety(plan),
        **_translated(spoken),
    )


def _language(plan: Plan) -> str:
    """The patient's language, or another that was asked for."""
    asked = request.args.get("language")
    known = [said for said in (asked, plan.patient.language) if said in LANGUAGES]
    return known[0] if known else LANGUAGES[0]


def _translated(spoken: str) -> dict[str, Any]:
    return {
        "tr": lambda text: translated(text, spoken, library()),
        "is_english": lambda text: not is_translated(text, spoken, library()),
        "dosage_text": partial(dosage_text, language=spoken, library=library()),
    }


def weekday_names(weekdays: list[int], spoken: str) -> list[str]:
    """The names of weekdays, of which Monday is 0; none for all seven."""
    if len(weekdays) == DAYS_A_WEEK:
        return []
    return [dates.weekday(A_MONDAY + timedelta(days=n), spoken) for n in sorted(weekdays)]


def _safety(plan: Plan) -> dict[str, Any]:
    """What to stop for, and whom to call where the patient's phone is at home."""
    return {
        "stop_rules": tuple(library().stop_rules.values()),
        "emergency_flags": _flags(Tier.EMERGENCY),
        "urgent_flags": _flags(Tier.URGENT),
        "reasons": tuple(library().see_doctor.values()),
        "emergency": emergencies.emergency_number(plan.patient.phone),
        "crisis": emergencies.crisis_line(plan.patient.phone),
    }


def _flags(tier: Tier) -> tuple[RedFlag, ...]:
    flags = library().red_flags.values()
    return tuple(flag for flag in flags if flag.tier is tier and flag.id != SELF_HARM)


def _entry() -> str:
    """Where a patient signs in by a code; there is no secret in it."""
    return wiring().settings.public_url + url_for("sign_in.patients.enter")


def _spans(plan: Plan, today: date) -> list[tuple[str, Span]]:
    """The windows that are one click away, each of them once."""
    whole = span_of(plan, today, plan.starts_on.isoformat(), None)
    near = [
        (f"Last {weeks} weeks", span_of(plan, today, begun.isoformat(), None))
        for weeks in (4, 8)
        if (begun := today - timedelta(weeks=weeks, days=-1)) > plan.starts_on
    ]
    return [*(pair for pair in near if pair[1] != whole), ("All of the plan", whole)]
