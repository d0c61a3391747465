"""The drill: ordinary life, the line to one host cut, and healed; and what was seen meanwhile."""

import threading
import time
from argparse import Namespace
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from benchmarks import stage
from benchmarks.hosts.network import Network
from benchmarks.hosts.probe import ASKED_FOR, Probe
from benchmarks.results import Row, say
from benchmarks.soak import promises
from benchmarks.soak.crew import Crew
from rehab import clock
from rehab.extensions import db
from rehab.models.message import OutboundMessage
from tests.doubles import twilio

A, B, DATABASE = "a", "b", "db"
BEFORE, AFTER = 15.0, 15.0
"""Seconds of ordinary life before the cut and after it is healed."""

REST = 180
"""Seconds at the most until every text has come to rest: three looks at ten minutes and some."""


@dataclass
class Drill:
    """The hosts, and what happened when."""

    given: Namespace
    net: Network
    app: Flask
    crew: Crew
    double: twilio.Double
    plan_id: UUID
    token: str
    came: dict[str, float] = field(default_factory=dict)

    def run(self) -> list[Row]:
        ended = threading.Event()
        probes = [self._probe(host) for host in (A, B)]
        threads = [threading.Thread(target=p.run, args=(ended,), daemon=True) for p in probes]
        for thread in threads:
            thread.start()
        for name, seconds, act in (
            ("before", BEFORE, lambda: None),
            ("cut", self.given.cut, lambda: self.net.cut(B)),
            ("healed", AFTER, lambda: self.net.heal(B)),
        ):
            act()
            self.came[name] = time.monotonic()
            say(f"{name}: texts so far {self.texts()}")
            self._watch(seconds)
        self.came["end"] = time.monotonic()
        ended.set()
        for thread in threads:
            thread.join(ASKED_FOR)
        return self._story(probes)

    def _watch(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            time.sleep(min(10, max(0, ends - time.monotonic())))
            say(f"  {self.texts()}")

    def texts(self) -> dict[str, int]:
        with stage.inside(self.app):
            return stage.states()

    def _probe(self, host: str) -> Probe:
        return Probe(self.net, host, f"/api/v1/plans/{self.plan_id}/today", self.token)

    def _story(self, probes: list[Probe]) -> list[Row]:
        times = list(self.came.items())
        return [
            {"when": name, "host": probe.host, **probe.between(first, last)}
            for (name, first), (_, last) in pairwise(times)
            for probe in probes
        ]

    def rested(self) -> float:
        """Seconds until no text was under way, in doubt or due."""
        began = time.monotonic()
        while time.monotonic() < began + REST:
            with stage.inside(self.app):
                if promises.is_settled(clock.now()):
                    break
            time.sleep(1)
        return round(time.monotonic() - began, 1)

    def by_worker(self) -> dict[str, int]:
        """How many texts each worker had last."""
        names = {pid: p.name for p in self.crew.processes for pid in p.pids()}
        with stage.inside(self.app):
            who = OutboundMessage.claimed_by
            rows = select(who, func.count()).where(who.is_not(None)).group_by(who)
            found = {str(row[0]): int(row[1]) for row in db.session.execute(rows)}
            db.session.rollback()
        return {names.get(int(name.split(":")[1]), name): n for name, n in found.items()}

    def looked_up(self) -> int:
        """How many texts a lost host left in doubt, so that the provider was asked about them."""
        with stage.inside(self.app):
            asked = select(func.count()).where(OutboundMessage.looks > 0)
            count = db.session.scalar(asked) or 0
            db.session.rollback()
        return count
