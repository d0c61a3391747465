"""What an operator's probes hear, from a server in each of its states."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text

from rehab import clock
from rehab.extensions import db, revisions
from rehab.places import folder
from rehab.services import pulse
from rehab.web import health
from rehab.wiring import Wiring, wire
from tests.conftest import NOON

Show = Callable[[datetime], None]

SCRIPTS = ScriptDirectory(str(folder("migrations")))
BEFORE = str(SCRIPTS.get_revision("head").down_revision)


def test_migrations_are_named_after_their_revisions_in_their_order() -> None:
    found = [script.revision for script in SCRIPTS.walk_revisions()]
    assert revisions() == tuple(reversed(found))


def asked(app: Flask, path: str) -> tuple[int, dict[str, str]]:
    db.session.remove()
    answer = app.test_client().get(path)
    return answer.status_code, answer.get_json()


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (59, 200), (60, 200), (61, 503)])
def test_a_server_that_sends_is_well_as_long_as_somebody_ticks(
    app: Flask, at: Show, seconds: int, status: int
) -> None:
    pulse.beat("w1", NOON - timedelta(hours=1))
    pulse.beat("w2", NOON)
    at(NOON + timedelta(seconds=seconds))
    assert asked(app, "/healthz")[0] == status


def test_a_silence_is_said_with_its_length(app: Flask, at: Show) -> None:
    pulse.beat("w1", NOON)
    at(NOON + timedelta(minutes=5))
    assert asked(app, "/healthz") == (
        503,
        {"status": "not ok", "why": "no reminders are sent: nobody has ticked for 300 s"},
    )


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (59, 200), (61, 503)])
def test_where_nobody_has_ever_ticked_the_silence_is_as_old_as_the_server(
    app: Flask, at: Show, monkeypatch: pytest.MonkeyPatch, seconds: int, status: int
) -> None:
    """One that has just been set up is well."""
    monkeypatch.setattr(health, "_BEGAN", 1000.0)
    monkeypatch.setattr(clock, "monotonic", lambda: 1000.0 + seconds)
    assert asked(app, "/healthz")[0] == status


@pytest.fixture
def web_only(app: Flask) -> Iterator[Flask]:
    """A server whose reminders are sent by workers elsewhere."""
    built: Wiring = app.extensions["rehab"]
    settings = replace(built.settings, scheduler="off")
    wire(app, Wiring(settings, built.library, built.sender))
    yield app
    wire(app, built)


def test_a_server_that_does_not_send_is_well_though_nobody_ticks(web_only: Flask, at: Show) -> None:
    pulse.beat("w1", NOON)
    at(NOON + timedelta(hours=1))
    assert asked(web_only, "/healthz") == (200, {"status": "ok"})


@pytest.fixture
def without_heartbeats(app: Flask) -> Iterator[Flask]:
    """The table is gone, as when the database cannot be asked."""
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE heartbeat RENAME TO elsewhere"))
    yield app
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO heartbeat"))


def test_a_database_that_does_not_answer_is_said(without_heartbeats: Flask, at: Show) -> None:
    assert asked(without_heartbeats, "/healthz") == (
        503,
        {"status": "not ok", "why": "the database does not answer"},
    )


def test_a_server_whose_tables_are_its_own_is_ready(app: Flask) -> None:
    assert asked(app, "/readyz") == (200, {"status": "ready"})


@pytest.fixture
def older(app: Flask) -> Iterator[Flask]:
    """A database that an older version made."""
    with db.engine.begin() as connection:
        head = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": BEFORE})
    yield app
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})


def test_a_server_over_older_tables_is_not_ready_and_says_what_to_do(older: Flask) -> None:
    status, said = asked(older, "/readyz")
    assert status == 503
    assert f"the tables of revision {BEFORE}" in said["why"]
    assert "rehab db upgrade" in said["why"]
