"""The scheduler: it ticks, and on each tick looks into the queue. It holds no job of any patient.

APScheduler runs four jobs: planning, sending, letting go of what is too late, and looking over the
running plans. It goes by the wall clock, so a thread that goes by the monotonic one sets it going
again when it falls silent.
"""

import atexit
import fcntl
import logging
import os
import secrets
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from rehab import clock
from rehab.extensions import db
from rehab.services import delivery, look_over, outbox, reminders
from rehab.services.delivery import Clock, Desk
from rehab.settings import Settings
from rehab.wiring import wiring

log = logging.getLogger(__name__)

PLAN, DISPATCH, EXPIRE, LOOK_OVER = "plan", "dispatch", "expire", "look_over"
SECONDS = {PLAN: 600, DISPATCH: 2, EXPIRE: 60, LOOK_OVER: 3600}
"""How often each job runs."""

MISSED_TICKS = 3
LONGEST_SEND = 60
"""How many ticks may fail to come, or how many seconds a handful of texts may take, before the
scheduler is set going again."""

LOCK_NAME = "scheduler.lock"


class Ticker:
    """The scheduler of one process: `start`, `stop`, and how long ago it last showed life."""

    def __init__(self, app: Flask, time: Clock = clock) -> None:
        self.app, self.clock = app, time
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"[-80:]
        self.scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self.jobs: dict[str, Callable[[], Any]] = {
            PLAN: self.plan,
            DISPATCH: self.dispatch,
            EXPIRE: self.expire,
            LOOK_OVER: self.look_over,
        }
        self.stopping, self.changing = threading.Event(), threading.Lock()
        self.sending = False
        self.last_tick = time.monotonic()

    def start(self) -> None:
        """Tick from now on, in threads of this process; not any more once it was stopped."""
        with self.changing:
            if self.stopping.is_set():
                return
            self.last_tick = self.clock.monotonic()
            for name in self.jobs:
                self._arm(name)
            self.scheduler.start()
        threading.Thread(target=self._keep_watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Claim nothing more and finish what is in flight: at most one send's time-out."""
        self.stopping.set()
        with self.changing:
            if self.scheduler.running:
                self.scheduler.shutdown(wait=True)

    def seconds_since_last_tick(self) -> float:
        return self.clock.monotonic() - self.last_tick

    def watch(self) -> bool:
        """Set every job going again if the ticks have stopped, as they do for as long as the wall
        clock was put back. Whether that was needed."""
        silence = self.seconds_since_last_tick()
        if silence <= (LONGEST_SEND if self.sending else MISSED_TICKS * SECONDS[DISPATCH]):
            return False
        log.warning("no tick for %.0f s: arming the scheduler again", silence)
        for name in self.jobs:
            self._arm(name)
        return True

    def plan(self) -> int:
        """Queue what is to come; the number of new reminders."""
        return reminders.plan_ahead(self.clock.now())

    def dispatch(self) -> Counter[str]:
        """Send until nothing is due; how many texts ended in which state."""
        built, sent = wiring(), Counter[str]()
        desk = Desk(built.sender, built.library, built.settings.public_url, self.clock, self.worker)
        self.sending = True
        try:
            while self._tick() and (tally := delivery.dispatch(desk, carry_on=self._tick)):
                sent += tally
        finally:
            self.sending = False
        return sent

    def expire(self) -> int:
        """Let go of what is too late, and of what a lost worker held; the number of texts."""
        now = self.clock.now()
        return outbox.expire(now) + outbox.give_up_leases(now)

    def look_over(self) -> int:
        """Tell the clinics what no report brings up by itself; the number of new alerts."""
        return look_over.look_over(wiring().library, self.clock.now())

    def _tick(self) -> bool:
        """Show life; whether there is time to go on."""
        self.last_tick = self.clock.monotonic()
        return not self.stopping.is_set()

    def _run(self, name: str) -> None:
        """One job, in an app context of its own; a failure costs this tick, not the scheduler."""
        if self.stopping.is_set():
            return
        with self.app.app_context():
            try:
                self.jobs[name]()
            except Exception:
                log.exception("%s failed; the next tick tries again", name)
            finally:
                db.session.remove()

    def _arm(self, name: str) -> None:
        self.scheduler.add_job(
            self._run,
            "interval",
            (name,),
            id=name,
            seconds=SECONDS[name],
            next_run_time=self.clock.now(),
            replace_existing=True,
        )

    def _keep_watch(self) -> None:
        while not self.stopping.wait(SECONDS[DISPATCH]):
            self.watch()


def run(app: Flask) -> None:
    """Tick until SIGTERM or SIGINT, then finish what is in flight and return."""
    ticker = Ticker(app)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    ticker.start()
    log.info("ticking as %s", ticker.worker)
    ended.wait()
    ticker.stop()


def start_embedded(app: Flask) -> Ticker:
    """Tick inside this web server, in one of its processes: the others wait for its lock."""
    ticker = Ticker(app)
    path = lock_path(_settings_of(app))
    threading.Thread(target=_start_in_turn, args=(ticker, path), daemon=True).start()
    atexit.register(ticker.stop)
    return ticker


def lock_path(settings: Settings) -> Path:
    """The lock beside the SQLite database, or in the data folder of this machine."""
    if settings.is_sqlite:
        database = Path(settings.database_url.removeprefix("sqlite:///"))
        return database.with_name(f"{database.name}.{LOCK_NAME}")
    return settings.data_dir / LOCK_NAME


def _settings_of(app: Flask) -> Settings:
    with app.app_context():
        return wiring().settings


def _start_in_turn(ticker: Ticker, path: Path) -> None:
    """The lock goes with the process that holds it, so whoever waits takes over when that ends."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ticker.start()
        ticker.stopping.wait()
