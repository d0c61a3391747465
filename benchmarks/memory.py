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
from contextlib import contextmanager
from pathlib import Path

from benchmarks.results import Figure, Results, figures_table, options, table
from benchmarks.stage import folder
from rehab import clock

REHAB = [sys.executable, "-c", "from rehab.cli import main; main()"]
TODAY = "/api/v1/plans/00000000-0000-0000-0000-000000000000/today"
ASKED = 200
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


@contextmanager
def serving(place: Path, workers: int) -> Iterator[subprocess.Popen[bytes]]:
    """`rehab serve` over a new SQLite database, which has answered every worker's share."""
    env, port = new_database(place)
    command = [*REHAB, "serve", "--workers", str(workers)]
    with started(command, env) as server:
        until_answered(f"http://127.0.0.1:{port}/healthz", 200)
        for _ in range(ASKED):
            until_answered(f"http://127.0.0.1:{port}{TODAY}", 401)
        yield server


def new_database(place: Path) -> tuple[dict[str, str], int]:
    """The environment of a server with all its tables, and the port that it is to answer on."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REHAB_")}
    env = {**kept, "REHAB_DATA_DIR": str(place), "REHAB_BIND": f"127.0.0.1:{port}"}
    subprocess.run([*REHAB, "db", "upgrade"], env=env, check=True, capture_output=True)  # noqa: S603
    return env, port


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


def until_answered(url: str, status: int, patience: float = 60.0) -> None:
    """Ask until somebody listens. Raises RuntimeError at another answer, or when none comes."""
    ends = clock.monotonic() + patience
    while clock.monotonic() < ends:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
                found = answer.status
        except urllib.error.HTTPError as error:
            found = error.code
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.005)
            continue
        if found != status:
            raise RuntimeError(f"{url} answered {found}")
        return
    raise RuntimeError(f"{url} did not answer")


def _worker(place: Path) -> float:
    env, _ = new_database(place)
    with started([*REHAB, "worker"], env) as worker:
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
