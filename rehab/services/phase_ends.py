"""From one phase to the next: whether a plan may go there, and where each category begins."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.plan import Plan
from rehab.programs.adherence import Adherence
from rehab.programs.program import Phase
from rehab.services.adherence import adherence
from rehab.services.alerts import REVIEW

ENOUGH_OF_A_PHASE = 0.7
"""A phase is left when 70% of its sessions were done (clinical.md 6.2)."""


@dataclass(frozen=True, slots=True)
class PhaseEnd:
    """How much of the present phase was done up to yesterday, and `alerts` that are open: their
    number, of level 2 or 3."""

    is_last: bool
    alerts: int
    done: Adherence

    @property
    def why_not(self) -> str | None:
        """Why the phase cannot be left yet; None when it can."""
        if self.is_last:
            return "this is the last phase"
        if self.alerts:
            return "an alert is open: close it first"
        share = self.done.share
        if share is None:
            return _too_early("no session was due yet")
        if share < ENOUGH_OF_A_PHASE:
            return _too_early(f"{share:.0%} of its sessions are done")
        return None


def phase_end(plan: Plan, now: datetime) -> PhaseEnd:
    """Where the present phase stands."""
    yesterday = plan.patient.today(now) - timedelta(days=1)
    alarming = select(func.count()).where(
        Alert.plan_id == plan.id, Alert.closed_at.is_(None), Alert.level >= REVIEW
    )
    return PhaseEnd(
        is_last=plan.phase + 1 >= len(plan.program["phases"]),
        alerts=db.session.scalar(alarming) or 0,
        done=adherence(plan, plan.phase_since, yesterday),
    )


def entries(left: Phase, entered: Phase) -> dict[str, dict[str, Any]]:
    """How each category of the new phase begins.

    A category that meets a new exercise begins at the phase's start level; one that only goes on
    keeps the higher of that and where it stands.
    """
    known = set(left.exercises)
    found: dict[str, dict[str, Any]] = {}
    for category in dict.fromkeys(exercise.category for exercise in entered.exercises):
        mine = [e for e in entered.exercises if e.category is category]
        goes_on = all(exercise in known for exercise in mine)
        found[category] = {"step": entered.start_level, "goes_on": goes_on}
    return found


def _too_early(done: str) -> str:
    return f"a phase is left when 70% of its sessions are done: {done}"
