"""What Twilio says afterwards, in whatever order it arrives."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from rehab.errors import NotFound
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.message import (
    Conversation,
    DeliveryState,
    Kind,
    MessageEvent,
    OutboundMessage,
)
from rehab.models.patient import Patient
from rehab.notifications.intents import Expects
from rehab.notifications.senders import Reason
from rehab.programs.library import Library
from rehab.services import consent, conversations, plans
from rehab.services.plans import Assignment
from rehab.services.receipts import receive_status
from rehab.services.transactions import transaction

NOW = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)


@pytest.fixture
def message(maya: Patient, library: Library) -> OutboundMessage:
    """The morning question, in a worker's hands."""
    wish = Assignment("lb-subacute-6w", usual_pain=4, weekdays=(0,))
    plans.assign(maya, wish, library, NOW - timedelta(hours=20))
    found = db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.MORNING)).one()
    with transaction():
        found.state, found.attempt, found.claimed_by = DeliveryState.SENDING, 1, "w1"
    return found


def told(
    message_id: UUID,
    status: str,
    sid: str = "SM1",
    code: int | None = None,
    reason: Reason | None = None,
) -> None:
    receive_status(message_id, sid, status, code, reason, NOW)


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_the_furthest_status_counts_in_any_order(
    message: OutboundMessage, order: tuple[str, ...]
) -> None:
    for status in order:
        told(message.id, status)
    assert (message.state, message.provider_status) == (DeliveryState.ACCEPTED, "delivered")
    events = db.session.scalars(select(MessageEvent.provider_status)).all()
    assert sorted(events) == sorted(order)


@pytest.mark.parametrize(
    "state", [DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.EXPIRED]
)
def test_a_callback_proves_acceptance_and_brings_the_sid(
    message: OutboundMessage, state: DeliveryState
) -> None:
    with transaction():
        message.state = state
    told(message.id, "queued", "SM7")
    assert (message.state, message.provider_sid) == (DeliveryState.ACCEPTED, "SM7")


def test_a_question_proved_to_have_left_is_open(message: OutboundMessage) -> None:
    told(message.id, "sent")
    conversation = db.session.scalars(select(Conversation)).one()
    assert (conversation.expects, conversation.about_on) == ("morning", date(2026, 3, 3))


def test_a_doubled_callback_changes_nothing_but_is_kept(message: OutboundMessage) -> None:
    told(message.id, "delivered")
    settled = message.settled_at
    told(message.id, "delivered")
    assert message.settled_at == settled == NOW
    assert db.session.scalar(select(func.count()).select_from(MessageEvent)) == 2


def test_another_messages_sid_moves_nothing(message: OutboundMessage) -> None:
    told(message.id, "sent", "SM1")
    told(message.id, "delivered", "SM2")
    assert (message.provider_sid, message.provider_status) == ("SM1", "sent")


def test_a_final_status_is_never_left(message: OutboundMessage) -> None:
    told(message.id, "delivered")
    told(message.id, "undelivered", code=30003, reason=Reason.UNDELIVERED)
    assert (message.state, message.provider_status) == (DeliveryState.ACCEPTED, "delivered")


def test_a_status_unheard_of_is_kept_and_moves_nothing(message: OutboundMessage) -> None:
    told(message.id, "teleported")
    assert message.provider_status is None
    assert message.state is DeliveryState.ACCEPTED


def test_a_text_that_was_not_delivered_has_failed(message: OutboundMessage) -> None:
    told(message.id, "sent")
    told(message.id, "undelivered", code=30003, reason=Reason.UNDELIVERED)
    assert (message.state, message.state_reason, message.error_code) == (
        DeliveryState.FAILED,
        "undelivered",
        30003,
    )
    assert db.session.scalar(select(Alert)) is None


def test_a_number_found_dead_is_left_alone(maya: Patient, message: OutboundMessage) -> None:
    told(message.id, "failed", code=30005, reason=Reason.BAD_NUMBER)
    assert consent.is_suppressed(maya.phone)
    assert db.session.scalars(select(Alert)).one().kind == "text_bad_number"


def test_a_text_that_is_not_ours_is_not_found(maya: Patient) -> None:
    with pytest.raises(NotFound):
        told(uuid4(), "sent")


EARLY_OR_LATE = [DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.EXPIRED]


@pytest.mark.parametrize("status", ["undelivered", "failed", "canceled"])
@pytest.mark.parametrize("state", EARLY_OR_LATE)
def test_a_question_that_did_not_arrive_is_not_open(
    message: OutboundMessage, state: DeliveryState, status: str
) -> None:
    """Nobody was asked, so a bare number is no answer to it."""
    with transaction():
        message.state = state
    told(message.id, status, code=30003, reason=Reason.UNDELIVERED)
    assert (message.state, message.provider_sid) == (DeliveryState.FAILED, "SM1")
    assert db.session.scalars(select(Conversation)).all() == []


def test_yesterdays_question_that_did_not_arrive_leaves_todays_open(
    message: OutboundMessage, maya: Patient
) -> None:
    with transaction():
        message.settle(DeliveryState.EXPIRED, "not sent in time", NOW)
        conversations.open_question(
            maya.id, message.plan_id, Expects.MORNING, date(2026, 3, 4), NOW + timedelta(days=1)
        )
    told(message.id, "undelivered", code=30008, reason=Reason.UNDELIVERED)
    assert message.state is DeliveryState.FAILED
    question = db.session.scalars(select(Conversation)).one()
    assert question.about_on == date(2026, 3, 4)
