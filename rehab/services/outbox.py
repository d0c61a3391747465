"""The queue of texts to send: what is intended is put in once, and taken back when it is void."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, update

from rehab.extensions import db, insert_into
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services.transactions import transaction

REPLIES_FIRST = 10
"""The priority of an answer; a reminder has 0."""

EXEMPT = (Kind.REPLY, Kind.CONFIRMATION)
"""Answers to what a patient has just texted: quiet hours and consent do not hold them up."""


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
def enqueue(intentions: Iterable[Intention], now: datetime) -> int:
    """Queue those that are not in the queue yet; the number of rows that this added."""
    rows = [_row(intention, now) for intention in intentions]
    if not rows:
        return 0
    statement = (
        insert_into(OutboundMessage)
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(OutboundMessage.id)
    )
    return len(db.session.execute(statement, rows).all())


@transaction()
def withdraw(which: ColumnElement[bool], state: DeliveryState, reason: str, now: datetime) -> int:
    """Settle every pending text that `which` names in `state`; the number of them."""
    return _settle(OutboundMessage.state == DeliveryState.PENDING, which, state, reason, now)


@transaction()
def expire(now: datetime) -> int:
    """Let go of texts that nobody wants any more; the number of them."""
    return withdraw(
        (OutboundMessage.due_at <= now) & (OutboundMessage.expires_at <= now),
        DeliveryState.EXPIRED,
        "not sent in time",
        now,
    )


@transaction()
def give_up_leases(now: datetime) -> int:
    """Whoever claimed them is gone: they may or may not have been sent. The number of them."""
    return _settle(
        OutboundMessage.state == DeliveryState.SENDING,
        OutboundMessage.lease_until <= now,
        DeliveryState.UNKNOWN,
        "the worker did not come back",
        now,
    )


def _settle(
    held: ColumnElement[bool],
    which: ColumnElement[bool],
    state: DeliveryState,
    reason: str,
    now: datetime,
) -> int:
    settled = None if state is DeliveryState.UNKNOWN else now
    statement = (
        update(OutboundMessage)
        .where(held, which)
        .values(state=state, state_reason=reason, settled_at=settled)
        .returning(OutboundMessage.id)
    )
    return len(db.session.execute(statement).all())


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
