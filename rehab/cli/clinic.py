"""Opening a clinic: `rehab clinic create`, `rehab clinician create`, `rehab token create`."""

from uuid import UUID

import click
from flask.cli import with_appcontext

from rehab import clock
from rehab.services import clinics


@click.group("clinic")
def clinic() -> None:
    """Clinics."""


@clinic.command("create")
@click.argument("name")
@click.option("--zone", required=True, help="IANA time zone, such as Europe/London.")
@click.option("--phone", default="", help="The number that texts name, E.164.")
@with_appcontext
def create_clinic(name: str, zone: str, phone: str) -> None:
    """Open a clinic and print its id."""
    click.echo(clinics.open_clinic(name, zone, clock.now(), phone).id)


@click.group("clinician")
def clinician() -> None:
    """Clinicians."""


@clinician.command("create")
@click.argument("email")
@click.option("--clinic", "clinic_id", type=click.UUID, required=True, help="The clinic's id.")
@click.option("--name", required=True)
@with_appcontext
def create_clinician(email: str, clinic_id: UUID, name: str) -> None:
    """Add a clinician to a clinic and print their id."""
    click.echo(clinics.add_clinician(clinic_id, email, name, clock.now()).id)


@click.group("token")
def token() -> None:
    """API tokens."""


@token.command("create")
@click.argument("email")
@click.option("--scope", "scopes", multiple=True, help="read, write; both when none is given.")
@with_appcontext
def create_token(email: str, scopes: tuple[str, ...]) -> None:
    """Print a new API token, once."""
    click.echo(clinics.issue_token(email, scopes, clock.now()))
