"""`rehab doctor` on a server that is well, and on servers that are not: each in its own way."""

import json
import os
import re
import shutil
import sqlite3
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import WSGIRequestHandler, make_server

from rehab import clock, create_app
from rehab.cli.doctor import doctor
from rehab.extensions import db
from rehab.models.message import Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.programs.library import Library, read_library
from rehab.services import clinics, enrolment, outbox, pulse
from rehab.services.audit import Actor, ActorKind
from rehab.services.doctor import clocks, content, disk
from rehab.services.outbox import Intention
from rehab.services.privacy import erasure, ledger
from rehab.services.transactions import transaction
from rehab.settings import Settings
from tests.cli.test_plain_lines import NEWEST
from tests.conftest import NOON
from tests.doubles.twilio_console import SERVICE, Console, open_console
from tests.doubles.twilio_post import ACCOUNT, NUMBER, TOKEN

SECRET = "a secret of at least so many letters"
GONE = "http://127.0.0.1:9"
"""The port of `discard`, where nobody listens."""


class Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        pass


@dataclass
class House:
    """A server as the doctor finds it: its folder, its environment, and Twilio's account."""

    data: Path
    env: dict[str, str]
    console: Console
    options: list[str] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.data / "rehab.sqlite3"

    def seen(self) -> Result:
        kept = {name: None for name in os.environ if name.startswith("REHAB_")}
        return CliRunner().invoke(doctor, self.options, env={**kept, **self.env})

    def sql(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            for statement in statements:
                connection.execute(statement)


@pytest.fixture(scope="module")
def console() -> Iterator[Console]:
    with open_console() as console:
        yield console


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, console: Console) -> Iterator[House]:
    """A clinic with a patient, served for Twilio to reach."""
    data = tmp_path_factory.mktemp("data")
    data.chmod(0o700)
    server = make_server("127.0.0.1", 0, Flask("to come"), threaded=True, request_handler=Quiet)
    env = {
        "REHAB_DATA_DIR": str(data),
        "REHAB_SECRET_KEY": SECRET,
        "REHAB_PUBLIC_URL": f"http://127.0.0.1:{server.server_port}",
        "REHAB_SCHEDULER": "off",
        "REHAB_SMS": "twilio",
        "REHAB_TWILIO_ACCOUNT_SID": ACCOUNT,
        "REHAB_TWILIO_AUTH_TOKEN": TOKEN,
        "REHAB_TWILIO_FROM": NUMBER,
        "REHAB_TWILIO_API_URL": console.url,
    }
    app = create_app(Settings.from_env(env))
    with app.app_context():
        upgrade()
        live_in(app)
        db.session.remove()
        db.engine.dispose()
    server.app = app
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield House(data, env, console)
    server.shutdown()
    server.server_close()


def live_in(app: Flask) -> None:
    """Maya is enrolled, another one was erased, and a worker ticks."""
    clinic = clinics.open_clinic("Riverside", "Europe/London", NOON)
    said = {"given_name": "Maya", "phone": "+442079460123", "zone": "Europe/London"}
    enrolment.enrol(clinic.id, {**said, "sms_consent": True}, "ana@x.example", NOON)
    gone = enrolment.enrol(clinic.id, {**said, "sms_consent": False}, "ana@x.example", NOON)
    settings = app.extensions["rehab"].settings
    erasure.erase(gone, ledger.path_of(settings), Actor(ActorKind.OPERATOR), NOON)
    pulse.beat("here:1:abc", clock.now())
    with transaction():
        db.session.query(OutboundMessage).delete()


