"""Who ticks, whether anybody does, and what a database may have forgotten."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.services import outbox, pulse
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def queued(maya: Patient) -> None:
    """A text for every ten minutes of two hours before and one after."""
    with transaction():
        db.session.query(OutboundMessage).delete()
    dues = [NOW + n * 10 * MINUTE for n in range(-12, 7)]
    outbox.enqueue(
        [Intention(maya, Kind.REPLY, "rp.help", f"{due}", due, due + HOUR) for due in dues],
        NOW - 3 * HOUR,
    )


def doubted() -> list[datetime]:
    rows = select(OutboundMessage.due_at).filter_by(state=DeliveryState.UNKNOWN)
    return sorted(db.session.scalars(rows))


def test_a_worker_that_ticks_is_known_and_its_silence_measured(app: Flask) -> None:
    assert pulse.silence(NOW) is None
    pulse.beat("w1", NOW)
    pulse.beat("w2", NOW + 5 * SECOND)
    pulse.beat("w1", NOW + 10 * SECOND)
    assert [(w.worker, w.since, w.at) for w in pulse.workers()] == [
        ("w1", NOW, NOW + 10 * SECOND),
        ("w2", NOW + 5 * SECOND, NOW + 5 * SECOND),
    ]
    assert pulse.silence(NOW + 30 * SECOND) == 20 * SECOND


def test_a_clock_that_was_put_back_is_no_silence(app: Flask) -> None:
    pulse.beat("w1", NOW)
    assert pulse.silence(NOW - HOUR) is None
    assert pulse.beat("w1", NOW - HOUR) == 0
    assert pulse.silence(NOW - HOUR) == timedelta(0)


def test_a_worker_of_yesterday_is_forgotten(app: Flask) -> None:
    pulse.beat("w1", NOW)
    pulse.beat("w2", NOW + timedelta(days=1, seconds=1))
    assert [each.worker for each in pulse.workers()] == ["w2"]


def test_the_first_start_of_all_doubts_nothing(queued: None) -> None:
    assert pulse.beat("w1", NOW) == 0
    assert doubted() == []


@pytest.mark.parametrize(
    ("silence", "count"), [(10, 0), (59, 0), (60, 0), (61, 6), (29 * 60, 6), (7200, 6)]
)
def test_what_fell_due_in_a_silence_is_looked_up_before_it_is_sent(
    queued: None, silence: int, count: int
) -> None:
    """With it what waited already before. What has expired by now is not; what is still to come
    neither."""
    pulse.beat("w1", NOW - silence * SECOND)
    assert len(doubted()) == 0
    pulse.beat("w2", NOW)
    found = doubted()
    assert all(due <= NOW < due + HOUR for due in found)
    assert len(found) == count
    assert pulse.beat("w1", NOW) == 0


@pytest.mark.parametrize(
    ("last", "remembered", "in_doubt"),
    [
        (10, 10, False),
        (1800, 1800, False),
        (1800, 1810, False),
        (1800, 1750, False),
        (1800, None, True),
        (1800, 60, True),
        (1800, 1739, True),
        (100, 5, True),
        (30, None, False),
        (30, 86_400, False),
        (1800, 86_400, True),
    ],
)
def test_what_the_machine_remembers_is_held_against_what_the_database_does(
    queued: None, last: int, remembered: int | None, in_doubt: bool
) -> None:
    """Seconds ago. When the two agree nothing was lost, however long nobody ticked."""
    pulse.beat("w1", NOW - last * SECOND)
    known = None if remembered is None else NOW - remembered * SECOND
    assert (pulse.beat("w1", NOW, known) > 0) is in_doubt


def test_a_heartbeat_is_remembered_outside_the_database(tmp_path: Path) -> None:
    memory = tmp_path / "last_heartbeat"
    assert pulse.remembered(memory) is None
    pulse.remember(memory, NOW)
    pulse.remember(memory, NOW + SECOND)
    assert pulse.remembered(memory) == NOW + SECOND
    assert [path.name for path in tmp_path.iterdir()] == ["last_heartbeat"]


@pytest.mark.parametrize("words", ["", "2026-13-01", "é", "soon"])
def test_a_memory_that_cannot_be_read_is_none(tmp_path: Path, words: str) -> None:
    memory = tmp_path / "last_heartbeat"
    memory.write_text(words, encoding="utf-8")
    assert pulse.remembered(memory) is None
