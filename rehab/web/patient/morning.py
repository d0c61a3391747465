"""The morning question: one tap answers, another one corrects it."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, jsonify, make_response, redirect, request

from rehab.errors import Conflict, Invalid
from rehab.services.mornings import MorningReport, report_waking
from rehab.web.patient import today
from rehab.web.patient.page import UNPROCESSABLE, private, typed
from rehab.web.patient.ratings import ratings
from rehab.web.patient.visit import Visit, the_plan, visit
from rehab.wiring import library

blueprint = Blueprint("morning", __name__)

LONGEST_STIFFNESS = 1440


@blueprint.post("/morning")
def report() -> Response:
    """Keep what was said of a morning: today's, unless the form names another that this door
    reaches, as an answer that waited on a phone does."""
    here, plan = visit(), the_plan()
    try:
        said = _read(here)
        source = "app" if here.signed_in else "link"
        report_waking(plan, said, library(), here.now, source)
    except (ValueError, Invalid, Conflict):
        return today.shown(here, UNPROCESSABLE, fault=True)
    where = here.at("today.page", noted=_named(said))
    if here.signed_in and request.form.get("back") == "history":
        where = here.at("history.page")
    if request.accept_mimetypes.best == "application/json":
        return private(make_response(jsonify(next=where), HTTPStatus.CREATED))
    return private(make_response(redirect(where, HTTPStatus.SEE_OTHER)))


def _read(here: Visit) -> MorningReport:
    """Raises ValueError for what is no answer."""
    values, wrong = ratings(request.form, ("pain", "sleep"))
    minutes = typed("stiffness_minutes")
    if wrong or (minutes and not (minutes.isdecimal() and int(minutes) <= LONGEST_STIFFNESS)):
        raise ValueError("not an answer")
    day = typed("on")
    on = date.fromisoformat(day) if day else here.today
    if not here.reaches(on):
        raise ValueError("not a morning of this link")
    return MorningReport(
        on,
        stiffness_minutes=int(minutes) if minutes else None,
        **values,
    )


def _named(said: MorningReport) -> str:
    return "pain" if said.pain is not None else "more"
