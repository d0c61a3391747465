"""Claiming texts that are due: each is looked at once more, worded, and marked as being sent.

Two workers never hold the same text: PostgreSQL skips rows that another has locked, and SQLite
lets one writer in at a time.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, func, select, update
from sqlalchemy.orm import defer, lazyload, selectinload

from rehab.extensions import db
from rehab.models.message import DeliveryState, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.notifications.senders import Outgoing
from rehab.programs.library import Library
from rehab.services import consequences, gates, lapses, tallies
from rehab.services.last_look import Facts, Void, facts_about, leave_before, why_not
from rehab.services.transactions import transaction
from rehab.services.wording import Words, words_for

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
"""How long a text is a worker's: a call takes 10 seconds at the worst; the rest is margin."""

LONGEST_VALIDITY = 36_000
SHORTEST_VALIDITY = 5
"""Seconds that Twilio may hold a text; it advises more than 5 and refuses more than 10 hours."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text in a worker's hands, by the attempt that put it there.

    `leave_before` is when it is too late for it; `ends` the monotonic second until which the lease
    is long enough to begin.
    """

    id: UUID
    attempt: int
    to: str
    body: str
    kind: str
    leave_before: datetime
    ends: float = field(default=0.0, compare=False)

    def seconds_left(self, now: datetime) -> int:
        return int((self.leave_before - now).total_seconds())

    def outgoing(self, now: datetime) -> Outgoing:
        return Outgoing(self.id, self.to, self.body, min(self.seconds_left(now), LONGEST_VALIDITY))


@dataclass(frozen=True, slots=True)
class Batch:
    """What one claim brought in, and whether more seems to be due."""

    texts: list[Claimed]
    more: bool


NOTHING = Batch([], more=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who claims, how many, and by which rules: `rate` in texts a second, 0 for none of ours."""

    worker: str
    limit: int
    rate: float = 0.0
    lease: timedelta = LEASE
    ends: float = 0.0


@transaction()
def claim(library: Library, public_url: str, now: datetime, wish: Claim) -> Batch:
    """Texts that are due and may leave, marked `sending` for this worker.

    Those that may not are settled or put off on the way, so there may be fewer than `limit` though
    more is due.
    """
    gate = gates.at_the_gate(wish.rate, now)
    room = gate.room(wish.limit)
    held = gates.held_templates(now)
    messages = db.session.scalars(_due(now, room, held)).all() if room else []
    if not messages:
        return NOTHING
    facts = facts_about(messages, now, held)
    words = words_for(messages, library, public_url)
    taken = [(m, body) for m in messages if (body := _may_leave(m, facts, words)) is not None]
    words.keep_links()
    gate.spend(len(taken))
    if any(m.state is DeliveryState.EXPIRED for m in messages):
        lapses.tell(now)
    with db.session.no_autoflush:
        tallies.count_waits([m for m, _ in taken if m.attempt == 0], now)
    return Batch(_take(taken, wish, now), len(messages) == room)


def _due(now: datetime, limit: int, held: Collection[str]) -> Select[OutboundMessage]:
    return (
        select(OutboundMessage)
        .where(
            OutboundMessage.state == DeliveryState.PENDING,
            OutboundMessage.due_at <= now,
            OutboundMessage.expires_at > now,
            OutboundMessage.template.not_in(held),
        )
        .order_by(OutboundMessage.priority.desc(), OutboundMessage.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboundMessage)
        .options(
            selectinload(OutboundMessage.patient).options(*NOT_TOLD),
            selectinload(OutboundMessage.plan).options(*NOT_ASKED),
        )
    )


NOT_TOLD = (defer(Patient.family_name), defer(Patient.phone), defer(Patient.held_because))
"""Of a patient: what no text tells stays sealed."""

NOT_ASKED = (lazyload(Plan.patient), defer(Plan.program), defer(Plan.policy), defer(Plan.starting))
"""Of a plan: its patient is here already, and of its copies there is one for many plans."""


def _may_leave(message: OutboundMessage, facts: Facts, words: Words) -> str | None:
    """The words of a text that may; one that may not is settled or put off. One that cannot be
    judged must not hold up others."""
    now = facts.now
    with consequences.giving_up(message, now):
        void = why_not(message, facts)
        if void is None:
            body = words.of(message)
            facts.count(message)
            return body
        _hold_back(message, void, now)
    return None


def _hold_back(message: OutboundMessage, void: Void, now: datetime) -> None:
    if void.until is None:
        message.settle(void.state, void.reason, now)
    elif void.until < message.expires_at:
        message.due_at = void.until
    else:
        message.settle(DeliveryState.EXPIRED, lapses.NOT_IN_TIME, now)


TEXTS = cast(Table, OutboundMessage.__table__)
TAKEN = (
    update(TEXTS)
    .where(TEXTS.c.id == bindparam("taken"))
    .values(
        state=DeliveryState.SENDING,
        claimed_by=bindparam("worker"),
        claimed_at=bindparam("now"),
        lease_until=bindparam("until"),
        offered_at=func.coalesce(TEXTS.c.offered_at, bindparam("now")),
        attempt=TEXTS.c.attempt + 1,
        body=bindparam("words"),
    )
)


def _take(
    texts: Sequence[tuple[OutboundMessage, str]], wish: Claim, now: datetime
) -> list[Claimed]:
    """Mark them all as this worker's, in one statement: their rows are not looked at again."""
    whose = {"worker": wish.worker, "now": now, "until": now + wish.lease}
    if texts:
        rows = [{"taken": message.id, "words": body, **whose} for message, body in texts]
        db.session.execute(TAKEN, rows)
    return [
        Claimed(
            id=message.id,
            attempt=message.attempt + 1,
            to=message.phone,
            body=body,
            kind=message.kind,
            leave_before=leave_before(message, now),
            ends=wish.ends,
        )
        for message, body in texts
    ]
