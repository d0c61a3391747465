"""How long what is not the clinical record stays: the words of texts, statuses, leftovers.

Sessions, mornings, measures, screenings, decisions, alerts and consents are never touched, and
nothing is of a patient under a legal hold.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, update

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.kept_answer import KeptAnswer
from rehab.models.message import DeliveryState, InboundMessage, MessageEvent, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.sending import Heartbeat
from rehab.services.access import leftovers
from rehab.services.inbox.unread import is_unread
from rehab.services.transactions import transaction

BATCH = 500
"""Rows in one transaction: on SQLite nobody else writes meanwhile."""

UNSEEN = {"synchronize_session": False}
"""What is written is not looked for in the unit of work: a sealed column cannot be compared."""

UNSETTLED = (DeliveryState.PENDING, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Period:
    """What goes when it is older than `keep`, why then, and which rows of `model` those are.

    `blank` is what is written over them; without it the whole row goes.
    """

    what: str
    keep: timedelta
    why: str
    model: Any
    which: Callable[[datetime], ColumnElement[bool]]
    blank: dict[str, Any] | None = None


def _words_sent(before: datetime) -> ColumnElement[bool]:
    return (
        OutboundMessage.body.is_not(None)
        & (OutboundMessage.expires_at < before)
        & OutboundMessage.state.not_in(UNSETTLED)
        & ~_is_held(OutboundMessage.patient_id)
    )


def _words_received(before: datetime) -> ColumnElement[bool]:
    """Texts that have been read, unless they or something else about the patient wait for a
    person."""
    waits = exists().where(Alert.patient_id == InboundMessage.patient_id, Alert.closed_at.is_(None))
    return (
        InboundMessage.interpretation.is_not(None)
        & (InboundMessage.received_at < before)
        & InboundMessage.patient_id.is_not(None)
        & ~waits
        & ~is_unread()
        & ~_is_held(InboundMessage.patient_id)
    )


def _received_from_nobody(before: datetime) -> ColumnElement[bool]:
    held = exists().where(
        Patient.phone_key == InboundMessage.sender_key, Patient.held_since.is_not(None)
    )
    return InboundMessage.patient_id.is_(None) & (InboundMessage.received_at < before) & ~held


def _statuses(before: datetime) -> ColumnElement[bool]:
    of_held = exists().where(
        OutboundMessage.id == MessageEvent.message_id, _is_held(OutboundMessage.patient_id)
    )
    return (MessageEvent.at < before) & ~of_held


def _is_held(patient_id: Any) -> ColumnElement[bool]:
    return exists().where(Patient.id == patient_id, Patient.held_since.is_not(None))


QUARTER, DAY = timedelta(days=90), timedelta(days=1)
PERIODS = (
    Period(
        "words of texts sent",
        QUARTER,
        "a complaint about a text comes within weeks; that it was sent, when and why, stays",
        OutboundMessage,
        _words_sent,
        {"body": None, "values": {}},
    ),
    Period(
        "statuses of texts",
        QUARTER,
        "the provider bills and answers questions for as long; what became of the text stays",
        MessageEvent,
        _statuses,
    ),
    Period(
        "words of texts received",
        QUARTER,
        "what they reported is in the record by then, and what needed a person was closed",
        InboundMessage,
        _words_received,
        {"body": "", "interpretation": None},
    ),
    Period(
        "texts of nobody",
        QUARTER,
        "a wrong number is of no use to anybody",
        InboundMessage,
        _received_from_nobody,
    ),
    Period(
        "answers kept",
        DAY,
        "a program asks again within minutes",
        KeptAnswer,
        lambda before: KeptAnswer.at < before,
    ),
    Period(
        "heartbeats",
        DAY,
        "who ticked yesterday is asked by nobody",
        Heartbeat,
        lambda before: Heartbeat.at < before,
    ),
)


def retain(now: datetime, batch: int = BATCH) -> dict[str, int]:
    """Let go of all that is past its period; how many rows of each. To be called once a day.

    Called again it finds nothing; killed, it goes on where it stopped.
    """
    gone = {period.what: _let_go(period, now, batch) for period in PERIODS}
    return {**gone, "leftovers of sign-in": leftovers.sweep(now)}


def _let_go(period: Period, now: datetime, batch: int) -> int:
    total, found = 0, batch
    while found == batch:
        found = _let_go_some(period, now, batch)
        total += found
    return total


@transaction()
def _let_go_some(period: Period, now: datetime, batch: int) -> int:
    (key,) = period.model.__mapper__.primary_key
    old = select(key).where(period.which(now - period.keep)).order_by(key).limit(batch)
    keys = db.session.scalars(old.with_for_update(of=period.model, skip_locked=True)).all()
    if keys:
        change: Any = delete(period.model)
        if period.blank is not None:
            change = update(period.model).values(**period.blank)
        db.session.execute(change.where(key.in_(keys)), execution_options=UNSEEN)
    return len(keys)
