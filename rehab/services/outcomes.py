"""Outcomes: what became of texts that were handed to the provider, written down together.

Only a text that is still this worker's, by this attempt, is touched. An acceptance that comes after
the lease ran out still counts.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Table, bindparam, func, select, update
from sqlalchemy.orm import defer

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.notifications import senders
from rehab.notifications.senders import Outcome, Reason
from rehab.services import consequences, conversations, gates, tallies
from rehab.services.breaker import asked_wait
from rehab.services.claims import Claimed
from rehab.services.transactions import transaction

NOT_BEGUN = Outcome(senders.Kind.RETRY)
"""The lease had become too short to begin: the text is anybody's again."""

FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(minutes=10)

LOOKS = (timedelta(minutes=1), timedelta(minutes=3), timedelta(minutes=10))
"""How long after a text became `unknown` the provider is asked for it: a minute more than its
time-out at the earliest, and three times, for it may list late what it accepted."""

OVERTAKEN, ERASED = "overtaken", "erased"

CODE_OF_A_SIGN_IN = "(sign-in code)"
"""What is kept of a text that held one."""


@transaction()
def record(results: Sequence[tuple[Claimed, Outcome]], worker: str, now: datetime) -> list[str]:
    """Write down what became of some attempts; the state in which each text is now."""
    plain = [each for each in results if _is_plain(*each)]
    others = [each for each in results if not _is_plain(*each)]
    if not _accept_all(plain, worker, now):
        plain, others = [], list(results)
    states = [str(DeliveryState.ACCEPTED)] * len(plain) + _record_each(others, worker, now)
    gates.heed([outcome for _, outcome in results if outcome is not NOT_BEGUN], now)
    tallies.count_outcomes(states)
    return states


def _is_plain(mine: Claimed, outcome: Outcome) -> bool:
    """Whether nothing follows from it but that the provider has the text."""
    follows = mine.kind in conversations.ASKING or mine.kind == Kind.SIGN_IN
    return outcome.kind is senders.Kind.ACCEPTED and bool(outcome.provider_sid) and not follows


TEXTS = cast(Table, OutboundMessage.__table__)
ACCEPTED = (
    update(TEXTS)
    .where(
        TEXTS.c.id == bindparam("text"),
        TEXTS.c.attempt == bindparam("by_attempt"),
        TEXTS.c.claimed_by == bindparam("worker"),
        TEXTS.c.state == DeliveryState.SENDING,
        TEXTS.c.status_rank < 0,
    )
    .values(
        state=DeliveryState.ACCEPTED,
        state_reason=None,
        accepted_at=func.coalesce(TEXTS.c.accepted_at, bindparam("now")),
        look_at=None,
        settled_at=None,
        provider_sid=bindparam("sid"),
        provider_status=bindparam("status"),
        status_rank=0,
    )
)


def _accept_all(results: Sequence[tuple[Claimed, Outcome]], worker: str, now: datetime) -> bool:
    """What `_accepted` does, for many texts in one statement; whether each was this worker's still
    and nothing had been heard of it. Those of which that is not so have to be looked at."""
    rows = [
        {
            "text": mine.id,
            "by_attempt": mine.attempt,
            "worker": worker,
            "now": now,
            "sid": outcome.provider_sid,
            "status": outcome.status,
        }
        for mine, outcome in sorted(results, key=lambda each: each[0].id)
    ]
    if not rows:
        return True
    done = cast("CursorResult[Any]", db.session.execute(ACCEPTED, rows))
    return done.rowcount == len(rows)


def _record_each(
    results: Sequence[tuple[Claimed, Outcome]], worker: str, now: datetime
) -> list[str]:
    rows = _rows([mine.id for mine, _ in results]) if results else {}
    return [
        _record(rows[mine.id], mine, outcome, worker, now) if mine.id in rows else ERASED
        for mine, outcome in results
    ]


def settle(mine: Claimed, state: DeliveryState, reason: str, now: datetime) -> None:
    """Bring a claimed text to rest that is not going to be handed over, if it is still held."""
    message = _rows([mine.id]).get(mine.id)
    if message and (message.state, message.attempt) == (DeliveryState.SENDING, mine.attempt):
        message.settle(state, reason, now)
        _forget_code(message)


