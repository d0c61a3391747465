"""Processes that are killed while they back up, restore or erase: what had a name stays whole."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select
from sqlalchemy.orm import Session as Work

from rehab import create_app
from rehab.cli.backup import backup
from rehab.extensions import db
from rehab.models.kept_answer import KeptAnswer
from rehab.models.patient import Patient
from rehab.programs.library import Library
from rehab.services import backups, clinics, enrolment, outbox, plans
from rehab.services.audit import Actor, ActorKind
from rehab.services.plans import Assignment
from rehab.services.privacy import erasure, ledger
from rehab.services.transactions import transaction
from rehab.settings import Settings
from tests.conftest import NOON
from tests.faults.databases import database_beside

OPERATOR = Actor(ActorKind.OPERATOR)
MEGABYTE = "x" * 1_000_000

Point = tuple[Any, str, int]
"""Where a process ends itself without a word: a function, and at which call of it."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'rehab.sqlite3'}"
    return database_beside(request.getfixturevalue("postgres_url"))


@pytest.fixture
def server(url: str, tmp_path: Path, library: Library) -> Iterator[Flask]:
    """A server of one's own, with Maya, whom a plan and texts hang on."""
    app = create_app(Settings(data_dir=tmp_path / "data", database_url=url))
    with app.app_context():
        upgrade()
        clinic = clinics.open_clinic("Riverside", "Europe/London", NOON)
        said = {"given_name": "Maya", "phone": "+442079460123", "zone": "UTC"}
        maya = enrolment.enrol(clinic.id, {**said, "sms_consent": True}, "ana@x.example", NOON)
        plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, NOON)
        backups.let_go()
        yield app
        backups.let_go()


sqlite_only = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@pytest.fixture
def database(server: Flask, tmp_path: Path) -> Path:
    return tmp_path / "rehab.sqlite3"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "monday.backup"


def begun(server: Flask, work: Callable[[], Any], point: Point | None = None) -> int:
    """The id of a process that does `work`, and dies at `point`."""
    backups.let_go()
    pid = os.fork()
    if pid:
        return pid
    try:
        if point is not None:
            _lay(*point)
        with server.app_context():
            work()
    finally:
        os._exit(7)


def _lay(owner: Any, name: str, nth: int) -> None:
    whole, left = getattr(owner, name), [nth]

    @wraps(whole)
    def mined(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return whole(*args, **kwargs)

    setattr(owner, name, mined)


def was_killed(pid: int) -> bool:
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def sound(database: Path) -> list[str]:
    """The zones of the patients of a SQLite database that is whole."""
    with closing(sqlite3.connect(database)) as found:
        assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [zone for (zone,) in found.execute("SELECT zone FROM patient")]


@sqlite_only
@pytest.mark.parametrize("before", [True, False], ids=["one before", "none before"])
@pytest.mark.parametrize(
    ("point", "is_there"),
    [
        ((backups, "_empty_file", 1), False),
        ((backups, "verify", 1), False),
        ((backups, "_flush", 1), False),
        ((Path, "replace", 1), False),
        ((backups, "_flush", 2), True),
    ],
    ids=["begun", "copied", "verified", "flushed", "named"],
)
def test_a_backup_that_is_killed_has_the_name_whole_or_not_at_all(
    server: Flask, database: Path, target: Path, point: Point, is_there: bool, before: bool
) -> None:
    if before:
        target.write_bytes(b"the one before")
    assert was_killed(begun(server, lambda: backups.create(database, target), point))
    if is_there:
        assert sound(target) == ["UTC"]
    else:
        assert (target.read_bytes() if before else target.exists()) == (
            b"the one before" if before else False
        )
    assert sound(database) == ["UTC"]
    assert backups.create(database, target).patients == 1
    assert not list(target.parent.glob(".monday*"))


def size_of(file: Path) -> int:
    """Bytes; -1 of one that is not there, as a copy that has got its name."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return -1


@sqlite_only
def test_a_backup_that_is_killed_in_the_middle_of_the_copy_spoils_neither(
    server: Flask, database: Path, target: Path
) -> None:
    """Killed as soon as something of the copy is on the disk, again and again."""
    with transaction():
        for n in range(60):
            key = n.to_bytes(32, "big")
            db.session.add(
                KeptAnswer(
                    key=key, request=key, status=200, body=MEGABYTE, at=NOON, content_type="x"
                )
            )
    draft = target.with_name(".monday.backup.part")
    half = 0
    for least in (0, 1_000_000, 5_000_000, 20_000_000, 40_000_000):
        pid = begun(server, lambda: backups.create(database, target))
        while size_of(draft) <= least and not target.exists():
            os.sched_yield()
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        half += draft.exists()
        if target.exists():
            assert sound(target) == ["UTC"]
            target.unlink()
    assert half > 0
    assert sound(database) == ["UTC"]
    assert backups.create(database, target).patients == 1
    assert not draft.exists()


@sqlite_only
@pytest.mark.parametrize(
    ("point", "is_restored"),
    [
        ((backups, "stage", 1), False),
        ((erasure, "erase_again", 1), False),
        ((outbox, "doubt_gap", 1), False),
        ((backups, "swap", 1), False),
        ((Path, "hardlink_to", 1), False),
        ((Path, "replace", 1), False),
        ((backups, "_flush", 2), True),
    ],
    ids=["begun", "staged", "erased", "settled", "shut", "kept", "named"],
)
def test_a_restore_that_is_killed_leaves_the_old_database_or_the_new_one(
    server: Flask, database: Path, target: Path, point: Point, is_restored: bool
) -> None:
    backups.create(database, target)
    with transaction():
        db.session.scalars(select(Patient)).one().zone = "Asia/Tokyo"

    def restore() -> None:
        server.test_cli_runner().invoke(backup, ["restore", str(target)])

    assert was_killed(begun(server, restore, point))
    assert sound(database) == (["UTC"] if is_restored else ["Asia/Tokyo"])
    done = server.test_cli_runner().invoke(backup, ["restore", str(target)])
    assert done.exit_code == 0, done.output
    assert sound(database) == ["UTC"]
    assert not list(database.parent.glob(".rehab*"))


@pytest.mark.parametrize("nth", [1, 5, 12, 20, 30])
def test_an_erasure_that_is_killed_erases_nothing(server: Flask, tmp_path: Path, nth: int) -> None:
    """At whichever of its statements; the last of them is the one that deletes the patient."""
    book = tmp_path / "book"
    before = texts()

    def erase() -> None:
        erasure.erase(db.session.scalars(select(Patient)).one(), book, OPERATOR, NOON)

    assert was_killed(begun(server, erase, (Work, "execute", nth)))
    assert (texts(), ledger.noted(book)) == (before, frozenset())
    erase()
    assert texts() == []
    assert len(ledger.noted(book)) == 1


def test_an_erasure_that_is_killed_before_its_line_in_the_ledger_is_in_the_audit(
    server: Flask, tmp_path: Path
) -> None:
    book = tmp_path / "book"

    def erase() -> None:
        erasure.erase(db.session.scalars(select(Patient)).one(), book, OPERATOR, NOON)

    assert was_killed(begun(server, erase, (ledger, "_write", 1)))
    assert (texts(), ledger.noted(book)) == ([], frozenset())
    assert ledger.catch_up(book) == 1


def texts() -> list[str]:
    """All who are on file, and all that hangs on them but the audit."""
    db.session.rollback()
    return sorted(
        f"{kind.noun} {row}"
        for kind in erasure.belongings()
        for row in db.session.execute(select(*kind.key))
    )
