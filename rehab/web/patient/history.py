"""What the patient has told, day by day: to look up, to correct, to fill in what was missed."""

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request

from rehab.errors import Conflict, Invalid
from rehab.models.session import Session
from rehab.services.corrections import correct_session
from rehab.services.diary import diary
from rehab.web.patient import correction_form
from rehab.web.patient.after import change_of, own_session
from rehab.web.patient.correction_form import Shown
from rehab.web.patient.page import UNPROCESSABLE, page, private
from rehab.web.patient.visit import the_plan, visit
from rehab.wiring import library

blueprint = Blueprint("history", __name__)

DAYS = 28


@blueprint.get("/entries", endpoint="page")
def entries() -> Response:
    """Four weeks of entries up to `?until=`, today's when left out."""
    here, plan = visit(), the_plan()
    wanted = _date(request.args.get("until", "")) or here.today
    until = min(max(wanted, plan.starts_on), here.today)
    earlier = until - timedelta(days=DAYS)
    return page(
        "entries",
        "history",
        days=diary(plan, until, DAYS),
        change_of=change_of,
        earlier=earlier if earlier >= plan.starts_on else None,
    )


@blueprint.route("/sessions/<uuid:id>/correct", methods=["GET", "POST"])
def correct(id: UUID) -> Response:
    """Tell a session differently; the plan is decided again from there."""
    here = visit()
    session, plan = own_session(here, id)
    was = correction_form.as_shown(session)
    if request.method != "POST":
        return _form(session, was, was, set())
    was |= correction_form.was_shown(request.form)
    said, wrong = correction_form.changes(request.form, was)
    if said and not wrong:
        try:
            correct_session(session, plan, said, "patient", library(), here.now)
        except (Invalid, Conflict):
            wrong = {"session"}
    if wrong:
        return _form(session, correction_form.typed_into(request.form), was, wrong)
    return private(make_response(redirect(here.at("after.page", id=id), 303)))


def _form(session: Session, shown: Shown, was: Shown, wrong: set[str]) -> Response:
    values = {"session": session, "shown": shown, "was": was, "faults": wrong}
    return page("correct", "history", UNPROCESSABLE if wrong else 200, **values)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