@pytest.fixture
def house(
    original: House, tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> House:
    """A copy that a test may spoil. The shipped library is not read anew for each."""
    monkeypatch.setattr(content, "read_library", lambda *f: read_library(*f) if f[1:] else library)
    data = tmp_path / "data"
    shutil.copytree(original.data, data)
    env = {**original.env, "REHAB_DATA_DIR": str(data)}
    console = original.console
    console.__init__(url=console.url, hook=f"{env['REHAB_PUBLIC_URL']}/webhooks/twilio/inbound")  # type: ignore[misc]
    copied = House(data, env, console)
    moment = datetime.now(UTC).replace(tzinfo=None)
    copied.sql(f"UPDATE heartbeat SET at = '{moment}'")  # noqa: S608
    return copied


def test_a_server_that_is_well_is_told_so(house: House) -> None:
    told = house.seen()
    lines = told.stdout.splitlines()
    assert told.exit_code == 0, told.stdout
    assert not [line for line in lines if line.startswith("fail")]
    assert {line[6:].partition(":")[0] for line in lines} == {
        *("settings", "disk", "permissions", "clock", "zone data", "library"),
        *("database", "tables", "durability", "integrity", "zones", "keys", "erasures", "worker"),
        *("twilio", "public address"),
    }
    assert "ok    public address: a webhook that is signed as Twilio does is heard" in lines


def test_the_same_is_told_to_machines(house: House) -> None:
    lines = house.seen().stdout.splitlines()
    house.options = ["--json"]
    rows = json.loads(house.seen().stdout)
    assert [row["what"] for row in rows] == [line[6:].partition(":")[0] for line in lines]
    assert {row["level"] for row in rows} <= {"ok", "warn"}


def test_a_messaging_service_is_asked_for_its_numbers_and_its_address(house: House) -> None:
    house.env["REHAB_TWILIO_MESSAGING_SERVICE_SID"] = SERVICE
    del house.env["REHAB_TWILIO_FROM"]
    assert "the Messaging Service is ours" in house.seen().stdout
    house.console.numbers, house.console.hook = [], "https://elsewhere.example"
    told = house.seen().stdout
    assert "fail  twilio: the Messaging Service has no number to send by" in told
    assert "fail  twilio: the Messaging Service brings patients' texts to https://elsewhere" in told


def unknown_setting(house: House) -> None:
    house.env["REHAB_COLOUR"] = "blue"


def two_faults(house: House) -> None:
    house.env["REHAB_LOG_LEVEL"] = "LOUD"
    house.env["REHAB_BIND"] = "here"


def no_token(house: House) -> None:
    del house.env["REHAB_TWILIO_AUTH_TOKEN"]


def no_sender(house: House) -> None:
    del house.env["REHAB_TWILIO_FROM"]


def without_https(house: House) -> None:
    house.env["REHAB_PUBLIC_URL"] = "http://rehab.invalid"


def secret_for_all(house: House) -> None:
    path = house.data / "secret"
    path.write_text(SECRET)
    path.chmod(0o644)
    del house.env["REHAB_SECRET_KEY"]
    house.env["REHAB_SECRET_KEY_FILE"] = str(path)


def folder_for_all(house: House) -> None:
    house.data.chmod(0o755)


def no_folder(house: House) -> None:
    house.env["REHAB_DATA_DIR"] = str(house.data / "elsewhere")


def no_database(house: House) -> None:
    house.database.unlink()


def no_database_file(house: House) -> None:
    house.database.write_bytes(b"these are no tables, but a letter to the clinic" * 100)


def older_tables(house: House) -> None:
    house.sql("UPDATE alembic_version SET version_num = '0001'")


def damage(house: House) -> None:
    with closing(sqlite3.connect(house.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("PRAGMA page_size").fetchone()
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_alert_open'"
        (root,) = connection.execute(query).fetchone()
    with house.database.open("r+b") as file:
        file.seek((root - 1) * page)
        file.write(b"\xff" * page)


def stray_row(house: House) -> None:
    house.sql("PRAGMA foreign_keys = OFF", "UPDATE patient SET clinic_id = randomblob(16)")


def another_secret(house: House) -> None:
    house.env["REHAB_SECRET_KEY"] = "quite another secret, and as long as it"


def no_secret(house: House) -> None:
    del house.env["REHAB_SECRET_KEY"]


def no_erasures(house: House) -> None:
    (house.data / "rehab.sqlite3.erasures").unlink()


def nobody_ticks(house: House) -> None:
    house.sql("DELETE FROM heartbeat")


def long_silence(house: House) -> None:
    house.sql("UPDATE heartbeat SET at = '2026-03-02 12:00:00.000000'")


def texts_overdue(house: House) -> None:
    app = create_app(Settings.from_env(house.env))
    with app.app_context():
        maya = db.session.query(Patient).first()
        assert maya is not None
        due = clock.now() - timedelta(minutes=30)
        outbox.enqueue([Intention(maya, Kind.REPLY, "rp.help", "1", due, due)], due)
        db.session.remove()
        db.engine.dispose()


def zone_of_mars(house: House) -> None:
    house.sql("UPDATE patient SET zone = 'Mars/Base'")


def library_fault(house: House) -> None:
    folder = house.data / "library/programs"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("id: mine\ncolour: blue\n")
    house.env["REHAB_LIBRARY"] = str(folder.parent)


def another_token(house: House) -> None:
    house.console.token = "a newer one"


def suspended(house: House) -> None:
    house.console.status = "suspended"


def sold_number(house: House) -> None:
    house.console.numbers = ["+15005550001"]


def hook_elsewhere(house: House) -> None:
    house.console.hook = "https://demo.twilio.com/welcome/sms/reply"


def hook_by_get(house: House) -> None:
    house.console.method = "GET"


def twilio_gone(house: House) -> None:
    house.env["REHAB_TWILIO_API_URL"] = GONE


def clock_ahead(house: House) -> None:
    house.console.ahead = -300


def door_shut(house: House) -> None:
    house.env["REHAB_PUBLIC_URL"] = GONE


def door_elsewhere(house: House) -> None:
    house.env["REHAB_PUBLIC_URL"] = house.console.url


def door_with_another_token(house: House) -> None:
    house.env["REHAB_TWILIO_AUTH_TOKEN"] = house.console.token = "the newer token"


def no_backup(house: House) -> None:
    house.options = ["--backups", str(house.data / "backups")]


def old_backup(house: House) -> None:
    no_backup(house)
    (house.data / "backups").mkdir()
    path = house.data / "backups/monday"
    shutil.copy(house.database, path)
    long_ago = clock.now().timestamp() - 50 * 3600
    os.utime(path, (long_ago, long_ago))


def postgresql_gone(house: House) -> None:
    house.env["REHAB_DATABASE_URL"] = "postgresql+psycopg://u:a-password@127.0.0.1:9/rehab"


def address_of_no_database(house: House) -> None:
    house.env["REHAB_DATABASE_URL"] = "postgresql+psycopg:rehab"


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (unknown_setting, "fail  settings: REHAB_COLOUR: no such setting"),
        (two_faults, "fail  settings: REHAB_BIND: must be HOST:PORT"),
        (two_faults, "fail  settings: REHAB_LOG_LEVEL: must be one of"),
        (no_token, "fail  settings: REHAB_TWILIO_AUTH_TOKEN: required when REHAB_SMS is twilio"),
        (no_sender, "fail  settings: REHAB_TWILIO_FROM: give it or"),
        (without_https, "fail  settings: REHAB_PUBLIC_URL is without https: put a proxy"),
        (secret_for_all, "fail  permissions: everybody may read"),
        (folder_for_all, "warn  permissions: everybody on this machine may look into"),
        (no_folder, "fail  disk: "),
        (no_database, "fail  database: there is no"),
        (no_database_file, "fail  database: file is not a database"),
        (
            older_tables,
            f"fail  tables: the database has the tables of revision 0001, not of {NEWEST}",
        ),
        (damage, "fail  integrity: "),
        (stray_row, "fail  integrity: rows of patient point to a clinic that is not there"),
        (another_secret, "fail  keys: "),
        (no_secret, "fail  keys: the secret is gone"),
        (no_erasures, "warn  erasures: "),
        (
            nobody_ticks,
            "fail  worker: nobody has ever ticked, so no text leaves: start `rehab worker`",
        ),
        (long_silence, "fail  worker: nobody has ticked for"),
        (texts_overdue, "fail  worker: 1 texts are overdue, the oldest 30 min"),
        (zone_of_mars, "fail  zones: nobody knows the zone Mars/Base here"),
        (library_fault, "fail  library: "),
        (
            another_token,
            "fail  twilio: it does not take REHAB_TWILIO_ACCOUNT_SID and the auth token",
        ),
        (suspended, "fail  twilio: the account is suspended"),
        (sold_number, "fail  twilio: REHAB_TWILIO_FROM is not a number of this account"),
        (hook_elsewhere, "fail  twilio: the number brings patients' texts to https://demo.twilio"),
        (hook_by_get, "fail  twilio: the number brings patients' texts by GET: set it to POST"),
        (twilio_gone, f"fail  twilio: {GONE}: Connection refused"),
        (clock_ahead, "fail  twilio: 30"),
        (door_shut, f"fail  public address: {GONE}: Connection refused"),
        (door_elsewhere, "fail  public address: http://127.0.0.1:"),
        (door_with_another_token, "fail  public address: a signed webhook is refused"),
        (no_backup, "fail  backups: no backup in"),
        (old_backup, "fail  backups: "),
        (postgresql_gone, "fail  database: "),
        (address_of_no_database, "fail  settings: REHAB_DATABASE_URL: must"),
    ],
)
def test_a_fault_is_one_line_that_says_what_to_do(
    house: House, spoil: Callable[[House], None], line: str
) -> None:
    spoil(house)
    told = house.seen()
    lines = told.stdout.splitlines()
    assert [one for one in lines if one.startswith(line)], told.stdout
    assert told.exit_code == line.startswith("fail")
    assert all(one[:6] in ("ok    ", "warn  ", "fail  ") for one in lines)
    for secret in (SECRET, TOKEN, "a-password"):
        assert secret not in told.stdout


def test_a_clock_that_is_minutes_off_is_told_to_the_second(house: House) -> None:
    """Twilio's says whole seconds, and reading it takes a moment."""
    clock_ahead(house)
    told = re.search(r"^fail  twilio: (\d+\.\d) s ", house.seen().stdout, re.M)
    assert told is not None
    assert 300 <= float(told[1]) < 303


def test_a_database_that_does_not_answer_costs_no_other_line(house: House) -> None:
    postgresql_gone(house)
    lines = house.seen().stdout.splitlines()
    assert [line[6:].partition(":")[0] for line in lines if line.startswith("fail")] == ["database"]
    assert [line for line in lines if line.startswith("ok    twilio")]
    assert not [line for line in lines if "zones:" in line or "keys:" in line]


def test_the_doctor_makes_nothing(house: House) -> None:
    house.database.unlink()
    before = sorted(house.data.iterdir())
    house.seen()
    assert sorted(house.data.iterdir()) == before


def test_scarce_room_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "SCARCE_FREE", 1 << 60)
    assert "GiB are free in" in warned(house, "disk")
    monkeypatch.setattr(disk, "LEAST_FREE", 1 << 60)
    assert "make room now" in house.seen().stdout


