"""Two hosts over one PostgreSQL on a third, and the line to one of them cut for a minute.

    python -m benchmarks.hosts --cut 60 --speed 5 --out var/hosts.jsonl

Each host has a web server and a worker in a network namespace of its own. While texts fall due all
the time, host B is taken out of the switch: its packets are lost without a word. What each side
answers is asked every half second, of B from B itself. The clock runs `--speed` times faster, so
that leases run out within the cut; time-outs of connections are real seconds. Ends with 1 when a
text was lost or sent twice, or when a process had to be started again. Needs root.
"""

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from benchmarks import stage
from benchmarks.hosts.drill import AFTER, BEFORE, DATABASE, A, B, Drill
from benchmarks.hosts.network import HUB, Network, network
from benchmarks.hosts.postgres import postgres
from benchmarks.hosts.probe import PORT
from benchmarks.results import Results, Row, machine, options, say, table
from benchmarks.soak.crew import Crew, Process, environment
from benchmarks.soak.fast import Fast, clock_of_database, go_by
from rehab import clock, create_app
from rehab.extensions import db
from rehab.models.clinic import Clinic
from rehab.services import clinics, tokens
from rehab.settings import Settings
from tests.doubles import twilio, twilio_account

SECRET = "only two hosts"  # noqa: S105


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--cut", type=float, default=60, help="seconds")
    parser.add_argument("--speed", type=float, default=5)
    parser.add_argument("--texts", type=int, default=600)
    parser.add_argument("--logs", type=Path, help="keep what the processes say in this folder")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if os.geteuid():
        raise SystemExit("network namespaces need root")
    sys.exit(0 if measure(given, Results(given.out)) else 1)


def measure(given: Namespace, results: Results) -> bool:
    """One drill; whether nothing was lost, sent twice or left for a person to do."""
    say(f"{machine()}; the line to B is cut for {given.cut:g} s, the clock runs {given.speed:g}x")
    with _theatre(given) as drill:
        story = drill.run()
        rested = drill.rested()
        by_worker, states = drill.by_worker(), drill.texts()
        looked_up = drill.looked_up()
        started_again = [p.name for p in drill.crew.processes if not p.is_alive]
        counts = drill.double.per_callback()
        drill.crew.end()
    table(story)
    say("")
    facts: Row = {
        "texts": states,
        "by worker": by_worker,
        "looked up": looked_up,
        "twice": sum(count > 1 for count in counts.values()),
        "never": given.texts - len(counts),
        "at rest after s": rested,
        "ended by themselves": started_again,
    }
    results.keep("hosts", {"story": story, **facts})
    return not (facts["twice"] or facts["never"] or started_again)


@contextmanager
def _theatre(given: Namespace) -> Iterator[Drill]:
    with ExitStack() as stack:
        place = stack.enter_context(stage.folder())
        net = stack.enter_context(network(DATABASE, A, B))
        server = stack.enter_context(
            postgres(
                place / "postgres",
                net.address(DATABASE),
                inside=lambda *command: net.inside(DATABASE, *command),
            )
        )
        fast = Fast(time.time(), given.speed)
        go_by(fast)
        twilio_account.now = lambda: twilio_account.format_datetime(fast.now())
        settings = Settings(data_dir=place, database_url=server.url, secret_key=SECRET)
        app = create_app(settings)
        double = twilio.Double(delivering=True, delay=3.0)
        provider = twilio.Server(double)
        provider.listening.close()
        provider.listening = socket.create_server((net.address(HUB), 0), backlog=1024)
        provider.url = f"http://{net.address(HUB)}:{provider.listening.getsockname()[1]}"
        with app.app_context():
            _set_clock(fast)
            upgrade()
        cast, token = _cast(app, given)
        stack.enter_context(provider)
        crew = _crew(given, net, fast, provider.url, server.url, place)
        crew.start()
        stack.callback(crew.end)
        _wait_for(net)
        _queue(app, given, cast)
        yield Drill(given, net, app, crew, double, cast[0].plan_id, token)
        with app.app_context():
            db.engine.dispose()


def _set_clock(fast: Fast) -> None:
    lines = db.engine.execution_options(isolation_level="AUTOCOMMIT")
    with lines.connect() as line:
        line.exec_driver_sql(clock_of_database(fast))
    db.engine.dispose()


def _cast(app: Flask, given: Namespace) -> tuple[list[stage.Someone], str]:
    with stage.inside(app):
        cast = stage.enrol(given.texts)
        clinic = db.session.scalars(select(Clinic)).one()
        clinics.add_clinician(clinic.id, "ana@example.org", "Ana", clock.now())
        token = tokens.issue_token("ana@example.org", ("read",), clock.now())
    return cast, token


def _queue(app: Flask, given: Namespace, cast: list[stage.Someone]) -> None:
    """Texts that fall due one after the other, all through the drill."""
    seconds = BEFORE + given.cut + AFTER
    with stage.inside(app):
        stage.forget_texts()
        for part in range(100):
            some = cast[part::100]
            due = clock.now() + timedelta(seconds=seconds * given.speed * part / 100)
            stage.queue(some, due, str(uuid4()))


def _crew(given: Namespace, net: Network, fast: Fast, provider: str, url: str, place: Path) -> Crew:
    processes = []
    for host in (A, B):
        address = f"{net.address(host)}:{PORT}"
        env = environment(
            data_dir=place / host,
            database_url=url,
            secret_key=SECRET,
            bind=address,
            public_url=f"http://{net.address(A)}:{PORT}",
            twilio_api_url=provider,
        )
        logs = given.logs or place
        logs.mkdir(parents=True, exist_ok=True)
        inside = tuple(net.inside(host))
        for name, command in (("web", ("serve", "--workers", "1")), ("worker", ("worker",))):
            label = f"{name}-{host}"
            processes.append(Process(label, command, env, fast, logs / f"{label}.log", inside))
    return Crew(processes)


def _wait_for(net: Network) -> None:
    ends = time.monotonic() + 60
    for host in (A, B):
        while True:
            try:
                url = f"http://{net.address(host)}:{PORT}/readyz"
                with urllib.request.urlopen(url, timeout=5):
                    break
            except OSError:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.2)


if __name__ == "__main__":
    main()
