"""Assign: from a telephone call to the first text, on one page and in two minutes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab.errors import Invalid
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.dosage_words import dosage_text
from rehab.programs.schedule import next_texting_time
from rehab.services import consent, intake, newcomers, triage
from rehab.services.access import links
from rehab.services.access.links import LIFE, Purpose
from rehab.services.actors import acted
from rehab.services.phones import from_dialled
from rehab.services.preview import UNLESS_DONE, Preview, preview, upcoming
from rehab.services.transactions import transaction
from rehab.web import zones
from rehab.web.desk import assign_choices as choices
from rehab.web.desk import assign_form as form
from rehab.web.desk import assign_words as say
from rehab.web.desk import here
from rehab.web.desk.form_key import key_of
from rehab.web.desk.page import LANGUAGE, UNPROCESSABLE, done, undone
from rehab.web.desk.page import page as _page
from rehab.web.qr import qr_of
from rehab.wiring import library, wiring

blueprint = Blueprint("assign", __name__)

FILTER = "filter"
FIRST_TEXTS = 4
"""How many texts to come the last page names."""


@blueprint.get("/assign")
def page() -> Response:
    """The empty form: for somebody new, or for the patient that the address names."""
    patient = _patient(request.args)
    today = patient.today(here.now()) if patient else here.now().astimezone(here.zone()).date()
    said = form.beginning(here.clinic(), request.args.get("program", ""), today)
    return _form(said, patient)


@blueprint.post("/assign/preview")
@here.looking
def look() -> Response:
    """The first week and the first texts of what was typed; nothing is kept."""
    patient = _patient(request.form)
    if request.form.get("do") == FILTER:
        return _form(request.form, patient)
    try:
        said = form.understood(request.form, here.clinic(), patient, library())
        drafted = intake.draft(here.clinic(), said, library(), here.now())
    except Invalid as error:
        return _form(request.form, patient, UNPROCESSABLE, faults=error.errors)
    agreed = bool(said.agreed or (patient and patient.sms_consent))
    seen = preview(drafted, agreed, library(), wiring().settings.public_url, here.now())
    return _form(request.form, patient, seen=seen)


@blueprint.post("/assign")
def assign() -> Response | Answer:
    """Everything at once: whoever is new, the screening, the consent, the plan, its reminders.

    A red flag that stops all this stays with a patient who is on file, whatever else is wrong.
    """
    patient = _patient(request.form)
    is_heeded = patient is not None and _heeded(patient, request.form)
    try:
        said = form.understood(request.form, here.clinic(), patient, library())
        plan = intake.assign(here.clinic(), said, here.clinician(), library(), here.now())
    except Invalid as error:
        typed = form.anew(request.form) if "key" in error.errors else request.form
        return _form(typed, patient, UNPROCESSABLE, faults=error.errors, is_heeded=is_heeded)
    if plan.created_at == here.now():
        done(f"{plan.program['name']} is assigned to {plan.patient.given_name}.")
    else:
        undone("This form was sent before: it has assigned one plan, and this is it.")
    return redirect(url_for("desk.assign.assigned", id=plan.id), 303)


@blueprint.get("/assign/<uuid:id>")
def assigned(id: UUID) -> Response:
    """What happens next, and what to hand over."""
    return _assigned(here.plan_seen(id))


@blueprint.post("/assign/<uuid:id>/phone")
def sign_in_phone(id: UUID) -> Response:
    """A link for one use that signs the patient's phone in, as a code to scan; shown this once."""
    plan = here.plan_seen(id)
    with transaction():
        token = links.issue(Purpose.ENTRY, plan.patient, here.now())
        acted("patient.let_in", plan.patient, here.now())
    address = wiring().settings.public_url + url_for("sign_in.patients.link", token=token)
    minutes = int(LIFE[Purpose.ENTRY].total_seconds() // 60)
    return _assigned(plan, address=address, picture=qr_of(address), minutes=minutes)


def _assigned(plan: Plan, **values: Any) -> Response:
    """The texts to come are those of the plan as it stands now."""
    patient = plan.patient
    is_texted = patient.sms_consent and not consent.is_suppressed(patient.phone)
    coming = upcoming(plan, here.now())[:FIRST_TEXTS] if is_texted else []
    return _page(
        "assigned",
        plan=plan,
        patient=patient,
        coming=coming,
        named=say,
        texted=is_texted,
        unless_done=UNLESS_DONE,
        welcome_at=_welcome_at(patient) if is_texted else None,
        **values,
    )


def _welcome_at(patient: Patient) -> datetime | None:
    """When the welcome leaves that still waits, if one does."""
    waits = intake.welcome_waits(patient)
    return next_texting_time(here.now(), patient.tz, patient.texting_hours) if waits else None


def _patient(said: Mapping[str, str]) -> Patient | None:
    """The patient whom the form or the address names, if any. Raises NotFound."""
    named = said.get("patient", "")
    if not named:
        return None
    try:
        return here.patient_seen(UUID(named))
    except ValueError:
        return None


def _heeded(patient: Patient, said: form.Said) -> bool:
    """Whether a red flag was told that is now on the patient's record."""
    flags, found = said.getlist("red_flags"), said.get("found", "")[: form.LONGEST_NOTE]
    who, words = here.clinician(), found.replace("\0", "").strip()
    return triage.heed(patient, flags, words, key_of(said), who, library(), here.now())


def _form(
    said: form.Said,
    patient: Patient | None,
    status: int = 200,
    seen: Preview | None = None,
    faults: Mapping[str, Any] | None = None,
    is_heeded: bool = False,
) -> Response:
    offered, faults = choices.cards(library()), faults or {}
    weeks = form.weeks_of(said)
    return _page(
        "assign",
        status,
        typed=said,
        faults=say.in_order(faults),
        patient=patient,
        seen=seen,
        is_heeded=is_heeded,
        cards=offered,
        shown={c.program.id for c in offered if choices.suits(c, said)},
        regions=choices.regions(offered),
        equipment=choices.equipment(offered),
        flags=library().red_flags.values(),
        tiers=library().tiers,
        evidence=library().evidence,
        running=intake.running_plans(patient) if patient else (),
        known=_known(said) if "phone" in faults else (),
        stopped=bool(patient and consent.is_suppressed(patient.phone)),
        consent_words=consent.SHOWN,
        proposed=intake.proposed_track(weeks) if weeks is not None else None,
        places=zones.places(LANGUAGE),
        words_of=lambda dosage: dosage_text(dosage, LANGUAGE, library()),
        named=say,
    )


def _known(said: Mapping[str, str]) -> Any:
    """Who has the number already that was typed."""
    try:
        number = from_dialled(said.get("phone", "")[:40], form.region(here.clinic()))
    except Invalid:
        return ()
    return newcomers.known_by(here.clinic(), number)
