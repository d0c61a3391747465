"""A person with muscle pain, as their clinic knows them."""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.extensions import Model
from rehab.models.clinic import Clinic
from rehab.models.number import found_by, keeps
from rehab.vault.columns import EncryptedText


class Patient(Model):
    """`phone` is E.164, `zone` IANA; every date of this person's is local to that zone.

    Since `held_since`, if it is set, a law suit or an authority forbids that anything is erased.
    """

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    clinic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clinic.id"), index=True)
    given_name: Mapped[str] = mapped_column(EncryptedText("patient.given_name"))
    family_name: Mapped[str] = mapped_column(EncryptedText("patient.family_name"), default="")
    phone: Mapped[str] = mapped_column(EncryptedText("patient.phone"))
    phone_key: Mapped[bytes] = found_by("phone", index=True)
    zone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8), default="en")
    sms_consent: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    held_since: Mapped[datetime | None]
    held_because: Mapped[str | None] = mapped_column(EncryptedText("patient.held_because"))
    clinic: Mapped[Clinic] = relationship()

    _phone_is_found = keeps("phone_key", "phone")

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def today(self, now: datetime) -> date:
        """The calendar day that this person is living at `now`."""
        return now.astimezone(self.tz).date()
