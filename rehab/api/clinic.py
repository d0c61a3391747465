"""The clinic and its people: for its owners."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from rehab import clock
from rehab.api.bearer import clinician, owners_only
from rehab.api.http import Blueprint
from rehab.api.pages import PageIn, page, page_of
from rehab.api.schemas import In, Tick, choice, text
from rehab.models.clinic import ROLES, Clinic, Clinician
from rehab.services import clinics

blueprint = Blueprint("clinic", "The clinic and who works in it")


class ClinicIn(In):
    """What may change; a name that is left out stays as it is. An empty phone is none."""

    name = text(1)
    zone = text(1, 64, metadata={"description": "IANA time zone", "example": "Europe/London"})
    phone = text(0, 16, metadata={"description": "E.164, the number that texts name"})
    hours = text(0, 120, metadata={"description": "When somebody answers, as print-outs say it"})


class ClinicOut(Schema):
    id = fields.UUID()
    name = fields.String()
    zone = fields.String()
    phone = fields.String()
    hours = fields.String()
    created_at = fields.AwareDateTime()


class ClinicianChangeIn(In):
    """What may change. Who is not `active` any more is signed out everywhere at once."""

    name = text(1)
    role = choice(*ROLES)
    active = Tick()


class ClinicianIn(In):
    """Somebody new; an address signs in to one clinic only."""

    email = text(3, 254, required=True)
    name = text(1, required=True)
    role = choice(*ROLES)


class ClinicianOut(Schema):
    id = fields.UUID()
    email = fields.String()
    name = fields.String()
    role = fields.String()
    active = fields.Boolean(attribute="is_active")
    created_at = fields.AwareDateTime()
    deactivated_at = fields.AwareDateTime(allow_none=True)


@blueprint.get("/clinic")
@owners_only
@blueprint.response(200, ClinicOut)
def clinic() -> Clinic:
    """Your clinic."""
    return clinician().clinic


@blueprint.patch("/clinic")
@owners_only
@blueprint.arguments(ClinicIn)
@blueprint.response(200, ClinicOut)
def amend_clinic(said: dict[str, str]) -> Clinic:
    """Change your clinic's name, zone, phone or hours."""
    return clinics.amend_clinic(clinician().clinic, said, clock.now())


@blueprint.get("/clinicians")
@owners_only
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, page_of(ClinicianOut))
def clinicians(wanted: dict[str, Any]) -> dict[str, Any]:
    """The clinic's people, newest first; those who have left too."""
    people = clinics.clinicians_of(clinician().clinic_id)
    return page((people, Clinician.created_at, Clinician.id), **wanted)


@blueprint.post("/clinicians")
@owners_only
@blueprint.arguments(ClinicianIn)
@blueprint.response(201, ClinicianOut)
def add_clinician(said: dict[str, Any]) -> Clinician:
    """Let somebody work in the clinic."""
    return clinics.add_clinician(clinician().clinic_id, now=clock.now(), **said)


@blueprint.patch("/clinicians/<uuid:id>")
@owners_only
@blueprint.arguments(ClinicianChangeIn)
@blueprint.response(200, ClinicianOut)
def amend_clinician(said: dict[str, Any], id: UUID) -> Clinician:
    """Change somebody's name or role, or let them go; a clinic keeps an owner."""
    known = clinics.find_clinician(clinician().clinic_id, id)
    return clinics.amend_clinician(known, said, clock.now())
