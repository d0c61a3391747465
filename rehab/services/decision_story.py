"""A decision with all that belongs to it: who had a hand in it, what it replaced, what came after.

What a person did about a decision stands an instant after it, and what a correction made of it
belongs to the same session: together they are its trail.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.decision import PROPOSED, Decision
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.models.session import Session
from rehab.programs.acts import Act
from rehab.services.deeds import INSTANT
from rehab.services.standing import latest_on


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision of a trail, and the names of who made it and who took it back."""

    decision: Decision
    by: str
    undone_by: str


@dataclass(frozen=True, slots=True)
class Story:
    """`latest` is the last word on the category, whosever it is; `beside` are the other categories'
    decisions of the same session."""

    decision: Decision
    plan: Plan
    session: Session | None
    latest: Entry
    trail: tuple[Entry, ...]
    beside: tuple[Decision, ...]

    @property
    def by(self) -> str:
        """Who made it; empty where the policy did."""
        return next((e.by for e in self.trail if e.decision.id == self.decision.id), "")

    @property
    def is_latest(self) -> bool:
        return self.latest.decision.id == self.decision.id

    @property
    def can_change(self) -> bool:
        """Whether it is the last word on a plan that goes on, so that it can be overruled."""
        return self.is_latest and self.plan.status in (ACTIVE, PAUSED)

    @property
    def can_approve(self) -> bool:
        return self.can_change and self.decision.state == PROPOSED

    @property
    def can_undo(self) -> bool:
        """Whether it is an approval or an override that stands."""
        is_act = self.decision.inputs.get("act") in (Act.APPROVE, Act.OVERRIDE)
        return is_act and self.decision.replaced_at is None and self.plan.status in (ACTIVE, PAUSED)


def story(decision: Decision, plan: Plan) -> Story:
    """The decision of a plan with its trail, in the order in which it was written."""
    related = _related(decision)
    last = latest_on(plan, decision.category) or decision
    names = _names([*related, last])
    session = db.session.get(Session, decision.session_id) if decision.session_id else None
    return Story(
        decision=decision,
        plan=plan,
        session=session,
        latest=_entry(last, names),
        trail=tuple(_entry(one, names) for one in related),
        beside=_beside(decision),
    )


def _related(decision: Decision) -> list[Decision]:
    """All that was ever decided of the category at this instant, or upon it, or by this session."""
    at = decision.effective_at
    belongs: list[ColumnElement[bool]] = [Decision.effective_at.between(at - INSTANT, at + INSTANT)]
    if decision.session_id is not None:
        belongs.append(Decision.session_id == decision.session_id)
    query = select(Decision).where(
        Decision.plan_id == decision.plan_id, Decision.category == decision.category, or_(*belongs)
    )
    return list(db.session.scalars(query.order_by(Decision.decided_at, Decision.effective_at)))


def _beside(decision: Decision) -> tuple[Decision, ...]:
    if decision.session_id is None:
        return ()
    query = select(Decision).where(
        Decision.session_id == decision.session_id,
        Decision.replaced_at.is_(None),
        Decision.category != decision.category,
    )
    return tuple(db.session.scalars(query.order_by(Decision.category)))


def _names(decisions: Iterable[Decision]) -> dict[UUID, str]:
    ids = {id_ for d in decisions for id_ in (d.clinician_id, d.undone_by_id) if id_ is not None}
    if not ids:
        return {}
    query = select(Clinician.id, Clinician.name).where(Clinician.id.in_(ids))
    return {row.id: row.name for row in db.session.execute(query)}


def _entry(decision: Decision, names: dict[UUID, str]) -> Entry:
    by, undone_by = decision.clinician_id, decision.undone_by_id
    return Entry(
        decision,
        names.get(by, "") if by else "",
        names.get(undone_by, "") if undone_by else "",
    )
