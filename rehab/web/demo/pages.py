"""The landing page, the list of phones, and one phone: read it, text back, ask for a text now."""

from datetime import datetime
from uuid import UUID

import flask
from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab import clock
from rehab.errors import NotFound
from rehab.models.message import Kind
from rehab.models.patient import Patient
from rehab.services import enrolment
from rehab.services.demo import demo_clinician, phone, roster
from rehab.services.demo.phone import Phone, Sent
from rehab.tenancy import across_clinics, enter_clinic
from rehab.web.demo import wording
from rehab.wiring import library

blueprint = Blueprint(
    "demo",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/demo/assets",
)

CHIPS = ("DONE", "3", "LATER", "STOP", "HELP")
KINDS = {"exercise": Kind.EXERCISE, "morning": Kind.MORNING}
SEEN = "seen"


@blueprint.before_request
def of_the_demo() -> None:
    """Nobody signs in: the pages show the demo's clinic, which is alone here."""
    if request.endpoint != "demo.static":
        with across_clinics("which clinic the demo's is"):
            clinic_id = demo_clinician().clinic_id
        enter_clinic(clinic_id)


@blueprint.errorhandler(NotFound)
def not_found(error: NotFound) -> tuple[str, int]:
    return render_template("demo/not_found.html", why=str(error)), 404


@blueprint.get("/")
def landing() -> str:
    """What this is, where to go, and who is here."""
    clinic_id = demo_clinician().clinic_id
    return _page("demo/landing.html", rows=roster.roster(clinic_id), programs=library().programs)


@blueprint.get("/demo/phone")
def phones() -> str:
    """Every phone, and beside them that of somebody who is awake."""
    listed = _phones()
    return _page(
        "demo/phone.html", phones=listed, patient=_awake(listed), **_screen(_awake(listed))
    )


@blueprint.get("/demo/phone/<uuid:id_>")
def one_phone(id_: UUID) -> str:
    """One patient's phone."""
    patient = _patient(id_)
    flask.session[SEEN] = flask.session.get(SEEN, {}) | {str(id_): clock.now().isoformat()}
    return _page(
        "demo/phone.html", phones=_phones(), patient=patient, chosen=True, **_screen(patient)
    )


@blueprint.post("/demo/phone/<uuid:id_>/texts")
@across_clinics("a text names a phone, not a clinic")
def text_back(id_: UUID) -> Answer:
    """A text from the patient's phone."""
    body = request.form.get("body", "").strip()
    if body:
        phone.text_back(_patient(id_), body, library(), clock.now())
    return _back_to(id_)


@blueprint.post("/demo/phone/<uuid:id_>/ahead")
def send_ahead(id_: UUID) -> Answer:
    """The next text of a kind, now."""
    patient, now = _patient(id_), clock.now()
    sent = phone.send_ahead(patient, KINDS.get(request.form.get("kind", "")) or abort(400), now)
    flask.flash(wording.outcome(sent, patient, now), "good" if sent is Sent.ON_ITS_WAY else "warm")
    return _back_to(id_)


def _page(template: str, **values: object) -> str:
    return render_template(template, now=clock.now(), words=wording, chips=CHIPS, **values)


def _screen(patient: Patient | None) -> dict[str, object]:
    if patient is None:
        return {"thread": [], "coming": []}
    return {
        "thread": phone.thread(patient),
        "coming": phone.coming(patient),
        "plan": phone.current_plan(patient),
    }


def _phones() -> list[Phone]:
    seen = flask.session.get(SEEN, {})
    looked_at = {UUID(id_): datetime.fromisoformat(at) for id_, at in seen.items()}
    return phone.phones(demo_clinician().clinic_id, looked_at, clock.now())


def _awake(listed: list[Phone]) -> Patient | None:
    """Somebody whose texts leave at this hour, so that a visitor sees one at once."""
    return next((item.patient for item in [*filter(_is_awake, listed), *listed]), None)


def _is_awake(item: Phone) -> bool:
    return item.awake


def _patient(id_: UUID) -> Patient:
    return enrolment.find_patient(demo_clinician().clinic_id, id_)


def _back_to(id_: UUID) -> Answer:
    return redirect(url_for("demo.one_phone", id_=id_), 303)
