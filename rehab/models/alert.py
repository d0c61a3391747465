"""What a clinician must look at: open until a person closes it with a note."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.extensions import Model
from rehab.models.patient import Patient
from rehab.vault.columns import EncryptedText


class Alert(Model):
    """Levels: 3 now, 2 within 2 working days, 1 information. One open alert per
    subject (a plan, a patient or the clinic itself) and kind."""

    __table_args__ = (
        CheckConstraint("level between 1 and 3", name="level_1_3"),
        Index(
            "uq_alert_subject_kind",
            "subject",
            "kind",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_alert_open",
            "clinic_id",
            "level",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinic.id"), index=True)
    patient_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("patient.id"), index=True)
    plan_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("plan.id"))
    subject: Mapped[uuid.UUID]
    level: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    about: Mapped[str] = mapped_column(EncryptedText("alert.about"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("clinician.id"))
    note: Mapped[str] = mapped_column(EncryptedText("alert.note"), default="")
    patient: Mapped[Patient | None] = relationship(lazy="joined")
