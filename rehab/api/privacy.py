"""A patient's own data: handed over, erased, and held where the law forbids erasing."""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields

from rehab import clock
from rehab.api.bearer import asker, clinician, must_be_fresh, owners_only, patients_too
from rehab.api.http import Blueprint
from rehab.api.schemas import In, choice, text
from rehab.errors import NotFound
from rehab.exchange import files
from rehab.exchange.files import File
from rehab.models.patient import Patient
from rehab.services import enrolment
from rehab.services.actors import acting
from rehab.services.privacy import erasure, holds, ledger
from rehab.wiring import library, wiring

blueprint = Blueprint("privacy", "A patient's data, handed over or erased")


class ExportQuery(In):
    form = choice(*files.FORMATS, load_default=files.JSON, data_key="format")


class ErasedOut(Schema):
    """`rows`: how many there were, by what they were."""

    id = fields.UUID(attribute="patient_id")
    rows = fields.Dict(keys=fields.String(), values=fields.Integer())


class HoldIn(In):
    because = text(1, holds.LONGEST, required=True)


class HoldOut(Schema):
    """`held_since` and `held_because` are null where there is no hold."""

    id = fields.UUID()
    held_since = fields.AwareDateTime(allow_none=True)
    held_because = fields.String(allow_none=True)


@blueprint.get("/patients/<uuid:id>/export")
@patients_too
@blueprint.arguments(ExportQuery, location="query")
@blueprint.response(200, {"type": "object"}, description="`json`; `csv`: a zip of tables; `fhir`")
@blueprint.alt_response(
    200, schema={"type": "string", "format": "binary"}, content_type="application/zip", success=True
)
@blueprint.alt_response(
    200, schema={"type": "object"}, content_type="application/fhir+json", success=True
)
def export_patient(wanted: dict[str, str], id: UUID) -> Response:
    """All that is kept about a patient: as JSON, as a zip of CSV tables, or as a FHIR R4 bundle.

    A patient is given their own copy, without what clinicians wrote for each other.
    """
    must_be_fresh()
    file = _file(id, wanted["form"])
    return Response(file.content, headers=file.headers, content_type=file.media_type)


def _file(id: UUID, form: str) -> File:
    who, now = asker(), clock.now()
    if isinstance(who, Patient):
        if who.id != id:
            raise NotFound("there is no such patient")
        return files.take_along(who, form, library(), now)
    return files.hand_over(enrolment.find_patient(who.clinic_id, id), who, form, library(), now)


@blueprint.post("/patients/<uuid:id>/erase")
@owners_only
@blueprint.response(200, ErasedOut)
def erase(id: UUID) -> Any:
    """Erase a patient and all that is kept about them, for good; 409 under a legal hold."""
    must_be_fresh()
    known = enrolment.find_patient(clinician().clinic_id, id)
    return erasure.erase(known, ledger.path_of(wiring().settings), acting(), clock.now())


@blueprint.post("/patients/<uuid:id>/hold")
@owners_only
@blueprint.arguments(HoldIn)
@blueprint.response(200, HoldOut)
def hold(said: dict[str, str], id: UUID) -> Patient:
    """Put a patient under a legal hold: nothing of theirs is erased, or let go of with time."""
    known = enrolment.find_patient(clinician().clinic_id, id)
    return holds.hold_patient(known, said["because"], acting(), clock.now())


@blueprint.post("/patients/<uuid:id>/release")
@owners_only
@blueprint.response(200, HoldOut)
def release(id: UUID) -> Patient:
    """End a patient's legal hold."""
    known = enrolment.find_patient(clinician().clinic_id, id)
    return holds.release_patient(known, acting(), clock.now())
