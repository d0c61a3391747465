"""What the provider should have told us, asked for: lost reports, and texts that nobody took in."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.message import (
    DeliveryState,
    InboundMessage,
    Kind,
    MessageEvent,
    OutboundMessage,
)
from rehab.models.patient import Patient
from rehab.notifications.senders import Reason, Received, Sent
from rehab.notifications.senders.twilio import sent as as_twilio_lists_it
from rehab.programs.library import Library
from rehab.services import consent, outbox, replies, sweeps
from rehab.services.outbox import Intention
from rehab.services.replies import Inbound
from rehab.services.sweeps import sweep_inbound, sweep_statuses
from rehab.services.transactions import transaction
from tests.doubles.sender import RecordingSender

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NUMBER = "+15005550006"


@pytest.fixture(autouse=True)
def no_welcome(maya: Patient) -> None:
    with transaction():
        db.session.query(OutboundMessage).delete()


def accepted(patient: Patient, key: str, at: datetime, sender: RecordingSender) -> OutboundMessage:
    """A text that the provider took at this time, as both know it."""
    intention = Intention(patient, Kind.REPLY, "rp.help", key, at, at + HOUR, body="Hello")
    outbox.enqueue([intention], at)
    with transaction():
        message = row(key)
        message.state, message.accepted_at, message.offered_at = DeliveryState.ACCEPTED, at, at
        message.provider_sid, message.provider_status, message.status_rank = f"SM{key}", "queued", 0
    sender.texts.setdefault(patient.phone, []).append(Sent(f"SM{key}", "Hello", "queued", at))
    return message


def row(key: str) -> OutboundMessage:
    return db.session.scalars(select(OutboundMessage).filter_by(dedupe_key=key)).one()


def became(
    sender: RecordingSender,
    patient: Patient,
    status: str,
    code: int | None = None,
    reason: Reason | None = None,
) -> None:
    phone = patient.phone
    known = sender.texts[phone]
    sender.texts[phone] = [
        Sent(each.provider_sid, each.body, status, each.created_at, code, reason) for each in known
    ]


def events() -> int:
    return db.session.scalars(select(func.count()).select_from(MessageEvent)).one()


def test_a_delivery_that_nobody_reported_is_found(maya: Patient, sender: RecordingSender) -> None:
    message = accepted(maya, "a", NOW - 2 * HOUR, sender)
    became(sender, maya, "delivered")
    assert sweep_statuses(sender, NOW) == 1
    assert (message.state, message.provider_status) == (DeliveryState.ACCEPTED, "delivered")
    assert message.settled_at == NOW
    assert sweep_statuses(sender, NOW + HOUR) == 0


def test_a_failure_that_nobody_reported_has_its_consequences(
    maya: Patient, sender: RecordingSender
) -> None:
    message = accepted(maya, "a", NOW - 2 * HOUR, sender)
    became(sender, maya, "undelivered", 30005, Reason.BAD_NUMBER)
    assert sweep_statuses(sender, NOW) == 1
    assert (message.state, message.state_reason) == (DeliveryState.FAILED, "bad_number")
    assert message.error_code == 30005
    assert consent.is_suppressed(maya.phone)
    assert db.session.scalars(select(Alert.kind)).all() == ["text_bad_number"]


def test_what_is_still_where_it_was_has_not_moved_on(
    maya: Patient, sender: RecordingSender
) -> None:
    accepted(maya, "a", NOW - 2 * HOUR, sender)
    assert [sweep_statuses(sender, NOW + n * HOUR) for n in range(3)] == [0, 0, 0]
    assert events() == 0
    became(sender, maya, "sent")
    assert sweep_statuses(sender, NOW + 4 * HOUR) == 1
    assert events() == 1


def test_a_text_is_not_asked_about_within_the_hour_nor_once_its_fate_is_known(
    maya: Patient, sender: RecordingSender
) -> None:
    accepted(maya, "young", NOW - 59 * MINUTE, sender)
    with transaction():
        accepted(maya, "known", NOW - 2 * HOUR, sender).settled_at = NOW - HOUR
    sweep_statuses(sender, NOW)
    assert sender.asked == []


@pytest.mark.parametrize(("hours", "asked"), [(71, 1), (73, 0)])
def test_after_three_days_a_text_is_let_go_of(
    maya: Patient, sender: RecordingSender, hours: int, asked: int
) -> None:
    message = accepted(maya, "a", NOW - hours * HOUR, sender)
    sweep_statuses(sender, NOW)
    assert len(sender.asked) == asked
    assert message.state is DeliveryState.ACCEPTED
    assert message.settled_at == (None if asked else NOW)


def test_a_provider_that_is_silent_or_does_not_know_a_text_changes_nothing(
    maya: Patient, sender: RecordingSender
) -> None:
    message = accepted(maya, "a", NOW - 2 * HOUR, sender)
    sender.silent = True
    assert sweep_statuses(sender, NOW) == 0
    sender.silent = False
    sender.texts.clear()
    assert sweep_statuses(sender, NOW) == 0
    assert (message.state, message.settled_at) == (DeliveryState.ACCEPTED, None)


def test_one_report_that_cannot_be_kept_does_not_hold_up_the_others(
    maya: Patient, sender: RecordingSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = accepted(maya, "0", NOW - 3 * HOUR, sender).id
    for n in range(1, 40):
        accepted(maya, str(n), NOW - 2 * HOUR, sender)
    became(sender, maya, "delivered")
    works = sweeps.receive_status

    def receive_status(message_id: UUID, *rest: object) -> None:
        if message_id == bad:
            raise KeyError("a row that nobody can read")
        works(message_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(sweeps, "receive_status", receive_status)
    assert sweep_statuses(sender, NOW) == 39


@pytest.mark.parametrize(
    ("code", "reason", "left_alone"),
    [
        (30006, "bad_number", True),
        (30005, "bad_number", True),
        (30004, "blocked", False),
        (30003, "undelivered", False),
    ],
)
def test_a_failure_in_twilios_own_words_is_understood(
    maya: Patient, sender: RecordingSender, code: int, reason: str, left_alone: bool
) -> None:
    """A listed text has a code and no reason: that is ours to see, as at the door."""
    message = accepted(maya, "a", NOW - 2 * HOUR, sender)
    listed = SimpleNamespace(
        sid="SMa", body="Hello", status="undelivered", date_created=NOW, error_code=code
    )
    sender.texts[maya.phone] = [as_twilio_lists_it(listed)]
    assert sweep_statuses(sender, NOW) == 1
    assert (message.state, message.state_reason) == (DeliveryState.FAILED, reason)
    assert consent.is_suppressed(maya.phone) is left_alone


def test_texts_that_stay_where_they_are_do_not_keep_the_others_from_being_asked_about(
    maya: Patient, sender: RecordingSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "MOST", 3)
    for n in range(3):
        accepted(maya, f"stuck{n}", NOW - 5 * HOUR, sender)
    accepted(maya, "young", NOW - 2 * HOUR, sender)
    asked = []
    for hours in range(4):
        sender.asked.clear()
        sweep_statuses(sender, NOW + hours * HOUR)
        asked.append("SMyoung" in sender.asked)
    assert asked[:2] == [False, True]


class Hanging(RecordingSender):
    """It takes every question and answers none."""

    async def fetch(self, provider_sid: str) -> Sent | None:
        self.asked.append(provider_sid)
        return await asyncio.get_running_loop().create_future()

    async def received(self, since: datetime) -> list[Received]:
        return await asyncio.get_running_loop().create_future()


def times(count: int) -> Callable[[], bool]:
    """Yes, so many times; then no, as after SIGTERM."""
    left = iter(range(count))
    return lambda: next(left, None) is not None


def test_a_sweep_that_is_told_to_end_asks_about_nothing_more(
    maya: Patient, sender: RecordingSender
) -> None:
    accepted(maya, "a", NOW - 2 * HOUR, sender)
    became(sender, maya, "delivered")
    assert sweep_statuses(sender, NOW, times(0)) == 0
    assert sender.asked == []
    assert sweep_statuses(sender, NOW + HOUR) == 1


def test_a_sweep_does_not_wait_for_a_provider_that_hangs_once_it_is_told_to_end(
    maya: Patient, sender: RecordingSender, library: Library
) -> None:
    for n in range(40):
        accepted(maya, str(n), NOW - 2 * HOUR, sender)
    hanging = Hanging(texts=sender.texts)
    assert sweep_statuses(hanging, NOW, times(1)) == 0
    assert len(hanging.asked) == sweeps.AT_ONCE
    assert sweep_inbound(hanging, library, NOW, times(1)) == 0
    became(sender, maya, "delivered")
    assert sweep_statuses(sender, NOW + HOUR) == 40


# Texts that came in while nobody answered the door


@pytest.fixture
def came_in(maya: Patient, sender: RecordingSender) -> Callable[..., Received]:
    phone = maya.phone

    def come(
        body: str, at: datetime, sid: str = "SMin", sender_number: str | None = None
    ) -> Received:
        text = Received(sid, sender_number or phone, NUMBER, body, at)
        sender.inbound.append(text)
        return text

    return come


def kept() -> list[tuple[str, str | None]]:
    rows = db.session.scalars(select(InboundMessage).order_by(InboundMessage.received_at))
    return [(each.body, each.intent) for each in rows]


def test_a_text_that_nobody_took_in_is_taken_in_once(
    maya: Patient,
    sender: RecordingSender,
    library: Library,
    came_in: Callable[..., Received],
) -> None:
    came_in("HELP", NOW - HOUR)
    assert sweep_inbound(sender, library, NOW) == 1
    assert sweep_inbound(sender, library, NOW) == 0
    assert kept() == [("HELP", "help")]
    assert db.session.scalars(select(InboundMessage.received_at)).all() == [NOW - HOUR]


def test_a_text_that_was_taken_in_at_the_door_is_not_taken_in_again(
    maya: Patient,
    sender: RecordingSender,
    library: Library,
    came_in: Callable[..., Received],
) -> None:
    text = came_in("HELP", NOW - HOUR)
    at_the_door = Inbound(text.provider_sid, text.sender, text.recipient, text.body)
    replies.receive(at_the_door, library, NOW - HOUR)
    assert sweep_inbound(sender, library, NOW) == 0
    assert len(kept()) == 1


def test_its_answer_may_have_been_sent_before_and_is_looked_up_first(
    maya: Patient,
    sender: RecordingSender,
    library: Library,
    came_in: Callable[..., Received],
) -> None:
    came_in("HELP", NOW - HOUR)
    sweep_inbound(sender, library, NOW)
    answer = row("reply:SMin")
    assert (answer.state, answer.look_at) == (DeliveryState.UNKNOWN, NOW)


def test_a_stop_that_was_lost_counts_from_when_it_came_in(
    maya: Patient,
    sender: RecordingSender,
    library: Library,
    came_in: Callable[..., Received],
) -> None:
    came_in("STOP", NOW - HOUR)
    sweep_inbound(sender, library, NOW)
    assert consent.is_suppressed(maya.phone)
    assert not maya.sms_consent


@pytest.mark.parametrize(
    ("age", "taken"),
    [
        (timedelta(seconds=30), 0),
        (timedelta(seconds=60), 1),
        (23 * HOUR, 1),
        (25 * HOUR, 0),
    ],
)
def test_what_may_still_be_at_the_door_and_what_is_a_day_old_is_left(
    maya: Patient,
    sender: RecordingSender,
    library: Library,
    came_in: Callable[..., Received],
    age: timedelta,
    taken: int,
) -> None:
    now = NOW + timedelta(days=3)
    came_in("HELP", now - age)
    assert sweep_inbound(sender, library, now) == taken


def test_nothing_from_before_the_clinic_opened_is_taken_in(
    maya: Patient,
    sender: RecordingSender,
    library: Library,
    came_in: Callable[..., Received],
) -> None:
    opened = maya.clinic.created_at
    came_in("STOP", opened - MINUTE)
    assert sweep_inbound(sender, library, opened + HOUR) == 0


def test_one_bad_text_does_not_hold_up_the_others_and_they_come_in_their_order(
    maya: Patient,
    sender: RecordingSender,
    library: Library,
    came_in: Callable[..., Received],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    came_in("START", NOW - 10 * MINUTE, "SM3")
    came_in("STOP", NOW - 30 * MINUTE, "SM1")
    came_in("boom", NOW - 20 * MINUTE, "SM2")
    works = replies.parse

    def parse(text: str, *rest: object) -> object:
        if text == "boom":
            raise KeyError("a text that nobody can read")
        return works(text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(replies, "parse", parse)
    assert sweep_inbound(sender, library, NOW) == 2
    assert [body for body, _ in kept()] == ["STOP", "START"]
    assert not consent.is_suppressed(maya.phone)
    monkeypatch.setattr(replies, "parse", works)
    assert sweep_inbound(sender, library, NOW) == 1


def test_a_silent_provider_is_asked_next_time(
    maya: Patient,
    sender: RecordingSender,
    library: Library,
    came_in: Callable[..., Received],
) -> None:
    came_in("HELP", NOW - HOUR)
    sender.silent = True
    assert sweep_inbound(sender, library, NOW) == 0
    sender.silent = False
    assert sweep_inbound(sender, library, NOW) == 1


def test_missed_texts_wait_for_the_next_time_once_the_sweep_is_told_to_end(
    maya: Patient,
    sender: RecordingSender,
    library: Library,
    came_in: Callable[..., Received],
) -> None:
    for n in range(3):
        came_in("HELP", NOW - (30 - n) * MINUTE, f"SM{n}")
    assert sweep_inbound(sender, library, NOW, times(2)) == 1
    assert sweep_inbound(sender, library, NOW) == 2
