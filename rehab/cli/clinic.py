"""Opening a clinic, its clinicians, and their tokens: `rehab clinic`, `clinician`, `token`."""

import sys
from contextlib import suppress
from select import select
from uuid import UUID

import click
from flask.cli import with_appcontext

from rehab import clock
from rehab.models.clinic import ROLES, ApiToken
from rehab.services import clinics, tokens
from rehab.services.access import credentials, people
from rehab.services.transactions import transaction
from rehab.tenancy import across_clinics
from rehab.wiring import wiring


@click.group("clinic")
def clinic() -> None:
    """Clinics."""


@clinic.command("create")
@click.argument("name")
@click.option("--zone", required=True, help="IANA time zone, such as Europe/London.")
@click.option("--phone", default="", help="The number that texts name, E.164.")
@with_appcontext
@across_clinics("the operator opens clinics")
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
@click.option("--role", type=click.Choice(ROLES), help="The first of a clinic is its owner.")
@with_appcontext
@across_clinics("the operator opens clinics")
def create_clinician(email: str, clinic_id: UUID, name: str, role: str | None) -> None:
    """Add a clinician to a clinic: print their id, and a link by which they choose a password.

    With a password waiting on standard input, that is theirs and no link is printed.
    """
    password, now = _password_waiting(), clock.now()
    with transaction():
        added = clinics.add_clinician(clinic_id, email, name, now, role)
        if password:
            credentials.set_password(added.id, password, now)
    click.echo(added.id)
    if not password:
        click.echo(_invitation(email))


@clinician.command("reset")
@click.argument("email")
@with_appcontext
@across_clinics("the operator knows an address, not a clinic")
def reset_clinician(email: str) -> None:
    """Let a clinician start over: their app and their sign-ins end, and a new link is printed."""
    credentials.reset_second_factor(clinics.clinician_of(email).id, clock.now())
    click.echo(_invitation(email))


def _invitation(email: str) -> str:
    token = people.invite(email, clock.now())
    return f"{wiring().settings.public_url}/invitation/{token}"


def _password_waiting() -> str:
    """The first line of what waits on standard input; nobody is asked, and nothing waited for."""
    if sys.stdin is None or sys.stdin.isatty():
        return ""
    with suppress(OSError, ValueError):
        if not select([sys.stdin], [], [], 0)[0]:
            return ""
    return sys.stdin.readline().rstrip("\r\n")


@click.group("token")
def token() -> None:
    """API tokens."""


@token.command("create")
@click.argument("email")
@click.option("--scope", "scopes", multiple=True, help="read, write, admin; else read and write.")
@click.option("--days", type=int, help="How long it is good for; else until it is revoked.")
@with_appcontext
@across_clinics("the operator knows an address, not a clinic")
def create_token(email: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Print a new API token, once."""
    click.echo(tokens.issue_token(email, scopes, clock.now(), days))


@token.command("list")
@click.argument("email")
@with_appcontext
@across_clinics("the operator knows an address, not a clinic")
def list_tokens(email: str) -> None:
    """A clinician's tokens, newest first: id, scopes, until when, last use."""
    for known in tokens.all_of(clinics.clinician_of(email)):
        click.echo(f"{known.id}  {' '.join(known.scopes):<16}  {_until(known)}  {_use(known)}")


@token.command("revoke")
@click.argument("token_id", metavar="ID")
@with_appcontext
@across_clinics("the operator knows a token, not a clinic")
def revoke_token(token_id: str) -> None:
    """End a token at once."""
    tokens.revoke_token(token_id, clock.now())


def _until(known: ApiToken) -> str:
    if known.revoked_at is not None:
        return f"revoked {known.revoked_at:%Y-%m-%d}"
    return f"until {known.expires_at:%Y-%m-%d}" if known.expires_at else "no end"


def _use(known: ApiToken) -> str:
    at = known.last_used_at
    return f"used {at:%Y-%m-%d %H:%M} UTC" if at else "never used"
