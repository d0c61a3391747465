"""Two web servers and a worker as processes, as on two hosts, over one PostgreSQL of their own."""

import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import time as time_
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask_migrate import upgrade

from benchmarks import stage
from benchmarks.hosts.postgres import Postgres, postgres
from benchmarks.soak.crew import environment, free_port
from rehab import clock, create_app
from rehab.extensions import db
from rehab.programs.library import read_library, shipped_folder
from rehab.services import clinics, enrolment, plans, tokens
from rehab.services.plans import Assignment
from rehab.settings import Settings
from tests.doubles import twilio

SECRET = "only for tests"
PATIENTS = 30
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
UP_WITHIN = 60


@dataclass
class Hosts:
    """What a test of several hosts works with; `webs` are the addresses of A and B."""

    app: Flask
    database: Postgres
    webs: tuple[str, str]
    processes: list["subprocess.Popen[bytes]"]
    server: twilio.Server
    cast: list[stage.Someone]
    tokens: list[str]
    """One for each of the cast: who asks fast with one of them meets its limit."""

    def post(self, web: str, path: str, **form: str) -> int:
        """The status of one form sent to a page, after any redirect."""
        asked = urllib.request.Request(f"{web}{path}", urlencode(form).encode())  # noqa: S310
        try:
            with OPENER.open(asked, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def ask(
        self, web: str, path: str, body: bytes | None = None, token: int = 0
    ) -> tuple[int, str]:
        """The status, 0 where nobody answers, and the body of one request by one of the tokens."""
        asked = urllib.request.Request(f"{web}{path}", body)  # noqa: S310
        asked.add_header("Authorization", f"Bearer {self.tokens[token]}")
        asked.add_header("Content-Type", "application/json")
        try:
            with OPENER.open(asked, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)


def until(met: Callable[[], bool], seconds: float = UP_WITHIN) -> None:
    ends = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < ends, "it never came about"
        time.sleep(0.1)


@pytest.fixture(scope="package")
def hosts() -> Iterator[Hosts]:
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rehab-hosts-")))
        database = stack.enter_context(postgres(place / "db", "127.0.0.1", free_port()))
        settings = Settings(data_dir=place, database_url=database.url, secret_key=SECRET)
        app = create_app(settings)
        with app.app_context():
            upgrade()
        cast, issued = _cast(app)
        server = stack.enter_context(twilio.Server(twilio.Double(delay=0.2)))
        shared = {
            "database_url": database.url,
            "secret_key": SECRET,
            "twilio_api_url": server.url,
        }
        webs, processes = [], []
        for host in "ab":
            port = free_port()
            webs.append(f"http://127.0.0.1:{port}")
            env = environment(data_dir=place / host, bind=f"127.0.0.1:{port}", **shared)
            processes.append(_start(stack, env, "serve", "--workers", "1"))
        processes.append(_start(stack, environment(data_dir=place / "worker", **shared), "worker"))
        found = Hosts(app, database, (webs[0], webs[1]), processes, server, cast, issued)
        until(lambda: all(found.ask(web, "/readyz")[0] == 200 for web in webs))
        yield found
        with app.app_context():
            db.engine.dispose()


def _cast(app: Flask) -> tuple[list[stage.Someone], list[str]]:
    """Patients at whose home it is noon, so that no text waits for the morning; and a token for
    each of them."""
    now, cast, issued = clock.now(), [], []
    zone = stage.noon_zone(now)
    with stage.inside(app):
        clinic = clinics.open_clinic("Riverside", zone, now, phone="+442079460100")
        clinics.add_clinician(clinic.id, "ana@example.org", "Ana", now)
        library = read_library(shipped_folder())
        for number in range(PATIENTS):
            phone = f"+4479000001{number:02}"
            said = {"given_name": "Maya", "phone": phone, "zone": zone, "sms_consent": True}
            maya = enrolment.enrol(clinic.id, said, "ana", now)
            wish = Assignment(stage.PROGRAM, 4, weekdays=tuple(range(7)), exercise_at=time_(18))
            plan = plans.assign(maya, wish, library, now)
            cast.append(stage.Someone(maya.id, plan.id, phone))
            issued.append(tokens.issue_token("ana@example.org", ("read", "write"), now))
        db.session.remove()
    return cast, issued


def _start(stack: ExitStack, env: dict[str, str], *command: str) -> "subprocess.Popen[bytes]":
    rehab = Path(sys.executable).with_name("rehab")
    process = subprocess.Popen([rehab, *command], env=env, stderr=subprocess.DEVNULL)
    stack.callback(process.wait, 30)
    stack.callback(process.terminate)
    return process
