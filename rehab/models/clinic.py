"""A clinic, the clinicians who work in it, and the tokens their programs carry."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.extensions import Model

OWNER, CLINICIAN, READ_ONLY = "owner", "clinician", "read_only"
ROLES = (OWNER, CLINICIAN, READ_ONLY)
"""Who runs the clinic, who treats in it, and who only looks."""


class Clinic(Model):
    """A practice: nothing of it exists for another. `zone` is IANA, `phone` what texts name.

    `hours` says when somebody answers there, in its own words. `shelf_edition` grows with every
    change to its own exercises and programs.
    """

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(80))
    zone: Mapped[str] = mapped_column(String(64))
    phone: Mapped[str] = mapped_column(String(16), default="")
    hours: Mapped[str] = mapped_column(String(120), default="", server_default="")
    shelf_edition: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]


class Clinician(Model):
    """A registered professional who assigns plans and answers for them, until they leave."""

    __table_args__ = (
        CheckConstraint("role in ('owner', 'clinician', 'read_only')", name="known_role"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinic.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(16), default=CLINICIAN)
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]
    clinic: Mapped[Clinic] = relationship(lazy="joined")

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None


class ApiToken(Model):
    """A bearer token's shadow: the id that it names and the SHA-256 of its secret."""

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    clinician_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinician.id"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    clinician: Mapped[Clinician] = relationship(lazy="joined")
