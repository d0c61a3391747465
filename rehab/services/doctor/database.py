"""The database: whether it answers, is whole, keeps what it is told, and has lines to spare."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer

from sqlalchemy import text

from rehab.extensions import db, schema_fault
from rehab.services import watch
from rehab.services.doctor.examination import Verdict, fail, ok, warn
from rehab.settings import Settings

OLDEST_SQLITE, OLDEST_POSTGRESQL = (3, 35), 130000
PATIENCE = 5.0
"""Seconds that reading through a SQLite file may take."""

LINES_OF_A_PROCESS = 15
"""Connections that a process of ours may open: SQLAlchemy's pool, and what it adds."""


def reachable(settings: Settings) -> Iterator[Verdict]:
    """It answers, and is of a version that will do."""
    if settings.is_sqlite:
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        if not path.exists():
            yield fail(f"there is no {path}: run `rehab db upgrade`, or set REHAB_DATABASE_URL")
            return
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            yield fail(f"SQLite {sqlite3.sqlite_version} is too old: 3.35 is needed")
            return
        with db.engine.connect() as connection:
            connection.execute(text("SELECT count(*) FROM sqlite_master"))
        yield ok(f"SQLite {sqlite3.sqlite_version}, {path}")
        return
    with db.engine.connect() as connection:
        number = int(connection.scalar(text("SHOW server_version_num")))
    if number < OLDEST_POSTGRESQL:
        yield fail(f"PostgreSQL {number // 10000} is too old: 13 is needed")
    else:
        yield ok(f"PostgreSQL {number // 10000}.{number % 10000} answers")


def tables() -> Iterator[Verdict]:
    """They are those of this version."""
    fault = schema_fault()
    yield fail(fault) if fault else ok("the tables are those of this version")


def keeps() -> Iterator[Verdict]:
    """What is committed stays, also when the power fails."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    wanted = IN_SQLITE if is_sqlite else IN_POSTGRESQL
    with db.engine.connect() as connection:
        found = {
            name: str(connection.scalar(text(f"{'PRAGMA' if is_sqlite else 'SHOW'} {name}")))
            for name in wanted
        }
    wrong = {name: value for name, value in found.items() if value not in wanted[name]}
    for name, value in wrong.items():
        yield fail(
            f"{name} is {value}, and must be {wanted[name][0]}: a power cut may lose reports"
        )
    if not wrong:
        yield ok(", ".join(f"{name} {value}" for name, value in found.items()))


IN_SQLITE = {"journal_mode": ("wal",), "synchronous": ("2", "3"), "foreign_keys": ("1",)}
IN_POSTGRESQL = {
    "fsync": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
    "full_page_writes": ("on",),
}


def whole(settings: Settings) -> Iterator[Verdict]:
    """A SQLite file, read through while others write; PostgreSQL minds its own pages."""
    if not settings.is_sqlite:
        return
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        limit = Timer(PATIENCE, connection.interrupt)
        limit.start()
        try:
            faults = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
            stray = connection.execute("PRAGMA foreign_key_check").fetchmany(3)
        except sqlite3.OperationalError as error:
            if str(error) != "interrupted":
                raise
            yield warn(f"too large to read in {PATIENCE:.0f} s: `rehab backup verify` a new backup")
            return
        finally:
            limit.cancel()
    if faults != ["ok"]:
        yield fail(f"{path} is damaged ({faults[0]}): stop the server, restore a backup")
    elif stray:
        yield fail(f"rows of {stray[0][0]} point to a {stray[0][2]} that is not there")
    else:
        yield ok("read through: no damage, and every row points to one that is there")


def lines() -> Iterator[Verdict]:
    """How many connections PostgreSQL has left for us."""
    seen = watch.database_lines()
    if seen is None:
        return
    free = seen.most - seen.used
    told = f"{free} of {seen.most} connections are free; a process takes up to {LINES_OF_A_PROCESS}"
    if free < LINES_OF_A_PROCESS:
        yield warn(f"{told}: raise max_connections, or run fewer processes")
    else:
        yield ok(told)
