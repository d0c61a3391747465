"""Texts of a past that the database has lost, and those that nobody can send."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.message import Conversation, DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.notifications import senders
from rehab.notifications.senders import Outcome, Reason, Sent
from rehab.notifications.senders.console import ConsoleSender
from rehab.programs.library import Library
from rehab.services import claims, consent, outbox, plans, reconciliation
from rehab.services.claims import Claim
from rehab.services.delivery import Desk, dispatch
from rehab.services.outbox import Intention
from rehab.services.outcomes import LOOKS
from rehab.services.plans import Assignment
from rehab.services.transactions import transaction
from rehab.services.wording import words_for
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender
from tests.services.reconciliation.conftest import (
    ACCEPTED,
    HOUR,
    MINUTE,
    NOW,
    PENDING,
    SECOND,
    UNCLEAR,
    UNKNOWN,
    URL,
    at_each_look,
    looked,
    queue,
    row,
)

# After a lost past


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment("lb-subacute-6w", 4, weekdays=(6,), starts_on=date(2026, 3, 1))
    made = plans.assign(maya, wish, library, NOW - 24 * HOUR)
    with transaction():
        db.session.query(OutboundMessage).delete()
        made.morning_at = time(8, 30)
    return made


MORNING = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def morning_question(plan: Plan) -> OutboundMessage:
    asked = Intention(
        plan.patient,
        Kind.MORNING,
        "ck.morning",
        "it",
        MORNING,
        MORNING + 6 * HOUR,
        plan,
        date(2026, 3, 2),
    )
    outbox.enqueue([asked], MORNING - HOUR)
    return row()


def worded(message: OutboundMessage, library: Library) -> str:
    words = words_for([message], library, URL).of(message)
    db.session.rollback()
    return words


def test_a_text_that_this_database_never_worded_is_worded_and_found(
    plan: Plan, desk: Desk, clock: SetClock, provider: RecordingSender, library: Library
) -> None:
    message = morning_question(plan)
    sent = Sent("SM-past", worded(message, library), "delivered", MORNING + SECOND)
    provider.texts[plan.patient.phone] = [sent]
    assert outbox.doubt_gap(MORNING - HOUR, NOW) == 1
    assert looked(desk) == 1
    assert (message.state, message.provider_sid) == (ACCEPTED, "SM-past")
    assert message.offered_at == MORNING + SECOND


def test_one_of_a_lost_past_that_was_not_sent_is_sent_after_the_last_look(
    plan: Plan, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    message = morning_question(plan)
    outbox.doubt_gap(MORNING - HOUR, NOW)
    for wait in (timedelta(0), 2 * MINUTE, 7 * MINUTE):
        clock.pass_by(seconds=wait.total_seconds())
        assert dispatch(desk) == {}
        looked(desk)
    assert (message.state, message.body) == (PENDING, None)
    assert dispatch(desk) == {"accepted": 1}


def gone(plan: Plan, library: Library) -> None:
    """A worker took the text and did not come back."""
    (_,) = claims.claim(library, URL, NOW, Claim("w1", 40)).texts
    outbox.give_up_leases(NOW + 3 * MINUTE)


def lost_past(plan: Plan, library: Library) -> None:
    outbox.doubt_gap(MORNING - HOUR, NOW)


@pytest.mark.parametrize(
    ("happened", "asked_at"), [(gone, NOW), (lost_past, MORNING)], ids=["gone", "lost past"]
)
def test_a_question_that_may_have_arrived_is_open_however_it_came_into_doubt(
    plan: Plan,
    library: Library,
    happened: Callable[[Plan, Library], None],
    asked_at: datetime,
) -> None:
    message = morning_question(plan)
    happened(plan, library)
    assert message.state is UNKNOWN
    question = db.session.scalars(select(Conversation)).one()
    assert (question.expects, question.about_on) == ("morning", date(2026, 3, 2))
    assert question.asked_at == asked_at


def test_a_question_in_doubt_does_not_take_the_place_of_a_later_one(
    plan: Plan, library: Library
) -> None:
    morning_question(plan)
    with transaction():
        db.session.add(
            Conversation(
                patient_id=plan.patient_id,
                plan_id=plan.id,
                expects="after",
                about_on=date(2026, 3, 2),
                asked_at=NOW - HOUR,
                expires_at=NOW + HOUR,
            )
        )
    lost_past(plan, library)
    assert db.session.scalars(select(Conversation.expects)).all() == ["after"]


def test_a_text_that_cannot_be_worded_fails_and_holds_up_no_other(
    maya: Patient, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    queue(maya, "bad", template="no.such.text")
    queue(maya, "worse", template="rp.worse")
    queue(maya, "good")
    outbox.doubt_gap(NOW - HOUR, NOW)
    texts = {**desk.library.messages["en"], "rp.worse": "{name.nothing}"}
    looked(replace(desk, library=replace(desk.library, messages={"en": texts})))
    assert row("bad").state is DeliveryState.FAILED
    assert (row("bad").state_reason or "").startswith("no words: ")
    assert row("worse").state is DeliveryState.FAILED
    assert (row("good").state, row("good").looks) == (UNKNOWN, 1)


def test_a_text_that_gets_lost_five_times_is_not_tried_a_sixth_time(
    maya: Patient, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    queue(maya, within=24 * HOUR)
    provider.outcomes, provider.takes_unknown = [UNCLEAR] * 9, False
    for _ in range(5):
        assert dispatch(desk)["unknown"] == 1
        for wait in (MINUTE, 2 * MINUTE, 7 * MINUTE):
            clock.pass_by(seconds=wait.total_seconds())
            looked(desk)
    assert (row().state, row().state_reason) == (DeliveryState.FAILED, "too many tries")
    assert len(provider.sent) == 5


def test_a_text_that_gets_lost_too_often_is_told_to_the_clinic(
    never_there: OutboundMessage, desk: Desk, clock: SetClock
) -> None:
    with transaction():
        never_there.losses = reconciliation.MOST_LOSSES - 1
    at_each_look(desk, clock)
    assert never_there.state is DeliveryState.FAILED
    (alert,) = db.session.scalars(select(Alert)).all()
    assert (alert.kind, alert.patient_id) == ("text_failed", never_there.patient_id)
    assert alert.about == "A text could not be sent: too many tries"


def test_a_provider_that_is_busy_has_lost_nothing(
    maya: Patient, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    """However often it asks for patience, one loss after that is the first."""
    queue(maya, within=24 * HOUR)
    busy = Outcome(senders.Kind.RETRY, code=20429, reason=Reason.NOT_ACCEPTED, retry_after=1)
    provider.outcomes, provider.takes_unknown = [busy] * 6 + [UNCLEAR], False
    while row().state is not UNKNOWN:
        dispatch(desk)
        clock.pass_by(minutes=11)
    assert (row().attempt, row().losses) == (7, 0)
    while row().state is UNKNOWN:
        clock.pass_by(minutes=11)
        looked(desk)
    assert (row().state, row().losses) == (PENDING, 1)
    assert dispatch(desk) == {"accepted": 1}
    assert db.session.scalars(select(Alert)).all() == []


def test_one_that_was_taken_and_did_not_arrive_has_failed_with_what_follows(
    lost: OutboundMessage, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    (taken,) = provider.texts[lost.phone]
    provider.texts[lost.phone] = [
        replace(taken, status="undelivered", code=30006, reason=Reason.BAD_NUMBER)
    ]
    clock.wall = NOW + LOOKS[0]
    assert looked(desk) == 1
    assert (lost.state, lost.state_reason) == (DeliveryState.FAILED, "bad_number")
    assert (lost.provider_sid, lost.error_code) == (taken.provider_sid, 30006)
    assert consent.is_suppressed(lost.phone)
    assert db.session.scalars(select(Alert.kind)).all() == ["text_bad_number"]


def test_a_question_that_was_taken_and_did_not_arrive_is_not_open(
    plan: Plan, desk: Desk, provider: RecordingSender, library: Library
) -> None:
    message = morning_question(plan)
    words = worded(message, library)
    provider.texts[plan.patient.phone] = [Sent("SM-past", words, "failed", MORNING + SECOND, 30003)]
    with transaction():
        message.state, message.look_at = UNKNOWN, NOW
    assert looked(desk) == 1
    assert message.state is DeliveryState.FAILED
    assert db.session.scalars(select(Conversation)).all() == []


@pytest.mark.parametrize(
    ("ahead", "settled"), [(SECOND, 0), (24 * HOUR, 0), (24 * HOUR + SECOND, 1), (96 * HOUR, 1)]
)
def test_a_look_that_a_fast_clock_set_is_not_waited_for(
    lost: OutboundMessage, desk: Desk, ahead: timedelta, settled: int
) -> None:
    with transaction():
        lost.look_at = NOW + ahead
    assert looked(desk) == settled


def test_a_console_cannot_say_what_it_printed_so_a_text_in_doubt_is_not_printed_again(
    maya: Patient, desk: Desk, clock: SetClock
) -> None:
    """The worker was killed after it had printed the text."""
    printed = StringIO()
    at_the_console = replace(desk, sender=ConsoleSender(printed))
    queue(maya, within=24 * HOUR)
    (mine,) = claims.claim(desk.library, URL, NOW, Claim("gone", 40)).texts
    asyncio.run(at_the_console.sender.send(mine.outgoing(NOW)))
    clock.pass_by(minutes=3)
    outbox.give_up_leases(clock.now())
    for _ in range(12):
        clock.pass_by(minutes=5)
        assert (looked(at_the_console), dispatch(at_the_console)) == (0, {})
    assert row().state is UNKNOWN
    assert printed.getvalue().count("SMS to") == 1
