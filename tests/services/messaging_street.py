"""What the machine of the messages plays with: a provider that knows more than it says, and a
backup of the whole database."""

from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import event, func, insert, select, text

from rehab import create_app
from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.notifications.senders import Kind as Fate
from rehab.notifications.senders import Outcome, Outgoing, Reason, Received, Sent
from rehab.services.reconciliation import _without_links
from rehab.settings import Settings
from tests.doubles.clock import SetClock

BEFORE_ACCEPTING: dict[str, Outcome] = {
    "busy": Outcome(Fate.RETRY, code=20429, reason=Reason.NOT_ACCEPTED, retry_after=7),
    "refused connection": Outcome(Fate.RETRY, reason=Reason.NOT_ACCEPTED),
    "our fault": Outcome(Fate.RETRY, code=20003, reason=Reason.OURS_IS_BROKEN),
    "filtered": Outcome(Fate.RETRY, code=30007, reason=Reason.FILTERED),
    "blocked": Outcome(Fate.FAILED, code=30004, reason=Reason.BLOCKED),
    "opted out": Outcome(Fate.FAILED, code=21610, reason=Reason.OPTED_OUT),
    "bad number": Outcome(Fate.FAILED, code=21614, reason=Reason.BAD_NUMBER),
    "lost": Outcome(Fate.UNKNOWN, reason=Reason.AMBIGUOUS),
}
UNHEARD = "accepted unheard"
FATES = ("fine", "fine", *[UNHEARD] * 5, *BEFORE_ACCEPTING)

LAG = timedelta(minutes=5)
"""How long the provider hides what it took: less than the last look waits."""


@dataclass(frozen=True)
class Taken:
    """One text that the provider has, by the true time; `callback` is our own id."""

    callback: UUID
    to: str
    sent: Sent
    at: float

    @property
    def words(self) -> tuple[str, str]:
        """Two texts that read the same to the same phone are one another's twins."""
        return self.to, _without_links(self.sent.body)


@dataclass
class Street:
    """The provider. Its clock is the true one; ours may be pushed."""

    clock: SetClock
    began: datetime
    fates: deque[str] = field(default_factory=deque)
    taken: list[Taken] = field(default_factory=list)
    offered: list[tuple[UUID, str, datetime]] = field(default_factory=list)
    inbound: list[Received] = field(default_factory=list)

    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.clock.seconds)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["Street"]:
        yield self

    async def send(self, message: Outgoing) -> Outcome:
        self.offered.append((message.id, message.to, self.clock.wall))
        fate = self.fates.popleft() if self.fates else "fine"
        if fate in BEFORE_ACCEPTING:
            return BEFORE_ACCEPTING[fate]
        sid = f"SM{len(self.taken):032x}"
        sent = Sent(sid, message.body, "queued", self.now().replace(microsecond=0))
        self.taken.append(Taken(message.id, message.to, sent, self.clock.seconds))
        if fate == UNHEARD:
            return BEFORE_ACCEPTING["lost"]
        return Outcome(Fate.ACCEPTED, provider_sid=sid, status="queued")

    async def sent_to(self, phone: str, since: datetime) -> list[Sent]:
        listed = [t.sent for t in reversed(self.taken) if t.to == phone and self._shows(t)]
        return [sent for sent in listed if sent.created_at >= since.replace(microsecond=0)]

    async def fetch(self, provider_sid: str) -> Sent | None:
        found = (t.sent for t in self.taken if t.sent.provider_sid == provider_sid)
        return next(found, None)

    async def received(self, since: datetime) -> list[Received]:
        return [each for each in reversed(self.inbound) if each.created_at >= since]

    def _shows(self, taken: Taken) -> bool:
        return self.clock.seconds - taken.at >= LAG.total_seconds()

    def per_words(self) -> Counter[tuple[str, str]]:
        return Counter(taken.words for taken in self.taken)


@dataclass(frozen=True)
class Known:
    """What was known of a text when it was claimed."""

    key: str
    kind: Kind
    words: tuple[str, str]
    zone: str


def backup() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    found = {
        table.name: [dict(row) for row in db.session.execute(table.select()).mappings()]
        for table in db.metadata.sorted_tables
    }
    db.session.rollback()
    return found


def restore(rows: dict[str, list[dict[str, Any]]]) -> None:
    empty()
    for table in db.metadata.sorted_tables:
        if rows[table.name]:
            db.session.execute(insert(table), rows[table.name])
    db.session.commit()
    db.session.remove()


def empty() -> None:
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA defer_foreign_keys=ON"))
    for table in reversed(db.metadata.sorted_tables):
        db.session.execute(table.delete())
    db.session.commit()
    db.session.remove()


def next_moment() -> datetime | None:
    """When a text is due, a lease ends or the provider is to be asked; None when all is quiet."""
    state, to_come = OutboundMessage.state, []
    for moment, which in (
        (OutboundMessage.due_at, state == DeliveryState.PENDING),
        (OutboundMessage.lease_until, state == DeliveryState.SENDING),
        (
            OutboundMessage.look_at,
            (state == DeliveryState.UNKNOWN) & OutboundMessage.settled_at.is_(None),
        ),
    ):
        to_come.append(db.session.scalar(select(func.min(moment)).where(which)))
    db.session.rollback()
    return min((moment for moment in to_come if moment), default=None)


def is_sound(row: OutboundMessage) -> bool:
    """Whether a row has what its state needs to be left some day."""
    match row.state:
        case DeliveryState.PENDING:
            return row.settled_at is None
        case DeliveryState.SENDING:
            return row.claimed_by is not None and row.lease_until is not None
        case DeliveryState.UNKNOWN:
            return (row.look_at is None) != (row.settled_at is None)
        case DeliveryState.ACCEPTED:
            return row.accepted_at is not None and row.provider_sid is not None
        case _:
            return row.settled_at is not None and bool(row.state_reason)


def serving(url: str, folder: Path) -> Flask:
    """A server on an empty database, which need not outlive a power cut."""
    app = create_app(Settings(data_dir=folder, database_url=url))
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
        db.create_all()
    return app
