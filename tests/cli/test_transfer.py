"""`rehab transfer`: all of a clinic's database in another one, or nothing of it."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.exc import OperationalError

from rehab import clock, create_app
from rehab.errors import RehabError
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.services import audit_chain, backups, keys, progression, pulse, transfer
from rehab.services.demo import open_demo
from rehab.services.privacy import ledger
from rehab.services.transfer import Content
from rehab.settings import Settings
from tests.conftest import NOON
from tests.faults.databases import database_beside

SECRET = "a secret that both databases open with"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
AUDIT = {"audit_entry", "audit_head"}
"""Where the transfer itself is put on record."""

CUT_SHORT = """
import os, signal
from rehab.services import transfer
whole = transfer.take
def until_plans(source, target):
    for name, content in whole(source, target):
        yield name, content
        if name == "plan":
            os.kill(os.getpid(), signal.SIGKILL)
transfer.take = until_plans
from rehab.cli import main
main()
"""

PEAK = """
import atexit, sys
from pathlib import Path
from rehab.cli import main
def tell():
    lines = Path("/proc/self/status").read_text().splitlines()
    print(next(line for line in lines if line.startswith("VmHWM")), file=sys.stderr)
atexit.register(tell)
main()
"""
"""Tells at its end how much memory it had at most, in kB."""


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Path:
    """The file of a demo clinic with weeks behind it; only ever copied."""
    place = tmp_path_factory.mktemp("demo")
    with inside(place) as app:
        upgrade()
        open_demo(library, NOON)
        keys.keep_keyring(NOON)
        ledger.note(ledger.path_of(settings_of(app)), frozenset({"a" * 64}))
    return place


@pytest.fixture
def home(lived_in: Path, tmp_path: Path) -> Path:
    """The data folder of a server with that clinic, at rest."""
    return Path(shutil.copytree(lived_in, tmp_path / "data"))


@pytest.fixture
def elsewhere(postgres_url: str) -> str:
    """Where nothing is yet."""
    return database_beside(postgres_url)


def settings_of(app: Flask) -> Settings:
    settings: Settings = app.extensions["rehab"].settings
    return settings


@contextmanager
def inside(data: Path, url: str = "", secret: str = SECRET) -> Iterator[Flask]:
    app = create_app(Settings(data_dir=data, database_url=url, secret_key=secret))
    with app.app_context():
        yield app
        backups.let_go()


def moved(data: Path, to: str, *options: str, secret: str = SECRET, of: str = "") -> str:
    """What the command printed. Raises what it ended with."""
    with inside(data, of, secret) as app:
        done = app.test_cli_runner().invoke(args=["transfer", "--to", to, *options])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    if done.exit_code:
        raise click.ClickException(done.stderr.strip())
    return done.stdout


def contents(data: Path, url: str = "") -> dict[str, Content]:
    with inside(data, url), db.engine.connect() as connection:
        return {table.name: transfer.content(connection, table) for table in transfer.tables()}


def rows_of(content: dict[str, Content]) -> int:
    return sum(found.rows for found in content.values())


def is_empty(data: Path, url: str) -> bool:
    """Whether there is no row; tables may be there."""
    with inside(data, url), db.engine.connect() as connection:
        if inspect(connection).get_table_names():
            transfer.check_empty(connection)
    return True


def without_audit(content: dict[str, Content]) -> dict[str, Content]:
    return {name: found for name, found in content.items() if name not in AUDIT}


def test_a_clinic_goes_to_postgresql_and_back_and_is_what_it_was(
    home: Path, tmp_path: Path, postgres_url: str
) -> None:
    before, there = contents(home), database_beside(postgres_url)
    printed = moved(home, there)
    assert contents(home) == before
    assert without_audit(contents(home, there)) == without_audit(before)
    back = tmp_path / "back.sqlite3"
    moved(home, f"sqlite:///{back}", of=there)
    assert without_audit(contents(home, f"sqlite:///{back}")) == without_audit(before)

    lines = [line.split() for line in printed.splitlines()[1 : len(before) + 1]]
    told = {name: Content(int(rows), digest) for name, rows, digest in lines}
    assert told == before
    assert printed.splitlines()[len(before) + 1].startswith(f"{rows_of(before)} rows in ")
    assert before["session"].rows > 100
    with (
        closing(sqlite3.connect(home / "rehab.sqlite3")) as first,
        closing(sqlite3.connect(back)) as last,
    ):
        for exact in (
            "patient",
            "morning",
            "conversation",
            "sms_consent",
            "keyring",
            "measurement",
        ):
            of_all = f'SELECT * FROM "{exact}" ORDER BY 1, 2'  # noqa: S608
            assert first.execute(of_all).fetchall() == last.execute(of_all).fetchall()


def test_what_was_sealed_opens_and_the_audit_holds_and_tells_of_it(
    home: Path, elsewhere: str
) -> None:
    moved(home, elsewhere)
    with inside(home, elsewhere) as app:
        names = {*db.session.scalars(select(Patient.given_name))}
        assert {"Priya", "Jack"} <= names
        assert list(audit_chain.verify_all()) == []
        acts = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.at)))
        assert acts[-1] == "database.transferred"
        assert "a" * 64 in ledger.noted(ledger.path_of(settings_of(app)))


def test_a_patients_decisions_walked_again_are_those_that_were_moved(
    home: Path, elsewhere: str, library: Library
) -> None:
    """And a rating that is changed there changes them: the walk does decide."""
    moved(home, elsewhere)
    logs: list[dict[UUID, list[tuple[Any, ...]]]] = [{}, {}]
    for log, url in zip(logs, ["", elsewhere], strict=True):
        with inside(home, url):
            for plan in db.session.scalars(select(Plan)).all():
                was = decisions(plan)
                progression.settle(plan, LONG_AGO, library, NOON)
                assert decisions(plan) == was
                log[plan.id] = was
            db.session.rollback()
    assert logs[0] == logs[1]
    assert sum(map(len, logs[0].values())) > 100
    with inside(home, elsewhere):
        session = db.session.scalars(select(Session).order_by(Session.performed_at)).first()
        assert session is not None
        its = db.session.get_one(Plan, session.plan_id)
        session.before, session.during, session.after = 3, 9, 9
        progression.settle(its, LONG_AGO, library, NOON)
        assert decisions(its) != logs[1][its.id]
        db.session.rollback()


def decisions(plan: Plan) -> list[tuple[Any, ...]]:
    """All that is kept of a plan's decisions, those that were replaced too."""
    db.session.flush()
    table = Decision.__table__
    mine = select(table).where(table.c.plan_id == plan.id).order_by(table.c.id)
    return [tuple(row) for row in db.session.execute(mine)]


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_killed_in_the_middle_it_leaves_nothing_and_may_be_begun_again(
    home: Path, tmp_path: Path, elsewhere: str, kind: str
) -> None:
    if kind == "sqlite":
        elsewhere = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REHAB_")}
    done = subprocess.run(
        [sys.executable, "-c", CUT_SHORT, "transfer", "--to", "-"],
        env={**kept, "REHAB_DATA_DIR": str(home), "REHAB_SECRET_KEY": SECRET},
        input=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert re.search(r"^plan +\d+ ", done.stdout, re.MULTILINE) is not None
    assert is_empty(home, elsewhere)
    moved(home, elsewhere)
    assert without_audit(contents(home, elsewhere)) == without_audit(contents(home))


def test_what_is_not_the_same_there_is_not_kept(
    home: Path, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = transfer._given
    monkeypatch.setattr(
        transfer, "_given", lambda c: whole(c) if c.name != "during" else text("NULL")
    )
    with pytest.raises(RehabError, match=r"^session: \d+ rows became \d+, or are not what they"):
        moved(home, elsewhere)
    monkeypatch.undo()
    assert is_empty(home, elsewhere)


def tick(home: Path) -> None:
    with inside(home):
        pulse.beat("a worker", clock.now())


def grow_old(home: Path) -> None:
    with closing(sqlite3.connect(home / "rehab.sqlite3")) as database:
        database.execute("UPDATE alembic_version SET version_num = '0003'")
        database.commit()


def tamper(home: Path) -> None:
    with closing(sqlite3.connect(home / "rehab.sqlite3")) as database:
        database.execute("DROP TRIGGER audit_entry_is_not_changed")
        database.execute("UPDATE audit_entry SET action = 'nothing.happened' WHERE seq = 3")
        database.commit()


def leave(home: Path) -> None:
    """Nothing happens to the source."""


@pytest.mark.parametrize(
    ("happens", "to", "secret", "line"),
    [
        (leave, "mysql://x", SECRET, "--to: must start with sqlite:/// or postgresql+psycopg://"),
        (leave, "sqlite:///{home}/rehab.sqlite3", SECRET, "the target is this server's own"),
        (leave, "sqlite:///{old}", SECRET, "the target: the database has the tables of revision"),
        (leave, "sqlite:///{new}", "another", "locked with"),
        (tick, "sqlite:///{new}", SECRET, " s ago: stop every server and worker"),
        (grow_old, "sqlite:///{new}", SECRET, "the database has the tables of revision 0003"),
        (tamper, "sqlite:///{new}", SECRET, "does not hold: the entry is not as it was written"),
    ],
    ids=["address", "same", "old target", "secret", "worker", "old source", "audit"],
)
def test_a_transfer_that_may_not_be_is_refused_in_one_line(
    home: Path,
    tmp_path: Path,
    happens: Callable[[Path], None],
    to: str,
    secret: str,
    line: str,
) -> None:
    old, new = tmp_path / "old.sqlite3", tmp_path / "new.sqlite3"
    with closing(sqlite3.connect(old)) as database:
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        database.execute("INSERT INTO alembic_version VALUES ('0003')")
        database.commit()
    happens(home)
    with pytest.raises((RehabError, click.ClickException)) as refused:
        moved(home, to.format(home=home, old=old, new=new), secret=secret)
    assert line in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    assert is_empty(home, f"sqlite:///{new}")


def test_nothing_is_taken_into_a_database_that_has_rows(home: Path, elsewhere: str) -> None:
    moved(home, elsewhere)
    before = contents(home, elsewhere)
    with pytest.raises(RehabError, match=r"^the target is not empty: there are rows in \w+$"):
        moved(home, elsewhere)
    assert contents(home, elsewhere) == before


def test_nobody_writes_while_a_database_is_read(stage: Flask) -> None:
    with stage.app_context():
        url, kind = db.engine.url, db.engine.dialect.name
        busy = {"timeout": 0} if kind == "sqlite" else {"options": "-c lock_timeout=50"}
        other = create_engine(url, connect_args=busy)
        with db.engine.connect() as held, other.connect() as outside:
            transfer.keep_writers_out(held)
            assert outside.execute(text("SELECT count(*) FROM patient")).scalar() == 0
            with pytest.raises(OperationalError, match=r"locked|lock timeout"):
                outside.execute(text("DELETE FROM patient"))
        other.dispose()


def test_no_column_counts_by_itself_so_nothing_has_to_be_wound_on(stage: Flask) -> None:
    with stage.app_context():
        if db.engine.dialect.name == "postgresql":
            assert inspect(db.engine).get_sequence_names() == []
        counting = [t.name for t in transfer.tables() if t.autoincrement_column is not None]
    assert counting == []


def grown(data: Path, rows: int) -> None:
    with inside(data):
        upgrade()
        keys.keep_keyring(NOON)
        given = [{"name": "n", "label": str(n), "count": 1.0} for n in range(rows)]
        with db.engine.begin() as connection:
            connection.execute(db.metadata.tables["tally"].insert(), given)


def test_a_table_of_100_000_rows_takes_no_more_memory_than_one_of_a_thousand(
    tmp_path: Path, postgres_url: str
) -> None:
    peaks = []
    for rows in (1_000, 100_000):
        data = tmp_path / str(rows)
        grown(data, rows)
        done = subprocess.run(
            [sys.executable, "-c", PEAK, "transfer", "--to", "-"],
            env={**os.environ, "REHAB_DATA_DIR": str(data), "REHAB_SECRET_KEY": SECRET},
            input=database_beside(postgres_url),
            capture_output=True,
            text=True,
            check=True,
        )
        assert re.search(rf"^tally +{rows} ", done.stdout, re.MULTILINE)
        peaks.append(int(done.stderr.split()[-2]))
    assert peaks[1] - peaks[0] < 10_000, f"{peaks} kB"
