"""A soak: virtual patients use the app and texts against two web hosts and two workers on one
PostgreSQL, by a clock that runs many times faster, while one process a minute is killed.

    python -m benchmarks.soak --minutes 30 --patients 200 --speed 50 --out var/soak.jsonl

At the end everything comes to rest and what was promised is looked up in the database and in the
provider's own book. Ends with 1 when a promise was broken.
"""

import asyncio
import signal
import sys
import time
from argparse import Namespace
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, TCPConnector
from flask import Flask

from benchmarks import stage
from benchmarks.results import Results, Row, machine, options, say, table
from benchmarks.soak import promises
from benchmarks.soak.balancer import Balancer
from benchmarks.soak.cast import Member, enrolled
from benchmarks.soak.crew import Crew, Process, environment, free_port
from benchmarks.soak.diary import WINDOW, Diary
from benchmarks.soak.fast import Fast, clock_of_database, go_by
from benchmarks.soak.patients import Someone, World
from rehab.extensions import db
from tests.doubles import twilio, twilio_account

DOWN = 3.0
"""Seconds after which a killed process is started again."""

REST = 90
"""Seconds at the most until everything has come to rest."""


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--patients", type=int, default=200)
    parser.add_argument("--speed", type=float, default=50)
    parser.add_argument("--kill-every", type=float, default=60, help="seconds; 0 for never")
    parser.add_argument("--faults", type=float, default=0.01, help="share of failing sends")
    parser.add_argument("--pace", type=float, default=8, help="seconds between a patient's visits")
    parser.add_argument("--logs", type=Path, help="keep what the processes say in this folder")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    results = Results(given.out)
    sys.exit(0 if measure(given, results) else 1)


def measure(given: Namespace, results: Results) -> bool:
    """One soak; whether every promise was kept."""
    with ExitStack() as stack:
        place = stack.enter_context(stage.folder())
        server = stack.enter_context(stage.postgres())
        fast = Fast(time.time(), given.speed)
        go_by(fast)
        twilio_account.now = lambda: twilio_account.format_datetime(fast.now())
        app = stack.enter_context(stage.database(stage.POSTGRESQL, server, place))
        double = twilio.Double(
            delivering=True, keeps_opt_outs=False, fault_rate=given.faults, delay=0.05
        )
        provider = stack.enter_context(twilio.Server(double))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
            line.exec_driver_sql(clock_of_database(fast))
        db.engine.dispose()
        said = f"{given.patients} patients, {given.minutes:g} minutes at {given.speed:g} times"
        say(f"{machine()}; {said}")
        soak = Soak(given, fast, app, double, provider.url, place, server)
        return asyncio.run(soak.run(results))


