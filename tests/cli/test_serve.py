"""`rehab serve`, as an operator runs it: real processes that answer, tick and end quietly."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select

from flask_migrate import upgrade

from rehab import create_app
from rehab.cli.serve import Server
from rehab.extensions import db
from rehab.settings import Settings

REHAB = [sys.executable, "-c", "from rehab.cli import main; main()"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def environment(data: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REHAB_")}
    return {**kept, "REHAB_DATA_DIR": str(data), "REHAB_BIND": f"127.0.0.1:{port}"}


def test_two_processes_serve_tick_and_end_without_a_word(tmp_path: Path) -> None:
    port = free_port()
    env = environment(tmp_path, port)
    subprocess.run([*REHAB, "db", "upgrade"], env=env, check=True, capture_output=True)
    server = subprocess.Popen([*REHAB, "serve"], env=env, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    said = ""
    while said.count("Booting worker") < 2:
        said += server.stderr.readline()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=20) as answer:
        assert answer.status == 200
    server.send_signal(signal.SIGTERM)
    _, rest = server.communicate(timeout=40)
    assert server.returncode == 0
    assert "Traceback" not in rest
    assert "ERROR" not in rest


def test_a_process_that_was_killed_is_replaced(tmp_path: Path) -> None:
    port = free_port()
    env = environment(tmp_path, port)
    subprocess.run([*REHAB, "db", "upgrade"], env=env, check=True, capture_output=True)
    server = subprocess.Popen([*REHAB, "serve"], env=env, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    booted: list[int] = []
    try:
        while len(booted) < 3:
            line = server.stderr.readline()
            assert line, "it ended"
            if "Booting worker" in line:
                booted.append(int(line.rpartition(" ")[2]))
                if len(booted) == 2:
                    os.kill(booted[0], signal.SIGKILL)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=20) as answer:
            assert answer.status == 200
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=40)
    assert server.returncode == 0
    assert len(set(booted)) == 3


@contextmanager
def serving(data: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server that has been started, and its port."""
    port = free_port()
    env = environment(data, port)
    subprocess.run([*REHAB, "db", "upgrade"], env=env, check=True, capture_output=True)
    with subprocess.Popen([*REHAB, "serve"], env=env, stderr=subprocess.PIPE, text=True) as server:
        try:
            _until_it_says("Booting worker", server)
            yield server, port
        finally:
            server.terminate()
            server.communicate(timeout=40)


def _until_it_says(what: str, server: subprocess.Popen[str]) -> None:
    assert server.stderr is not None
    assert any(what in line for line in server.stderr), "it ended"


def test_what_its_processes_counted_is_in_one_file_when_they_have_ended(tmp_path: Path) -> None:
    with (
        serving(tmp_path) as (_, port),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=20) as answer,
    ):
        assert answer.status == 200
    assert [file.name for file in tmp_path.glob("requests/*/*")] == ["histogram_ended.db"]


def test_a_request_that_is_under_way_is_answered_before_the_server_ends(tmp_path: Path) -> None:
    said = b"email=ana"
    head = (
        "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(said)}\r\n\r\n"
    )
    with (
        serving(tmp_path) as (server, port),
        socket.create_connection(("127.0.0.1", port), timeout=30) as caller,
    ):
        caller.sendall(head.encode())
        assert caller.recv(100).startswith(b"HTTP/1.1 100 Continue")
        server.terminate()
        _until_it_says("Handling signal: term", server)
        assert not select([caller], [], [], 0)[0]
        caller.sendall(said)
        assert caller.recv(1000).startswith(b"HTTP/1.1 401 ")
    assert server.returncode == 0


def test_no_connection_crosses_to_the_processes(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with create_app(settings).app_context():
        upgrade()
    app = Server(settings, workers=2).wsgi()
    with app.app_context():
        assert db.engine.pool.checkedin() == 0
        assert db.engine.pool.checkedout() == 0


def said_by(code: str, folder: Path) -> str:
    """What a fresh process says that runs this."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(folder, 1), capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def test_who_serves_or_ticks_loads_no_tool_of_migrations_and_no_client_of_the_provider(
    tmp_path: Path,
) -> None:
    code = (
        "import sys; from rehab.cli import commands; from rehab import create_app;"
        "from rehab.extensions import schema_fault;"
        "commands(); app = create_app(); app.app_context().push(); schema_fault();"
        "print([m for m in ('alembic', 'flask_migrate', 'twilio.rest') if m in sys.modules])"
    )
    assert said_by(code, tmp_path) == "[]"


def test_a_worker_has_no_doors_and_knows_all_tables(tmp_path: Path) -> None:
    """What only pages and the API need would be a third of its memory."""
    code = (
        "import sys, rehab.worker; from rehab import create_app; app = create_app(doors=False);"
        "from rehab.extensions import db;"
        "print(*db.metadata.tables, *(m for m in sys.modules if m in ('rehab.web', 'rehab.api')));"
        "create_app(); print(*db.metadata.tables)"
    )
    without, with_doors = said_by(code, tmp_path).splitlines()
    assert set(without.split()) == set(with_doors.split())


def test_an_unknown_setting_is_one_plain_line(tmp_path: Path) -> None:
    env = {**environment(tmp_path, free_port()), "REHAB_COLOUR": "blue"}
    done = subprocess.run([*REHAB, "serve"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["Error: REHAB_COLOUR: no such setting"]
