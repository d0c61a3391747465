"""Notes: what clinicians write in a patient's record for whoever treats them next."""

from datetime import datetime
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Select, select

from rehab.errors import Invalid
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.note import Note
from rehab.models.patient import Patient
from rehab.services.actors import acted
from rehab.services.transactions import persistent, transaction

LONGEST = 4000
"""Characters of a note."""


def notes_of(patient: Patient) -> Select[Note]:
    return select(Note).filter_by(patient_id=patient.id)


def latest(patient: Patient, most: int, skipped: int = 0) -> list[Note]:
    """The newest notes first, `most` of them after those that are skipped."""
    newest = notes_of(patient).order_by(Note.written_at.desc(), Note.id.desc())
    return list(db.session.scalars(newest.offset(skipped).limit(most)))


def with_key(patient: Patient, body: str, key: UUID) -> Note | None:
    """The note that was written with this key in these words."""
    return db.session.get(Note, _id(patient, _words(body), key))


@persistent
@transaction()
def write(
    patient: Patient, body: str, by: Clinician, now: datetime, key: UUID | None = None
) -> Note:
    """Add a note to the record; it can be neither changed nor taken out, only added to.

    The same words with the same `key`, which is the form's own, are one note however often they
    are sent. Raises Invalid (empty, or longer than 4000 characters).
    """
    words = _words(body)
    if not words:
        raise Invalid({"body": ["say something"]})
    if len(words) > LONGEST:
        raise Invalid({"body": [f"is {len(words) - LONGEST} characters too long"]})
    id_ = _id(patient, words, key or uuid4())
    known = db.session.get(Note, id_)
    if known is not None:
        return known
    note = Note(id=id_, patient_id=patient.id, clinician_id=by.id, body=words, written_at=now)
    db.session.add(note)
    db.session.flush()
    acted("note.written", note, now)
    return note


def _words(body: str) -> str:
    return body.replace("\r\n", "\n").strip()


def _id(patient: Patient, words: str, key: UUID) -> UUID:
    """An id of the patient's own, whatever key a browser sends."""
    return uuid5(patient.id, f"note {key} {words}")
