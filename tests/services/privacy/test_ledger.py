"""The ledger of erasures: beside the database, of hashes alone, and never without a line it had."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask

from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.services.privacy import erasure, ledger
from rehab.settings import Settings
from tests.conftest import NOON
from tests.services.privacy.conftest import OPERATOR

SOMEBODY = UUID(int=1)


def test_it_lies_beside_the_database_or_in_the_data_folder(tmp_path: Path) -> None:
    beside = Settings(data_dir=tmp_path, database_url="sqlite:////srv/clinic.sqlite3")
    assert ledger.path_of(beside) == Path("/srv/clinic.sqlite3.erasures")
    far = Settings(data_dir=tmp_path, database_url="postgresql+psycopg://db/rehab")
    assert ledger.path_of(far) == tmp_path / "erasures"


def test_a_ledger_that_is_not_there_is_empty(book: Path) -> None:
    assert ledger.noted(book) == frozenset()


@pytest.mark.parametrize("before", ["", "half a li", "e" * 63, f"{'a' * 64}\n"])
def test_a_line_that_a_crash_cut_off_spoils_no_other(book: Path, before: str) -> None:
    book.write_text(before, encoding="ascii")
    whole = ledger.noted(book)
    ledger._write(book, [ledger.shadow_of(SOMEBODY)])
    assert ledger.noted(book) == whole | {ledger.shadow_of(SOMEBODY)}


def test_it_names_nobody_and_is_for_the_servers_eyes(book: Path) -> None:
    ledger._write(book, [ledger.shadow_of(SOMEBODY)])
    assert str(SOMEBODY) not in book.read_text(encoding="ascii")
    assert SOMEBODY.hex not in book.read_text(encoding="ascii")
    assert book.stat().st_mode & 0o777 == 0o600


def test_what_it_has_missed_is_taken_from_the_audit_once(maya: Patient, book: Path) -> None:
    shadow = ledger.shadow_of(maya.id)
    erasure.erase(maya, book, OPERATOR, NOON)
    book.unlink()
    assert (ledger.catch_up(book), ledger.noted(book)) == (1, {shadow})
    size = book.stat().st_size
    assert (ledger.catch_up(book), book.stat().st_size) == (0, size)


def test_a_ledger_that_cannot_be_written_is_no_reason_to_keep_a_person(
    app: Flask, maya: Patient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    erasure.erase(maya, tmp_path / "no such folder" / "erasures", OPERATOR, NOON)
    assert "lags behind" in caplog.text
    assert db.session.query(Patient).all() == []


def test_what_was_to_be_noted_is_forgotten_with_the_transaction(app: Flask, book: Path) -> None:
    ledger.note_on_commit(book, uuid4())
    db.session.query(Patient).all()
    db.session.rollback()
    db.session.query(Patient).all()
    db.session.commit()
    assert not book.exists()
