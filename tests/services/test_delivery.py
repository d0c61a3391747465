"""From the queue to the provider and back: no text twice, none lost, each in a named state."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.message import (
    Conversation,
    DeliveryState,
    Kind,
    OutboundMessage,
    Suppression,
)
from rehab.models.number import key_of
from rehab.models.patient import Patient
from rehab.notifications import senders
from rehab.notifications.senders import Outcome, Outgoing, Reason
from rehab.notifications.senders.twilio import TwilioSender
from rehab.programs.library import Library
from rehab.services import claims, consent, delivery, outbox, outcomes, plans, receipts
from rehab.services.claims import Claim
from rehab.services.delivery import Desk, Pace, dispatch
from rehab.services.outbox import Intention
from rehab.services.plans import Assignment
from rehab.services.transactions import transaction
from rehab.settings import Settings
from tests.doubles import twilio
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACCEPTED, FAILED, UNKNOWN, RETRY = senders.Kind


@pytest.fixture(autouse=True)
def no_welcome(maya: Patient) -> None:
    with transaction():
        db.session.query(OutboundMessage).delete()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def desk(sender: Any, library: Library, clock: SetClock) -> Desk:
    return Desk(sender, library, "https://rehab.example", clock, "w1")


def queue(
    patient: Patient, count: int = 1, kind: Kind = Kind.REPLY, wait: timedelta = HOUR
) -> None:
    outbox.enqueue(
        [Intention(patient, kind, "rp.help", f"{kind}:{n}", NOW, NOW + wait) for n in range(count)],
        NOW,
    )


def states() -> Counter[str]:
    return Counter(str(state) for state in db.session.scalars(select(OutboundMessage.state)))


def only() -> OutboundMessage:
    return db.session.scalars(select(OutboundMessage)).one()


def test_due_texts_are_sent_once_and_their_sids_kept(
    maya: Patient, desk: Desk, sender: Any
) -> None:
    queue(maya, 20)
    assert dispatch(desk) == {"accepted": 20}
    assert dispatch(desk) == {}
    assert len({sent.id for sent in sender.sent}) == len(sender.sent) == 20
    sids = set(db.session.scalars(select(OutboundMessage.provider_sid)))
    assert sids == {f"SM{sent.id.hex}" for sent in sender.sent}


@pytest.mark.parametrize(("wait", "validity"), [(HOUR, 3600), (20 * HOUR, 36_000)])
def test_a_text_is_valid_until_it_expires_or_ten_hours(
    maya: Patient, desk: Desk, sender: Any, wait: timedelta, validity: int
) -> None:
    queue(maya, wait=wait)
    dispatch(desk)
    assert sender.sent[0].validity_seconds == validity


@dataclass
class Meddler(RecordingSender):
    """A sender during whose first call something else happens."""

    meanwhile: Callable[[], None] = lambda: None

    async def send(self, message: Outgoing) -> Outcome:
        if not self.sent:
            thread = threading.Thread(target=self.meanwhile)
            thread.start()
            thread.join()
        return await super().send(message)


def in_app(app: Flask, work: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        with app.app_context():
            work()
            db.session.remove()

    return run


def test_no_transaction_is_open_while_a_text_is_under_way(
    app: Flask, maya: Patient, desk: Desk
) -> None:
    """Another writer gets through at once; with SQLite an open transaction would hold it up."""
    queue(maya, 1)
    phone = "+15005550111"
    meddler = Meddler(meanwhile=in_app(app, lambda: consent.suppress(phone, "sms", NOW)))
    dispatch(replace(desk, sender=meddler))
    assert consent.is_suppressed(phone)


def test_after_a_stop_only_what_is_under_way_leaves(app: Flask, maya: Patient, desk: Desk) -> None:
    queue(maya, 12)
    phone = maya.phone
    meddler = Meddler(meanwhile=in_app(app, lambda: consent.suppress(phone, "sms", NOW)))
    dispatch(replace(desk, sender=meddler, pace=Pace(window=4)))
    assert len(meddler.sent) == 4
    assert states() == {"accepted": 4, "suppressed": 8}


def test_a_stop_between_claim_and_send_holds_the_text_back(
    maya: Patient, desk: Desk, library: Library
) -> None:
    queue(maya, 3)
    batch = claims.claim(library, desk.public_url, NOW, Claim("w1", 40))
    consent.suppress(maya.phone, "sms", NOW)
    assert delivery.still_wanted(batch.texts, NOW) == []
    assert states() == {"suppressed": 3}


def test_a_confirmation_of_stop_gets_through(maya: Patient, desk: Desk, sender: Any) -> None:
    consent.suppress(maya.phone, "sms", NOW)
    queue(maya, kind=Kind.CONFIRMATION)
    assert dispatch(desk) == {"accepted": 1}


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        (Outcome(UNKNOWN, reason=Reason.AMBIGUOUS), "unknown", "ambiguous"),
        (Outcome(FAILED, code=21610, reason=Reason.OPTED_OUT), "failed", "opted_out"),
        (
            Outcome(FAILED, code=21614, reason=Reason.BAD_NUMBER),
            "failed",
            "bad_number",
        ),
        (Outcome(RETRY, reason=Reason.NOT_ACCEPTED), "pending", "not_accepted"),
        (Outcome(RETRY, reason=Reason.OURS_IS_BROKEN), "pending", "ours_is_broken"),
    ],
)
def test_every_outcome_has_its_state(
    maya: Patient, desk: Desk, sender: Any, outcome: Outcome, state: str, reason: str
) -> None:
    queue(maya)
    sender.outcomes.append(outcome)
    assert dispatch(desk) == {state: 1}
    assert (str(only().state), only().state_reason, only().error_code) == (
        state,
        reason,
        outcome.code,
    )


def test_an_unknown_text_is_never_sent_again(
    maya: Patient, desk: Desk, sender: Any, clock: SetClock
) -> None:
    queue(maya)
    sender.outcomes.append(Outcome(UNKNOWN, reason=Reason.AMBIGUOUS))
    dispatch(desk)
    clock.pass_by(minutes=30)
    assert dispatch(desk) == {}
    assert len(sender.sent) == 1


def test_what_was_not_accepted_is_offered_again_later_and_later(
    maya: Patient, desk: Desk, sender: Any, clock: SetClock
) -> None:
    queue(maya)
    sender.outcomes += [Outcome(RETRY, reason=Reason.NOT_ACCEPTED)] * 3
    waits = []
    for _ in range(3):
        dispatch(desk)
        waits.append((only().due_at - clock.now()).total_seconds() // 15)
        assert dispatch(desk) == {}
        clock.pass_by(seconds=(only().due_at - clock.now()).total_seconds())
    assert waits == [1, 2, 4]
    assert dispatch(desk) == {"accepted": 1}


def test_a_busy_provider_is_left_alone_as_long_as_it_asks(
    maya: Patient, desk: Desk, sender: Any
) -> None:
    queue(maya)
    busy = Outcome(RETRY, reason=Reason.NOT_ACCEPTED, retry_after=120)
    sender.outcomes.append(busy)
    dispatch(desk)
    assert 120 <= (only().due_at - NOW).total_seconds() < 130


@pytest.mark.parametrize(
    ("reason", "suppressed", "consents", "level"),
    [
        (Reason.OPTED_OUT, "provider", False, 1),
        (Reason.BAD_NUMBER, "bad_number", True, 2),
        (Reason.BLOCKED, "blocked", True, 2),
        (Reason.REFUSED, None, True, 2),
    ],
)
def test_a_failure_is_told_to_the_clinic_once_and_a_dead_number_left_alone(
    maya: Patient,
    desk: Desk,
    sender: Any,
    reason: Reason,
    suppressed: str | None,
    consents: bool,
    level: int,
) -> None:
    queue(maya, 2)
    sender.outcomes += [Outcome(FAILED, reason=reason)] * 2
    dispatch(desk)
    source = db.session.scalar(select(Suppression.source).filter_by(phone_key=key_of(maya.phone)))
    assert source == suppressed
    assert maya.sms_consent is consents
    assert [a.level for a in db.session.scalars(select(Alert))] == [level]


@pytest.mark.parametrize("kind", [ACCEPTED, UNKNOWN])
def test_a_question_that_may_have_arrived_is_open(
    maya: Patient, desk: Desk, sender: Any, clock: SetClock, kind: senders.Kind
) -> None:
    wish = Assignment("lb-subacute-6w", usual_pain=4, weekdays=(6,), starts_on=date(2026, 2, 22))
    plans.assign(maya, wish, desk.library, NOW - timedelta(hours=12))
    sender.outcomes.append(Outcome(kind, reason=Reason.AMBIGUOUS))
    clock.wall = NOW - timedelta(hours=2)
    assert dispatch(desk) == {str(kind): 1}
    question = db.session.scalars(select(Conversation)).one()
    assert (question.expects, question.about_on) == ("morning", date(2026, 3, 2))
    assert question.expires_at == NOW + timedelta(hours=10)


def test_a_worker_told_to_stop_claims_no_more(maya: Patient, desk: Desk, sender: Any) -> None:
    queue(maya, 20)
    turns = iter([True])
    going_on = replace(desk, pace=Pace(window=8))
    assert dispatch(going_on, lambda: next(turns, False)) == {"accepted": 8}
    assert states() == {"accepted": 8, "pending": 12}
    assert len(sender.sent) == 8


@dataclass
class Slow(RecordingSender):
    """The first two texts are answered at once, the six after them once they may be."""

    may_answer: threading.Event = field(default_factory=threading.Event)

    async def send(self, message: Outgoing) -> Outcome:
        outcome = await super().send(message)
        if 2 < len(self.sent) <= 8:
            await asyncio.to_thread(self.may_answer.wait, 10)
        return outcome


def test_what_is_claimed_ahead_is_no_more_than_may_be_under_way_and_is_handed_back_at_the_end(
    maya: Patient, desk: Desk, sender: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(maya, 40)
    works, held, slow = claims.claim, [], Slow()

    def counted(*given: Any) -> claims.Batch:
        batch = works(*given)
        held.append(states()["sending"])
        db.session.rollback()
        return batch

    def carry_on() -> bool:
        if len(held) == 3:
            slow.may_answer.set()
        return len(held) < 3

    with monkeypatch.context() as patch:
        patch.setattr(claims, "claim", counted)
        tally = dispatch(replace(desk, sender=slow, pace=Pace(window=8)), carry_on)
    assert held[-1] == max(held) == 16
    sent = len(slow.sent)
    assert tally["accepted"] == sent
    assert tally["pending"] > 0
    assert states() == {"accepted": sent, "pending": 40 - sent}
    assert dispatch(desk) == {"accepted": 40 - sent}
    assert len({text.id for text in slow.sent + sender.sent}) == 40


def test_a_worker_that_slept_on_its_claim_hands_the_texts_back(
    maya: Patient, desk: Desk, clock: SetClock, sender: Any
) -> None:
    """As a paused machine does: by the time it wakes, another worker may have the text."""

    @dataclass
    class Sleepy(RecordingSender):
        @asynccontextmanager
        async def connect(self) -> AsyncIterator[RecordingSender]:
            clock.seconds += 106
            yield self

    sleepy = Sleepy()
    queue(maya, 3)
    assert dispatch(replace(desk, sender=sleepy)) == {"pending": 3}
    assert sleepy.sent == []
    assert dispatch(desk) == {"accepted": 3}
    assert set(db.session.scalars(select(OutboundMessage.attempt))) == {2}


def test_a_text_that_expires_while_claimed_is_not_sent(
    maya: Patient, desk: Desk, sender: Any, clock: SetClock
) -> None:
    queue(maya, 1, wait=timedelta(seconds=5))
    assert dispatch(desk) == {}
    assert states() == {"expired": 1}
    assert sender.sent == []


def test_an_acceptance_that_comes_after_the_lease_still_counts(
    maya: Patient, library: Library
) -> None:
    queue(maya)
    (mine,) = claims.claim(library, "https://rehab.example", NOW, Claim("w1", 40)).texts
    outbox.give_up_leases(NOW + HOUR)
    assert states() == {"unknown": 1}
    failed = Outcome(FAILED, reason=Reason.REFUSED)
    assert outcomes.record([(mine, failed)], "w1", NOW) == ["unknown"]
    assert outcomes.record([(mine, Outcome(ACCEPTED))], "w2", NOW) == ["overtaken"]
    accepted = Outcome(ACCEPTED, provider_sid="SM1")
    assert outcomes.record([(mine, accepted)], "w1", NOW) == ["accepted"]
    assert only().provider_sid == "SM1"


FIELDS = [column.name for column in OutboundMessage.__table__.columns if column.name != "body"]


@pytest.mark.parametrize("before", ["claimed", "told by the provider", "given up", "erased"])
def test_acceptances_are_recorded_together_as_they_are_one_by_one(
    maya: Patient, library: Library, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three texts the middle one has gone another way meanwhile: each column is the same."""
    queue(maya, 3)
    texts = claims.claim(library, "https://rehab.example", NOW, Claim("w1", 40)).texts
    go_another_way(texts[1], before)
    taken = [(t, Outcome(ACCEPTED, f"SM{n}", "queued")) for n, t in enumerate(texts)]
    found = []
    for together in (True, False):
        with monkeypatch.context() as patch:
            if not together:
                patch.setattr(outcomes, "_accept_all", lambda *_: False)
            found.append(recorded(taken))
    assert found[0] == found[1]
    assert found[0][0].count("accepted") == (2 if before == "erased" else 3)


