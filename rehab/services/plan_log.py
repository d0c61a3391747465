"""A plan's own log in one category, as the policy can be tried on it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session
from rehab.programs.zones import Report
from rehab.services.course import day_of

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
        session.on: _report(plan, session, mornings.get(session.on + A_DAY))
        for session in ours
        if None not in (session.before, session.during, session.after)
    }
    return PlanLog(category, tuple(whole.values()), len(ours) - len(whole))


def _report(plan: Plan, session: Session, morning: Morning | None) -> Report:
    return Report(
        day=day_of(plan, session.on),
        before=session.before,
        during=session.during,
        after=session.after,
        morning=morning.pain if morning else None,
        effort=session.effort,
        completion=session.completion,
        hard=session.too_hard,
        spread=bool(session.new_areas),
        red_flags=tuple(session.red_flags),
        sleep=morning.sleep if morning else None,
        doms=session.doms,
    )
