"""The page that a reminder's link opens: today's exercises and this morning's question.

Whoever holds the phone may see it, so it names nobody and tells nothing of any other day.
"""

from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.routing import BaseConverter

from rehab import clock
from rehab.errors import Conflict, Invalid
from rehab.models.plan import Plan
from rehab.services import sessions
from rehab.services.access import entrance, people
from rehab.services.access.links import BASE58, REMINDER_LENGTH
from rehab.services.actors import actor_of, enter
from rehab.services.sessions import MorningReport
from rehab.services.today import today
from rehab.tenancy import enter_clinic
from rehab.web.sign_in import visitor
from rehab.web.sign_in.page import page, typed, unlisted
from rehab.web.sign_in.staff import UNPROCESSABLE
from rehab.wiring import library

blueprint = Blueprint("reminder", __name__)

SCALE = range(11)
SOURCE = "link"


class Capability58(BaseConverter):
    """Nine characters of base58, and nothing else."""

    regex = f"[{BASE58}]{{{REMINDER_LENGTH}}}"


@blueprint.get("/<capability:token>")
def opened(token: str) -> Response:
    """Today's exercises, and this morning's question while it is open."""
    return _shown(token, _plan(token))


@blueprint.post("/<capability:token>")
def morning(token: str) -> Response:
    """The answer to this morning's question; a second answer corrects the first."""
    plan, now = _plan(token), clock.now()
    pain = typed("pain", 2)
    if pain not in map(str, SCALE):
        return _shown(token, plan, UNPROCESSABLE, fault=True)
    said = MorningReport(plan.patient.today(now), pain=int(pain))
    try:
        sessions.report_morning(plan, said, library(), now, SOURCE)
    except (Invalid, Conflict):
        return _shown(token, plan, UNPROCESSABLE)
    where = url_for("sign_in.reminder.opened", token=token, noted=1)
    return _private(make_response(redirect(where, 303)))


def _plan(token: str) -> Plan:
    capability = entrance.open_reminder(token, visitor.address(), clock.now())
    plan = people.plan_of(capability)
    enter_clinic(plan.patient.clinic_id)
    enter(actor_of(plan.patient))
    return plan


def _shown(token: str, plan: Plan, status: int = 200, fault: bool = False) -> Response:
    patient, now = plan.patient, clock.now()
    on = patient.today(now)
    values = {
        "day": today(plan, on, library()),
        "asked": people.morning_is_open(plan, on),
        "noted": "noted" in request.args,
        "where": url_for("sign_in.reminder.morning", token=token),
        "clinic": patient.clinic,
    }
    return _private(page("reminder", status, patient.language, scale=SCALE, fault=fault, **values))


def _private(answer: Response) -> Response:
    """The address is the key, so it is told to nobody, not even to ourselves."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    return unlisted(answer)
