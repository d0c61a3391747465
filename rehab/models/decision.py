"""What was decided for one category of a plan, by the policy or by a person, and why."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from rehab.extensions import Model
from rehab.vault.columns import EncryptedText

PROPOSED, APPLIED, OVERRIDDEN = "proposed", "applied", "overridden"


class Decision(Model):
    """A verdict with its reason. A decision that a later entry changed stays, with `replaced_at`.

    `step` and `dose` are what was decided; `after` is the state that then held, which differs
    while a step up waits for the clinician. `accepted` is the state that approving it gives.
    `effective_at` orders a plan's decisions: the session's time, or the time a person acted.
    """

    __table_args__ = (
        Index("ix_decision_plan_id_effective_at", "plan_id", "effective_at"),
        Index(
            "ix_decision_proposed",
            "plan_id",
            "effective_at",
            sqlite_where=text("state = 'proposed' AND replaced_at IS NULL"),
            postgresql_where=text("state = 'proposed' AND replaced_at IS NULL"),
        ),
        Index(
            "uq_decision_session_id_category",
            "session_id",
            "category",
            unique=True,
            sqlite_where=text("replaced_at IS NULL AND session_id IS NOT NULL"),
            postgresql_where=text("replaced_at IS NULL AND session_id IS NOT NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan.id"))
    session_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("session.id"))
    category: Mapped[str] = mapped_column(String(16))
    on: Mapped[date]
    effective_at: Mapped[datetime]
    zone: Mapped[str | None] = mapped_column(String(16))
    move: Mapped[str] = mapped_column(String(16))
    step: Mapped[int]
    dose: Mapped[float] = mapped_column(Float)
    rules: Mapped[list[str]]
    alert: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(EncryptedText("decision.why"))
    why_patient: Mapped[str] = mapped_column(EncryptedText("decision.why_patient"))
    inputs: Mapped[dict[str, Any]]
    policy_version: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    after: Mapped[dict[str, Any]]
    accepted: Mapped[dict[str, Any] | None]
    clinician_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("clinician.id"))
    reason: Mapped[str] = mapped_column(EncryptedText("decision.reason"), default="")
    undone_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("clinician.id"))
    undone_because: Mapped[str] = mapped_column(
        EncryptedText("decision.undone_because"), default=""
    )
    decided_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


LATEST_FIRST = (
    Decision.effective_at.desc(),
    Decision.session_id.is_(None).desc(),
    Decision.session_id.desc(),
)
"""As they are walked, backwards: sessions of one instant by their ids, then the acts of it."""
