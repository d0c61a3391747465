"""The queue: what goes in once, what comes to rest, and in which named state."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.number import key_of
from rehab.models.patient import Patient
from rehab.services import outbox
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_welcome(maya: Patient) -> None:
    """Maya's own welcome text would only be in the way here."""
    with transaction():
        db.session.query(OutboundMessage).delete()


def text(patient: Patient, key: str = "a", minutes: int = 0) -> Intention:
    due = NOW + timedelta(minutes=minutes)
    return Intention(patient, Kind.REPLY, "rp.help", key, due, due + timedelta(hours=1))


def row(key: str = "a") -> OutboundMessage:
    return db.session.scalars(select(OutboundMessage).filter_by(dedupe_key=key)).one()


def test_the_same_key_is_queued_once_for_ever(maya: Patient) -> None:
    assert outbox.enqueue([text(maya), text(maya, "b")], NOW) == 2
    assert outbox.enqueue([text(maya), text(maya, "c")], NOW) == 1
    assert outbox.enqueue([], NOW) == 0


def test_a_queued_text_waits_with_all_it_needs(maya: Patient) -> None:
    outbox.enqueue([text(maya)], NOW)
    waiting = row()
    assert waiting.state is DeliveryState.PENDING
    assert (waiting.phone, waiting.language, waiting.attempt) == (maya.phone, "en", 0)
    assert waiting.body is None


def test_a_text_that_nobody_wants_any_more_expires(maya: Patient) -> None:
    outbox.enqueue([text(maya), text(maya, "later", minutes=1)], NOW)
    assert outbox.expire(NOW + timedelta(minutes=59)) == 0
    assert outbox.expire(NOW + timedelta(hours=1)) == 1
    assert (row().state, row().settled_at) == (DeliveryState.EXPIRED, NOW + timedelta(hours=1))
    assert row("later").state is DeliveryState.PENDING


def test_a_lost_worker_leaves_its_texts_unknown_never_pending(maya: Patient) -> None:
    outbox.enqueue([text(maya), text(maya, "b")], NOW)
    with transaction():
        row().state, row().lease_until = DeliveryState.SENDING, NOW + timedelta(minutes=2)
    assert outbox.give_up_leases(NOW + timedelta(minutes=1)) == 0
    assert outbox.give_up_leases(NOW + timedelta(minutes=2)) == 1
    assert (row().state, row().settled_at) == (DeliveryState.UNKNOWN, None)


def test_only_what_is_pending_can_be_withdrawn(maya: Patient) -> None:
    outbox.enqueue([text(maya), text(maya, "b")], NOW)
    with transaction():
        row().state = DeliveryState.ACCEPTED
    everything = OutboundMessage.phone_key == key_of(maya.phone)
    assert outbox.withdraw(everything, DeliveryState.CANCELLED, "moved", NOW) == 1
    assert row().state is DeliveryState.ACCEPTED
    assert (row("b").state, row("b").state_reason) == (DeliveryState.CANCELLED, "moved")


@pytest.mark.parametrize(
    ("ahead", "given_up"),
    [
        (timedelta(seconds=1), 0),
        (timedelta(hours=1), 0),
        (timedelta(hours=1, seconds=1), 1),
        (timedelta(days=1), 1),
    ],
)
def test_a_lease_that_a_fast_clock_gave_is_not_waited_for(
    maya: Patient, ahead: timedelta, given_up: int
) -> None:
    outbox.enqueue([text(maya)], NOW)
    with transaction():
        row().state, row().lease_until = DeliveryState.SENDING, NOW + ahead
    assert outbox.give_up_leases(NOW) == given_up
