"""One patient's walk through a program: their own copy of it, its times, and where they stand."""

import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.extensions import Model
from rehab.models.patient import Patient
from rehab.vault.columns import EncryptedText

ACTIVE, PAUSED, DISCHARGED, FINISHED = "active", "paused", "discharged", "finished"


class Plan(Model):
    """A versioned copy of a program (`program`) and of the policy that moves it (`policy`).

    `loads` holds each category's present state, as `State.as_dict` writes it; `bounds` its floor,
    ceiling and lock. `usual_pain` is 0-10 and fixed between reviews. `pins` holds exercises to a
    step of their own. `edition` grows with every change that a clinician makes, so that two of
    them cannot overwrite each other.
    """

    __table_args__ = (
        CheckConstraint("usual_pain >= 0 and usual_pain <= 10", name="usual_pain_0_10"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    patient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    program_id: Mapped[str] = mapped_column(String(64))
    program_version: Mapped[str] = mapped_column(String(16))
    program: Mapped[dict[str, Any]]
    policy: Mapped[dict[str, Any]]
    track: Mapped[str] = mapped_column(String(8))
    usual_pain: Mapped[float] = mapped_column(Float)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    weekdays: Mapped[list[int]]
    autonomy: Mapped[str] = mapped_column(String(8))
    exercise_at: Mapped[time]
    morning_at: Mapped[time]
    bedtime: Mapped[time | None]
    phase: Mapped[int] = mapped_column(default=0)
    phase_since: Mapped[date]
    review_on: Mapped[date]
    pins: Mapped[dict[str, Any]] = mapped_column(default=dict)
    bounds: Mapped[dict[str, Any]]
    starting: Mapped[dict[str, Any]]
    loads: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(16), default=ACTIVE)
    edition: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    patient: Mapped[Patient] = relationship(lazy="joined", innerjoin=True)

    @property
    def reminders(self) -> dict[str, time | None]:
        """The local wall times at which this person is texted."""
        return {
            "exercise_at": self.exercise_at,
            "morning_at": self.morning_at,
            "bedtime": self.bedtime,
        }

    @property
    def standing(self) -> list[dict[str, Any]]:
        """Where each category stands, with its bounds."""
        return [{"category": c, **self.loads[c], **self.bounds[c]} for c in sorted(self.loads)]


class PlanTerms(Model):
    """What a clinician has settled about a plan, and from when: a late report is judged by the
    terms of its own day, and so is a day without one. Rows are added, never changed. Without
    `weekdays` those of the plan hold."""

    __table_args__ = (Index("ix_plan_terms_plan_id_effective_at", "plan_id", "effective_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan.id"))
    effective_at: Mapped[datetime]
    usual_pain: Mapped[float] = mapped_column(Float)
    track: Mapped[str] = mapped_column(String(8))
    policy: Mapped[dict[str, Any]]
    bounds: Mapped[dict[str, Any]]
    autonomy: Mapped[str] = mapped_column(String(8))
    phase: Mapped[int]
    weekdays: Mapped[list[int] | None]
    clinician_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("clinician.id"))
    reason: Mapped[str] = mapped_column(EncryptedText("plan_terms.reason"), default="")
    recorded_at: Mapped[datetime]


TERMS_IN_ORDER = (
    PlanTerms.effective_at,
    PlanTerms.recorded_at,
    PlanTerms.clinician_id.is_not(None),
)
"""As they were settled: of one instant, those of the assignment, which are nobody's, come first."""
