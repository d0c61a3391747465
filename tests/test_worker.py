"""The scheduler: it ticks, it recovers, it makes way, it stops when told."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apscheduler.events import EVENT_SCHEDULER_STARTED
from flask import Flask
from sqlalchemy import select

from rehab import clock
from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.programs.library import Library
from rehab.services import plans
from rehab.services.plans import Assignment
from rehab.services.transactions import transaction
from rehab.settings import Settings
from rehab.worker import DISPATCH, SECONDS, Ticker, lock_path, start_embedded
from tests.doubles.clock import SetClock

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PATIENCE = 10


@pytest.fixture
def time() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def ticker(app: Flask, time: SetClock) -> Iterator[Ticker]:
    ticker = Ticker(app, time)
    yield ticker
    ticker.stop()


def test_a_pass_plans_sends_and_lets_go(
    maya: Patient, library: Library, ticker: Ticker, time: SetClock, sender: Any
) -> None:
    wish = Assignment("lb-subacute-6w", usual_pain=4, weekdays=(0, 2, 4))
    plans.assign(maya, wish, library, NOW)
    assert ticker.dispatch() == {"accepted": 1}
    time.pass_by(days=2)
    assert (ticker.plan(), ticker.expire()) == (4, 4)
    time.pass_by(hours=7)
    assert ticker.dispatch() == {"accepted": 1}
    assert [sent.body[:11] for sent in sender.sent] == ["Riverside: "] * 2


def test_what_a_lost_worker_held_is_given_up(maya: Patient, ticker: Ticker, time: SetClock) -> None:
    with transaction():
        held = db.session.scalars(select(OutboundMessage)).one()
        held.state, held.lease_until = DeliveryState.SENDING, NOW + timedelta(minutes=2)
    assert ticker.expire() == 0
    time.pass_by(minutes=3)
    assert ticker.expire() == 1


def test_a_tick_that_fails_costs_nothing_but_itself(
    maya: Patient, ticker: Ticker, sender: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise OSError("database is locked")

    dispatch, ticker.jobs[DISPATCH] = ticker.jobs[DISPATCH], fails
    db.session.rollback()
    with caplog.at_level(logging.ERROR):
        ticker._run(DISPATCH)
    assert "dispatch failed" in caplog.text
    ticker.jobs[DISPATCH] = dispatch
    ticker._run(DISPATCH)
    assert len(sender.sent) == 1


def next_runs(ticker: Ticker) -> dict[str, datetime]:
    return {job.id: job.next_run_time for job in ticker.scheduler.get_jobs()}


def test_the_watchdog_arms_the_jobs_again_after_three_missed_ticks(
    ticker: Ticker, time: SetClock
) -> None:
    """As after the wall clock was put back an hour: the jobs would wait until it catches up."""
    for name in ticker.jobs:
        ticker._arm(name)
    ticker.scheduler.start(paused=True)
    time.wall -= timedelta(hours=1)
    time.seconds += 6
    assert not ticker.watch()
    assert set(next_runs(ticker).values()) == {NOW}
    time.seconds += 1
    assert ticker.watch()
    assert next_runs(ticker) == dict.fromkeys(SECONDS, time.wall)


@pytest.mark.parametrize(("seconds", "woken"), [(59, False), (61, True)])
def test_a_long_send_is_no_silence_for_a_minute(
    ticker: Ticker, time: SetClock, seconds: int, woken: bool
) -> None:
    ticker.scheduler.start(paused=True)
    ticker.sending = True
    time.seconds += seconds
    assert ticker.watch() is woken


def test_a_dispatch_shows_life(app: Flask, ticker: Ticker, time: SetClock) -> None:
    time.seconds += 100
    assert ticker.seconds_since_last_tick() == 100
    ticker.dispatch()
    assert ticker.seconds_since_last_tick() == 0


def test_a_stopped_scheduler_claims_nothing(maya: Patient, ticker: Ticker, sender: Any) -> None:
    ticker.stop()
    ticker._run(DISPATCH)
    assert ticker.dispatch() == {}
    assert sender.sent == []


@pytest.fixture
def running(app: Flask) -> Iterator[Ticker]:
    """A ticker that goes by the real clock."""
    ticker = Ticker(app)
    yield ticker
    ticker.stop()


def test_the_scheduler_ticks_by_itself_and_stops_when_told(
    maya: Patient, running: Ticker, sender: Any
) -> None:
    with transaction():
        waiting = db.session.scalars(select(OutboundMessage)).one()
        waiting.kind, waiting.due_at = Kind.REPLY, clock.now()
        waiting.expires_at = clock.now() + timedelta(hours=1)
    sent = threading.Event()
    dispatch = running.jobs[DISPATCH]
    running.jobs[DISPATCH] = lambda: (dispatch(), sent.set())
    running.start()
    assert sent.wait(PATIENCE)
    running.stop()
    assert len(sender.sent) == 1
    assert not running.scheduler.running


def started(ticker: Ticker) -> threading.Event:
    event = threading.Event()
    ticker.scheduler.add_listener(lambda _: event.set(), EVENT_SCHEDULER_STARTED)
    if ticker.scheduler.running:
        event.set()
    return event


def test_one_process_ticks_and_the_next_takes_over_when_it_ends(app: Flask) -> None:
    db.session.rollback()
    first = start_embedded(app)
    assert started(first).wait(PATIENCE)
    second = start_embedded(app)
    waiting = started(second)
    assert not waiting.wait(0.1)
    first.stop()
    assert waiting.wait(PATIENCE)
    second.stop()


@pytest.mark.parametrize(
    ("url", "lock"),
    [
        ("", "data/rehab.sqlite3.scheduler.lock"),
        ("sqlite:///there/a.db", "there/a.db.scheduler.lock"),
        ("postgresql+psycopg://somewhere/rehab", "data/scheduler.lock"),
    ],
)
def test_the_lock_lies_beside_what_is_shared(url: str, lock: str) -> None:
    path = lock_path(Settings(data_dir=Path("data"), database_url=url))
    assert path == (Path(lock).resolve() if not url else Path(lock))


def test_a_worker_that_is_told_to_end_ends(tmp_path: Path) -> None:
    env = {**os.environ, "REHAB_DATA_DIR": str(tmp_path)}
    rehab = Path(sys.executable).with_name("rehab")
    subprocess.run([rehab, "db", "upgrade"], env=env, check=True, capture_output=True)
    worker = subprocess.Popen([rehab, "worker"], env=env, stderr=subprocess.PIPE, text=True)
    with worker:
        assert worker.stderr is not None
        assert any("ticking as" in line for line in worker.stderr)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(15) == 0
