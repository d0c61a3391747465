"""`rehab demo` from the outside: what it prints, what it serves, and how it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner

from rehab.cli.demo import demo, demo_settings
from rehab.settings import Settings

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@contextmanager
def running(data_dir: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The demo on a free port, with the lines that it printed up to its being ready."""
    command = [sys.executable, "-c", "from rehab.cli import main; main()", "demo", "--port", "0"]
    environment = {"PATH": os.environ["PATH"], "REHAB_DATA_DIR": str(data_dir)}
    with subprocess.Popen(
        [*command, *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Texts are printed here"):
                break
        try:
            yield process, lines
        finally:
            process.kill()


def get(url: str, token: str = "") -> str:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urlopen(Request(url, headers=headers), timeout=10) as answer:  # noqa: S310
        words: str = answer.read().decode()
        return words


def test_one_command_serves_a_clinic_and_ends_quietly_when_asked(tmp_path: Path) -> None:
    with running(tmp_path) as (process, lines):
        said = "".join(lines)
        found = ADDRESS.search(said)
        assert found, process.communicate()
        for path in ("/", "/demo/phone", "/api/docs", "/readyz"):
            assert get(found[0] + path)
        curl = re.search(r"curl -H 'Authorization: Bearer (\S+)' (\S+)", said)
        assert curl
        assert '"given_name":"Grace"' in get(curl[2], curl[1]).replace(" ", "")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (0, "")
    assert (tmp_path / "demo.sqlite3").exists()
    with running(tmp_path) as (process, again):
        address = ADDRESS.search("".join(again))
        assert address
        assert get(address[0] + "/").count('class="to-phone"') == 12
        process.terminate()
        assert process.wait(timeout=20) == 0


def test_a_taken_port_is_one_plain_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(demo, ["--port", str(port)])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"Error: port {port} on 127.0.0.1: address already in use; try another --port"
    ]


def test_starting_over_never_removes_a_database_that_is_not_the_demos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tmp_path / "clinic.sqlite3"
    real.write_bytes(b"precious")
    monkeypatch.setenv("REHAB_DATABASE_URL", f"sqlite:///{real}")
    monkeypatch.setenv("REHAB_DATA_DIR", str(tmp_path))
    result = CliRunner().invoke(demo, ["--port", "0", "--fresh"])
    assert result.exit_code == 2
    assert real.read_bytes() == b"precious"


def test_a_demo_has_a_database_of_its_own_and_no_provider(tmp_path: Path) -> None:
    given = Settings(
        data_dir=tmp_path,
        sms="twilio",
        twilio_account_sid="AC1",
        twilio_auth_token="secret",
        twilio_from="+447700900000",
    )
    settings = demo_settings(given, "http://127.0.0.1:8123")
    assert settings.database_url == f"sqlite:///{tmp_path / 'demo.sqlite3'}"
    assert (settings.sms, settings.public_url) == ("console", "http://127.0.0.1:8123")


def test_a_database_that_was_asked_for_is_used(tmp_path: Path) -> None:
    url = "postgresql+psycopg://demo@127.0.0.1/demo"
    settings = demo_settings(Settings(data_dir=tmp_path, database_url=url), "http://127.0.0.1:1")
    assert settings.database_url == url