def doubt(message: OutboundMessage, reason: str | None, now: datetime) -> None:
    """It may or may not have been taken; the provider is asked, after its time-out and some."""
    message.state, message.state_reason = DeliveryState.UNKNOWN, reason
    message.looks, message.look_at = 0, now + LOOKS[0]


def accept(
    message: OutboundMessage, provider_sid: str | None, now: datetime, arrives: bool = True
) -> None:
    """The provider has it. A question that it holds is open since it left, unless it did not
    arrive."""
    message.state, message.state_reason = DeliveryState.ACCEPTED, None
    message.accepted_at, message.look_at = message.accepted_at or now, None
    message.settled_at = None
    message.provider_sid = provider_sid or message.provider_sid
    _forget_code(message)
    if arrives:
        conversations.ask(message, message.claimed_at or message.due_at)


def _rows(ids: Sequence[UUID]) -> Mapping[UUID, OutboundMessage]:
    query = (
        select(OutboundMessage)
        .where(OutboundMessage.id.in_(ids))
        .order_by(OutboundMessage.id)
        .with_for_update(of=OutboundMessage)
        .options(defer(OutboundMessage.phone), defer(OutboundMessage.body))
        .execution_options(populate_existing=True)
    )
    return {message.id: message for message in db.session.scalars(query)}


def _record(
    message: OutboundMessage, mine: Claimed, outcome: Outcome, worker: str, now: datetime
) -> str:
    if (message.claimed_by, message.attempt) != (worker, mine.attempt):
        return OVERTAKEN
    late = message.state is DeliveryState.UNKNOWN and outcome.kind is senders.Kind.ACCEPTED
    if message.state is DeliveryState.SENDING or late:
        RECORDERS[outcome.kind](message, outcome, now)
        _forget_code(message)
    return str(message.state)


def _forget_code(message: OutboundMessage) -> None:
    """A code is for the phone alone, and no thread shows it once it has left, or may have."""
    if message.kind == Kind.SIGN_IN and message.state is not DeliveryState.PENDING:
        message.body = CODE_OF_A_SIGN_IN


def _accepted(message: OutboundMessage, outcome: Outcome, now: datetime) -> None:
    accept(message, outcome.provider_sid, now)
    if message.status_rank < 0:
        message.provider_status, message.status_rank = outcome.status, 0


def _unknown(message: OutboundMessage, outcome: Outcome, now: datetime) -> None:
    """The patient may have the question, so an answer to it must find it open."""
    doubt(message, outcome.reason, now)
    message.error_code = outcome.code
    conversations.ask(message, now)


def _failed(message: OutboundMessage, outcome: Outcome, now: datetime) -> None:
    message.settle(DeliveryState.FAILED, outcome.reason, now)
    message.error_code = outcome.code
    consequences.of_failure(message, outcome.reason, now)


def _again(message: OutboundMessage, outcome: Outcome, now: datetime) -> None:
    message.state = DeliveryState.PENDING
    message.claimed_by, message.lease_until = None, None
    if outcome.reason is Reason.FILTERED and message.template:
        gates.hold_template(message.template, now)
    if outcome is not NOT_BEGUN:
        message.state_reason, message.error_code = outcome.reason, outcome.code
        message.due_at = now + _wait(message, outcome)


def _wait(message: OutboundMessage, outcome: Outcome) -> timedelta:
    """What the provider asks for, or twice as long each time; spread, so as not to come at once."""
    backoff = min(FIRST_RETRY * (1 << min(message.attempt - 1, 16)), LONGEST_RETRY)
    return max(backoff, asked_wait(outcome)) + timedelta(seconds=message.id.int % 10)


RECORDERS: dict[senders.Kind, Callable[[OutboundMessage, Outcome, datetime], None]] = {
    senders.Kind.ACCEPTED: _accepted,
    senders.Kind.UNKNOWN: _unknown,
    senders.Kind.FAILED: _failed,
    senders.Kind.RETRY: _again,
}
