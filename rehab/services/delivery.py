"""Sending: claim and commit, hand to the sender with no transaction open, record what became of it.

A crash between two of these steps leaves a text `sending`; its lease runs out and it is `unknown`,
never sent again blindly.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.notifications import senders
from rehab.notifications.senders import Outcome, Outgoing, Sender
from rehab.programs.library import Library
from rehab.services import claims, consequences, conversations
from rehab.services.claims import BATCH, LEASE, Claimed
from rehab.services.consent import is_suppressed
from rehab.services.transactions import transaction

log = logging.getLogger(__name__)

THREADS = 8
"""Texts in flight at a time; they only talk to the provider, never to the database."""

SLOWEST_SEND = timedelta(seconds=15)
"""A sender's time-out and some: with less of the lease left, nothing new is begun."""

LONGEST_VALIDITY = 36_000
SHORTEST_VALIDITY = 5
"""Seconds that Twilio may hold a text; it advises more than 5 and refuses more than 10 hours."""

FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(minutes=10)


class Clock(Protocol):
    """A clock: `rehab.clock` itself, or one that a test sets."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a worker sends with, and the name under which it claims."""

    sender: Sender
    library: Library
    public_url: str
    clock: Clock
    worker: str


def dispatch(
    desk: Desk, limit: int = BATCH, carry_on: Callable[[], bool] = lambda: True
) -> Counter[str]:
    """Send up to `limit` due texts; how many ended in which state.

    `carry_on` is asked before each handful; once it says no, what is left is handed back unsent.
    """
    tally: Counter[str] = Counter()
    ends = desk.clock.monotonic() + (LEASE - SLOWEST_SEND).total_seconds()
    claimed = claims.claim(desk.library, desk.public_url, desk.clock.now(), desk.worker, limit)
    with ThreadPoolExecutor(THREADS) as pool:
        while claimed and carry_on() and desk.clock.monotonic() < ends:
            handful, claimed = claimed[:THREADS], claimed[THREADS:]
            now = desk.clock.now()
            going = still_wanted(handful, now)
            outcomes = list(pool.map(desk.sender.send, [_outgoing(mine, now) for mine in going]))
            for mine, outcome in zip(going, outcomes, strict=True):
                tally[_recorded(mine, desk, outcome)] += 1
    hand_back(claimed, desk.worker)
    return tally


def _recorded(mine: Claimed, desk: Desk, outcome: Outcome) -> str:
    """One outcome that cannot be written down must not cost the others theirs; its text is found
    `unknown` when the lease runs out."""
    try:
        return record(mine, desk.worker, outcome, desk.clock.now())
    except SQLAlchemyError:
        log.exception("the outcome of text %s could not be recorded", mine.id)
        return "unrecorded"


@transaction()
def still_wanted(handful: Sequence[Claimed], now: datetime) -> list[Claimed]:
    """Those of a claimed handful that may leave this moment: a STOP may have come in since."""
    going = []
    for mine in handful:
        if mine.kind != Kind.CONFIRMATION and is_suppressed(mine.to):
            _message(mine.id).settle(DeliveryState.SUPPRESSED, "opted out meanwhile", now)
        elif _seconds_left(mine, now) <= SHORTEST_VALIDITY:
            _message(mine.id).settle(DeliveryState.EXPIRED, "not sent in time", now)
        else:
            going.append(mine)
    return going


def _outgoing(mine: Claimed, now: datetime) -> Outgoing:
    return Outgoing(mine.id, mine.to, mine.body, min(_seconds_left(mine, now), LONGEST_VALIDITY))


def _seconds_left(mine: Claimed, now: datetime) -> int:
    return int((mine.expires_at - now).total_seconds())


@transaction()
def hand_back(claimed: Sequence[Claimed], worker: str) -> None:
    """Put texts back into the queue whose sending was not begun."""
    for mine in claimed:
        message = _held(mine, worker)
        if message is not None and message.state is DeliveryState.SENDING:
            message.state, message.claimed_by, message.lease_until = (
                DeliveryState.PENDING,
                None,
                None,
            )


@transaction()
def record(mine: Claimed, worker: str, outcome: Outcome, now: datetime) -> str:
    """Write down what became of one attempt; the state in which the text is now.

    An outcome that comes after the lease ran out still tells of an acceptance; otherwise a text
    that is no longer this worker's is left as it is.
    """
    message = _held(mine, worker)
    if message is None:
        return "overtaken"
    late = message.state is DeliveryState.UNKNOWN and outcome.kind is senders.Kind.ACCEPTED
    if message.state is DeliveryState.SENDING or late:
        RECORDERS[outcome.kind](message, outcome, now)
    return str(message.state)


def _held(mine: Claimed, worker: str) -> OutboundMessage | None:
    message = _message(mine.id)
    same = (message.claimed_by, message.attempt) == (worker, mine.attempt)
    return message if same else None


def _message(message_id: UUID) -> OutboundMessage:
    return db.session.get_one(OutboundMessage, message_id, with_for_update=True)


def _accepted(message: OutboundMessage, outcome: Outcome, now: datetime) -> None:
    message.state, message.state_reason = DeliveryState.ACCEPTED, None
    message.provider_sid = outcome.provider_sid
    if message.status_rank < 0:
        message.provider_status, message.status_rank = outcome.status, 0
    conversations.ask(message, now)


def _unknown(message: OutboundMessage, outcome: Outcome, now: datetime) -> None:
    """The patient may have the question, so an answer to it must find it open."""
    message.state, message.state_reason = DeliveryState.UNKNOWN, outcome.reason
    message.error_code = outcome.code
    conversations.ask(message, now)


def _failed(message: OutboundMessage, outcome: Outcome, now: datetime) -> None:
    message.settle(DeliveryState.FAILED, outcome.reason, now)
    message.error_code = outcome.code
    consequences.of_failure(message, outcome.reason, now)


def _again(message: OutboundMessage, outcome: Outcome, now: datetime) -> None:
    _release(message)
    message.state_reason, message.error_code = outcome.reason, outcome.code
    message.due_at = now + _wait(message, outcome)


def _release(message: OutboundMessage) -> None:
    message.state = DeliveryState.PENDING
    message.claimed_by, message.lease_until = None, None


def _wait(message: OutboundMessage, outcome: Outcome) -> timedelta:
    """What the provider asks for, or twice as long each time; spread, so as not to come at once."""
    backoff = min(FIRST_RETRY * (1 << (message.attempt - 1)), LONGEST_RETRY)
    asked = timedelta(seconds=outcome.retry_after or 0)
    return max(backoff, asked) + timedelta(seconds=message.id.int % 10)


RECORDERS: dict[senders.Kind, Callable[[OutboundMessage, Outcome, datetime], None]] = {
    senders.Kind.ACCEPTED: _accepted,
    senders.Kind.UNKNOWN: _unknown,
    senders.Kind.FAILED: _failed,
    senders.Kind.RETRY: _again,
}
