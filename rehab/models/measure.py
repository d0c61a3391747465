"""What a patient answered to an outcome measure on a local date."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from rehab.extensions import Model
from rehab.vault.columns import EncryptedJson


class Measurement(Model):
    """One set of answers. A correction is a new row; the one that it replaces stays, with
    `replaced_at`.

    `answers` are `{"item", "rating"}` in the order of the items; a null rating was not said. The
    score is null while one of them is.
    """

    __table_args__ = (
        Index(
            "uq_measurement_plan_id_measure_id_on",
            "plan_id",
            "measure_id",
            "on",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan.id"))
    measure_id: Mapped[str] = mapped_column(String(64))
    on: Mapped[date]
    answers: Mapped[list[Any]] = mapped_column(EncryptedJson("measurement.answers"))
    score: Mapped[float | None] = mapped_column(Float)
    source: Mapped[str] = mapped_column(String(16), default="api")
    recorded_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
