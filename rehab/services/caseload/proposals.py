"""Changes that wait for a clinician's yes, many at once and without their words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from rehab.extensions import db
from rehab.models.decision import PROPOSED, Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.progression import Move
from rehab.programs.zones import Zone

OUTDATED_AFTER = timedelta(days=28)
"""After so long without another session of its category a proposal is no longer offered here: the
plan would begin again at its first step (rule R6)."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that waits, without its words: the latest of its category."""

    id: UUID
    plan_id: UUID
    zone: str | None
    move: str
    effective_at: datetime

    @property
    def is_green_step_up(self) -> bool:
        return is_green_step_up(self.move, self.zone)


def is_green_step_up(move: str, zone: str | None) -> bool:
    return (move, zone) == (Move.PROGRESS, Zone.GREEN)


def proposals_of(clinic_id: UUID, now: datetime) -> list[Proposal]:
    """All changes that wait in a clinic: the latest word of their category, and not outdated."""
    columns: tuple[Any, ...] = (
        Decision.id,
        Decision.plan_id,
        Decision.zone,
        Decision.move,
        Decision.effective_at,
    )
    plans = select(Plan.id).join(Patient).where(Patient.clinic_id == clinic_id)
    query = select(*columns).where(
        Decision.plan_id.in_(plans),
        Decision.state == PROPOSED,
        Decision.replaced_at.is_(None),
        Decision.effective_at >= now - OUTDATED_AFTER,
        ~_later_word().exists(),
    )
    return [Proposal(*row) for row in db.session.execute(query)]


def _later_word() -> Any:
    """What was decided on the category after a decision, in the order of `LATEST_FIRST`."""
    later = aliased(Decision)
    is_deed, was_deed = later.session_id.is_(None), Decision.session_id.is_(None)
    at_once = later.effective_at == Decision.effective_at
    return select(later.id).where(
        later.plan_id == Decision.plan_id,
        later.effective_at >= Decision.effective_at,
        later.category == Decision.category,
        later.replaced_at.is_(None),
        later.id != Decision.id,
        ~at_once | (is_deed & ~was_deed) | (later.session_id > Decision.session_id),
    )
