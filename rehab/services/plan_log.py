"""A plan's own log in one category, as the policy can be tried on it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session
from rehab.programs.zones import Report
from rehab.services.course import report_of

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlanLog:
    """The sessions that have all three ratings, one a day; `left_out` counts the others."""

    category: str
    sessions: tuple[Report, ...]
    left_out: int


def log_of(plan: Plan, category: str) -> PlanLog:
    """What was reported of a plan's sessions with this category; of one day the latest counts."""
    query = select(Session).where(Session.plan_id == plan.id)
    ours = [
        session
        for session in db.session.scalars(query.order_by(Session.performed_at, Session.id))
        if category in session.categories and session.on >= plan.starts_on
    ]
    mornings = {m.on: m for m in db.session.scalars(select(Morning).filter_by(plan_id=plan.id))}
    whole = {
        session.on: report_of(plan, session, mornings.get(session.on + A_DAY))
        for session in ours
        if None not in (session.before, session.during, session.after)
    }
    return PlanLog(category, tuple(whole.values()), len(ours) - len(whole))
