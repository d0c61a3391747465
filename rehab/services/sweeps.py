"""Sweeps: what Twilio should have told us and did not, asked for from time to time.

Status callbacks get lost, and a text that comes in while nobody answers the door is not brought
again.
"""

import logging
from asyncio import Future
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.clinic import Clinic
from rehab.models.message import DeliveryState, InboundMessage, OutboundMessage
from rehab.notifications.senders import Line, Received, Sender, Sent
from rehab.programs.library import Library
from rehab.services import replies
from rehab.services.flight import Flight
from rehab.services.receipts import receive_status
from rehab.services.replies import Inbound
from rehab.services.transactions import transaction

log = logging.getLogger(__name__)

UNHEARD_FOR = timedelta(hours=1)
"""A text whose fate we should have been told by then."""

NO_LONGER = timedelta(hours=72)
"""After three days no status changes any more (as alphagov/notifications-api cuts off)."""

INBOUND_FOR = timedelta(hours=24)
AT_THE_DOOR = timedelta(minutes=1)
"""A text that came in just now may still be on its way to us by itself."""

MOST, AT_ONCE = 1000, 32


@dataclass(frozen=True, slots=True)
class Unheard:
    """A text that the provider has, and the last that it said of it."""

    id: UUID
    sid: str
    status: str | None


def sweep_statuses(
    sender: Sender, now: datetime, carry_on: Callable[[], bool] = lambda: True
) -> int:
    """Ask what became of texts that we heard nothing more of, until `carry_on` says no; how many
    moved on."""
    calls = {text: partial(_fetch, text.sid) for text in _unheard(now)}
    with Flight[Unheard, Sent | None](sender) as flight:
        heard = flight.each(calls, AT_ONCE, carry_on)
        return sum(_moved_on(text, done, now) for text, done in heard)


async def _fetch(provider_sid: str, line: Line) -> Sent | None:
    return await line.fetch(provider_sid)


@transaction()
def _unheard(now: datetime) -> list[Unheard]:
    """Accepted texts without a final status, those first that were asked about longest ago; what
    is three days old is let go of."""
    rows = db.session.scalars(
        select(OutboundMessage)
        .where(
            OutboundMessage.state == DeliveryState.ACCEPTED,
            OutboundMessage.settled_at.is_(None),
            OutboundMessage.accepted_at <= now - UNHEARD_FOR,
        )
        .order_by(OutboundMessage.look_at.nulls_first(), OutboundMessage.accepted_at)
        .limit(MOST)
    ).all()
    for message in rows:
        message.look_at = now
        if message.accepted_at is not None and message.accepted_at < now - NO_LONGER:
            message.settled_at = now
    return [
        Unheard(m.id, m.provider_sid, m.provider_status)
        for m in rows
        if m.settled_at is None and m.provider_sid
    ]


def _moved_on(text: Unheard, done: "Future[Sent | None]", now: datetime) -> bool:
    """One text that cannot be moved on must not hold up the others."""
    if done.exception() is not None:
        log.warning("the provider could not be asked: %s", done.exception())
        return False
    sent = done.result()
    if sent is None or sent.status == text.status:
        return False
    try:
        receive_status(text.id, text.sid, sent.status, sent.code, sent.reason, now)
    except Exception:
        log.exception("what became of text %s could not be recorded", text.id)
        return False
    return True


def sweep_inbound(
    sender: Sender, library: Library, now: datetime, carry_on: Callable[[], bool] = lambda: True
) -> int:
    """Take in texts that never reached our door, until `carry_on` says no; how many there were."""
    opened = db.session.scalar(select(func.min(Clinic.created_at)))
    if opened is None:
        return 0
    since = max(now - INBOUND_FOR, opened)
    db.session.rollback()
    with Flight[None, list[Received]](sender) as flight:
        asked = flight.each({None: lambda line: line.received(since)}, 1, carry_on)
        done = next((done for _, done in asked), None)
    if done is None:
        return 0
    if done.exception() is not None:
        log.warning("the provider could not be asked: %s", done.exception())
        return 0
    missed = _unseen([text for text in done.result() if text.created_at <= now - AT_THE_DOOR])
    return sum(_taken_in(text, library, now) for text in sorted(missed, key=_came_in) if carry_on())


def _came_in(text: Received) -> datetime:
    return text.created_at


def _unseen(texts: Iterable[Received]) -> list[Received]:
    texts = list(texts)
    sids = [text.provider_sid for text in texts]
    known = set(
        db.session.scalars(
            select(InboundMessage.provider_sid).where(InboundMessage.provider_sid.in_(sids))
        )
    )
    db.session.rollback()
    return [text for text in texts if text.provider_sid not in known]


def _taken_in(text: Received, library: Library, now: datetime) -> bool:
    """One text that cannot be taken in must not hold up the others."""
    inbound = Inbound(
        text.provider_sid, text.sender, text.recipient, text.body, received_at=text.created_at
    )
    try:
        return replies.receive(inbound, library, now, swept=True) is not None
    except Exception:
        log.exception("text %s could not be taken in", text.provider_sid)
        return False
