"""`rehab export` and `rehab patient`, as an operator calls them."""

import json
import zipfile
from pathlib import Path
from uuid import uuid4

import click
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from rehab.cli.patient import export, patient
from rehab.errors import Conflict, NotFound
from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.services.privacy import ledger
from rehab.wiring import wiring
from tests.exchange.reader import read


def run(app: Flask, command: click.Command, *arguments: str) -> Result:
    db.session.rollback()
    return app.test_cli_runner().invoke(command, list(arguments))


def test_an_export_is_a_document_on_stdout(app: Flask, maya: Patient) -> None:
    done = run(app, export, str(maya.id))
    assert done.exit_code == 0
    assert json.loads(done.stdout)["patient"]["family_name"] == "Lindqvist"


def test_a_zip_is_written_for_nobody_elses_eyes(app: Flask, maya: Patient, tmp_path: Path) -> None:
    file = tmp_path / "maya.zip"
    done = run(app, export, str(maya.id), "--format", "csv", "--output", str(file))
    assert (done.exit_code, done.stdout) == (0, "")
    with zipfile.ZipFile(file) as archive:
        assert "patient.csv" in archive.namelist()
    assert file.stat().st_mode & 0o777 == 0o600


def test_only_the_formats_that_there_are_are_offered(app: Flask, maya: Patient) -> None:
    done = run(app, export, str(maya.id), "--format", "xml")
    assert done.exit_code == 2
    assert "'json', 'csv', 'fhir'" in done.stderr


def test_a_record_for_another_system_is_a_bundle_on_stdout(app: Flask, maya: Patient) -> None:
    done = run(app, export, str(maya.id), "--format", "fhir")
    assert done.exit_code == 0
    assert read(json.loads(done.stdout))["Patient"][0]["name"][0]["family"] == "Lindqvist"


@pytest.mark.parametrize(
    ("command", "more"), [(export, ()), (patient, ("erase", "--yes")), (patient, ("release",))]
)
def test_a_patient_who_is_not_there_is_told_of(
    app: Flask, command: click.Command, more: tuple[str, ...]
) -> None:
    done = run(app, command, *more, str(uuid4()))
    assert isinstance(done.exception, NotFound)
    assert "there is no patient" in str(done.exception)


def test_an_erasure_is_asked_about_held_up_and_done(app: Flask, maya: Patient) -> None:
    patient_id = str(maya.id)
    shadow = ledger.shadow_of(maya.id)
    assert run(app, patient, "erase", patient_id).exit_code == 1
    assert run(app, patient, "hold", patient_id, "--because", "a claim").exit_code == 0
    assert isinstance(run(app, patient, "erase", patient_id, "--yes").exception, Conflict)
    assert run(app, patient, "release", patient_id).exit_code == 0
    assert db.session.scalars(select(Patient)).all() != []
    done = run(app, patient, "erase", patient_id, "--yes")
    assert done.stdout.startswith(f"patient {patient_id} is erased: ")
    assert db.session.scalars(select(Patient)).all() == []
    assert shadow in ledger.noted(ledger.path_of(wiring().settings))
