"""Sending while the database fails, or one row does: what has landed is not lost for it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.notifications.senders import Kind as Fate
from rehab.notifications.senders import Outcome, Outgoing
from rehab.programs.library import Library
from rehab.services import claims, delivery, outbox, outcomes, pulse
from rehab.services.claims import Claim, Claimed
from rehab.services.delivery import Desk, Pace, dispatch
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction
from rehab.worker import Ticker
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://rehab.example"


def down() -> OperationalError:
    return OperationalError("SELECT 1", {}, Exception("the database is down"))


@pytest.fixture(autouse=True)
def at_once(maya: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """No welcome in the way, and no waiting between two tries."""
    monkeypatch.setattr(delivery, "PATIENCE", 0.01)
    with transaction():
        db.session.query(OutboundMessage).delete()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def desk(sender: RecordingSender, library: Library, clock: SetClock) -> Desk:
    return Desk(sender, library, URL, clock, "w1")


def queue(patient: Patient, count: int) -> None:
    outbox.enqueue(
        [Intention(patient, Kind.REPLY, "rp.help", str(n), NOW, NOW + HOUR) for n in range(count)],
        NOW,
    )


def states() -> list[str]:
    return sorted(map(str, db.session.scalars(select(OutboundMessage.state))))


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """Make a function fail so many times, and say how often it was called."""

    def fail(module: Any, name: str, times: int) -> list[int]:
        works, calls = getattr(module, name), [0]

        def sometimes(*args: Any, **kwargs: Any) -> Any:
            calls[0] += 1
            if calls[0] <= times:
                raise down()
            return works(*args, **kwargs)

        monkeypatch.setattr(module, name, sometimes)
        return calls

    return fail


def test_what_has_landed_is_kept_until_the_database_is_back(
    maya: Patient, desk: Desk, sender: RecordingSender, fails: Callable[..., list[int]]
) -> None:
    queue(maya, 1)
    calls = fails(outcomes, "record", 2)
    assert dispatch(desk) == {"accepted": 1}
    assert (calls, len(sender.sent)) == ([3], 1)
    assert states() == ["accepted"]


def test_many_are_kept_through_many_failures(
    maya: Patient, desk: Desk, sender: RecordingSender, fails: Callable[..., list[int]]
) -> None:
    """A database that is away is asked once a round, not once for every text."""
    queue(maya, 30)
    calls = fails(outcomes, "record", 20)
    assert dispatch(desk)["accepted"] == 30
    assert len(sender.sent) == 30
    assert calls[0] <= 30


POISON = [
    IntegrityError("UPDATE", {}, Exception("no two rows may have this sid")),
    KeyError("a row that nobody can read"),
]


@pytest.mark.parametrize("error", POISON, ids=["refused by the database", "unreadable"])
def test_one_row_that_cannot_be_recorded_does_not_cost_the_others_theirs(
    maya: Patient,
    desk: Desk,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    """It is tried until its lease runs out, and looked up after that."""
    queue(maya, 5)
    bad = db.session.scalars(select(OutboundMessage.id).filter_by(dedupe_key="3")).one()
    works = outcomes.record

    @transaction()
    def poisoned(results: Sequence[tuple[Claimed, Outcome]], *rest: Any) -> list[str]:
        clock.pass_by(seconds=1)
        states = works(results, *rest)
        if any(mine.id == bad for mine, _ in results):
            raise error
        return states

    monkeypatch.setattr(outcomes, "record", poisoned)
    assert dispatch(desk) == {"accepted": 4}
    assert states() == ["accepted"] * 4 + ["sending"]
    assert clock.now() - NOW >= timedelta(seconds=120)
    assert outbox.give_up_leases(clock.now()) == 1


def test_a_database_that_stays_down_does_not_hold_a_worker_for_longer_than_a_lease(
    maya: Patient, desk: Desk, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(maya, 3)

    def never(*_: Any) -> list[str]:
        clock.pass_by(seconds=10)
        raise down()

    monkeypatch.setattr(outcomes, "record", never)
    assert dispatch(desk) == {}
    assert timedelta(seconds=120) <= clock.now() - NOW <= timedelta(seconds=180)
    assert states() == ["sending"] * 3


def test_a_claim_that_fails_while_texts_are_aloft_costs_them_nothing(
    maya: Patient, desk: Desk, sender: RecordingSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(maya, 6)
    works, calls = claims.claim, []

    def once(*args: Any) -> claims.Batch:
        calls.append(1)
        if len(calls) == 2:
            raise down()
        return works(*args)

    monkeypatch.setattr(claims, "claim", once)
    assert dispatch(replace(desk, pace=Pace(window=4))) == {"accepted": 4}
    assert states() == ["accepted"] * 4 + ["pending"] * 2
    assert dispatch(desk) == {"accepted": 2}


def test_when_the_stops_cannot_be_read_nothing_leaves(
    maya: Patient,
    desk: Desk,
    sender: RecordingSender,
    clock: SetClock,
    fails: Callable[..., list[int]],
) -> None:
    queue(maya, 3)
    fails(delivery, "suppressed", 1)
    assert dispatch(desk) == {}
    assert (sender.sent, states()) == ([], ["sending"] * 3)
    clock.pass_by(minutes=3)
    assert outbox.give_up_leases(clock.now()) == 3


def test_a_heartbeat_that_fails_does_not_cancel_what_is_under_way(
    app: Flask, maya: Patient, sender: RecordingSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes down for a while just after a claim: beats and records fail alike."""
    clock = SetClock(NOW)
    queue(maya, 200)
    ticker = Ticker(app, clock)
    recorded, beat, is_down = outcomes.record, pulse.beat, [False]

    class Cutting(RecordingSender):
        async def send(self, message: Outgoing) -> Outcome:
            if not is_down[0] and not self.sent:
                is_down[0] = True
                clock.pass_by(seconds=11)
            return await super().send(message)

    cutting = Cutting()
    monkeypatch.setattr(ticker, "desk", lambda: replace(Ticker.desk(ticker), sender=cutting))
    failures = [0]

    def record(*args: Any) -> list[str]:
        if is_down[0] and failures[0] < 40:
            failures[0] += 1
            raise down()
        is_down[0] = False
        return recorded(*args)

    def beating(*args: Any) -> int:
        if is_down[0]:
            raise down()
        return beat(*args)

    monkeypatch.setattr(outcomes, "record", record)
    monkeypatch.setattr(pulse, "beat", beating)
    sent = ticker.dispatch()
    assert sent["accepted"] == len(cutting.sent) >= 100
    assert "sending" not in states()
    ticker.stop()


