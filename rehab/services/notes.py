"""Notes: what clinicians write in a patient's record for whoever treats them next."""

from datetime import datetime

from sqlalchemy import Select, select

from rehab.errors import Invalid
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.note import Note
from rehab.models.patient import Patient
from rehab.services.actors import acted
from rehab.services.transactions import transaction

LONGEST = 4000
"""Characters of a note."""


def notes_of(patient: Patient) -> Select[Note]:
    return select(Note).filter_by(patient_id=patient.id)


def latest(patient: Patient, most: int, skipped: int = 0) -> list[Note]:
    """The newest notes first, `most` of them after those that are skipped."""
    newest = notes_of(patient).order_by(Note.written_at.desc(), Note.id.desc())
    return list(db.session.scalars(newest.offset(skipped).limit(most)))


@transaction()
def write(patient: Patient, body: str, by: Clinician, now: datetime) -> Note:
    """Add a note to the record; it can be neither changed nor taken out, only added to.

    Raises Invalid (empty, or longer than 4000 characters).
    """
    words = body.replace("\r\n", "\n").strip()
    if not words:
        raise Invalid({"body": ["say something"]})
    if len(words) > LONGEST:
        raise Invalid({"body": [f"is {len(words) - LONGEST} characters too long"]})
    note = Note(patient_id=patient.id, clinician_id=by.id, body=words, written_at=now)
    db.session.add(note)
    db.session.flush()
    acted("note.written", note, now)
    return note
