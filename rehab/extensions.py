"""The database: one handle for SQLite and PostgreSQL, each set up the way it holds under load."""

import logging
import sqlite3
from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy import session as unit_of_work
from sqlalchemy import Connection, Engine, MetaData, Row, Select, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, registry
from werkzeug.local import LocalProxy

from rehab.models.types import COLUMN_TYPES
from rehab.places import folder
from rehab.tenancy import nowhere
from rehab.tenancy.rows import check_flush
from rehab.tenancy.walls import Apart, before_statement, check_unwalled

log = logging.getLogger(__name__)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING), type_annotation_map=COLUMN_TYPES
    )


class Work(Apart, unit_of_work.Session):
    """A unit of work that stays inside the clinic that is open."""

    def close(self) -> None:
        """Let go of everything. With a database that is gone there is nothing to take back, and
        what was answered already stays answered."""
        try:
            super().close()
        except OperationalError as error:
            log.warning("a connection was lost when its work was let go of: %s", error.orig)
            self.invalidate()


db = SQLAlchemy(model_class=Base, session_options={"class_": Work})
event.listen(Work, "do_orm_execute", before_statement)
event.listen(Work, "before_flush", check_flush)

if TYPE_CHECKING:

    class Model(Base):
        """What every row is; type checkers cannot see through `db.Model`."""

        __abstract__ = True
else:
    Model = db.Model


def set_up_database(app: Flask, monotonic: Callable[[], float]) -> None:
    """Bind the models, the migrations and the engine's habits to `app`; `monotonic` tells for how
    many seconds a connection has rested."""
    db.init_app(app)
    app.extensions["migrate"] = LocalProxy(lambda: _migrations(app))
    app.wsgi_app = _beginning_nowhere(app.wsgi_app)  # type: ignore[method-assign]
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _hold_sqlite_to_its_transactions(db.engine)
        else:
            _ask_whether_it_lives(db.engine, monotonic)


def _migrations(app: Flask) -> Any:
    """Flask-Migrate's settings for who asks: whoever only serves does not load Alembic."""
    from flask_migrate import Migrate

    Migrate(app, db, str(folder("migrations")), render_as_batch=True, compare_type=True)
    return app.extensions["migrate"]


def _beginning_nowhere(answer: Callable[..., Any]) -> Callable[..., Any]:
    """Whatever a request opens is shut when it ends: the thread serves another clinic next."""

    @wraps(answer)
    def serve(environ: Any, start_response: Any) -> Any:
        with nowhere():
            return answer(environ, start_response)

    return serve


def _hold_sqlite_to_its_transactions(engine: Engine) -> None:
    """Take the write lock when a transaction begins, not in its middle.

    A deferred BEGIN that turns into a write fails at once with "database is locked" whenever
    another process wrote meanwhile; BEGIN IMMEDIATE waits its turn.
    """

    @event.listens_for(engine, "connect")
    def tune(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "busy_timeout=10000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(READING):
            connection.exec_driver_sql("BEGIN IMMEDIATE")


RESTED, RESTED_FOR = "rested_since", 1.0
"""Seconds: a connection that was used within them is taken to live."""


def _ask_whether_it_lives(engine: Engine, monotonic: Callable[[], float]) -> None:
    """Ask a connection that has rested, before it is used; one that is dead takes those as old as
    itself along. To ask each time, as `pool_pre_ping` does, costs a question for every question."""

    @event.listens_for(engine, "checkin")
    def rest(_connection: Any, record: Any) -> None:
        record.info[RESTED] = monotonic()

    @event.listens_for(engine, "checkout")
    def wake(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get(RESTED)
        if since is None or monotonic() - since < RESTED_FOR:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


READING = "reading"
"""Marks a connection on which each statement stands by itself: nothing begins or is locked."""


def open_database() -> Engine:
    """The database of the app that is running now."""
    return db.engine


def read(question: Select[*tuple[Any, ...]], **given: Any) -> Row[Any] | None:
    """The one row that answers a question, or None, without a transaction: of one moment, and
    neither waiting for a writer nor keeping one waiting.

    Asked once more where the connection turns out to be dead. Raises NoClinic where the wall would.
    """
    check_unwalled(question)
    try:
        return _answered(question, given)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return _answered(question, given)


def _answered(question: Select[*tuple[Any, ...]], given: dict[str, Any]) -> Row[Any] | None:
    with _reading(db.engine).connect() as connection:
        return connection.execute(question, given).one_or_none()


def _reading(engine: Engine) -> Engine:
    """The same connections, used for reading."""
    known: Engine | None = current_app.extensions.get(READING)
    if known is None or known.pool is not engine.pool:
        is_sqlite = engine.dialect.name == "sqlite"
        options = {READING: True} if is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        known = current_app.extensions[READING] = engine.execution_options(**options)
    return known


def insert_into(model: type[Model]) -> Any:
    """An INSERT that knows ON CONFLICT: each of the two databases has its own."""
    of_dialect = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    return of_dialect[db.session.get_bind().dialect.name](model)


def schema_fault() -> str | None:
    """What is wrong with the tables, in one line; None when they are those of this version."""
    head, found = revisions()[-1], _revision()
    if found == head:
        return None
    if found is not None and found not in revisions():
        return f"the database has the tables of a later version ({found}): start that one"
    have = "no tables" if found is None else f"the tables of revision {found}"
    return f"the database has {have}, not of {head}: run `rehab db upgrade`"


def running_fault() -> str | None:
    """As `schema_fault`, for a process that runs: on the tables of a later version it goes on, as
    every migration keeps what the version before it needs."""
    found = _revision()
    return schema_fault() if found is None or found in revisions() else None


def _revision() -> str | None:
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


@cache
def revisions() -> tuple[str, ...]:
    """The revisions of the tables, the first one first; each migration's file begins with its."""
    files = folder("migrations").glob("versions/*.py")
    return tuple(sorted(file.name.partition("_")[0] for file in files))
