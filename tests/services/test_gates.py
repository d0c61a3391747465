"""The gate before the provider: its rate, its pauses, and what the clinics hear of them."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinic
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.sending import Gate
from rehab.notifications import senders
from rehab.notifications.senders import Outcome, Reason
from rehab.programs.library import Library
from rehab.services import alerts, clinics, enrolment, gates, outbox
from rehab.services.claims import Claim, claim
from rehab.services.delivery import Desk, dispatch
from rehab.services.outbox import Intention
from rehab.services.receipts import receive_status
from rehab.services.transactions import transaction
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
URL = "https://rehab.example"

SILENT = Outcome(senders.Kind.RETRY, reason=Reason.NOT_ACCEPTED)
BROKEN = Outcome(senders.Kind.RETRY, code=20003, reason=Reason.OURS_IS_BROKEN)
FILTERED = Outcome(senders.Kind.RETRY, code=30007, reason=Reason.FILTERED)
TAKEN = Outcome(senders.Kind.ACCEPTED)


@pytest.fixture(autouse=True)
def no_welcome(maya: Patient) -> None:
    with transaction():
        db.session.query(OutboundMessage).delete()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def desk(sender: RecordingSender, library: Library, clock: SetClock) -> Desk:
    return Desk(sender, library, URL, clock, "w1")


def queue(
    patient: Patient, count: int, template: str = "rp.help", key: str = "", at: datetime = NOW
) -> None:
    outbox.enqueue(
        [
            Intention(patient, Kind.REPLY, template, f"{template}{key}{n}", at, at + 24 * HOUR)
            for n in range(count)
        ],
        at,
    )


@transaction()
def passed(wanted: int, rate: float, now: datetime) -> int:
    """How many of `wanted` one worker lets through at this moment."""
    gate = gates.at_the_gate(rate, now)
    room = gate.room(wanted)
    gate.spend(room)
    return room


def heeded(now: datetime, *outcomes: Outcome) -> Gate:
    with transaction():
        gates.heed(outcomes, now)
    return db.session.get_one(Gate, gates.SENDER)


@given(
    st.lists(
        st.tuples(st.sampled_from([0, 0.05, 0.3, 1, 2, 7]), st.integers(1, 200)),
        min_size=1,
        max_size=15,
    ),
    st.sampled_from([10.0, 0.5, 1.0, 3.7]),
)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_more_than_its_rate_and_its_bucket_get_through_however_claims_fall(
    app: Flask, claims: list[tuple[float, int]], rate: float
) -> None:
    """Two workers claim in turn; each sees what the other has let through."""
    with transaction():
        db.session.query(Gate).delete()
    now, through = NOW, 0
    for wait, wanted in claims:
        now += timedelta(seconds=wait)
        through += passed(wanted, rate, now)
        elapsed = (now - NOW).total_seconds()
        assert through <= max(10 * rate, 1.0) + rate * elapsed + 1e-6


def test_two_workers_at_the_same_moment_share_one_bucket(
    app: Flask, maya: Patient, library: Library
) -> None:
    queue(maya, 300)
    taken: list[int] = []

    def work(name: str) -> None:
        with app.app_context():
            taken.append(len(claim(library, URL, NOW, Claim(name, 128, rate=10.0)).texts))
            db.session.remove()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("w1", "w2")]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [0, 100]


@pytest.mark.parametrize(
    ("rate", "at_once", "a_second_later"),
    [(0.0, 500, 500), (10.0, 100, 10), (1.0, 10, 1), (0.5, 5, 0), (0.01, 1, 0)],
)
def test_a_bucket_holds_ten_seconds_of_its_rate_and_one_text_at_the_least(
    app: Flask, rate: float, at_once: int, a_second_later: int
) -> None:
    assert passed(500, rate, NOW) == at_once
    assert passed(500, rate, NOW + SECOND) == a_second_later
    assert passed(500, rate, NOW + HOUR) == at_once


def test_half_a_text_a_second_is_one_every_two_seconds(app: Flask) -> None:
    passed(500, 0.5, NOW)
    through = [passed(500, 0.5, NOW + n * SECOND) for n in range(1, 11)]
    assert through == [0, 1] * 5


def test_a_clock_that_was_put_back_does_not_stop_the_sending(
    maya: Patient, library: Library
) -> None:
    """An hour, while the bucket is empty: it fills from then on, not an hour later."""
    queue(maya, 300)
    back = NOW - HOUR
    with transaction():
        db.session.query(OutboundMessage).update({"due_at": back})
    wish = Claim("w1", 128, rate=10.0)
    taken = [len(claim(library, URL, at, wish).texts) for at in (NOW, back, back + 2 * SECOND)]
    assert taken == [100, 0, 20]


def test_what_cannot_leave_costs_nothing_of_the_rate(maya: Patient, library: Library) -> None:
    queue(maya, 5)
    with transaction():
        db.session.query(OutboundMessage).update({"template": "no.such.text"})
    assert claim(library, URL, NOW, Claim("w1", 40, rate=1.0)).texts == []
    queue(maya, 30)
    assert len(claim(library, URL, NOW, Claim("w1", 40, rate=1.0)).texts) == 10


def test_a_slow_rate_sends_everything_in_the_end(
    maya: Patient, desk: Desk, clock: SetClock, sender: RecordingSender
) -> None:
    queue(maya, 25)
    slow = Desk(desk.sender, desk.library, URL, clock, "w1", rate=1.0)
    counts = []
    for _ in range(9):
        counts.append(dispatch(slow)["accepted"])
        clock.pass_by(seconds=2)
    assert counts == [10, 2, 2, 2, 2, 2, 2, 2, 1]


def test_after_its_silence_the_provider_is_left_alone_and_then_tried_with_one_text(
    maya: Patient, desk: Desk, clock: SetClock, sender: RecordingSender
) -> None:
    queue(maya, 5)
    sender.outcomes += [SILENT] * 5
    assert dispatch(desk) == {"pending": 5}
    clock.pass_by(seconds=29)
    assert dispatch(desk) == {}
    clock.pass_by(seconds=1)
    assert dispatch(desk)["accepted"] == 5
    assert len(sender.sent) == 10


def test_one_probe_gets_through_though_four_workers_ask(
    app: Flask, maya: Patient, library: Library
) -> None:
    queue(maya, 40)
    passed(0, 0.0, NOW)
    heeded(NOW, *[SILENT] * 5)
    opens = NOW + 30 * SECOND
    taken: list[int] = []

    def work(name: str) -> None:
        with app.app_context():
            taken.append(len(claim(library, URL, opens, Claim(name, 40)).texts))
            db.session.remove()

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [0, 0, 0, 1]


def test_a_pause_that_the_provider_asks_for_outlasts_texts_under_way(
    maya: Patient, desk: Desk, clock: SetClock, sender: RecordingSender
) -> None:
    queue(maya, 8)
    busy = Outcome(senders.Kind.RETRY, code=20429, reason=Reason.NOT_ACCEPTED, retry_after=60)
    sender.outcomes += [TAKEN, busy]
    assert dispatch(desk) == {"accepted": 7, "pending": 1}
    queue(maya, 1, key="more")
    clock.pass_by(seconds=59)
    assert dispatch(desk) == {}
    clock.pass_by(seconds=12)
    assert dispatch(desk) == {"accepted": 2}


@pytest.fixture
def next_door(app: Flask) -> Patient:
    clinic = clinics.open_clinic("Next Door", "Europe/Berlin", NOW)
    said = {"given_name": "Noa", "phone": "+442079460177", "zone": "Europe/Berlin"}
    return enrolment.enrol(clinic.id, said, "boris@nextdoor.example", NOW)


def told(kind: str) -> list[Alert]:
    return list(db.session.scalars(select(Alert).filter_by(kind=kind, closed_at=None)))


def test_a_wrong_key_stops_the_sending_and_each_waiting_clinic_is_told_once(
    maya: Patient, next_door: Patient, desk: Desk, clock: SetClock, sender: RecordingSender
) -> None:
    queue(maya, 40)
    queue(next_door, 40, key="b")
    sender.outcomes += [BROKEN] * 200
    for _ in range(4):
        dispatch(desk)
        clock.pass_by(minutes=31)
    opened = told(gates.STOPPED)
    assert {alert.clinic_id for alert in opened} == {maya.clinic_id, next_door.clinic_id}
    assert len(opened) == 2
    assert {alert.level for alert in opened} == {alerts.REVIEW}
    assert "our account with the provider needs mending" in opened[0].about
    assert opened[0].patient_id is None


def test_a_clinic_that_waits_for_nothing_is_not_told(
    maya: Patient, next_door: Patient, desk: Desk, sender: RecordingSender
) -> None:
    queue(maya, 1)
    sender.outcomes.append(BROKEN)
    dispatch(desk)
    assert [alert.clinic_id for alert in told(gates.STOPPED)] == [maya.clinic_id]


def test_a_short_silence_is_told_to_nobody_and_a_long_one_is(
    maya: Patient, clock: SetClock
) -> None:
    queue(maya, 1)
    passed(0, 0.0, NOW)
    gate, pauses = heeded(NOW, *[SILENT] * 5), []
    for _ in range(3):
        assert gate.closed_until is not None
        pauses.append((gate.closures, len(told(gates.STOPPED))))
        clock.wall = gate.closed_until
        passed(1, 0.0, clock.now())
        gate = heeded(clock.now() + SECOND, SILENT)
    assert pauses == [(1, 0), (2, 0), (3, 1)]
    gate = heeded(clock.now() + 2 * SECOND, TAKEN)
    assert (gate.failures, gate.closures, gate.closed_until) == (0, 0, None)


def closed_for(template: str, now: datetime) -> timedelta:
    gate = db.session.get_one(Gate, f"template:{template}")
    assert gate.closed_until is not None
    return gate.closed_until - now


def test_only_the_template_that_carriers_filter_is_held_back_and_longer_each_time(
    maya: Patient, desk: Desk, clock: SetClock, sender: RecordingSender
) -> None:
    queue(maya, 1)
    sender.outcomes.append(FILTERED)
    pauses = []
    for n in range(6):
        dispatch(desk)
        pauses.append(closed_for("rp.help", clock.now()) / HOUR)
        queue(maya, 1, "rp.thanks", key=str(n), at=clock.now())
        assert dispatch(desk) == {"accepted": 1}
        clock.wall += timedelta(hours=pauses[-1])
        with transaction():
            held = db.session.scalars(select(OutboundMessage).filter_by(template="rp.help")).one()
            held.due_at, held.expires_at = clock.now(), clock.now() + HOUR
        sender.outcomes.append(FILTERED)
    assert pauses == [1, 2, 4, 8, 16, 24]
    assert len(told("text_filtered")) == 1
    assert db.session.get_one(Gate, gates.SENDER).closures == 0


def test_texts_of_a_template_that_is_filtered_in_one_batch_hold_it_back_once(
    maya: Patient, desk: Desk, clock: SetClock, sender: RecordingSender
) -> None:
    queue(maya, 20)
    sender.outcomes += [FILTERED] * 20
    assert dispatch(desk) == {"pending": 20}
    assert closed_for("rp.help", clock.now()) == HOUR
    clock.pass_by(minutes=59)
    assert dispatch(desk) == {}
    clock.pass_by(minutes=1)
    assert dispatch(desk) == {"accepted": 20}


@pytest.mark.parametrize("outcome", [FILTERED, TAKEN])
def test_a_gate_that_nobody_came_to_is_not_made_by_what_became_of_a_text(
    app: Flask, outcome: Outcome
) -> None:
    with transaction():
        gates.heed([outcome], NOW)
    assert db.session.scalars(select(Gate)).all() == []


def test_a_report_of_a_filtered_text_that_comes_later_holds_its_template_back(
    maya: Patient, desk: Desk, clinic_knows: Callable[[], list[Alert]]
) -> None:
    queue(maya, 2)
    dispatch(desk)
    first = db.session.scalars(select(OutboundMessage)).first()
    assert first is not None
    assert first.provider_sid is not None
    queue(maya, 1, key="waits")
    receive_status(first.id, first.provider_sid, "undelivered", 30007, Reason.FILTERED, NOW)
    assert first.state is DeliveryState.FAILED
    assert gates.held_templates(NOW) == ["rp.help"]
    assert gates.held_templates(NOW + HOUR) == []
    assert len(clinic_knows()) == 1


@pytest.fixture
def clinic_knows(riverside: Clinic) -> Callable[[], list[Alert]]:
    return lambda: told("text_filtered")


# A clock that ran ahead, and was put back


TOMORROW = NOW + timedelta(days=1)
BUSY = Outcome(senders.Kind.RETRY, code=20429, reason=Reason.NOT_ACCEPTED, retry_after=600)


@pytest.mark.parametrize(
    "told_tomorrow", [[SILENT] * 5, [BROKEN], [BUSY]], ids=["silent", "broken", "busy"]
)
def test_a_pause_that_a_fast_clock_set_does_not_stop_the_sending(
    maya: Patient, desk: Desk, told_tomorrow: list[Outcome]
) -> None:
    queue(maya, 1)
    passed(0, 0.0, TOMORROW)
    assert heeded(TOMORROW, *told_tomorrow).closed_until is not None
    assert dispatch(desk) == {"accepted": 1}


def test_a_provider_that_is_busy_again_after_the_clock_was_put_back_is_left_alone(
    maya: Patient,
) -> None:
    passed(0, 0.0, TOMORROW)
    heeded(TOMORROW, BUSY)
    assert heeded(NOW, BUSY).closed_until == NOW + 600 * SECOND
    assert passed(5, 0.0, NOW + 599 * SECOND) == 0


def test_a_template_that_a_fast_clock_held_back_may_leave_and_is_held_back_anew(
    maya: Patient,
) -> None:
    with transaction():
        gates.hold_template("rp.help", TOMORROW + SECOND)
    assert gates.held_templates(NOW) == []
    with transaction():
        gates.hold_template("rp.help", NOW)
    assert gates.held_templates(NOW) == ["rp.help"]