def warned(house: House, what: str) -> str:
    head = f"warn  {what}: "
    return "".join(line for line in house.seen().stdout.splitlines() if line.startswith(head))


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, "ok"), (-5, "ok"), (6, "warn"), (-59, "warn"), (61, "fail")]
)
def test_how_far_a_clock_may_be_off(seconds: int, level: str) -> None:
    assert clocks.apart(timedelta(seconds=seconds), "Twilio").level == level


@pytest.mark.parametrize(("kept", "level"), [(None, "ok"), (True, "ok"), (False, "warn")])
def test_a_clock_that_nobody_keeps_right_is_told(kept: bool | None, level: str) -> None:
    assert [verdict.level for verdict in clocks.kept_right(kept)] == [level]


@pytest.mark.parametrize(("head", "level"), [("2020a", "warn"), ("2199z", "ok"), (None, "ok")])
def test_old_zone_data_of_the_system_is_told(tmp_path: Path, head: str | None, level: str) -> None:
    if head:
        (tmp_path / "tzdata.zi").write_text(f"# version {head}\nR A 1 o\n")
    assert [verdict.level for verdict in clocks.zone_data([str(tmp_path)])] == [level]


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[str]:
    """A server with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(NOON).not_valid_after(NOON + timedelta(days=36500))
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "door.pem").write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "door.pem")

    class Server(HTTPServer):
        def handle_error(self, *_: object) -> None:
            pass

    with Server(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_certificate_that_nobody_vouches_for_is_told(house: House, self_signed: str) -> None:
    house.env["REHAB_PUBLIC_URL"] = self_signed
    house.env["REHAB_TRUSTED_PROXIES"] = "1"
    told = house.seen().stdout
    assert f"fail  public address: {self_signed}: its certificate is not valid: self" in told


def test_postgresql_is_looked_at_too(house: House, postgres_url: str) -> None:
    """The tests' own is empty, and is told to forget what a power cut takes."""
    house.env["REHAB_DATABASE_URL"] = postgres_url
    lines = house.seen().stdout.splitlines()
    heads = ("ok    database: PostgreSQL", "ok    clock of the database", "ok    connections: ")
    for head in (*heads, "fail  durability: fsync is off, and must be on"):
        assert [line for line in lines if line.startswith(head)], lines
    assert not [line for line in lines if "integrity" in line]
