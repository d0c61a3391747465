"""Usual pain beside what the last two weeks' mornings say of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.plan import Plan
from rehab.models.session import Morning
from rehab.programs.anchoring import WINDOW_DAYS, proposed_usual_pain


@dataclass(frozen=True, slots=True)
class Recent:
    """The mornings of the last 14 days: how many, their median (0-10, None without any), and the
    usual pain that they propose, where it differs enough."""

    count: int
    median: float | None
    proposed: float | None


def recent_mornings(plan: Plan, today: date) -> Recent:
    """What the mornings up to the patient's `today` say."""
    since = today - timedelta(days=WINDOW_DAYS)
    query = select(Morning.pain).where(
        Morning.plan_id == plan.id, Morning.on > since, Morning.pain.is_not(None)
    )
    ratings = [pain for pain in db.session.scalars(query) if pain is not None]
    middle = float(median(ratings)) if ratings else None
    return Recent(len(ratings), middle, proposed_usual_pain(ratings, plan.usual_pain))
