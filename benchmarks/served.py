"""A web server in processes of its own: started, waited for, and its CPU counted."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from benchmarks import stage

BARE = "bare"
LAST_LINES = 12


@dataclass(frozen=True)
class Served:
    """A server that answers, what it is asked, and whose CPU is counted."""

    kind: str
    process: subprocess.Popen[bytes]
    host: str
    questions: Path
    database: Any = None


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and of its children that live."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if pid in (int(stat.parent.name), int(fields[1])):
            ticks += sum(int(field) for field in fields[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(
    kind: str, asked: Path, args: list[Any], env: dict[str, str], database: Any = None
) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    given = [str(arg) for arg in (*args, *([host] if kind == BARE else []))]
    with TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, *given],
            cwd=stage.ROOT,
            env={**os.environ, **env, "REHAB_BIND": host, "REHAB_LOG_LEVEL": "WARNING"},
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        try:
            _until_it_answers(host, process, said)
            yield Served(kind, process, host, asked, database)
        finally:
            process.terminate()
            process.wait()


def _until_it_answers(host: str, process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    """Raises RuntimeError, with the last lines of what the server said, when it does not."""
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://{host}/", timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    said.seek(0)
    last = said.read().decode(errors="replace").splitlines()[-LAST_LINES:]
    raise RuntimeError("\n".join((f"nobody answers at {host}", *last)))
