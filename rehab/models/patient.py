"""A person with muscle pain, as their clinic knows them."""

import uuid
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.extensions import Model
from rehab.models.clinic import Clinic
from rehab.models.number import found_by, keeps
from rehab.programs.schedule import TEXTS_FROM, TEXTS_UNTIL, TextingHours
from rehab.vault.columns import EncryptedText


class Patient(Model):
    """`phone` is E.164, `zone` IANA; every date of this person's is local to that zone.

    `texts_from` and `texts_until` narrow the local hours in which this person is texted, where
    they have chosen that. Since `held_since`, if it is set, a law suit or an authority forbids
    that anything is erased.
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
    texts_from: Mapped[time | None]
    texts_until: Mapped[time | None]
    created_at: Mapped[datetime]
    held_since: Mapped[datetime | None]
    held_because: Mapped[str | None] = mapped_column(EncryptedText("patient.held_because"))
    clinic: Mapped[Clinic] = relationship()

    _phone_is_found = keeps("phone_key", "phone")

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def texting_hours(self) -> TextingHours:
        """When this person may be texted."""
        return TextingHours(self.texts_from or TEXTS_FROM, self.texts_until or TEXTS_UNTIL)

    def today(self, now: datetime) -> date:
        """The calendar day that this person is living at `now`."""
        return now.astimezone(self.tz).date()
