"""Workers as processes that are killed and started again, with the waits of hours made short."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from flask import Flask

from rehab import clock
from rehab.extensions import db
from rehab.models.message import DeliveryState, OutboundMessage
from rehab.notifications import senders
from rehab.notifications.senders import Outcome
from rehab.notifications.senders.twilio import TwilioSender
from rehab.services import breaker, delivery, outbox, outcomes, reconciliation
from rehab.services.delivery import Desk, Pace
from rehab.services.transactions import transaction
from rehab.wiring import wiring
from tests.faults.failpoints import EVERY_TEXT, POINTS, Mine, MinedSender, lay

OURS, RESEND, ONCE = "ours", "resend", "once"
POLICIES = (OURS, RESEND, ONCE)
"""What is done about a text whose fate is unknown: look it up, send it again, or leave it."""

TIMEOUT = 0.5
PACE = Pace(window=12, lease=timedelta(seconds=2), slowest=timedelta(seconds=0.8))
LOOKS = (timedelta(seconds=0.8), timedelta(seconds=1.4), timedelta(seconds=2.2))

LONGEST_LIFE = 1.5
"""Seconds after which a worker is killed that has not met its mine."""

Work = Callable[[Flask, str, Mine | None], None]


def hurry() -> None:
    """Make the waits of a worker as short as its leases are here; the rules stay the same."""
    outcomes.FIRST_RETRY, outcomes.LONGEST_RETRY = timedelta(seconds=0.2), timedelta(seconds=1)
    outcomes._wait = lambda message, _: min(  # type: ignore[assignment]
        outcomes.FIRST_RETRY * message.attempt, outcomes.LONGEST_RETRY
    )
    outcomes.LOOKS = LOOKS
    reconciliation.LOOKED_AFTER_FOR = reconciliation.ASK_AGAIN_AFTER = timedelta(seconds=1)
    reconciliation.MOST_LOSSES = 10_000
    breaker.SILENT_FOR = breaker.BUSY_FOR = timedelta(seconds=0.05)
    breaker.LONGEST_SILENCE = breaker.PROBE_WITHIN = timedelta(seconds=0.3)
    delivery.PATIENCE = 0.05


def treat_unknown(policy: str) -> None:
    """Do as others do, to show what it costs."""
    if policy == RESEND:
        outcomes.RECORDERS[senders.Kind.UNKNOWN] = outcomes._again
        outbox._doubt = _instead({"state": DeliveryState.PENDING})
    if policy == ONCE:
        outcomes.RECORDERS[senders.Kind.UNKNOWN] = _left
        outbox._doubt = _instead({"state": DeliveryState.FAILED, "settled_at": clock.now()})


def _instead(values: dict[str, object]) -> Callable[..., int]:
    return lambda which, reason, now: outbox._settle(which, values)


def _left(message: OutboundMessage, outcome: Outcome, now: object) -> None:
    message.settle(DeliveryState.FAILED, outcome.reason, clock.now())


def work(app: Flask, name: str, mine: Mine | None) -> None:
    """What a worker does, for as long as it lives."""
    built = wiring()
    sender = TwilioSender.from_settings(built.settings, timeout=TIMEOUT)
    offered = MinedSender(sender, mine) if mine else sender
    if mine:
        lay(mine)
    desk = Desk(offered, built.library, built.settings.public_url, clock, name, pace=PACE)
    while True:
        now = clock.now()
        outbox.expire(now)
        outbox.give_up_leases(now)
        done = delivery.dispatch(desk)
        looked = reconciliation.reconcile(
            offered, built.library, built.settings.public_url, clock.now(), LOOKS
        )
        db.session.remove()
        if not done and not looked:
            time.sleep(0.05)


@dataclass
class Place:
    """One worker's: who holds it, what it shall die of, and when it is killed at the latest."""

    pid: int
    mine: Mine | None
    ends: float
    killed: bool = False


@dataclass
class Crew:
    """`size` workers, killed and replaced until `kills` of them have died."""

    app: Flask
    size: int
    kills: int
    seed: int
    work: Work = work
    died: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    places: list[Place] = field(default_factory=list)
    started: int = 0

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)  # noqa: S311

    @property
    def is_hunted(self) -> bool:
        return self.died.total() < self.kills

    def start(self) -> None:
        self.places = [self._hire() for _ in range(self.size)]

    def look_after(self) -> None:
        """Kill whoever has lived long enough, and replace the dead."""
        for place in self.places:
            if self.is_hunted and time.monotonic() > place.ends and not place.killed:
                os.kill(place.pid, signal.SIGKILL)
                place.killed = True
        self.places = [self._replaced(place) for place in self.places]

    def end(self) -> None:
        for place in self.places:
            with suppress(ProcessLookupError):
                os.kill(place.pid, signal.SIGKILL)
            os.waitpid(place.pid, 0)
        self.places = []

    def _replaced(self, place: Place) -> Place:
        pid, status = os.waitpid(place.pid, os.WNOHANG)
        if not pid:
            return place
        if os.WIFSIGNALED(status):
            outside = place.killed or place.mine is None
            self.died["outside" if outside else place.mine.point] += 1
        else:
            self.faults["ended by itself"] += 1
        return self._hire()

    def _hire(self) -> Place:
        self.started += 1
        mine, life = self._fate()
        name = f"w{self.started}"
        pid = os.fork()
        if pid:
            return Place(pid, mine, time.monotonic() + life)
        try:
            with self.app.app_context():
                self.work(self.app, name, mine)
        finally:
            os._exit(1)

    def _fate(self) -> tuple[Mine | None, float]:
        """Half of them meet a mine, half are killed at any moment; the last ones live."""
        if not self.is_hunted:
            return None, float("inf")
        if self.chance.random() < 0.5:
            return None, self.chance.uniform(0.1, 1.2)
        point = self.chance.choice(POINTS)
        return Mine(point, self.chance.randint(1, 8 if point in EVERY_TEXT else 2)), LONGEST_LIFE


@transaction()
def settled() -> bool:
    """Whether every text has come to rest in a state with a name."""
    waiting = db.session.query(OutboundMessage.id).filter(
        OutboundMessage.state.in_((DeliveryState.PENDING, DeliveryState.SENDING))
        | ((OutboundMessage.state == DeliveryState.UNKNOWN) & OutboundMessage.settled_at.is_(None))
    )
    return waiting.first() is None
