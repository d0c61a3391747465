"""What the patient has told, day by day: to look up, to correct, to fill in what was missed."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request

from rehab.errors import Conflict, Invalid
from rehab.services.corrections import correct_session
from rehab.services.diary import diary
from rehab.web.patient.after import own_session
from rehab.web.patient.page import UNPROCESSABLE, page, private, typed
from rehab.web.patient.ratings import ratings
from rehab.web.patient.visit import the_plan, visit
from rehab.wiring import library

blueprint = Blueprint("history", __name__)

DAYS = 28
RATINGS = ("before", "during", "after", "effort")
LONGEST_NOTE = 2000


@blueprint.get("/entries", endpoint="page")
def entries() -> Response:
    """Four weeks of entries up to `?until=`, today's when left out."""
    here, plan = visit(), the_plan()
    until = min(_date(request.args.get("until", "")) or here.today, here.today)
    earlier = until - timedelta(days=DAYS)
    return page(
        "entries",
        "history",
        days=diary(plan, until, DAYS),
        earlier=earlier if earlier >= plan.starts_on else None,
    )


@blueprint.route("/sessions/<uuid:id>/correct", methods=["GET", "POST"])
def correct(id: UUID) -> Response:
    """Tell a session differently; the plan is decided again from there."""
    here = visit()
    session, plan = own_session(here, id)
    if request.method != "POST":
        shown = {name: getattr(session, name) for name in RATINGS}
        return _form(session, {**shown, "note": session.note}, set())
    said, wrong = _said()
    if not wrong:
        try:
            correct_session(session, plan, said, "patient", library(), here.now)
        except (Invalid, Conflict):
            wrong = {"session"}
    if wrong:
        return _form(session, {**request.form, **said}, wrong)
    return private(make_response(redirect(here.at("after.page", id=id), 303)))


def _said() -> tuple[dict[str, Any], set[str]]:
    """What the form changes; a rating that was given may not be taken back to nothing."""
    said: dict[str, Any]
    said, wrong = ratings(request.form, RATINGS)
    wrong |= {name for name in RATINGS[:3] if said.get(name) is None}
    return {**said, "note": typed("note", LONGEST_NOTE)}, wrong


def _form(session: object, shown: dict[str, Any], wrong: set[str]) -> Response:
    status = UNPROCESSABLE if wrong else 200
    return page("correct", "history", status, session=session, shown=shown, faults=wrong)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
