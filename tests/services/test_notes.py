"""Notes in the record: added by a name, never changed, and never the clinic's next door."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from rehab.errors import Invalid
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.services import notes
from rehab.services.notes import LONGEST
from tests.conftest import NOON


def test_the_newest_note_comes_first_with_who_wrote_it(maya: Patient, ana: Clinician) -> None:
    for n in range(3):
        notes.write(maya, f" note {n}\r\nmore ", ana, NOON + timedelta(minutes=n))
    found = notes.latest(maya, 2)
    assert [(note.body, note.clinician.name) for note in found] == [
        ("note 2\nmore", "Ana Ruiz"),
        ("note 1\nmore", "Ana Ruiz"),
    ]
    assert [note.body for note in notes.latest(maya, 2, skipped=2)] == ["note 0\nmore"]


@pytest.mark.parametrize("body", ["", "  \n ", "x" * (LONGEST + 1)])
def test_an_empty_note_and_a_letter_are_refused(maya: Patient, ana: Clinician, body: str) -> None:
    with pytest.raises(Invalid):
        notes.write(maya, body, ana, NOON)
    assert notes.latest(maya, 1) == []


def test_the_same_words_of_one_form_are_one_note(maya: Patient, ana: Clinician) -> None:
    key = uuid4()
    first = notes.write(maya, "gravel", ana, NOON, key)
    assert notes.write(maya, "gravel ", ana, NOON + timedelta(seconds=1), key) is first
    notes.write(maya, "gravel and sand", ana, NOON + timedelta(minutes=1), key)
    notes.write(maya, "gravel", ana, NOON + timedelta(minutes=2), uuid4())
    assert len(notes.latest(maya, 9)) == 3


def test_that_a_note_was_written_is_on_record_and_its_words_are_not(
    maya: Patient, ana: Clinician
) -> None:
    note = notes.write(maya, "gravel", ana, NOON)
    entry = db.session.scalars(select(AuditEntry).filter_by(action="note.written")).one()
    assert (entry.subject_id, entry.detail) == (note.id, {})
