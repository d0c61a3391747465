"""The traffic of texts as whoever runs the server must see it: what waits, what is in doubt, what
became of the rest, and who is sending."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from rehab.extensions import db
from rehab.models.message import DeliveryState, OutboundMessage
from rehab.models.sending import Gate, Heartbeat
from rehab.services import outbox, pulse

LATELY = timedelta(hours=24)


@dataclass(frozen=True)
class Traffic:
    """One look at the queue. `due` waits though its time has come, the oldest since `due_since`."""

    now: datetime
    due: int
    due_since: datetime | None
    next_due: datetime | None
    unknown: int
    under_way: int
    closed: list[Gate]
    workers: list[Heartbeat]
    silence: timedelta | None

    @property
    def backlog_age(self) -> timedelta:
        """How long the oldest text that should have left has waited."""
        return self.now - self.due_since if self.due_since else timedelta(0)


def traffic(now: datetime) -> Traffic:
    due, due_since = db.session.execute(
        select(func.count(), func.min(OutboundMessage.due_at)).where(
            OutboundMessage.state == DeliveryState.PENDING, OutboundMessage.due_at <= now
        )
    ).one()
    return Traffic(
        now=now,
        due=due,
        due_since=due_since,
        next_due=outbox.next_due(),
        unknown=_count(DeliveryState.UNKNOWN, OutboundMessage.settled_at.is_(None)),
        under_way=_count(DeliveryState.SENDING),
        closed=list(db.session.scalars(select(Gate).where(Gate.closed_until > now))),
        workers=pulse.workers(),
        silence=pulse.silence(now),
    )


def _count(state: DeliveryState, *more: ColumnElement[bool]) -> int:
    query = select(func.count()).where(OutboundMessage.state == state, *more)
    return db.session.scalars(query).one()


def lately(now: datetime) -> dict[str, int]:
    """Texts that were due in the last 24 hours, by the state that they are in."""
    counted = (
        select(OutboundMessage.state, func.count())
        .where(OutboundMessage.due_at.between(now - LATELY, now))
        .group_by(OutboundMessage.state)
    )
    return {str(row[0]): row[1] for row in db.session.execute(counted)}
