"""What the processes of the server hold: the web server's master and two workers, and a worker.

PSS counts a page that several processes share once in all, so the sums can be added up. Each
process has answered, or ticked, before it is weighed.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from compileall import compile_dir
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks import stage
from benchmarks.results import Figure, Results, figures_table, options, table
from benchmarks.stage import SQLITE, folder
from rehab import clock
from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.services import clinics, tokens

AS_INSTALLED = "import sys; sys.modules['rich'] = None"
"""structlog loads rich where that is; the libraries of the tests bring it, and no server has it."""

REHAB = [sys.executable, "-c", f"{AS_INSTALLED}; from rehab.cli import main; main()"]
ASKED, CALLERS = 200, 4
"""Today's plans asked for before the web server is weighed, by so many tokens: each keeps within
its limit."""

WEB, WORKER = 150.0, 90.0
"""MB at the most: two web processes with their master, and a worker."""


def measure(rounds: int) -> list[Figure]:
    """Megabytes, the middle of the rounds."""
    web, worker = list[float](), list[float]()
    for _ in range(rounds):
        with folder() as place, serving(place, 2) as server:
            web.append(weight(server.pid))
        with folder() as place:
            worker.append(_worker(place))
    return [
        Figure(
            "memory", "2 web workers and their master", _middle(web), "MB", None, None, WEB, True
        ),
        Figure("memory", "a worker", _middle(worker), "MB", None, None, WORKER, True),
    ]


def _middle(values: list[float]) -> float:
    return round(sorted(values)[len(values) // 2], 1)


@dataclass(frozen=True, slots=True)
class Clinic:
    """A database with one plan, the environment of a server over it, and who may ask it."""

    env: dict[str, str]
    host: str
    today: str
    callers: tuple[str, ...]


@contextmanager
def serving(place: Path, workers: int) -> Iterator[subprocess.Popen[bytes]]:
    """`rehab serve` over a new SQLite database, which has answered every worker's share. Reminders
    are left to the worker, which is weighed by itself."""
    clinic = open_clinic(place)
    command = [*REHAB, "serve", "--workers", str(workers)]
    with started(command, {**clinic.env, "REHAB_SCHEDULER": "off"}) as server:
        for number in range(ASKED):
            until_answered(clinic.today, clinic.callers[number % CALLERS])
        yield server


def open_clinic(place: Path) -> Clinic:
    """A new SQLite database with all its tables, a patient with a plan, and their clinician."""
    _compiled()
    host, email = f"127.0.0.1:{free_port()}", "ana@riverside.example"
    with stage.database(SQLITE, None, place) as app:
        (someone,) = stage.enrol(1)
        now, patient = clock.now(), db.session.get_one(Patient, someone.patient_id)
        clinics.add_clinician(patient.clinic_id, email, "Ana Ruiz", now)
        callers = tuple(tokens.issue_token(email, (), now) for _ in range(CALLERS))
        db.session.commit()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REHAB_")}
        said = {"DATA_DIR": str(place), "DATABASE_URL": stage.url_of(app), "BIND": host}
    env = {**kept, **{f"REHAB_{name}": value for name, value in said.items()}}
    return Clinic(env, host, f"http://{host}/api/v1/plans/{someone.plan_id}/today", callers)


@cache
def _compiled() -> None:
    """Whoever installs a package compiles it; a checkout's first start would, or each of them where
    PYTHONDONTWRITEBYTECODE is set."""
    compile_dir(stage.ROOT / "rehab", quiet=2)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def started(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def until_answered(url: str, token: str = "", patience: float = 60.0) -> None:
    """Ask until somebody listens. Raises RuntimeError at any answer but 200, or when none comes."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    ends = clock.monotonic() + patience
    while clock.monotonic() < ends:
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{url} answered {error.code}") from error
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.005)
    raise RuntimeError(f"{url} did not answer")


def _worker(place: Path) -> float:
    with started([*REHAB, "worker"], open_clinic(place).env) as worker:
        while not (place / "last_heartbeat").exists():
            time.sleep(0.1)
        time.sleep(2)
        return weight(worker.pid)


def weight(pid: int) -> float:
    """MB of PSS of a process and of its children."""
    return sum(_pss(each) for each in (pid, *children(pid)))


def children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in told.split()]


def _pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"nothing is told of the memory of {pid}")


def main() -> None:
    said = options(__doc__).parse_args()
    results = Results(said.out)
    figures = [results.figure(each) for each in measure(said.rounds)]
    table(figures_table(figures))


if __name__ == "__main__":
    main()
