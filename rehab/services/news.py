"""News: what a decision changes in what comes next, in the words that tell the patient."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rehab.models.decision import APPLIED, Decision
from rehab.models.plan import Plan
from rehab.programs.progression import Move
from rehab.services.standing import latest

UP, DOWN, SHORTER, REST, RESTARTED = "pl.up", "pl.down", "pl.deload", "pl.rest", "ex.restart"
SAME = "pl.hold"
TEXTS = (REST, DOWN, SHORTER, RESTARTED, UP, SAME)
"""What a patient must know first, first."""

LOWER = {
    Move.REST_REGRESS: REST,
    Move.REST: REST,
    Move.REGRESS: DOWN,
    Move.DELOAD: SHORTER,
}

BECAUSE_OF_PAIN = frozenset({"R1", "R3", "R3b", "R4", "R4b", "R5b", "R7"})
AFTER_A_BREAK = "R6"
"""The rules that lower a load for what was reported, and the one that does for a gap."""

SETTLED_ENOUGH = 2
"""Fewer settled sessions than this are not what a step up is owed to."""

News = tuple[str, dict[str, Any]]
"""The text and the values of its blanks."""


def news_of(decisions: Iterable[Decision]) -> News | None:
    """What to tell the patient of these decisions: that of the most cautious one, or None.

    Silent are a hold, a rest that only goes on, a pause (a fixed text of safety tells of it), a
    step up that waits for the clinician, and what a person decided where these words do not fit.
    """
    in_force = [decision for decision in decisions if decision.state == APPLIED]
    if any(decision.move == Move.PAUSE for decision in in_force):
        return None
    found = [news for decision in in_force if (news := _news_of(decision))]
    return min(found, key=lambda news: TEXTS.index(news[0]), default=None)


def changes_nothing(decisions: Sequence[Decision]) -> bool:
    """Whether something was decided anew, and comes to the same plan as last time."""
    return bool(decisions) and all((d.state, d.move) == (APPLIED, Move.HOLD) for d in decisions)


def decided_since(plan: Plan, since: datetime) -> list[Decision]:
    """The decisions that say where the plan stands, those made at `since` or after."""
    return [decision for decision in latest(plan) if decision.decided_at >= since]


def _news_of(decision: Decision) -> News | None:
    if decision.move == Move.PROGRESS:
        return _step_up(decision)
    template = LOWER.get(Move(decision.move))
    if template is None:
        return None
    if decision.session_id is None:
        return (DOWN, {}) if decision.move == Move.REGRESS else None
    if BECAUSE_OF_PAIN & set(decision.rules):
        return template, {}
    return (RESTARTED, {}) if AFTER_A_BREAK in decision.rules else None


def _step_up(decision: Decision) -> News | None:
    """With the settled sessions that led to it; a session's own is not counted in `before` yet."""
    settled: int = decision.inputs["before"]["streak"] + (decision.session_id is not None)
    return (UP, {"n": settled}) if settled >= SETTLED_ENOUGH else None
