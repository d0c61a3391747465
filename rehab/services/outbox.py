"""The queue of texts to send: what is intended is put in once, and taken back when it is void."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select, update

from rehab.extensions import db, insert_into
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services import conversations, lapses
from rehab.services.lapses import NOT_IN_TIME
from rehab.services.transactions import transaction

REPLIES_FIRST = 10
"""The priority of an answer; a reminder has 0."""

EXEMPT = (Kind.REPLY, Kind.CONFIRMATION, Kind.SIGN_IN)
"""Answers to what a patient has just texted or asked for on a page: quiet hours and consent do not
hold them up."""


LONGEST_LEASE = timedelta(hours=1)
"""Beyond it a lease was given by a clock that ran ahead."""


@dataclass(frozen=True, slots=True)
class Intention:
    """One text that is meant to leave between `due_at` and `expires_at`.

    The same `dedupe_key` is queued once for ever. `values` fill blanks that are known now; the
    words are made when it leaves, unless `body` gives them.
    """

    patient: Patient
    kind: Kind
    template: str
    dedupe_key: str
    due_at: datetime
    expires_at: datetime
    plan: Plan | None = None
    about_on: date | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    body: str | None = None
    priority: int = 0


@transaction()
def enqueue(intentions: Iterable[Intention], now: datetime, unsure: bool = False) -> int:
    """Queue those that are not in the queue yet; the number of rows that this added.

    `unsure` texts may have been sent in a past that this database does not know: the provider is
    asked first.
    """
    start = {"state": DeliveryState.UNKNOWN, "look_at": now} if unsure else {}
    rows = [{**_row(intention, now), **start} for intention in intentions]
    if not rows:
        return 0
    statement = (
        insert_into(OutboundMessage)
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(OutboundMessage.id)
    )
    return len(db.session.execute(statement, rows).all())


def is_due(now: datetime) -> bool:
    """Whether any text waits whose time has come.

    Every worker asks this every other second, mostly in vain. So it goes straight to the driver:
    on SQLite a transaction of ours would wait for whoever is writing.
    """
    with closing(db.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(FIRST_DUE)
        (found,) = cursor.fetchone() or (None,)
    dialect = db.engine.dialect
    read = OutboundMessage.due_at.type.dialect_impl(dialect).result_processor(dialect, None)
    first = read(found) if read else found
    return first is not None and first <= now


FIRST_DUE = "SELECT min(due_at) FROM outbound_message WHERE state = 'pending'"


def next_due() -> datetime | None:
    """When the first of the waiting texts is due."""
    waiting = OutboundMessage.state == DeliveryState.PENDING
    return db.session.scalar(select(func.min(OutboundMessage.due_at)).where(waiting))


@transaction()
def withdraw(which: ColumnElement[bool], state: DeliveryState, reason: str, now: datetime) -> int:
    """Settle every pending text that `which` names in `state`; the number of them."""
    settled = {"state": state, "state_reason": reason, "settled_at": now}
    return _settle((OutboundMessage.state == DeliveryState.PENDING) & which, settled)


@transaction()
def expire(now: datetime) -> int:
    """Let go of texts that nobody wants any more, and tell their clinics; the number of them."""
    late = (OutboundMessage.due_at <= now) & (OutboundMessage.expires_at <= now)
    lapsed = withdraw(late, DeliveryState.EXPIRED, NOT_IN_TIME, now)
    if lapsed:
        lapses.tell(now)
    return lapsed


@transaction()
def give_up_leases(now: datetime) -> int:
    """Whoever claimed them is gone: they may or may not have been sent. The number of them."""
    held = (OutboundMessage.lease_until > now) & (
        OutboundMessage.lease_until <= now + LONGEST_LEASE
    )
    return _doubt(
        (OutboundMessage.state == DeliveryState.SENDING) & ~held,
        "the worker did not come back",
        now,
    )


@transaction()
def doubt_gap(since: datetime, now: datetime) -> int:
    """What fell due while nobody ticked may have been sent by a past that this database has lost,
    as after a restore: the provider is asked first. The number of such texts."""
    return _doubt(
        (OutboundMessage.state == DeliveryState.PENDING)
        & OutboundMessage.due_at.between(since, now)
        & (OutboundMessage.expires_at > now),
        "due while nobody was sending",
        now,
    )


def _doubt(which: ColumnElement[bool], reason: str, now: datetime) -> int:
    """The patient may have a question among them, so an answer to it must find it open."""
    unknown = {"state": DeliveryState.UNKNOWN, "state_reason": reason, "looks": 0, "look_at": now}
    doubted = _settled(which, unknown)
    questions = select(OutboundMessage).where(
        OutboundMessage.id.in_(doubted), OutboundMessage.kind.in_(conversations.ASKING)
    )
    for message in db.session.scalars(questions.order_by(OutboundMessage.due_at)):
        conversations.ask(message, message.offered_at or message.due_at)
    return len(doubted)


def _settle(which: ColumnElement[bool], values: dict[str, Any]) -> int:
    return len(_settled(which, values))


def _settled(which: ColumnElement[bool], values: dict[str, Any]) -> Sequence[UUID]:
    statement = update(OutboundMessage).where(which).values(**values).returning(OutboundMessage.id)
    return db.session.scalars(statement).all()


def _row(intention: Intention, now: datetime) -> dict[str, Any]:
    patient, plan = intention.patient, intention.plan
    return {
        "id": uuid4(),
        "clinic_id": patient.clinic_id,
        "patient_id": patient.id,
        "plan_id": plan.id if plan else None,
        "kind": intention.kind,
        "template": intention.template,
        "values": dict(intention.values),
        "body": intention.body,
        "phone": patient.phone,
        "language": patient.language,
        "about_on": intention.about_on,
        "priority": intention.priority,
        "due_at": intention.due_at,
        "expires_at": intention.expires_at,
        "state": DeliveryState.PENDING,
        "dedupe_key": intention.dedupe_key,
        "created_at": now,
    }
