"""Whole runs of `rehab demo` and `rehab serve` whose log names nobody, whatever goes wrong.

A demo shows its texts on the console on purpose, numbers and all; its log must not. The server of
a clinic masks the numbers of both.
"""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from rehab.services.demo.cast import CAST, CLINICIAN_EMAIL, CLINICIAN_NAME

REHAB = [sys.executable, "-c", "from rehab.cli import main; main()"]
OTHERS = {name: value for name, value in os.environ.items() if not name.startswith("REHAB_")}
PATIENCE = 30.0
TEXT = re.compile(r"^SMS to (\S+): ", re.MULTILINE)


@dataclass
class Run:
    """A server that runs, what it has said so far, and a browser with its own cookies."""

    address: str
    out: Path
    err: Path

    def __post_init__(self) -> None:
        self.browser = build_opener(HTTPCookieProcessor(CookieJar()))

    def ask(self, path: str, said: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        """Status and page; a form where something is said."""
        data = None if said is None else urlencode(said).encode()
        return self._open(path, data, {"Sec-Fetch-Site": "same-origin", **headers})

    def call(self, token: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and answer of the API."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        status, text = self._open(f"/api/v1{path}", data, headers)
        return status, json.loads(text or "null")

    def printed(self) -> str:
        return self.out.read_text("utf-8")

    def logged(self) -> str:
        return self.err.read_text("utf-8")

    def _open(self, path: str, data: bytes | None, headers: dict[str, str]) -> tuple[int, str]:
        request = Request(self.address + path, data, headers)  # noqa: S310
        try:
            with self.browser.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()


def until(is_so: Callable[[], Any], what: Callable[[], str] = str) -> Any:
    """Look until it is so. Fails with what is there instead."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = is_so()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(what())


@contextmanager
def running(folder: Path, *command: str, **environment: str) -> Iterator[Run]:
    """A server from its start to its quiet end."""
    env = {**OTHERS, "REHAB_DATA_DIR": str(folder), "REHAB_LOG_FORMAT": "json", **environment}
    run = Run("", folder / "out", folder / "err")
    with run.out.open("w") as out, run.err.open("w") as err:
        process = subprocess.Popen([*REHAB, *command], env=env, stdout=out, stderr=err)
    try:
        yield run
        process.send_signal(signal.SIGINT)
        process.wait(timeout=PATIENCE)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def break_a_table(database: Path) -> None:
    """What no server expects: the next text that comes in finds no table to be kept in."""
    with sqlite3.connect(database, timeout=PATIENCE) as connection:
        connection.execute("ALTER TABLE inbound_message RENAME TO gone")
    connection.close()


def named_in(log: str, names: list[str], numbers: list[str]) -> list[str]:
    """Which of them stand in a log: a name as a word in any case, a number in any grouping."""
    words = set(re.findall(r"[^\W\d_]+", log.casefold()))
    digits = re.sub(r"[\s().+\-]", "", log)
    found = [name for name in names if set(re.findall(r"[^\W\d_]+", name.casefold())) & words]
    return found + [number for number in numbers if number.lstrip("+")[2:] in digits]


NAMES = sorted({name for c in CAST for name in (c.given_name, c.family_name)})
NUMBERS = [character.phone for character in CAST]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A demo that was clicked through by somebody, and that broke in the end."""
    folder = tmp_path_factory.mktemp("demo")
    with running(folder, "demo", "--port", "0", REHAB_LOG_LEVEL="DEBUG") as run:
        until(lambda: "Texts are printed here" in run.printed(), run.logged)
        run.address = re.search(r"http://127\.0\.0\.1:\d+", run.printed())[0]  # type: ignore[index]
        token = re.search(r"rehab_\w+", run.printed())[0]  # type: ignore[index]
        click_through(run, token)
        break_a_table(folder / "demo.sqlite3")
        phone = run.call(token, "/patients")[1]["items"][0]
        secret = f"I am {phone['given_name']} {phone['family_name']}, {phone['phone']}"
        status, _ = run.ask(f"/demo/phone/{phone['id']}/texts", {"body": secret})
        assert status == 500
    return run


def click_through(run: Run, token: str) -> None:
    """Staff, a patient, her phone, a code, the API, and what is refused."""
    for path in ("/", "/demo/sign-in", "/demo/phone"):
        assert run.ask(path)[0] == 200
    assert "Patients" in run.ask("/demo/sign-in/clinician", {})[1]
    people = run.call(token, "/patients")[1]["items"]
    assert {person["phone"] for person in people} == set(NUMBERS)
    for person in people[:4]:
        assert run.ask(f"/demo/sign-in/patients/{person['id']}", {})[0] == 200
        for words in ("DONE", "4", f"it is {person['given_name']} on {person['phone']}", "HELP"):
            assert run.ask(f"/demo/phone/{person['id']}/texts", {"body": words})[0] == 200
        assert run.ask(f"/demo/phone/{person['id']}/ahead", {"kind": "exercise"})[0] == 200
        assert run.call(token, f"/patients/{person['id']}/plans")[0] == 200
        taken = {**{k: person[k] for k in ("given_name", "zone")}, "phone": person["phone"][1:]}
        assert run.call(token, "/patients", taken)[0] == 422
    for person in people[:3]:
        assert run.ask("/enter", {"phone": person["phone"]})[0] == 200
    assert run.ask("/enter/code", {"code": "000000"})[0] == 401
    assert run.ask("/sign-in", {"email": CLINICIAN_EMAIL, "password": "wrong"})[0] == 401
    assert run.call("rehab_no_token", "/patients")[0] == 401
    assert run.ask(f"/no-such-page/{people[0]['phone']}")[0] == 404
    until(lambda: len(TEXT.findall(run.printed())) > 1, run.printed)


def test_a_demo_shows_its_texts_on_the_console_with_their_numbers(demo: Run) -> None:
    """On purpose: everybody in it is fiction. Nothing but texts and the first screen is there."""
    shown = TEXT.findall(demo.printed())
    assert shown
    assert set(shown) <= set(NUMBERS)
    rest = demo.printed().partition("starts it over.\n")[2].splitlines()
    assert [line for line in rest if line.strip() and not TEXT.match(line)] == []


def test_the_log_of_a_whole_demo_names_nobody(demo: Run) -> None:
    log = demo.logged()
    assert named_in(log, [*NAMES, CLINICIAN_NAME], NUMBERS) == []
    assert CLINICIAN_EMAIL not in log


def test_that_log_is_a_log(demo: Run) -> None:
    """Every line is JSON, and the fault at the end is told with its traceback."""
    lines = [json.loads(line) for line in demo.logged().splitlines()]
    faults = [line for line in lines if "no such table" in line.get("exception", "")]
    assert len(faults) >= 1
    assert {"at", "level", "logger", "event"} <= set(faults[0])
    assert "Traceback" in faults[0]["exception"]


def test_a_name_or_a_number_would_be_found_in_a_log() -> None:
    log = '{"event": "Grace rang from +44 7700 900-101"}'
    assert named_in(log, ["Grace", "Tom"], ["+447700900101", "+447700900102"]) == [
        "Grace",
        "+447700900101",
    ]


# A clinic's own server

PATIENTS = (
    ("Ingeborg", "Fairweather", "+447700900188"),
    ("Zbigniew", "Ostrowski", "+447700900199"),
)


def a_zone_at_noon() -> str:
    """Where it is about noon now, so that a text may leave."""
    ahead = 12 - datetime.now(UTC).hour
    return "Etc/GMT" if ahead == 0 else f"Etc/GMT{-ahead:+d}"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A clinic's server on which patients were enrolled, texted and signed in, and that broke."""
    folder = tmp_path_factory.mktemp("clinic")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        bind = f"127.0.0.1:{listener.getsockname()[1]}"
    env = {**OTHERS, "REHAB_DATA_DIR": str(folder)}

    def rehab(*command: str) -> str:
        done = subprocess.run([*REHAB, *command], env=env, check=True, capture_output=True)
        return done.stdout.decode().split()[-1] if done.stdout else ""

    rehab("db", "upgrade")
    clinic = rehab("clinic", "create", "Hillside", "--zone", "Etc/UTC")
    rehab("clinician", "create", "ana@hillside.example", "--name", "Ana", "--clinic", clinic)
    token = rehab("token", "create", "ana@hillside.example")
    with running(folder, "serve", "--workers", "1", REHAB_BIND=bind) as run:
        run.address = f"http://{bind}"
        until(lambda: "Booting worker" in run.logged(), run.logged)
        until(lambda: _answers(run), run.logged)
        for given, family, phone in PATIENTS:
            said = {"given_name": given, "family_name": family, "phone": phone}
            zone = {"zone": a_zone_at_noon(), "sms_consent": True}
            status, patient = run.call(token, "/patients", {**said, **zone})
            assert status == 201, patient
            words = {"body": "See you on Monday."}
            assert run.call(token, f"/patients/{patient['id']}/messages", words)[0] == 201
            assert run.ask("/enter", {"phone": phone})[0] == 200
        until(lambda: len(TEXT.findall(run.printed())) >= 4, run.printed)
        break_a_patient(folder / "rehab.sqlite3")
        assert run.call(token, "/patients", {**said, **zone})[0] == 500
    return run


def _answers(run: Run) -> bool:
    try:
        return run.ask("/readyz")[0] == 200
    except OSError:
        return False


def break_a_patient(database: Path) -> None:
    with sqlite3.connect(database, timeout=PATIENCE) as connection:
        connection.execute("ALTER TABLE patient RENAME COLUMN language TO tongue")
    connection.close()


def test_a_clinics_console_masks_every_number(clinic: Run) -> None:
    shown = TEXT.findall(clinic.printed())
    assert {re.sub(r"\d", "9", number) for number in shown} == {"*" * 11 + "99"}
    names = [name for patient in PATIENTS for name in patient[:2]]
    assert named_in(clinic.printed(), names, [phone for *_, phone in PATIENTS]) == []


def test_the_log_of_a_clinics_server_names_nobody(clinic: Run) -> None:
    log = clinic.logged()
    assert "Traceback" in log
    assert "no such column" in log or "no column named" in log
    names = [name for patient in PATIENTS for name in patient[:2]]
    assert named_in(log, names, [phone for *_, phone in PATIENTS]) == []
    assert "ana@hillside.example" not in log
