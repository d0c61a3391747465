"""What a clinician writes about a patient for whoever treats them next."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.extensions import Model
from rehab.models.clinic import Clinician
from rehab.vault.columns import EncryptedText


class Note(Model):
    """One entry in a patient's record. Rows are added, never changed: who was wrong says so in
    another."""

    __table_args__ = (Index("ix_note_patient_id_written_at", "patient_id", "written_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    patient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("patient.id"))
    clinician_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinician.id"))
    body: Mapped[str] = mapped_column(EncryptedText("note.body"))
    written_at: Mapped[datetime]
    clinician: Mapped[Clinician] = relationship(lazy="joined")
