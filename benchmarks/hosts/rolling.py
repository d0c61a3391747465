"""A rolling upgrade: a web server of an earlier version runs on while the present one brings the
tables up to date beneath it, and both serve the same clinic.

    python -m benchmarks.hosts.rolling --before COMMIT

What is asked of both, in turn, is a plan's day, a session with its decisions, texts, alerts, an
export and an enrolment. Ends with 1 when one of them fails.
"""

import argparse
import json
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from benchmarks import stage
from benchmarks.hosts.postgres import postgres
from benchmarks.results import Results, Row, say, table
from benchmarks.soak.crew import environment, free_port

SECRET = "only an upgrade"  # noqa: S105
REHAB = "from rehab.cli import main; main()"
SEED = """
from datetime import UTC, datetime
from rehab import create_app
from rehab.services import clinics, enrolment, plans, tokens
from rehab.services.plans import Assignment
from rehab.tenancy import across_clinics
from rehab.wiring import wiring
now = datetime.now(UTC)
with create_app().app_context(), across_clinics("a drill"):
    clinic = clinics.open_clinic("Riverside", "Europe/London", now, phone="+442079460100")
    clinics.add_clinician(clinic.id, "ana@example.org", "Ana", now)
    token = tokens.issue_token("ana@example.org", ("read", "write"), now)
    said = {"given_name": "Maya", "phone": "+447900000001", "zone": "Europe/London"}
    maya = enrolment.enrol(clinic.id, {**said, "sms_consent": True}, "ana", now)
    wish = Assignment("lb-subacute-6w", 4, weekdays=tuple(range(7)))
    print(token, maya.id, plans.assign(maya, wish, wiring().library, now).id)
"""
"""A clinic with one patient, made by whichever version runs this."""

UP_WITHIN = 60


class Version:
    """One checkout of the server with the settings of its own host."""

    def __init__(self, name: str, tree: Path, place: Path, database: str) -> None:
        self.name, self.tree, self.port = name, tree, free_port()
        self.env = environment(
            data_dir=place / name,
            database_url=database,
            secret_key=SECRET,
            bind=f"127.0.0.1:{self.port}",
        )
        self.env["REHAB_SMS"] = "console"

    def run(self, code: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *words]
        return subprocess.run(  # noqa: S603
            command, cwd=self.tree, env=self.env, capture_output=True, text=True, check=False
        )

    @contextmanager
    def serving(self) -> Iterator[None]:
        command = [sys.executable, "-c", REHAB, "serve", "--workers", "1"]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, cwd=self.tree, env=self.env, stderr=quiet) as server:  # noqa: S603
            try:
                ends = time.monotonic() + UP_WITHIN
                while self.ask("/readyz")[0] != 200 and time.monotonic() < ends:
                    time.sleep(0.2)
                yield
            finally:
                server.terminate()

    def ask(self, path: str, token: str = "", said: Row | None = None) -> tuple[int, str]:
        """The status, 0 where nobody answers, and the body."""
        body = None if said is None else json.dumps(said).encode()
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body)
        asked.add_header("Content-Type", "application/json")
        if token:
            asked.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)


def asked_of(version: Version, token: str, patient: str, plan: str) -> Iterator[Row]:
    """What one version answers to each kind of request."""
    session = {"id": str(uuid4()), "before": 2, "during": 3, "after": 2}
    session["performed_at"] = datetime.now(UTC).isoformat()
    another = {"given_name": "Noor", "phone": "+447900000002", "zone": "Europe/London"}
    for path, said in (
        (f"plans/{plan}/today", None),
        (f"plans/{plan}/sessions", session),
        (f"plans/{plan}/sessions", None),
        (f"plans/{plan}/decisions", None),
        (f"patients/{patient}/messages", None),
        ("alerts", None),
        (f"patients/{patient}/export", None),
        ("patients", another),
    ):
        status, body = version.ask(f"/api/v1/{path}", token, said)
        what = path.replace(plan, "…").replace(patient, "…")
        fault = "" if status < 400 else body[:120]
        yield {"version": version.name, "what": what, "status": status, "fault": fault}


def checkout(commit: str, place: Path) -> Path:
    """The tree of an earlier commit."""
    command = ["git", "archive", commit]
    packed = subprocess.run(command, cwd=stage.ROOT, check=True, capture_output=True)  # noqa: S603
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(place, filter="data")
    return place


def measure(before: str, results: Results) -> bool:
    """One upgrade; whether both versions answered all."""
    with ExitStack() as stack:
        place = stack.enter_context(stage.folder())
        database = stack.enter_context(postgres(place / "db", "127.0.0.1", free_port()))
        old = Version("before", checkout(before, place / "tree"), place, database.url)
        new = Version("present", stage.ROOT, place, database.url)
        old.run(REHAB, "db", "upgrade").check_returncode()
        token, patient, plan = old.run(SEED).stdout.split()[-3:]
        early = new.run(REHAB, "serve").stderr.strip()
        stack.enter_context(old.serving())
        new.run(REHAB, "db", "upgrade").check_returncode()
        stack.enter_context(new.serving())
        rows = [
            row
            for version in (old, new, old, new)
            for row in asked_of(version, token, patient, plan)
        ]
        facts: Row = {
            "present on the tables before": early,
            "readyz before, present": [old.ask("/readyz")[0], new.ask("/readyz")[0]],
            "healthz before, present": [old.ask("/healthz")[0], new.ask("/healthz")[0]],
            "before, started again": old.run(REHAB, "serve").stderr.strip(),
            "audit": new.run(REHAB, "audit", "verify").returncode,
        }
    table(rows)
    say("")
    results.keep("rolling", {"before": before, **facts})
    return all(row["status"] in (200, 201) for row in rows) and not facts["audit"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", required=True, help="a commit with the version before")
    parser.add_argument("--out", type=Path, help="a file to which the result is added as JSON")
    given = parser.parse_args()
    sys.exit(0 if measure(given.before, Results(given.out)) else 1)


if __name__ == "__main__":
    main()
