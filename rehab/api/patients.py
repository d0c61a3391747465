"""Patients of the clinic that is asking."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from rehab import clock
from rehab.api.bearer import clinician, must_be_fresh
from rehab.api.http import Blueprint
from rehab.api.pages import PageIn, page, page_of
from rehab.api.schemas import ClockTime, In, Tick, choice, text
from rehab.api.seen import patient_seen
from rehab.models.patient import Patient
from rehab.services import enrolment

blueprint = Blueprint("patients", "People with muscle pain, as their clinic knows them")


class PatientChangeIn(In):
    """What may change; a name that is left out stays as it is."""

    given_name = text(1)
    family_name = text()
    phone = text(1, 16, metadata={"description": "E.164", "example": "+442079460123"})
    zone = text(1, 64, metadata={"description": "IANA time zone", "example": "Europe/London"})
    language = choice(*enrolment.LANGUAGES)
    sms_consent = Tick()


class PatientIn(PatientChangeIn):
    """Someone new; texts are sent only once they have agreed to them."""

    given_name = text(1, required=True)
    phone = text(1, 16, required=True, metadata={"description": "E.164"})
    zone = text(1, 64, required=True, metadata={"description": "IANA time zone"})


class PatientOut(Schema):
    """`texts_from` and `texts_until` are hours that patients have chosen for themselves, local:
    they are texted within them alone. Null is the usual 08:00 and 21:00."""

    id = fields.UUID()
    given_name = fields.String()
    family_name = fields.String()
    phone = fields.String()
    zone = fields.String()
    language = fields.String()
    sms_consent = fields.Boolean()
    texts_from = ClockTime(allow_none=True)
    texts_until = ClockTime(allow_none=True)
    created_at = fields.AwareDateTime()


@blueprint.post("/patients")
@blueprint.arguments(PatientIn)
@blueprint.response(201, PatientOut)
def enrol(said: dict[str, Any]) -> Patient:
    """Enrol a patient."""
    return enrolment.enrol(clinician().clinic_id, said, clinician().email, clock.now())


@blueprint.get("/patients")
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, page_of(PatientOut))
def patients(wanted: dict[str, Any]) -> dict[str, Any]:
    """The clinic's patients, newest first."""
    of_clinic = enrolment.patients_of(clinician().clinic_id)
    return page((of_clinic, Patient.created_at, Patient.id), **wanted)


@blueprint.get("/patients/<uuid:id>")
@blueprint.response(200, PatientOut)
def patient(id: UUID) -> Patient:
    """One patient."""
    return patient_seen(id)


@blueprint.patch("/patients/<uuid:id>")
@blueprint.arguments(PatientChangeIn)
@blueprint.response(200, PatientOut)
def amend(said: dict[str, Any], id: UUID) -> Patient:
    """Change a patient's details."""
    if "phone" in said:
        must_be_fresh()
    known = enrolment.find_patient(clinician().clinic_id, id)
    return enrolment.amend(known, said, clinician().email, clock.now())
