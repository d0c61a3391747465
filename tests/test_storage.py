"""The two databases: what the migrations make, and what a column or a lock must not let through."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from rehab import create_app
from rehab.extensions import db
from rehab.models.clinic import Clinic
from rehab.models.patient import Patient
from rehab.services.transactions import transaction
from rehab.settings import Settings
from tests.conftest import NOON


def test_an_upgraded_empty_database_is_what_the_models_describe(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_migrations_lead_down_again(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))
    with app.app_context():
        upgrade()
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        db.engine.dispose()


def test_a_naive_time_is_refused(app: Flask) -> None:
    db.session.add(Clinic(name="X", zone="UTC", created_at=datetime(2026, 3, 2, 12)))  # noqa: DTZ001
    with pytest.raises(StatementError, match="naive"):
        db.session.flush()


def test_an_instant_comes_back_in_utc(app: Flask) -> None:
    there = datetime(2026, 3, 2, 22, 30, tzinfo=timezone(timedelta(hours=10, minutes=30)))
    clinic = Clinic(name="X", zone="Australia/Adelaide", created_at=there)
    db.session.add(clinic)
    db.session.commit()
    db.session.expire_all()
    stored = db.session.get_one(Clinic, clinic.id).created_at
    assert stored == there
    assert stored.utcoffset() == timedelta(0)


def test_a_row_must_belong_somewhere(app: Flask) -> None:
    lost = {"given_name": "No", "phone": "+442079460111", "zone": "UTC", "created_at": NOON}
    db.session.add(Patient(clinic_id=Patient.id.type.python_type(int=7), **lost))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_raising_rolls_back_and_an_inner_use_case_joins_the_outer(app: Flask) -> None:
    @transaction()
    def inner() -> None:
        db.session.add(Clinic(name="inner", zone="UTC", created_at=NOON))

    def outer() -> None:
        with transaction():
            inner()
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        outer()
    assert db.session.scalars(select(Clinic)).all() == []
    inner()
    db.session.rollback()
    assert len(db.session.scalars(select(Clinic)).all()) == 1


def test_sqlite_is_tuned_to_hold(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))
    with app.app_context(), db.engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert found == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 10000,
        "synchronous": 2,
    }


def test_a_transaction_takes_the_write_lock_when_it_begins(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        other = sqlite3.connect(tmp_path / "rehab.sqlite3", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_writers_wait_for_each_other_and_lose_nothing(app: Flask) -> None:
    """Read, then write: the order in which a deferred transaction would fail at once."""

    def write(n: int) -> None:
        with app.app_context():
            db.session.scalars(select(Clinic)).all()
            db.session.add(Clinic(name=f"clinic {n}", zone="UTC", created_at=NOON))
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(40)))
    assert len(db.session.scalars(select(Clinic)).all()) == 40


def test_the_clock_is_utc() -> None:
    from rehab import clock

    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()
