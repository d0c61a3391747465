"""`rehab export` and `rehab patient`: one person's data handed over, erased, or held."""

import os
import sys
from pathlib import Path
from uuid import UUID

import click
from flask.cli import with_appcontext

from rehab import clock
from rehab.errors import NotFound
from rehab.exchange import files
from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.services.audit import Actor, ActorKind
from rehab.services.privacy import erasure, holds, ledger
from rehab.services.privacy.export import export as export_of
from rehab.tenancy import across_clinics
from rehab.wiring import library, wiring

OPERATOR = Actor(ActorKind.OPERATOR)
PATIENT = click.argument("patient_id", type=click.UUID)


@click.command("export")
@PATIENT
@click.option("--format", "form", type=click.Choice(files.FORMATS), default=files.JSON)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Else: to stdout.")
@with_appcontext
@across_clinics("the operator knows a patient, not a clinic")
def export(patient_id: UUID, form: str, output: Path | None) -> None:
    """Write all that is kept about a patient: a JSON document, a zip of CSV tables, or a FHIR R4
    bundle."""
    if output is None and form == files.CSV and sys.stdout.isatty():
        raise click.UsageError("a zip is not for a terminal: say --output FILE")
    record = export_of(_patient(patient_id), OPERATOR, clock.now())
    what = files.written(record, form, library())
    if output is None:
        sys.stdout.buffer.write(what)
        return
    with open(output, "wb", opener=_for_nobody_else) as file:
        file.write(what)


@click.group("patient")
def patient() -> None:
    """One patient's data."""


@patient.command("erase")
@PATIENT
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
@across_clinics("the operator knows a patient, not a clinic")
def erase(patient_id: UUID, yes: bool) -> None:
    """Erase a patient and all that is kept about them, for good."""
    known = _patient(patient_id)
    if not yes:
        click.confirm(f"Erase patient {patient_id} for good?", abort=True)
    book = ledger.path_of(wiring().settings)
    done = erasure.erase(known, book, OPERATOR, clock.now())
    click.echo(f"patient {patient_id} is erased: {done.total} rows; older backups hold them still")


@patient.command("hold")
@PATIENT
@click.option("--because", required=True, help="Who asks for it, and in which matter.")
@with_appcontext
@across_clinics("the operator knows a patient, not a clinic")
def hold(patient_id: UUID, because: str) -> None:
    """Put a patient under a legal hold: nothing of theirs is erased, or let go of with time."""
    holds.hold_patient(_patient(patient_id), because, OPERATOR, clock.now())


@patient.command("release")
@PATIENT
@with_appcontext
@across_clinics("the operator knows a patient, not a clinic")
def release(patient_id: UUID) -> None:
    """End a patient's legal hold."""
    holds.release_patient(_patient(patient_id), OPERATOR, clock.now())


def _patient(patient_id: UUID) -> Patient:
    known = db.session.get(Patient, patient_id)
    if known is None:
        raise NotFound(f"there is no patient {patient_id}")
    return known


def _for_nobody_else(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
