"""What one tick costs: with nothing due, and with some texts due among more and more that wait.

The sender takes every text at once, in this process: what is measured is the queue alone.
"""

import time
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, text

from benchmarks import stage
from benchmarks.results import Results, Row, machine, middle, options, say, table
from benchmarks.stage import POSTGRESQL, Someone
from rehab import clock
from rehab.extensions import db
from rehab.models.message import OutboundMessage
from rehab.models.patient import Patient
from rehab.notifications.senders import Kind, Outcome, Outgoing, ProviderSilent, Received, Sent
from rehab.services import delivery
from rehab.services.delivery import Desk
from rehab.wiring import wiring

IDLE = 200
"""How many idle ticks make one figure."""

AHEAD = timedelta(hours=1)
SPREAD = 35 * 3600
"""Texts that wait are due from an hour from now on, over this many seconds."""


class Instant:
    """A sender, and its own line, that takes every text at once."""

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["Instant"]:
        yield self

    async def send(self, message: Outgoing) -> Outcome:
        return Outcome(Kind.ACCEPTED, provider_sid=f"SM{message.id.hex}", status="queued")

    async def sent_to(self, phone: str, since: datetime) -> list[Sent]:
        raise ProviderSilent("it keeps nothing")

    async def fetch(self, provider_sid: str) -> Sent | None:
        raise ProviderSilent("it keeps nothing")

    async def received(self, since: datetime) -> list[Received]:
        raise ProviderSilent("it keeps nothing")


@dataclass(frozen=True)
class Queue:
    """One database: so many texts wait in it."""

    kind: str
    waiting: int
    app: Flask
    cast: list[Someone]


def run(given: Namespace) -> None:
    results = Results(given.out)
    say(f"{given.due} due, {machine()}")
    found: dict[tuple[str, int], list[Row]] = {}
    with ExitStack() as stack:
        place = stack.enter_context(stage.folder())
        server = stack.enter_context(stage.postgres()) if POSTGRESQL in given.databases else None
        queues = [
            _filled(kind, waiting, given, server, place)
            for kind in given.databases
            for waiting in given.waiting
        ]
        for number in range(given.rounds):
            for queue in queues:
                row = one(queue, number, given)
                results.keep("ticks", row)
                found.setdefault((queue.kind, queue.waiting), []).append(row)
    table([_summary(rows) for rows in found.values()])


def _filled(kind: str, waiting: int, given: Namespace, server: Any, place: Any) -> Queue:
    with stage.database(kind, server, place) as app:
        cast = stage.enrol(max(given.due * 4, 1000))
        now = clock.now()
        stage.queue(cast[:1], now + AHEAD, "first")
        copy_waiting(waiting)
        stage.settle()
        delivery.dispatch(desk())
    return Queue(kind, waiting, app, cast)


def copy_waiting(count: int) -> None:
    """So many more texts like the one that is there, due from an hour on, five a patient."""
    one = db.session.scalars(select(OutboundMessage)).one()
    is_postgresql = db.engine.dialect.name == POSTGRESQL
    made = POSTGRESQL_WAITING if is_postgresql else SQLITE_WAITING
    patient = {"id": made["patient_id"].replace(f"n / {A_PATIENT}", "n")}
    message = {**made, "dedupe_key": "'waiting:' || n", "plan_id": "NULL"}
    _copy(Patient.__table__, one.patient_id, patient, count // A_PATIENT + 1)
    _copy(OutboundMessage.__table__, one.id, message, count)
    db.session.commit()


A_PATIENT = 5
POSTGRESQL_WAITING = {
    "id": "gen_random_uuid()",
    "patient_id": f"lpad(to_hex(n / {A_PATIENT}), 32, '0')::uuid",
    "due_at": f"due_at + make_interval(secs => n % {SPREAD})",
    "expires_at": f"expires_at + make_interval(secs => n % {SPREAD})",
}
SQLITE_WAITING = {
    "id": "lower(hex(randomblob(16)))",
    "patient_id": f"printf('%032x', n / {A_PATIENT})",
    "due_at": f"strftime('%Y-%m-%d %H:%M:%f000', due_at, (n % {SPREAD}) || ' seconds')",
    "expires_at": f"strftime('%Y-%m-%d %H:%M:%f000', expires_at, (n % {SPREAD}) || ' seconds')",
}
SERIES = """WITH RECURSIVE series(n) AS
(SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < :count - 1)"""


def _copy(table: Any, row_id: UUID, made: dict[str, str], count: int) -> None:
    """Copies of one row that differ in what is `made` of the number n of each."""
    names = [column.name for column in table.columns]
    columns = ", ".join(f'"{name}"' for name in names)
    wanted = ", ".join(made.get(name, f'"{name}"') for name in names)
    copy = (
        f"{SERIES} INSERT INTO {table.name} ({columns}) "  # noqa: S608
        f"SELECT {wanted} FROM series, {table.name} WHERE id = :id"
    )
    shown = row_id if db.engine.dialect.name == POSTGRESQL else row_id.hex
    db.session.execute(text(copy), {"count": count, "id": shown})


def desk() -> Desk:
    built = wiring()
    return Desk(Instant(), built.library, "http://127.0.0.1:8000", clock, "the bench")


def one(queue: Queue, number: int, given: Namespace) -> Row:
    """The milliseconds of an idle tick and of one that has texts to send, here and now."""
    some = queue.cast[(number % 4) * given.due :][: given.due]
    with stage.inside(queue.app):
        idle = _took(lambda: [_tick(0) for _ in range(IDLE)])
        stage.queue(some, clock.now() - timedelta(seconds=1))
        due = _took(lambda: _tick(given.due))
        db.session.execute(
            OutboundMessage.__table__.delete().where(OutboundMessage.dedupe_key.like("%:due"))
        )
        db.session.commit()
        db.session.remove()
    return {
        "database": queue.kind,
        "waiting": queue.waiting,
        "idle_ms": round(idle["ms"] / IDLE, 4),
        "idle_cpu_ms": round(idle["cpu_ms"] / IDLE, 4),
        "due": given.due,
        "due_ms": round(due["ms"], 2),
        "due_cpu_ms": round(due["cpu_ms"], 2),
    }


def _tick(texts: int) -> None:
    sent = delivery.dispatch(desk())
    if sent.total() != texts:
        raise RuntimeError(f"{texts} were due: {sent}")


def _took(work: Callable[[], object]) -> dict[str, float]:
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "ms": (time.perf_counter() - began) * 1000,
        "cpu_ms": (time.process_time() - cpu) * 1000,
    }


def _summary(rows: list[Row]) -> Row:
    names = ("idle_ms", "idle_cpu_ms", "due_ms", "due_cpu_ms")
    first = {name: rows[0][name] for name in ("database", "waiting", "due")}
    return {**first, **{name: round(middle(rows, name), 4) for name in names}}


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--waiting", type=int, nargs="+", default=[1_000, 10_000, 1_000_000])
    parser.add_argument("--due", type=int, default=100)
    parser.add_argument("--databases", nargs="+", choices=stage.BOTH, default=list(stage.BOTH))
    run(parser.parse_args())


if __name__ == "__main__":
    main()
