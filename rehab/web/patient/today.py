"""The day's page: this morning's question, what to do today and why, and the night ahead."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, request

from rehab.models.plan import Plan
from rehab.models.session import Morning
from rehab.programs.schedule import session_days
from rehab.services.access import people
from rehab.services.evening import Tonight, tonight
from rehab.services.mornings import morning_on
from rehab.services.today import Today, today
from rehab.web.patient.page import page
from rehab.web.patient.visit import Visit, visit
from rehab.wiring import library

blueprint = Blueprint("today", __name__)


@dataclass(frozen=True, slots=True)
class Card:
    """One plan's day; `next_on` is its next session day after today."""

    plan: Plan
    day: Today
    next_on: date | None


@blueprint.get("", endpoint="page")
def opened() -> Response:
    """Today, as the patient opens it."""
    return shown(visit(), noted=request.args.get("noted", ""))


def shown(here: Visit, status: int = 200, fault: bool = False, noted: str = "") -> Response:
    """The day's page; `noted` names what was just kept; `fault`: an answer was unreadable."""
    asked = next((p for p in here.plans if people.morning_is_open(p, here.today)), None)
    return page(
        "today",
        "today",
        status,
        cards=[_card(plan, here.today) for plan in here.plans],
        asked=asked,
        woke=_woke(here) if noted else None,
        night=next(filter(None, (_tonight(plan, here) for plan in here.plans)), None),
        noted=noted,
        fault=fault,
    )


def _card(plan: Plan, on: date) -> Card:
    tomorrow = on + timedelta(days=1)
    later = session_days(plan.starts_on, plan.weekdays, tomorrow, plan.ends_on)
    return Card(plan, today(plan, on, library()), later[0] if later else None)


def _woke(here: Visit) -> Morning | None:
    return morning_on(here.plan, here.today) if here.plan else None


def _tonight(plan: Plan, here: Visit) -> Tonight | None:
    return tonight(plan, here.today, library(), here.now)
