"""The decisions that stand: what a plan's log comes to, category by category."""

from datetime import datetime

from sqlalchemy import Select, func, select

from rehab.extensions import db
from rehab.models.decision import LATEST_FIRST, Decision
from rehab.models.plan import Plan


def latest(plan: Plan, before: datetime | None = None) -> list[Decision]:
    """The last word on each category that has one; those before an instant, if it is given."""
    of_category = func.row_number().over(partition_by=Decision.category, order_by=LATEST_FIRST)
    ranked = _standing(plan, before).with_only_columns(Decision.id, of_category.label("nth"))
    numbered = ranked.subquery()
    last = select(Decision).join(numbered, numbered.c.id == Decision.id).where(numbered.c.nth == 1)
    in_order = list(plan.starting)
    return sorted(db.session.scalars(last), key=lambda d: in_order.index(d.category))


def latest_on(plan: Plan, category: str, before: datetime | None = None) -> Decision | None:
    """The last word on one category, in the order in which a course is walked."""
    query = _standing(plan, before).filter_by(category=category)
    return db.session.scalar(query.order_by(*LATEST_FIRST).limit(1))


def _standing(plan: Plan, before: datetime | None) -> Select[Decision]:
    query = select(Decision).filter_by(plan_id=plan.id, replaced_at=None)
    return query if before is None else query.where(Decision.effective_at < before)
