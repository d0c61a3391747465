"""The processes of the hosts: started, killed in turn, started again; what they hold and use."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.soak.fast import Fast
from benchmarks.stage import ROOT
from rehab.settings import env_name
from tests.doubles import twilio

TICKS = os.sysconf("SC_CLK_TCK")
SMALL = 100
"""Seconds that a process may take to come up or to end."""


@dataclass
class Process:
    """One `rehab serve` or `rehab worker` with all of its children; killed as a machine dies, with
    no time for a last word."""

    name: str
    command: tuple[str, ...]
    env: dict[str, str]
    fast: Fast
    log: Path
    inside: tuple[str, ...] = ()
    """What makes a command one of another host."""
    kills: int = 0
    spent: float = 0.0
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        runner = (*self.inside, sys.executable, "-m", "benchmarks.soak.fast")
        given = (repr(self.fast.started), repr(self.fast.speed), *self.command)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [*runner, *given],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Signal all of it; on SIGTERM only the parent, who tells the others."""
        assert self.process is not None  # noqa: S101
        self.spent += self.cpu_now()
        if number == signal.SIGKILL:
            os.killpg(self.process.pid, number)
            self.kills += 1
        else:
            self.process.send_signal(number)
        self.process.wait(SMALL)

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def pids(self) -> list[int]:
        """Its own and its children's: all that are of its session."""
        assert self.process is not None  # noqa: S101
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            fields = _fields(stat)
            if fields and int(fields[3]) == self.process.pid:
                found.append(int(stat.parent.name))
        return found

    def cpu_now(self) -> float:
        """CPU seconds of those that live now."""
        of_each = [_fields(Path(f"/proc/{pid}/stat")) for pid in self.pids()]
        return sum(int(f[11]) + int(f[12]) for f in of_each if f) / TICKS

    @property
    def cpu(self) -> float:
        return self.spent + (self.cpu_now() if self.is_alive else 0.0)

    def memory(self) -> float:
        """Proportional set size in MB: what is shared is counted in parts."""
        return round(sum(_pss(pid) for pid in self.pids()) / 1024, 1)


@dataclass
class Crew:
    """All processes, of which one is killed after the other; `killed` are the times of it."""

    processes: list[Process]
    killed: list[tuple[str, float]] = field(default_factory=list)

    def start(self) -> None:
        for process in self.processes:
            process.start()

    def kill_next(self) -> Process:
        """Kill whose turn it is; somebody has to start it again."""
        victim = self.processes[len(self.killed) % len(self.processes)]
        victim.kill()
        self.killed.append((victim.name, time.time()))
        return victim

    def end(self) -> None:
        for process in self.processes:
            if process.is_alive:
                process.kill(signal.SIGTERM)

    def memory(self) -> dict[str, float]:
        return {process.name: process.memory() for process in self.processes}


def environment(**settings: object) -> dict[str, str]:
    """What one host is told: its own settings, and those of a worker or web server of a soak."""
    common = {
        "scheduler": "off",
        "sms": "twilio",
        "trusted_proxies": "1",
        "twilio_account_sid": twilio.ACCOUNT,
        "twilio_auth_token": twilio.TOKEN,
        "twilio_from": twilio.NUMBER,
        "log_level": "WARNING",
    }
    named = {env_name(name): str(value) for name, value in {**common, **settings}.items()}
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"} | named


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _fields(stat: Path) -> list[str]:
    try:
        return stat.read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
