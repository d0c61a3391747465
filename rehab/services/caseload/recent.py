"""What was said lately of many plans at once: four weeks of ratings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from rehab.charts.sparkline import DAYS
from rehab.extensions import db
from rehab.models.session import Morning, Session


@dataclass(frozen=True, slots=True)
class Recent:
    """What was said of the plans of a page: ratings, and the days with something done."""

    sessions: Mapping[UUID, Sequence[tuple[date, int | None, int]]]
    mornings: Mapping[UUID, Sequence[tuple[date, int]]]
    last: Mapping[UUID, datetime]


def recent(plan_ids: Sequence[UUID], now: datetime) -> Recent:
    """In three queries, however many plans there are."""
    since = now.date() - timedelta(days=DAYS)
    return Recent(
        _sessions(plan_ids, since),
        _mornings(plan_ids, since),
        _last_sessions(plan_ids),
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