def recorded(taken: list[tuple[claims.Claimed, Outcome]]) -> Any:
    """What recording them answers and leaves behind; undone again."""
    with suppress(InterruptedError), transaction():
        states = outcomes.record(taken, "w1", NOW)
        db.session.flush()
        db.session.expire_all()
        rows = db.session.scalars(select(OutboundMessage).order_by(OutboundMessage.id)).all()
        left = [{name: getattr(row, name) for name in FIELDS} for row in rows]
        raise InterruptedError
    return states, left


def go_another_way(text: claims.Claimed, how: str) -> None:
    if how == "told by the provider":
        receipts.receive_status(text.id, "SM1", "sent", None, None, NOW)
    elif how == "given up":
        with transaction():
            db.session.get_one(OutboundMessage, text.id).state = DeliveryState.UNKNOWN
    elif how == "erased":
        with transaction():
            db.session.delete(db.session.get_one(OutboundMessage, text.id))


def test_workers_side_by_side_send_each_text_once(
    app: Flask, maya: Patient, desk: Desk, sender: Any
) -> None:
    queue(maya, 120)

    def work(name: str) -> None:
        with app.app_context():
            while dispatch(replace(desk, worker=name, pace=Pace(window=10))):
                pass
            db.session.remove()

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sender.sent) == len({sent.id for sent in sender.sent}) == 120
    assert states() == {"accepted": 120}


@pytest.fixture
def server() -> Iterator[twilio.Server]:
    with twilio.Server(twilio.Double()) as server:
        yield server


@pytest.fixture
def through_twilio(server: twilio.Server, desk: Desk) -> Desk:
    settings = Settings(
        sms="twilio",
        twilio_account_sid=twilio.ACCOUNT,
        twilio_auth_token=twilio.TOKEN,
        twilio_from=twilio.NUMBER,
        twilio_api_url=server.url,
    )
    return replace(desk, sender=TwilioSender.from_settings(settings, timeout=0.5))


def test_nobody_is_texted_twice_when_twilio_falters(
    maya: Patient, through_twilio: Desk, server: twilio.Server, clock: SetClock
) -> None:
    queue(maya, 6)
    server.double.faults.extend(["429", "500_before", "500_after", "reset_after", "hang_after", ""])
    assert dispatch(through_twilio) == {"pending": 1, "unknown": 4, "accepted": 1}
    clock.pass_by(minutes=1)
    assert dispatch(through_twilio) == {"accepted": 1}
    assert len(server.double.messages) == 5
    callbacks = [message["callback"] for message in server.double.messages]
    assert len(set(callbacks)) == 5
