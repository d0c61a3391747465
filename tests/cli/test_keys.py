"""`rehab keys`: every turn is told, and what goes wrong is one plain line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from rehab import create_app
from rehab.cli.keys import keys
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.keyring import KeptKeyring, vault
from rehab.models.patient import Patient
from rehab.services import backups, clinics, enrolment
from rehab.services import keys as keyring
from rehab.services.audit import SYSTEM
from rehab.services.privacy import holds
from rehab.services.transactions import transaction
from rehab.settings import Settings
from tests.conftest import NOON

REASON = "Lindqvist v. Riverside"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Flask]:
    """A server of one's own, with a sealed text in it."""
    app = create_app(Settings(data_dir=tmp_path, secret_key="the first secret"))
    with app.app_context():
        upgrade()
        keyring.keep_keyring(NOON)
        clinic = clinics.open_clinic("Riverside", "Europe/London", NOON)
        said = {"given_name": "Maya", "phone": "+442079460123", "zone": "UTC"}
        maya = enrolment.enrol(clinic.id, said, "ana@riverside.example", NOON)
        holds.hold_patient(maya, REASON, SYSTEM, NOON)
        yield app
        backups.let_go()


def run(app: Flask, *arguments: str) -> Result:
    db.session.rollback()
    return app.test_cli_runner().invoke(keys, list(arguments))


def reason() -> str | None:
    return db.session.scalars(select(Patient)).one().held_because


def acts() -> list[str]:
    return [
        entry.action
        for entry in db.session.scalars(select(AuditEntry).filter_by(actor_kind="operator"))
    ]


def test_a_rotation_tells_the_new_key_what_it_sealed_and_what_is_retired(home: Flask) -> None:
    old = vault().ring.newest.id
    done = run(home, "rotate")
    new = vault().ring.newest.id
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == [
        f"key {old} is retired: it opens old backups, and seals nothing more"
    ]
    first, _, sealed = done.stdout.splitlines()[0].partition("; ")
    assert first == f"key {new} seals from now on"
    assert int(sealed.split()[0]) >= 1
    assert (reason(), acts()) == (REASON, ["keys.rotated"])


def test_a_cell_that_no_key_opens_is_named_and_the_rotation_fails(home: Flask) -> None:
    with transaction():
        db.session.execute(db.text("UPDATE patient SET held_because = 'v1.00000000.AAAA'"))
    done = run(home, "rotate")
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: 1 cells hang on an older key still: patient.held_because of ")
    assert "Traceback" not in done.output


@pytest.fixture
def old_secret(tmp_path: Path) -> Path:
    file = tmp_path / "old"
    file.write_text("the first secret\n", encoding="ascii")
    return file


def test_a_new_secret_takes_over_what_the_old_one_locked(
    home: Flask, tmp_path: Path, old_secret: Path
) -> None:
    backups.let_go()
    moved = create_app(Settings(data_dir=tmp_path, secret_key="the second secret"))
    with moved.app_context():
        done = run(moved, "take-over", "--old-secret-file", str(old_secret))
        assert (done.exit_code, done.stderr) == (0, "")
        assert "present REHAB_SECRET_KEY" in done.stdout
        assert (reason(), acts()) == (REASON, ["keys.taken-over"])
        backups.let_go()
    with create_app(Settings(data_dir=tmp_path, secret_key="the second secret")).app_context():
        assert reason() == REASON
        backups.let_go()


def test_a_secret_that_never_locked_anything_here_takes_nothing_over(
    home: Flask, old_secret: Path
) -> None:
    before = db.session.scalars(select(KeptKeyring.locked)).one()
    old_secret.write_text("some other secret", encoding="ascii")
    done = run(home, "take-over", "--old-secret-file", str(old_secret))
    assert done.exit_code == 1
    line = f"Error: {old_secret}: is not the secret that the keys are locked with\n"
    assert done.stderr == line
    assert db.session.scalars(select(KeptKeyring.locked)).one() == before
    assert acts() == []
