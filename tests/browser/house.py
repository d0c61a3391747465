"""The real server on a port of this machine, put back to how it began before each test."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, g, got_request_exception
from flask_migrate import upgrade
from werkzeug.serving import WSGIRequestHandler, make_server

from rehab.extensions import db
from rehab.settings import Settings
from rehab.tenancy import across_clinics, nowhere
from rehab.wiring import Wiring

HOST = "127.0.0.1"
PATIENCE = 10
"""Seconds to wait for requests that a page began and did not wait for."""


class Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@dataclass
class House:
    """A served app: its address, its database and what went wrong in it."""

    app: Flask
    url: str
    database: Path
    faults: list[str] = field(default_factory=list)
    inside: int = 0
    shut: bool = False
    moved: threading.Condition = field(default_factory=threading.Condition)

    @property
    def wiring(self) -> Wiring:
        """What the app was built with."""
        built: Wiring = self.app.extensions["rehab"]
        return built

    def keep(self) -> None:
        """Let the database be, from now on, what each test begins with."""
        self._let_go_of_the_database()
        shutil.copyfile(self.database, self._kept)

    def put_back(self) -> None:
        """Begin anew, once everybody has left. A service worker may outlive its browser by a
        moment: whoever comes meanwhile waits at the door."""
        self._shut(True)
        try:
            self.wait_until_empty()
            self._let_go_of_the_database()
            shutil.copyfile(self._kept, self.database)
            self.faults.clear()
        finally:
            self._shut(False)

    def enter(self) -> None:
        """Come in with a request, as soon as the door is open."""
        with self.moved:
            assert self.moved.wait_for(lambda: not self.shut, PATIENCE), "the door stays shut"
            self.inside += 1

    def leave(self) -> None:
        """Go, once it is answered."""
        with self.moved:
            self.inside -= 1
            self.moved.notify_all()

    def _shut(self, shut: bool) -> None:
        with self.moved:
            self.shut = shut
            self.moved.notify_all()

    def wait_until_empty(self) -> None:
        """Wait for what is still being answered."""
        with self.moved:
            assert self.moved.wait_for(lambda: not self.inside, PATIENCE), "a request hangs"

    @property
    def _kept(self) -> Path:
        return self.database.with_suffix(".kept")

    def _let_go_of_the_database(self) -> None:
        """With its last connection, SQLite takes the write-ahead log back into the file."""
        with self.app.app_context():
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.database}{suffix}").unlink(missing_ok=True)


@contextmanager
def serving(
    folder: Path, build: Callable[[Settings], Flask], furnish: Callable[[Wiring], object]
) -> Iterator[House]:
    """Serve what `build` makes, from `folder`; `furnish` fills the empty clinic of every test.

    Reminders are off: `Stage.tick` sends them.
    """
    with socket.create_server((HOST, 0), backlog=128) as listener:
        house = _built(folder, f"http://{HOST}:{listener.getsockname()[1]}", build)
        with house.app.app_context(), across_clinics("the house is furnished"):
            upgrade()
            furnish(house.wiring)
        house.keep()
        with _open(house, listener):
            yield house
            house.wait_until_empty()
    house._let_go_of_the_database()


def _built(folder: Path, url: str, build: Callable[[Settings], Flask]) -> House:
    database = folder / "stage.sqlite3"
    settings = Settings(
        data_dir=folder,
        database_url=f"sqlite:///{database}",
        public_url=url,
        scheduler="off",
        sms_per_second=0.0,
    )
    house = House(build(settings), url, database)
    app = house.app
    app.before_request_funcs.setdefault(None, []).insert(0, _begin_nowhere)
    app.teardown_request(_end_nowhere)
    app.wsgi_app = _counted(app.wsgi_app, house)  # type: ignore[method-assign]
    return house


def _begin_nowhere() -> None:
    """The suite opens every clinic to the threads of its tests. A request gets nothing from that:
    it has to say whose rows it wants, as it does everywhere else."""
    g.nowhere = ExitStack()
    g.nowhere.enter_context(nowhere())


def _end_nowhere(_error: BaseException | None) -> None:
    g.pop("nowhere", ExitStack()).close()


def _counted(answer: Callable[..., Any], house: House) -> Callable[..., Any]:
    def counted(environ: Any, start_response: Any) -> Any:
        house.enter()
        try:
            return answer(environ, start_response)
        finally:
            house.leave()

    return counted


@contextmanager
def _open(house: House, listener: socket.socket) -> Iterator[None]:
    host, port = listener.getsockname()
    server = make_server(
        host, port, house.app, threaded=True, request_handler=Silent, fd=listener.fileno()
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="house", daemon=True)

    def note(_app: Flask, exception: BaseException, **_: object) -> None:
        house.faults.append(f"server: {exception!r}")

    thread.start()
    try:
        with got_request_exception.connected_to(note, house.app):
            yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
