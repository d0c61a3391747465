"""The decisions that stand: what a plan's log comes to, category by category."""

from datetime import datetime

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.decision import LATEST_FIRST, Decision
from rehab.models.plan import Plan


def latest(plan: Plan, before: datetime | None = None) -> list[Decision]:
    """The last word on each category that has one; those before an instant, if it is given."""
    found = (latest_on(plan, category, before) for category in plan.starting)
    return [decision for decision in found if decision is not None]


def latest_on(plan: Plan, category: str, before: datetime | None = None) -> Decision | None:
    """The last word on one category, in the order in which a course is walked."""
    query = select(Decision).filter_by(plan_id=plan.id, category=category, replaced_at=None)
    if before is not None:
        query = query.where(Decision.effective_at < before)
    return db.session.scalar(query.order_by(*LATEST_FIRST).limit(1))
