"""Several workers, one that sleeps, one that is told to end, one whose thread has died."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from flask import Flask

from rehab import clock
from rehab.models.patient import Patient
from rehab.notifications.senders import Line, Sender
from rehab.services import outbox
from rehab.services.delivery import Desk, Pace, dispatch
from rehab.services.reconciliation import reconcile
from rehab.wiring import wiring
from rehab.worker import DISPATCH, Ticker
from tests.doubles import twilio
from tests.doubles.clock import SetClock
from tests.faults.conftest import URL, fork, queue, states
from tests.faults.databases import database_beside
from tests.faults.test_kill_matrix import matrix

PATIENCE = 20
"""Seconds after which a condition that did not come about is a failure."""


def until(met: Callable[[], bool]) -> None:
    ends = monotonic() + PATIENCE
    while not met():
        assert monotonic() < ends, "it never came about"
        sleep(0.02)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_four_workers_side_by_side_text_nobody_twice(
    database: str, request: pytest.FixtureRequest
) -> None:
    """Fault 15: two schedulers, a rolling deploy; 400 texts that are due at once."""
    more: tuple[str, ...] = ()
    if database == "postgresql":
        more = ("--database-url", database_beside(request.getfixturevalue("postgres_url")))
    status, figures = matrix(400, 0, "--faulty", "0", "--database", database, *more)
    assert (figures["once"], figures["twice"], figures["never"]) == (400, 0, 0), figures
    assert status == 0


@dataclass(frozen=True)
class Sleeper:
    """A sender whose process is stopped just before it offers anything, as a paused machine is."""

    sender: Sender

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Line]:
        async with self.sender.connect() as line:
            os.kill(os.getpid(), signal.SIGSTOP)
            yield line


def test_a_worker_that_was_paused_past_its_lease_sends_nothing(
    maya: Patient, desk: Desk, server: twilio.Server
) -> None:
    """Fault 16: another has sent its texts by the time it wakes."""
    pace = Pace(lease=timedelta(seconds=1), slowest=timedelta(seconds=0.5))
    awake = replace(desk, clock=clock, pace=pace)
    queue(maya, 3, real=True)
    paused = fork(lambda: dispatch(replace(awake, sender=Sleeper(awake.sender), worker="paused")))
    try:
        os.waitpid(paused, os.WUNTRACED)
        assert states() == {"sending": 3}
        until(lambda: outbox.give_up_leases(clock.now()) == 3)
        assert reconcile(awake.sender, awake.library, URL, clock.now(), [timedelta(0)]) == 3
        assert dispatch(awake) == {"accepted": 3}
    finally:
        os.kill(paused, signal.SIGCONT)
        _, status = os.waitpid(paused, 0)
    assert status == 0
    assert states() == {"accepted": 3}
    assert len(server.double.messages) == 3


def test_a_worker_that_is_told_to_end_finishes_what_is_under_way(
    app: Flask, maya: Patient, server: twilio.Server
) -> None:
    """Fault 32: SIGTERM in the middle of sending; what was not begun stays for the next one."""
    server.double.delay = 1.0
    queue(maya, 300, real=True)
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("REHAB_")},
        "REHAB_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "REHAB_DATA_DIR": str(wiring().settings.data_dir),
        "REHAB_SMS": "twilio",
        "REHAB_TWILIO_ACCOUNT_SID": twilio.ACCOUNT,
        "REHAB_TWILIO_AUTH_TOKEN": twilio.TOKEN,
        "REHAB_TWILIO_FROM": twilio.NUMBER,
        "REHAB_TWILIO_API_URL": server.url,
    }
    rehab = Path(sys.executable).with_name("rehab")
    states()
    with subprocess.Popen([rehab, "worker"], env=env, stderr=subprocess.DEVNULL) as worker:
        try:
            until(lambda: len(server.double.asked) > 0)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(15) == 0
        finally:
            worker.kill()
    taken = len(server.double.messages)
    assert 0 < taken < 300
    assert states() == {"accepted": taken, "pending": 300 - taken}


class Broken(Exception):
    """What nobody expects of a job store."""


@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_scheduler_whose_thread_has_died_begins_again(
    app: Flask, maya: Patient, sender: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault 33: a fault outside the jobs ends APScheduler's thread, and it says that it runs."""
    queue(maya, 1, wait=timedelta(hours=2))
    states()
    time = SetClock(clock.now())
    ticker = Ticker(app, time)
    ticked, dispatch_job = threading.Event(), ticker.jobs[DISPATCH]
    ticker.jobs = {DISPATCH: lambda: (dispatch_job(), ticked.set())}

    def fails(*_: Any) -> None:
        raise Broken

    ticker.scheduler._process_jobs = fails
    with caplog.at_level(logging.CRITICAL):
        for name in ticker.jobs:
            ticker._arm(name)
        ticker.scheduler.start()
        until(lambda: not ticker.scheduler._thread.is_alive())
    assert ticker.scheduler.running
    assert not ticked.is_set()
    time.seconds += 7
    assert ticker.watch()
    try:
        assert ticked.wait(PATIENCE)
    finally:
        ticker.stop()
