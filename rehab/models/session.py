"""What the patient said: of a session, and of the morning after."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.extensions import Model
from rehab.models.decision import Decision
from rehab.vault.columns import EncryptedJson, EncryptedText

CAUTION = ("pause", "rest_regress", "regress", "rest", "deload", "hold", "progress")
"""Moves, the most cautious first."""


def rating(name: str, most: int = 10) -> CheckConstraint:
    """A number from 0 to `most`, or nothing; nothing is not 0."""
    return CheckConstraint(f'"{name}" between 0 and {most}', name=f"{name}_0_{most}")


class Session(Model):
    """One reported session. Ratings are 0-10, `completion` per cent; null was not asked or said.

    `on` is the patient's local date of `performed_at`. `categories` are those it contained.
    """

    __table_args__ = (
        rating("before"),
        rating("during"),
        rating("after"),
        rating("effort"),
        rating("completion", 100),
        Index("ix_session_plan_id_performed_at", "plan_id", "performed_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan.id"))
    on: Mapped[date]
    performed_at: Mapped[datetime]
    before: Mapped[int | None]
    during: Mapped[int | None]
    after: Mapped[int | None]
    effort: Mapped[int | None]
    completion: Mapped[int] = mapped_column(default=100)
    not_completed_because: Mapped[str | None] = mapped_column(String(8))
    exercises: Mapped[list[Any]]
    categories: Mapped[list[str]]
    new_areas: Mapped[list[str]]
    red_flags: Mapped[list[str]]
    doms: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(EncryptedText("session.note"), default="")
    source: Mapped[str] = mapped_column(String(16), default="api")
    reported_at: Mapped[datetime]
    decisions: Mapped[list[Decision]] = relationship(
        primaryjoin=lambda: (Session.id == Decision.session_id) & Decision.replaced_at.is_(None),
        order_by=Decision.category,
        viewonly=True,
    )

    @property
    def too_hard(self) -> bool:
        """Whether the session, or an exercise of it, was too sore or too hard."""
        return self.not_completed_because == "sore" or any(map(was_too_much, self.exercises))

    @property
    def decision(self) -> Decision | None:
        """The most cautious of the decisions that stand."""
        return min(self.decisions, key=lambda d: CAUTION.index(d.move), default=None)


def was_too_much(tick: Mapping[str, Any]) -> bool:
    """Whether one exercise was too sore, or ended by a stop rule."""
    return bool(tick["too_sore"] or tick.get("stopped_because"))


class SessionVersion(Model):
    """A session as it was told before somebody corrected it; the session itself holds the latest.

    `said` are the columns that the correction changed, as they were.
    """

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"), index=True)
    said: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("session_version.said"))
    corrected_at: Mapped[datetime]
    corrected_by: Mapped[str] = mapped_column(String(254))


class Morning(Model):
    """How the patient woke on a local date; it settles the session of the day before."""

    __table_args__ = (
        rating("pain"),
        rating("sleep"),
        rating("stiffness_minutes", 1440),
        UniqueConstraint("plan_id", "on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan.id"))
    on: Mapped[date]
    pain: Mapped[int | None]
    sleep: Mapped[int | None]
    stiffness_minutes: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(16), default="api")
    reported_at: Mapped[datetime]
