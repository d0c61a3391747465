"""A text in doubt, and the provider that knows what became of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.notifications import senders
from rehab.notifications.senders import Outcome, Reason
from rehab.programs.library import Library
from rehab.services import outbox
from rehab.services.delivery import Desk, dispatch
from rehab.services.outbox import Intention
from rehab.services.outcomes import LOOKS
from rehab.services.reconciliation import reconcile
from rehab.services.transactions import transaction
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
URL = "https://rehab.example"
UNCLEAR = Outcome(senders.Kind.UNKNOWN, reason=Reason.AMBIGUOUS)

PENDING, ACCEPTED = DeliveryState.PENDING, DeliveryState.ACCEPTED
UNKNOWN, EXPIRED = DeliveryState.UNKNOWN, DeliveryState.EXPIRED


@pytest.fixture(autouse=True)
def no_welcome(maya: Patient) -> None:
    with transaction():
        db.session.query(OutboundMessage).delete()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def provider(sender: RecordingSender, clock: SetClock) -> RecordingSender:
    """What it takes is dated by the clock of the test."""
    sender.now = clock.now
    return sender


@pytest.fixture
def desk(provider: RecordingSender, library: Library, clock: SetClock) -> Desk:
    return Desk(provider, library, URL, clock, "w1")


def queue(
    patient: Patient, key: str = "it", within: timedelta = HOUR, template: str = "rp.help"
) -> None:
    intention = Intention(patient, Kind.REPLY, template, key, NOW, NOW + within)
    outbox.enqueue([intention], NOW)


def row(key: str = "it") -> OutboundMessage:
    return db.session.scalars(select(OutboundMessage).filter_by(dedupe_key=key)).one()


def looked(desk: Desk) -> int:
    return reconcile(desk.sender, desk.library, URL, desk.clock.now())


@pytest.fixture
def lost(maya: Patient, desk: Desk, provider: RecordingSender) -> OutboundMessage:
    """A text that the provider took without a clear answer."""
    queue(maya)
    provider.outcomes.append(UNCLEAR)
    dispatch(desk)
    assert row().state is UNKNOWN
    return row()


@pytest.fixture
def never_there(lost: OutboundMessage, provider: RecordingSender) -> OutboundMessage:
    """One that it did not take."""
    provider.texts.clear()
    return lost


def at_each_look(desk: Desk, clock: SetClock) -> list[DeliveryState]:
    """The state of the text after each look, and a second before it."""
    states = []
    for look in LOOKS:
        clock.wall = NOW + look - SECOND
        assert looked(desk) == 0
        clock.wall = NOW + look
        looked(desk)
        states.append(row().state)
    return states
