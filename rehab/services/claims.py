"""Claiming texts that are due: each is looked at once more, worded, and marked as being sent.

Two workers never hold the same text: PostgreSQL skips rows that another has locked, and SQLite
lets one writer in at a time.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import selectinload

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage, Suppression
from rehab.models.plan import ACTIVE, Plan
from rehab.models.session import Morning
from rehab.notifications.messages import blanks, render
from rehab.programs.library import Library
from rehab.programs.schedule import in_texting_hours, next_texting_time
from rehab.services import outbox
from rehab.services.sessions import session_on
from rehab.services.today import today
from rehab.services.transactions import transaction

BATCH = 40
LEASE = timedelta(seconds=120)
"""A batch at 8 threads and 10 seconds a text takes 50 seconds at the worst; the rest is margin."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text in a worker's hands, by the attempt that put it there."""

    id: UUID
    attempt: int
    to: str
    body: str
    kind: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Void:
    """Why a due text shall not leave: for good, or until another time."""

    reason: str
    state: DeliveryState = DeliveryState.CANCELLED
    until: datetime | None = None


@transaction()
def claim(
    library: Library, public_url: str, now: datetime, worker: str, limit: int = BATCH
) -> list[Claimed]:
    """Up to `limit` texts that are due and may leave, marked `sending` for this worker.

    Those that may not are settled or put off on the way, so the list may be shorter.
    """
    outbox.expire(now)
    outbox.withdraw(
        (OutboundMessage.due_at <= now) & _suppressed(),
        DeliveryState.SUPPRESSED,
        "the number has opted out",
        now,
    )
    claimed = []
    for message in db.session.scalars(_due(now, limit)).all():
        void = _void(message, now) or _wording_fails(message, library, public_url)
        if void is None:
            claimed.append(_take(message, worker, now))
        elif void.until is not None and void.until < message.expires_at:
            message.due_at = void.until
        else:
            state = DeliveryState.EXPIRED if void.until is not None else void.state
            message.settle(state, void.reason, now)
    return claimed


def _suppressed() -> ColumnElement[bool]:
    known = select(Suppression.phone).where(Suppression.phone == OutboundMessage.phone).exists()
    return known & (OutboundMessage.kind != Kind.CONFIRMATION)


def _due(now: datetime, limit: int) -> Select[OutboundMessage]:
    return (
        select(OutboundMessage)
        .where(
            OutboundMessage.state == DeliveryState.PENDING,
            OutboundMessage.due_at <= now,
            OutboundMessage.expires_at > now,
        )
        .order_by(OutboundMessage.priority.desc(), OutboundMessage.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboundMessage)
        .options(selectinload(OutboundMessage.patient), selectinload(OutboundMessage.plan))
    )


def _take(message: OutboundMessage, worker: str, now: datetime) -> Claimed:
    message.state, message.claimed_by, message.claimed_at = DeliveryState.SENDING, worker, now
    message.lease_until = now + LEASE
    message.attempt += 1
    return Claimed(
        id=message.id,
        attempt=message.attempt,
        to=message.phone,
        body=message.body or "",
        kind=message.kind,
        expires_at=message.expires_at,
    )


def _void(message: OutboundMessage, now: datetime) -> Void | None:
    if message.kind in outbox.EXEMPT:
        return None
    patient = message.patient
    if not patient.sms_consent:
        return Void("no consent", DeliveryState.SUPPRESSED)
    if message.phone != patient.phone:
        return Void("the number has changed")
    if message.kind == Kind.SAFETY:
        return None
    if message.plan is not None and message.plan.status != ACTIVE:
        return Void(f"the plan is {message.plan.status}")
    if message.plan is not None and _is_answered(message.kind, message.plan, message.about_on):
        return Void("reported already")
    if not in_texting_hours(now, patient.tz):
        return Void("outside texting hours", until=next_texting_time(now, patient.tz))
    return None


def _is_answered(kind: str, plan: Plan, on: date | None) -> bool:
    if on is None:
        return False
    if kind == Kind.MORNING:
        morning = db.session.scalar(select(Morning).filter_by(plan_id=plan.id, on=on))
        return morning is not None and morning.pain is not None
    return session_on(plan, on) is not None


def _wording_fails(message: OutboundMessage, library: Library, public_url: str) -> Void | None:
    """Put the words into the message. A text that cannot be worded must not hold up the others."""
    if message.body is not None:
        return None
    texts = library.messages.get(message.language, library.messages["en"])
    try:
        values = _values(message, texts[message.template], library, public_url)
        message.body = render(texts, message.template, **values)
    except (KeyError, ValueError) as error:
        return Void(f"no words: {error}"[:200], DeliveryState.FAILED)
    return None


def _values(
    message: OutboundMessage, words: str, library: Library, public_url: str
) -> dict[str, Any]:
    patient = message.patient
    values: dict[str, Any] = {
        "clinic": patient.clinic.name,
        "tel": patient.clinic.phone,
        "name": patient.given_name,
        "link": public_url,
        **message.values,
    }
    if "n" in blanks(words) and "n" not in values and message.plan and message.about_on:
        values["n"] = len(today(message.plan, message.about_on, library).exercises)
    return values