class Soak:
    """One run, from enrolment to the last look."""

    def __init__(
        self,
        given: Namespace,
        fast: Fast,
        app: Flask,
        double: twilio.Double,
        provider: str,
        place: Path,
        server: Any,
    ) -> None:
        self.given, self.fast, self.app, self.double = given, fast, app, double
        self.provider, self.place, self.server = provider, place, server
        self.logs = given.logs or place
        self.logs.mkdir(parents=True, exist_ok=True)
        self.ports = [free_port(), free_port()]
        self.diary = Diary()

    async def run(self, results: Results) -> bool:
        async with Balancer(self.ports) as balancer:
            self.double.web = balancer.url
            crew = self._crew(balancer.url)
            crew.start()
            began = self.fast.now()
            cast = enrolled(self.app, self.given.patients)
            await self._up(balancer.url)
            start = crew.memory()
            postgres, cpu = stage.cpu_of_postgres(self.server), time.process_time()
            await self._soaked(balancer.url, cast, crew)
            told = {
                "memory at start": start,
                "memory at end": crew.memory(),
                "cpu": {p.name: round(p.cpu, 1) for p in crew.processes},
                "cpu of postgresql": round(stage.cpu_of_postgres(self.server) - postgres, 1),
                "cpu of patients and provider": round(time.process_time() - cpu, 1),
                "carried": {f"web-{h}": balancer.carried[p] for h, p in self._hosts()},
            }
            await self._at_rest()
            end = self._ending(began)
            crew.end()
        return self._told(results, crew, told, end)

    def _hosts(self) -> list[tuple[str, int]]:
        return list(zip("ab", sorted(self.ports), strict=True))

    def _crew(self, public: str) -> Crew:
        processes = []
        for host, port in self._hosts():
            env = environment(
                data_dir=self.place / f"host-{host}",
                database_url=stage.url_of(self.app),
                secret_key=(self.place / "secret_key").read_text(),
                bind=f"127.0.0.1:{port}",
                public_url=public,
                twilio_api_url=self.provider,
            )
            for name, command in (
                (f"web-{host}", ("serve", "--workers", "1")),
                (f"worker-{host}", ("worker",)),
            ):
                log = self.logs / f"{name}.log"
                processes.append(Process(name, command, env, self.fast, log))
        return Crew(processes)

    async def _up(self, url: str) -> None:
        """Until both hosts answer."""
        ends = time.monotonic() + 60
        async with ClientSession() as http:
            for port in self.ports:
                while True:
                    try:
                        async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                            if answer.status == 200:
                                break
                    except (ClientError, OSError):
                        pass
                    if time.monotonic() > ends:
                        raise RuntimeError(f"{url}: a host did not come up")
                    await asyncio.sleep(0.1)

    async def _soaked(self, url: str, cast: list[Member], crew: Crew) -> None:
        ended = asyncio.Event()
        async with ClientSession(connector=TCPConnector(limit=0, force_close=True)) as http:
            world = World(url, self.fast, self.double, http, self.diary, ended, self.given.pace)
            lives = [asyncio.create_task(Someone(*member, world=world).live()) for member in cast]
            await self._killing(crew)
            ended.set()
            for gone in await asyncio.gather(*lives, return_exceptions=True):
                if isinstance(gone, BaseException):
                    self.diary.wrong.append(f"a patient's own: {gone!r}")

    async def _killing(self, crew: Crew) -> None:
        ends = time.monotonic() + self.given.minutes * 60
        every = self.given.kill_every
        next_kill = time.monotonic() + (every or float("inf"))
        while (left := ends - time.monotonic()) > 0:
            if time.monotonic() >= next_kill and left > WINDOW:
                next_kill += every
                victim = await asyncio.to_thread(crew.kill_next)
                say(f"{self.fast.now():%d %H:%M} {victim.name} killed; {self._so_far()}")
                await asyncio.sleep(DOWN)
                victim.start()
            await asyncio.sleep(0.2)

    def _so_far(self) -> str:
        answers, failed = self.diary.answers.total(), len(self.diary.failed)
        texts, replies = len(self.double.messages), len(self.double.received)
        return f"{answers} answers, {failed} failed tries, {texts} texts, {replies} replies"

    async def _at_rest(self) -> None:
        ends = time.monotonic() + REST
        while time.monotonic() < ends:
            if await asyncio.to_thread(self._is_settled):
                return
            await asyncio.sleep(0.5)

    def _is_settled(self) -> bool:
        with stage.inside(self.app):
            known = promises.is_settled(self.fast.now())
            db.session.remove()
        return known

    def _ending(self, began: Any) -> promises.Ending:
        shift = time.time() - time.monotonic()
        return promises.Ending(
            self.diary, self.double, began, self.fast.now(), lambda s: self.fast.at(s + shift)
        )

    def _told(
        self, results: Results, crew: Crew, told: dict[str, Any], end: promises.Ending
    ) -> bool:
        with stage.inside(self.app):
            broken = promises.broken(end)
            told |= {
                "texts": promises.fates(),
                "not sent": dict(promises.reasons().most_common(12)),
                "bytes a row": promises.sizes(),
            }
        told |= self.diary.told([at for _, at in crew.killed])
        told |= {
            "killed": dict(Counter(name for name, _ in crew.killed)),
            "faults of the provider": dict(self.double.met),
        }
        rows: list[Row] = [
            {"promise": name, "broken": len(found), "for example": "; ".join(found[:2])}
            for name, found in broken.items()
        ]
        table(rows)
        say("")
        for name, what in told.items():
            say(f"{name}: {what}")
        say("")
        results.keep("soak", told | {"broken": {row["promise"]: row["broken"] for row in rows}})
        return not (any(broken.values()) or self.diary.given_up or self.diary.wrong)


if __name__ == "__main__":
    main()
