"""Notes in a patient's record: what clinicians write for whoever treats them next."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from rehab import clock
from rehab.api.bearer import clinician
from rehab.api.http import Blueprint
from rehab.api.pages import PageIn, page, page_of
from rehab.api.schemas import In, text
from rehab.api.seen import patient_seen
from rehab.models.note import Note
from rehab.services import enrolment
from rehab.services import notes as record

blueprint = Blueprint("notes", "Notes of clinicians for clinicians, added and never changed")


class NoteOut(Schema):
    """`by` is the name of who wrote it. The patient's own copy of their data leaves notes out."""

    id = fields.UUID()
    clinician_id = fields.UUID()
    by = fields.String(attribute="clinician.name")
    body = fields.String()
    written_at = fields.AwareDateTime()


class NoteIn(In):
    body = text(1, record.LONGEST, required=True)


@blueprint.get("/patients/<uuid:id>/notes")
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, page_of(NoteOut))
def notes(wanted: dict[str, Any], id: UUID) -> dict[str, Any]:
    """The record's notes, newest first."""
    return page((record.notes_of(patient_seen(id)), Note.written_at, Note.id), **wanted)


@blueprint.post("/patients/<uuid:id>/notes")
@blueprint.arguments(NoteIn)
@blueprint.response(201, NoteOut)
def write(said: dict[str, str], id: UUID) -> Note:
    """Add a note to the record."""
    patient = enrolment.find_patient(clinician().clinic_id, id)
    return record.write(patient, said["body"], clinician(), clock.now())
