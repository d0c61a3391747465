"""A clinic's own exercises and programs, beside those of the library."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.extensions import Model
from rehab.models.clinic import Clinician

EXERCISE, PROGRAM = "exercise", "program"


class ShelfItem(Model):
    """One version of an exercise or a program that a clinic has made.

    `content` is what a file of the library would hold. Rows are added, never changed: a new wording
    is a new `version`, counted from 1, and plans that were made from an older one keep their copy.
    The newest version counts; with `retired_at` the item is offered no more.
    """

    __table_args__ = (
        UniqueConstraint("clinic_id", "kind", "item_id", "version"),
        CheckConstraint("kind in ('exercise', 'program')", name="known_kind"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinic.id"))
    kind: Mapped[str] = mapped_column(String(8))
    item_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    clinician_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinician.id"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    clinician: Mapped[Clinician] = relationship(lazy="joined")
