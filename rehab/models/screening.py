"""The red-flag questions as they were answered, apart from those of a session."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from rehab.extensions import Model


class Screening(Model):
    """The whole list on one local date; `red_flags` are the ids that were ticked, often none.

    `daily_things_stopped`: pain stopped daily things on most days of the week; null, not asked.
    """

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan.id"), index=True)
    on: Mapped[date]
    occasion: Mapped[str] = mapped_column(String(16))
    red_flags: Mapped[list[str]]
    daily_things_stopped: Mapped[bool | None]
    source: Mapped[str] = mapped_column(String(16), default="api")
    answered_at: Mapped[datetime]
