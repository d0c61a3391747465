"""The inbox: what waits for a person, the most urgent first, and how it was closed."""

from contextlib import suppress
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab.errors import Conflict, Invalid, NotFound
from rehab.models.patient import Patient
from rehab.services import clinician_acts
from rehab.services.enrolment import find_patient
from rehab.services.inbox import listing as inbox
from rehab.services.inbox import tidying, unread
from rehab.services.inbox.matters import Form, Matter, matter
from rehab.web.desk import here, matters
from rehab.web.desk.page import UNPROCESSABLE, done, typed, undone
from rehab.web.desk.page import page as _page
from rehab.wiring import library

blueprint = Blueprint("inbox", __name__)

OPEN, CLOSED = "open", "closed"
TEXTS = "texts"
"""Where else a text can be closed: beside the others of its patient."""

SEVERAL = "several"
"""The form in which what was only to know is closed together."""

LAST_PAGE = 200
NOTED = (
    "Called: all is well.",
    "Called: no answer, left a message.",
    "Texted.",
    "Talked about it at a visit.",
    "Nothing to do.",
)
"""Notes that are offered, for who has little time; any other may be written."""


@blueprint.get("/inbox")
def page() -> Response:
    """What waits, or with `state=closed` what was closed; of one patient with `patient=`."""
    return _shown()


@blueprint.post("/inbox/alerts/<uuid:id>/close")
def close_alert(id: UUID) -> Response | Answer:
    """Close an alert with a note; its texts are closed with it."""
    _patient()
    seen = typed("seen") or None
    try:
        clinician_acts.close_alert(id, typed("note"), here.clinician(), library(), here.now(), seen)
    except Invalid as error:
        return _shown(UNPROCESSABLE, f"{Form.ALERT}-{id}", error)
    except Conflict:
        if not _was_mine(Form.ALERT, id):
            return _overtaken(Form.ALERT, id)
    return _closed("The alert is closed.")


@blueprint.post("/inbox/replies/<uuid:id>/close")
def close_reply(id: UUID) -> Response | Answer:
    """Close a reply with a note."""
    _patient()
    try:
        unread.close_reply(here.clinic().id, id, here.clinician().id, typed("note"), here.now())
    except Invalid as error:
        return _shown(UNPROCESSABLE, f"{Form.REPLY}-{id}", error)
    except Conflict:
        if not _was_mine(Form.REPLY, id):
            return _overtaken(Form.REPLY, id)
    return _closed("The text is closed.")


@blueprint.post("/inbox/close")
def close_several() -> Response | Answer:
    """Close the ticked alerts that were only to know, under one note."""
    _patient()
    try:
        tidied = tidying.close_several(_ticked(), typed("note"), here.clinician(), here.now())
    except Invalid as error:
        return _shown(UNPROCESSABLE, SEVERAL, error)
    if tidied.left:
        undone(f"{tidied.left} of them had been closed or raised meanwhile, and were left.")
    return _closed(f"{tidied.closed} closed." if tidied.closed else "Nothing was left to close.")


def _ticked() -> set[UUID]:
    """Those that were ticked; what is no id is nobody's."""
    found = set()
    for given in request.form.getlist("ids"):
        with suppress(ValueError):
            found.add(UUID(given))
    return found


def _shown(status: int = 200, at_fault: str = "", error: Invalid | None = None) -> Response:
    patient = _patient()
    is_closed = request.values.get("state") == CLOSED
    read = inbox.closed_matters if is_closed else inbox.open_matters
    found = read(here.clinic().id, _number(), patient.id if patient else None)
    return _page(
        "inbox",
        status,
        found=found,
        groups=[] if is_closed else _by_level(found.matters),
        is_closed=is_closed,
        patient=patient,
        noted=NOTED,
        matters=matters,
        at_fault=at_fault,
        ticked=request.form.getlist("ids"),
        faults=error.errors if error else {},
    )


def _by_level(shown: list[Matter]) -> list[tuple[int, list[Matter]]]:
    return [(level, list(some)) for level, some in groupby(shown, key=lambda m: m.level)]


def _was_mine(form: Form, id_: UUID) -> bool:
    """Whether it was closed by this very act: a second click is no conflict."""
    found = matter(here.clinic().id, form, id_)
    closed = found.closed if found else None
    mine = (here.clinician().name, typed("note").strip())
    return closed is not None and (closed.by, closed.note) == mine


def _overtaken(form: Form, id_: UUID) -> Response:
    """Somebody was quicker: who, when and with which note; or something was added meanwhile, and
    it is shown with the form once more. What was typed is not lost."""
    found = matter(here.clinic().id, form, id_)
    if found is None:
        raise NotFound("there is nothing here")
    return _page("inbox_overtaken", 409, matter=found, matters=matters, patient=_patient())


def _closed(words: str) -> Answer:
    done(words)
    return redirect(_back(), 303)


def _back() -> str:
    patient = _patient()
    if patient is not None and request.form.get("from") == TEXTS:
        return url_for("desk.thread.page", id=patient.id)
    number = _number()
    kept: dict[str, Any] = {"patient": patient.id if patient else None}
    return url_for("desk.inbox.page", page=number if number > 1 else None, **kept)


def _patient() -> Patient | None:
    """Whose matters alone are asked for, in the address or the form. Raises NotFound."""
    given = request.values.get("patient")
    if not given:
        return None
    try:
        wanted = UUID(given)
    except ValueError as error:
        raise NotFound("there is no such patient") from error
    if request.method == "GET":
        return here.patient_seen(wanted)
    return find_patient(here.clinic().id, wanted)


def _number() -> int:
    given = request.values.get("page", "1")
    return min(max(int(given), 1), LAST_PAGE) if given.isascii() and given.isdigit() else 1
