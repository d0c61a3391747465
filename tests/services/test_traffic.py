"""The traffic of texts, as whoever runs the server sees it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.sending import Gate
from rehab.services import outbox, pulse, tallies
from rehab.services.outbox import Intention
from rehab.services.traffic import lately, traffic
from rehab.services.transactions import transaction

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture(autouse=True)
def no_welcome(maya: Patient) -> None:
    with transaction():
        db.session.query(OutboundMessage).delete()


def put(
    patient: Patient, due_at: datetime, state: DeliveryState = DeliveryState.PENDING
) -> OutboundMessage:
    key = f"{due_at}{state}"
    intention = Intention(patient, Kind.REPLY, "rp.help", key, due_at, due_at + HOUR)
    outbox.enqueue([intention], due_at)
    message = db.session.scalars(select(OutboundMessage).filter_by(dedupe_key=key)).one()
    with transaction():
        message.state = state
    return message


def test_an_empty_queue_shows_nothing(maya: Patient) -> None:
    seen = traffic(NOW)
    assert (seen.due, seen.unknown, seen.under_way, seen.closed, seen.workers) == (0, 0, 0, [], [])
    assert (seen.due_since, seen.next_due, seen.silence) == (None, None, None)
    assert seen.backlog_age == timedelta(0)
    assert lately(NOW) == {}


def test_what_waits_what_is_in_doubt_and_who_sends(maya: Patient) -> None:
    for minutes in (-40, -10, 0, 5):
        put(maya, NOW + minutes * MINUTE)
    put(maya, NOW - HOUR, DeliveryState.SENDING)
    put(maya, NOW - HOUR, DeliveryState.UNKNOWN)
    with transaction():
        put(maya, NOW - 80 * HOUR, DeliveryState.UNKNOWN).settled_at = NOW
    pulse.beat("w1", NOW - 7 * SECOND)
    seen = traffic(NOW)
    assert (seen.due, seen.due_since, seen.next_due) == (
        3,
        NOW - 40 * MINUTE,
        NOW - 40 * MINUTE,
    )
    assert seen.backlog_age == 40 * MINUTE
    assert (seen.unknown, seen.under_way) == (1, 1)
    assert [each.worker for each in seen.workers] == ["w1"]
    assert seen.silence == 7 * SECOND


def test_only_gates_that_are_closed_now_are_shown(maya: Patient) -> None:
    with transaction():
        for scope, until in (("sender", NOW), ("template:a", NOW + SECOND), ("template:b", None)):
            db.session.add(Gate(scope=scope, filled_at=NOW, closed_until=until))
    assert [gate.scope for gate in traffic(NOW).closed] == ["template:a"]


def test_the_last_day_is_counted_by_state(maya: Patient) -> None:
    put(maya, NOW - 25 * HOUR, DeliveryState.FAILED)
    put(maya, NOW - 24 * HOUR, DeliveryState.ACCEPTED)
    put(maya, NOW - HOUR, DeliveryState.ACCEPTED)
    put(maya, NOW, DeliveryState.EXPIRED)
    put(maya, NOW + SECOND)
    assert lately(NOW) == {"accepted": 2, "expired": 1}


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [(-5, "2"), (0, "2"), (2, "2"), (2.5, "5"), (60, "60"), (61, "120"), (3600, "3600")],
)
def test_a_wait_is_counted_by_the_least_bucket_that_holds_it(
    maya: Patient, seconds: float, bucket: str
) -> None:
    message = put(maya, NOW)
    with transaction():
        tallies.count_waits([message], NOW + timedelta(seconds=seconds))
    assert tallies.counts(tallies.WAITS) == {bucket: 1}
    assert tallies.counts(tallies.WAITED) == {"sum": max(seconds, 0)}


def test_a_wait_of_more_than_an_hour_is_over_every_bucket(maya: Patient) -> None:
    with transaction():
        tallies.count_waits([put(maya, NOW)], NOW + 2 * HOUR)
    assert tallies.counts(tallies.WAITS) == {"+Inf": 1}


def test_counts_only_grow(maya: Patient) -> None:
    for _ in range(3):
        with transaction():
            tallies.count_outcomes(["accepted", "accepted", "failed"])
            tallies.count_outcomes([])
    assert tallies.counts(tallies.OUTCOMES) == {"accepted": 6, "failed": 3}
