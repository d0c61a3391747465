"""What was said lately of many plans at once: four weeks of ratings, two weeks of pauses."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from rehab.charts.sparkline import DAYS
from rehab.extensions import db
from rehab.models.decision import Decision
from rehab.models.session import Morning, Session
from rehab.programs.acts import Act

A_DAY = timedelta(days=1)
FORTNIGHT = timedelta(days=13)
"""Before today: two weeks, both ends included."""


@dataclass(frozen=True, slots=True)
class Recent:
    """What was said of the plans of a page: ratings, and the days with something done."""

    sessions: Mapping[UUID, Sequence[tuple[date, int | None, int]]]
    mornings: Mapping[UUID, Sequence[tuple[date, int]]]
    last: Mapping[UUID, datetime]
    resumed_on: Mapping[UUID, date]


def recent(plan_ids: Sequence[UUID], now: datetime) -> Recent:
    """In four queries, however many plans there are."""
    since = now.date() - timedelta(days=DAYS)
    return Recent(
        _sessions(plan_ids, since),
        _mornings(plan_ids, since),
        _last_sessions(plan_ids),
        _resumed(plan_ids, now - FORTNIGHT - A_DAY),
    )


def _sessions(
    plan_ids: Sequence[UUID], since: date
) -> Mapping[UUID, list[tuple[date, int | None, int]]]:
    query = (
        select(Session.plan_id, Session.on, Session.after, Session.completion)
        .where(Session.plan_id.in_(plan_ids), Session.on >= since)
        .order_by(Session.performed_at)
    )
    found = defaultdict(list)
    for plan_id, on, after, completion in db.session.execute(query):
        found[plan_id].append((on, after, completion))
    return found


def _mornings(plan_ids: Sequence[UUID], since: date) -> Mapping[UUID, list[tuple[date, int]]]:
    query = (
        select(Morning.plan_id, Morning.on, Morning.pain)
        .where(Morning.plan_id.in_(plan_ids), Morning.on >= since, Morning.pain.is_not(None))
        .order_by(Morning.on)
    )
    found: dict[UUID, list[tuple[date, int]]] = defaultdict(list)
    for plan_id, on, pain in db.session.execute(query):
        if pain is not None:
            found[plan_id].append((on, pain))
    return found


def _last_sessions(plan_ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    query = select(Session.plan_id, func.max(Session.performed_at)).where(
        Session.plan_id.in_(plan_ids)
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Session.plan_id))}


def _resumed(plan_ids: Sequence[UUID], since: datetime) -> Mapping[UUID, date]:
    """When a pause ended that lies in the last two weeks: nothing was prescribed in it."""
    query = select(Decision.plan_id, func.max(Decision.on)).where(
        Decision.plan_id.in_(plan_ids),
        Decision.effective_at >= since,
        Decision.session_id.is_(None),
        Decision.replaced_at.is_(None),
        Decision.inputs["act"].as_string() == Act.RESUME,
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Decision.plan_id))}
