"""The pulse of the workers: who ticks, since when, and whether anybody does.

After a silence, what fell due meanwhile may have been sent by a past that this database does not
remember, as after a restore: it is looked up before it is sent. A machine that remembers the same
last heartbeat as the database knows that nothing was lost.
"""

import logging
import os
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, select

from rehab.errors import Conflict
from rehab.extensions import db, insert_into
from rehab.models.sending import Heartbeat
from rehab.services import outbox
from rehab.services.transactions import transaction

log = logging.getLogger(__name__)

EVERY = 10
"""Seconds between two heartbeats of a worker that ticks."""

SILENCE = timedelta(seconds=60)
"""After that long without a tick nobody is sending, and somebody should know."""

FORGOTTEN = timedelta(days=1)

WAITED = timedelta(days=1)
"""A text that was due before the past was lost, and waited then for its turn, may have been sent in
it as well. None waits longer."""


@transaction()
def beat(worker: str, now: datetime, remembered: datetime | None = None) -> int:
    """Say that this worker ticks; how many texts are in doubt because the database may have lost a
    part of its past. `remembered` is the last heartbeat that this machine knows of."""
    last = last_beat()
    doubted = 0
    if last is not None and _may_have_lost(last, remembered, now):
        doubted = outbox.doubt_gap(last - WAITED, now)
        log.warning("the database knows of nothing since %s: %d texts in doubt", last, doubted)
    statement = insert_into(Heartbeat).values(worker=worker, since=now, at=now)
    db.session.execute(statement.on_conflict_do_update(index_elements=["worker"], set_={"at": now}))
    db.session.execute(delete(Heartbeat).where(Heartbeat.at < now - FORGOTTEN))
    return doubted


def _may_have_lost(last: datetime, remembered: datetime | None, now: datetime) -> bool:
    """Whether something may have been sent since `last` that the database does not know of."""
    if remembered is None or remembered < last - SILENCE:
        return now - last > SILENCE
    return remembered > last + SILENCE


def remembered(memory: Path) -> datetime | None:
    """The last heartbeat that this machine knows of; None when it knows none."""
    try:
        return datetime.fromisoformat(memory.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def remember(memory: Path, now: datetime) -> None:
    """Keep the heartbeat on this machine, outside the database."""
    draft = memory.with_name(f"{memory.name}-{os.getpid()}")
    draft.write_text(now.isoformat(), encoding="ascii")
    draft.replace(memory)


def last_beat() -> datetime | None:
    return db.session.scalar(select(func.max(Heartbeat.at)))


@transaction()
def silence(now: datetime) -> timedelta | None:
    """How long nobody has ticked; None when nobody ever did."""
    last = db.session.scalar(select(func.max(Heartbeat.at)).where(Heartbeat.at <= now + SILENCE))
    return None if last is None else max(now - last, timedelta(0))


def check_silence(now: datetime) -> None:
    """Raises Conflict while a worker ticks: what is to be moved or replaced must stand still."""
    quiet = silence(now)
    if quiet is not None and quiet < SILENCE:
        raise Conflict(
            f"a worker ticked {quiet.total_seconds():.0f} s ago: stop every server and worker,"
            " and wait a minute or say --force"
        )


def workers() -> list[Heartbeat]:
    """Those that ticked in the last day, the latest first."""
    return list(db.session.scalars(select(Heartbeat).order_by(Heartbeat.at.desc())))
