"""The texts with a patient, both ways and by day, and a text in the clinician's own words."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from http import HTTPStatus
from itertools import groupby
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab.errors import Conflict, Invalid
from rehab.models.message import Kind
from rehab.models.patient import Patient
from rehab.notifications import gsm7
from rehab.programs.schedule import next_texting_time
from rehab.services import consent, thread
from rehab.services.access import people
from rehab.services.inbox import unread
from rehab.services.thread import Text
from rehab.web import dates
from rehab.web.desk import here
from rehab.web.desk.form_key import key_of
from rehab.web.desk.page import LANGUAGE, UNPROCESSABLE, done, typed, undone
from rehab.web.desk.page import page as _page

blueprint = Blueprint("thread", __name__)

KINDS = {
    Kind.EXERCISE: "Exercise reminder",
    Kind.FOLLOW_UP: "Second reminder",
    Kind.MORNING: "Morning question",
    Kind.LATER: "Reminder, moved by the patient",
    Kind.MISSED_ONE: "After a missed session",
    Kind.MISSED: "After three missed sessions",
    Kind.SLEEP: "Sleep tip",
    Kind.SLEEP_QUESTION: "Question about sleep",
    Kind.NEWS: "News of the plan",
    Kind.WELCOME: "Welcome",
    Kind.REPLY: "Answer",
    Kind.CONFIRMATION: "Confirmation of STOP",
    Kind.BY_HAND: "By hand",
    Kind.SAFETY: "Safety text",
    Kind.ADVICE: "Advice to see a doctor",
    Kind.SIGN_IN: "Sign-in code",
}

STOPPED = {
    "sms": "The patient replied STOP. Texts begin again only when START is sent from that phone.",
    "provider": "The patient opted out with the phone company. Only START from that phone ends it.",
    "bad_number": "Texts do not reach this number. Correct the number, then they begin again.",
    "blocked": "The phone company blocks texts to this number. Please call instead.",
}
"""Why a number gets nothing, by who or what stopped it."""

OTHERWISE = "This number is on the list of those that get no texts."
NOT_AGREED = "The patient has not agreed to texts, or has taken that back. Please call instead."


@blueprint.get("/patients/<uuid:id>/texts")
def page(id: UUID) -> Response:
    """The last texts, or with `before=` earlier ones."""
    return _shown(here.patient_seen(id))


@blueprint.post("/patients/<uuid:id>/texts")
def write(id: UUID) -> Response | Answer:
    """Send a text by hand."""
    patient = here.patient_seen(id)
    try:
        text = thread.write(patient, typed("body"), here.now(), key_of(request.form))
    except Invalid as error:
        return _shown(patient, UNPROCESSABLE, error)
    except Conflict:
        return _shown(patient, HTTPStatus.CONFLICT)
    if text.due_at < here.now():
        undone("This form was sent before: it has written one text.")
        return _to_latest(patient)
    waits = _waits_until(patient)
    done(f"The text leaves {waits}." if waits else "The text is on its way.")
    return _to_latest(patient)


def _to_latest(patient: Patient) -> Answer:
    return redirect(url_for("desk.thread.page", id=patient.id, _anchor="latest"), 303)


def _shown(patient: Patient, status: int = 200, error: Invalid | None = None) -> Response:
    found = thread.stretch(patient, _before())
    body = typed("body")
    return _page(
        "thread",
        status,
        patient=patient,
        plan=people.current_plan(patient),
        found=found,
        days=_by_day(patient, found.texts),
        thread=thread,
        kinds=KINDS,
        wanted=unread.WANTED,
        key=key_of(request.form),
        why_not=_why_not(patient),
        waits_until=_waits_until(patient),
        prefix=f"{patient.clinic.name}: ",
        plain=gsm7.plain(body) if gsm7.outside(body) else "",
        alphabet="".join(sorted(gsm7.BASIC)),
        extended="".join(sorted(gsm7.EXTENDED)),
        outside=gsm7.outside(body.replace("\r", "")),
        faults=error.errors if error else {},
    )


def _before() -> datetime | None:
    """The moment that the address names; none for one that is no moment, or beyond all years."""
    try:
        moment = datetime.fromisoformat(request.args.get("before", ""))
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _by_day(patient: Patient, texts: Iterable[Text]) -> Iterator[tuple[date, list[Text]]]:
    """The texts of each of the patient's days."""
    for day, some in groupby(texts, lambda text: patient.today(thread.moment(text))):
        yield day, list(some)


def _why_not(patient: Patient) -> str:
    """Why this patient can be sent no text; empty when they can."""
    stopped_by = consent.stopped_by(patient.phone)
    if stopped_by is not None:
        return STOPPED.get(stopped_by, OTHERWISE)
    return "" if patient.sms_consent else NOT_AGREED


def _waits_until(patient: Patient) -> str:
    """When a text that is written now leaves, by the patient's clock; empty for at once."""
    leaves = next_texting_time(here.now(), patient.zone, patient.texting_hours)
    if leaves <= here.now():
        return ""
    local = leaves.astimezone(patient.tz)
    day = dates.short_day(local.date(), LANGUAGE)
    return f"at {dates.clock_time(local.timetz(), LANGUAGE)} their time, on {day}"
