"""The scheduler: it ticks, and on each tick looks into the queue. It holds no job of any patient.

APScheduler runs the jobs that are named here. It goes by the wall clock, so a thread that goes by
the monotonic one sets it going again when it falls silent.
"""

import atexit
import fcntl
import logging
import math
import os
import secrets
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from rehab import clock
from rehab.extensions import db
from rehab.services import (
    delivery,
    look_over,
    outbox,
    pulse,
    reconciliation,
    reminders,
    sweeps,
)
from rehab.services.agreed_time import Clock, agreed
from rehab.services.delivery import Desk
from rehab.services.privacy import ledger, retention
from rehab.settings import Settings
from rehab.tenancy import across_clinics
from rehab.wiring import wiring

log = logging.getLogger(__name__)

PLAN, DISPATCH, RECONCILE, EXPIRE = "plan", "dispatch", "reconcile", "expire"
STATUSES, INBOUND, LOOK_OVER, RETAIN = "statuses", "inbound", "look_over", "retain"
SECONDS = {
    PLAN: 600,
    DISPATCH: 2,
    RECONCILE: 15,
    EXPIRE: 60,
    STATUSES: 3600,
    INBOUND: 600,
    LOOK_OVER: 3600,
    RETAIN: 86_400,
}
"""How often each job runs."""

MISSED_TICKS = 3
LONGEST_SEND = 60
"""How many ticks may fail to come, or how many seconds a handful of texts may take, before the
scheduler is set going again."""

LOCK_NAME, MEMORY_NAME = "scheduler.lock", "last_heartbeat"


class Ticker:
    """The scheduler of one process: `start`, `stop`, and how long ago it last showed life."""

    def __init__(self, app: Flask, time: Clock = clock) -> None:
        self.app, self.clock = app, time
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"[-80:]
        self.scheduler = _scheduler()
        self.jobs: dict[str, Callable[[], Any]] = {
            PLAN: self.plan,
            DISPATCH: self.dispatch,
            RECONCILE: self.reconcile,
            EXPIRE: self.expire,
            STATUSES: self.sweep_statuses,
            INBOUND: self.sweep_inbound,
            LOOK_OVER: self.look_over,
            RETAIN: self.retain,
        }
        self.stopping, self.changing = threading.Event(), threading.Lock()
        self.sending = False
        self.last_tick = time.monotonic()
        self.next_beat = -math.inf
        self.time = time

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
        with self.changing:
            if not self.stopping.is_set():
                self._revive()
                for name in self.jobs:
                    self._arm(name)
        return True

    def _revive(self) -> None:
        """APScheduler says that it runs even when a fault of its own has ended its thread."""
        if self.scheduler.running and not self.scheduler._thread.is_alive():
            log.error("the scheduler's thread has ended: another one begins")
            self.scheduler.shutdown(wait=False)
            self.scheduler = _scheduler()
            self.scheduler.start()

    def plan(self) -> int:
        """Queue what is to come; the number of new reminders."""
        return reminders.plan_ahead(self._now())

    def dispatch(self) -> Counter[str]:
        """Send until nothing is due; how many texts ended in which state."""
        self._tick()
        self.sending = True
        try:
            return delivery.dispatch(self.desk(), carry_on=self._carry_on)
        finally:
            self.sending = False

    def desk(self) -> Desk:
        """What this worker sends with, by a time that it agrees on with the others."""
        built = wiring()
        return Desk(
            sender=built.sender,
            library=built.library,
            public_url=built.settings.public_url,
            clock=self.time,
            worker=self.worker,
            rate=built.settings.sms_per_second,
        )

    def reconcile(self) -> int:
        """Ask the provider about texts whose fate is unknown; how many that settled."""
        built = wiring()
        url = built.settings.public_url
        return reconciliation.reconcile(
            built.sender, built.library, url, self._now(), carry_on=self._has_time
        )

    def sweep_statuses(self) -> int:
        """Ask what became of texts that nobody reported; how many moved on."""
        return sweeps.sweep_statuses(wiring().sender, self._now(), self._has_time)

    def sweep_inbound(self) -> int:
        """Take in texts that never reached our door; the number of them."""
        built = wiring()
        return sweeps.sweep_inbound(built.sender, built.library, self._now(), self._has_time)

    def expire(self) -> int:
        """Let go of what is too late, and of what a lost worker held; the number of texts."""
        now = self._now()
        return outbox.expire(now) + outbox.give_up_leases(now)

    def look_over(self) -> int:
        """Tell the clinics what no report brings up by itself; the number of new alerts."""
        return look_over.look_over(wiring().library, self._now())

    def retain(self) -> int:
        """Remove what need not be kept any longer; how many rows were touched."""
        removed = retention.retain(self._now())
        ledger.catch_up(ledger.path_of(wiring().settings))
        return sum(removed.values())

    def _now(self) -> datetime:
        return self.time.now()

    def _has_time(self) -> bool:
        return not self.stopping.is_set()

    def _tick(self) -> bool:
        """Show life; whether there is time to go on."""
        self.last_tick = self.clock.monotonic()
        self._beat()
        return self._has_time()

    def _carry_on(self) -> bool:
        """As `_tick`, while texts are under way: those must land whatever the database does."""
        try:
            return self._tick()
        except (SQLAlchemyError, OSError):
            log.exception("the heartbeat failed; what is under way is finished")
            return False

    def _beat(self) -> None:
        """Tell the other processes every few seconds that this one ticks."""
        if self.clock.monotonic() < self.next_beat:
            return
        self.time = agreed(clock) if self.clock is clock else self.clock
        memory = wiring().settings.data_dir / MEMORY_NAME
        pulse.beat(self.worker, self._now(), pulse.remembered(memory))
        pulse.remember(memory, self._now())
        self.next_beat = self.clock.monotonic() + pulse.EVERY

    def _run(self, name: str) -> None:
        """One job, in an app context of its own; a failure costs this tick, not the scheduler."""
        if self.stopping.is_set():
            return
        with self.app.app_context(), across_clinics(f"the job {name}"):
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


def _scheduler() -> BackgroundScheduler:
    return BackgroundScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )


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
