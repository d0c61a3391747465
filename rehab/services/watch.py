"""What whoever watches the server sees beside its texts: alerts that wait, and the database's
lines."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.services import pulse

LEVELS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open alerts of one level over all clinics, and how long the oldest has waited."""

    level: int
    count: int
    oldest: timedelta


@dataclass(frozen=True, slots=True)
class Lines:
    """Connections of a PostgreSQL server: in use by anybody, and how many it has at the most."""

    used: int
    most: int


def waiting_alerts(now: datetime) -> list[Waiting]:
    """One for each level, 3 being the most urgent."""
    query = select(Alert.level, func.count(), func.min(Alert.opened_at))
    rows = db.session.execute(query.where(Alert.closed_at.is_(None)).group_by(Alert.level))
    found = {row[0]: Waiting(row[0], row[1], max(now - row[2], timedelta(0))) for row in rows}
    return [found.get(level, Waiting(level, 0, timedelta(0))) for level in LEVELS]


def ticking_workers(now: datetime) -> int:
    """Workers whose last tick is not longer ago than a silence may be."""
    return sum(now - worker.at <= pulse.SILENCE for worker in pulse.workers())


def database_lines() -> Lines | None:
    """None on SQLite, which has no server."""
    if db.session.get_bind().dialect.name != "postgresql":
        return None
    most, used = db.session.execute(text(USED)).one()
    return Lines(used, most)


USED = """
SELECT current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')
"""