def test_a_worker_that_slept_does_not_settle_what_another_has_taken_up(
    maya: Patient, desk: Desk, library: Library, clock: SetClock
) -> None:
    """It claimed a text and was paused; by the time it wakes the text is another worker's."""
    queue(maya, 1)
    (mine,) = claims.claim(library, URL, NOW, Claim("w1", 40)).texts
    with transaction():
        text = db.session.get_one(OutboundMessage, mine.id)
        text.state = DeliveryState.PENDING
    (theirs,) = claims.claim(library, URL, NOW + HOUR / 2, Claim("w2", 40)).texts
    assert delivery.still_wanted([mine], NOW + HOUR) == []
    assert states() == ["sending"]
    accepted = Outcome(delivery.senders.Kind.ACCEPTED, provider_sid="SM1")
    assert outcomes.record([(theirs, accepted)], "w2", NOW + HOUR) == ["accepted"]


def test_a_text_that_was_erased_while_it_was_under_way_costs_the_others_nothing(
    maya: Patient, library: Library
) -> None:
    """Its patient asked to be forgotten at that moment."""
    queue(maya, 3)
    texts = claims.claim(library, URL, NOW, Claim("w1", 40)).texts
    with transaction():
        db.session.query(OutboundMessage).filter_by(id=texts[0].id).delete()
    taken = [(mine, Outcome(Fate.ACCEPTED, provider_sid=f"SM{n}")) for n, mine in enumerate(texts)]
    assert outcomes.record(taken, "w1", NOW) == ["erased", "accepted", "accepted"]
    assert states() == ["accepted"] * 2
