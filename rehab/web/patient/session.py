"""A session, led through on the phone or read as one long form, and the report of it."""

import re
from contextlib import suppress
from datetime import date, datetime
from http import HTTPStatus
from uuid import uuid4

from flask import Blueprint, Response, jsonify, make_response, redirect, request
from werkzeug.datastructures import MultiDict

from rehab.api.problems import problem
from rehab.errors import Conflict, Invalid, RehabError
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.programs.dosage_words import dosage_text
from rehab.services import safety, sessions
from rehab.services.own_ids import own_row
from rehab.services.safety import ScreeningReport
from rehab.web.patient.after import SELF_HARM, whom_to_call
from rehab.web.patient.page import UNPROCESSABLE, language, page, private
from rehab.web.patient.ratings import CHOICES
from rehab.web.patient.session_day import SessionDay, session_day
from rehab.web.patient.session_form import Form, id_of, report_of, word_of
from rehab.web.patient.visit import DAY, Visit, the_plan, visit
from rehab.web.words import words
from rehab.wiring import library

blueprint = Blueprint("session", __name__)

AREA = "session"
ASKED_BY = ("before", "on", "at", "again", "resume", "lead", "plain")
"""What the address of the page may say; no answer is given in it but the first. With that one a
phone whose scripts came late asks to be led on (`lead`); where that does not help, the form stays
`plain`."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@blueprint.get("/session", endpoint="page")
def opened() -> Response:
    """The session of today, or of another day that is told about afterwards."""
    asked = {name: request.args[name] for name in ASKED_BY if name in request.args}
    return _shown(MultiDict(asked))


@blueprint.post("/session")
def report() -> Response:
    """Take the report of a session; the same report again changes nothing."""
    here, plan = visit(), the_plan()
    try:
        session = _taken(here, plan, "app" if here.signed_in else "link")
    except Invalid as error:
        return _refused(error)
    except Conflict as error:
        return _too_late(error)
    where = here.at("after.page", id=session.id)
    if _is_asked_by_script():
        return private(make_response(jsonify(id=session.id, next=where), HTTPStatus.CREATED))
    return private(make_response(redirect(where, HTTPStatus.SEE_OTHER)))


def _taken(here: Visit, plan: Plan, source: str) -> Session:
    said = report_of(request.form, plan, _heard_at(plan, here.now))
    if not here.reaches(plan.patient.today(said.performed_at)):
        raise Invalid({"performed_at": ["lies before yesterday"]})
    session = sessions.report_session(plan, said, library(), here.now, source)
    _keep_answers_to_the_whole_list(plan, session, source)
    return session


def _heard_at(plan: Plan, now: datetime) -> datetime:
    """When the report was heard first: the same report again is not of another time."""
    id_ = id_of(request.form)
    known = own_row(Session, id_, plan)[1] if id_ else None
    return known.reported_at if known is not None else now


def _keep_answers_to_the_whole_list(plan: Plan, session: Session, source: str) -> None:
    """Where all red flags were asked and none was ticked, that is an answer to keep; one that was
    ticked has acted already, and the list comes again."""
    is_due = safety.questions_on(plan, session.on, library()).occasion is not None
    if request.form.get("whole_list") != "1" or session.red_flags or not is_due:
        return
    stopped = {"yes": True, "no": False}.get(request.form.get("daily_things_stopped", ""))
    with suppress(RehabError):
        said = ScreeningReport(session.on, (), stopped)
        safety.answer(plan, said, library(), visit().now, source)


def _refused(error: Invalid) -> Response:
    say = words(AREA, language())
    faults = {field.split(".")[0]: say[word_of(field)] for field in error.errors}
    if _is_asked_by_script():
        by_field = {field: [fault] for field, fault in faults.items()}
        return problem(UNPROCESSABLE, say["fault"], by_field)
    return _shown(request.form, UNPROCESSABLE, faults)


def _too_late(_: Conflict) -> Response:
    """The plan has ended, or the same session was told with other words."""
    say = words(AREA, language())
    if _is_asked_by_script():
        return problem(HTTPStatus.CONFLICT, say["fault_conflict"])
    return _shown(request.form, HTTPStatus.CONFLICT, {"id": say["fault_conflict"]})


def _is_asked_by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _shown(said: Form, status: int = 200, faults: dict[str, str] | None = None) -> Response:
    here, plan = visit(), the_plan()
    on = _day_wanted(said, plan, here)
    day = session_day(plan, on, library())
    before = CHOICES.get(said.get("before", ""))
    return page(
        "session",
        AREA,
        status,
        plan=plan,
        on=on,
        day=day,
        kind=_kind(day, said),
        variant=None if before is None else day.at(before),
        said=said,
        faults=faults or {},
        new_id=said.get("id") or uuid4(),
        earliest=_earliest(plan, here),
        told_at=_usual_hour(plan, on, here),
        stop_rules=library().stop_rules.values(),
        sentences=SENTENCE_END.split,
        dosage_text=lambda dosage: dosage_text(dosage, language(), library()),
        **whom_to_call(here, [SELF_HARM]),
    )


def _kind(day: SessionDay, said: Form) -> str:
    """How the page is made: `led` through, one `long` form, `told` afterwards, or `closed`."""
    if "on" in said and "resume" not in said:
        return "told"
    if not (day.is_led or (day.may_be_done_again and "again" in said)):
        return "long" if "id" in said else "closed"
    return "long" if "before" in said and "lead" not in said else "led"


def _day_wanted(said: Form, plan: Plan, here: Visit) -> date:
    """The date asked for, when the page may be about it; else today's."""
    try:
        wanted = date.fromisoformat(said.get("on", ""))
    except ValueError:
        return here.today
    return wanted if _earliest(plan, here) <= wanted <= here.today else here.today


def _earliest(plan: Plan, here: Visit) -> date:
    """The plan's start; by a reminder's link, yesterday, as a session may have begun before
    midnight."""
    return plan.starts_on if here.signed_in else max(plan.starts_on, here.today - DAY)


def _usual_hour(plan: Plan, on: date, here: Visit) -> str:
    """When the session of a day was, as long as nobody says otherwise: at the plan's hour, or now
    where that is still to come."""
    now = here.now.astimezone(here.patient.tz).time()
    at = min(plan.exercise_at, now) if on == here.today else plan.exercise_at
    return f"{at:%H:%M}"
