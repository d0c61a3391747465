"""`rehab keys`: a new key for what is sealed, and a new secret for the keys."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from rehab import clock
from rehab.services import keys as keyring
from rehab.services.audit import Actor, ActorKind, Subject, record
from rehab.services.transactions import transaction
from rehab.tenancy import across_clinics
from rehab.vault import Unsealable


@click.group("keys")
def keys() -> None:
    """The keys that names, numbers and free text are sealed with."""


@keys.command("rotate")
@with_appcontext
@across_clinics("the keys are of the whole database")
def rotate() -> None:
    """Seal everything with a new key. Stopped half-way, it goes on when it is called again."""
    try:
        done = keyring.rotate(clock.now())
    except Unsealable as error:
        raise click.ClickException(str(error)) from error
    _on_record("keys.rotated")
    click.echo(f"key {done.key_id} seals from now on; {done.resealed} cells were sealed anew")
    for key in done.retired:
        click.echo(f"key {key} is retired: it opens old backups, and seals nothing more")
    if done.left:
        first = done.unreadable[0] if done.unreadable else "written meanwhile: call it again"
        raise click.ClickException(f"{done.left} cells hang on an older key still: {first}")


@keys.command("take-over")
@click.option(
    "--old-secret-file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="A file with the REHAB_SECRET_KEY of before.",
)
@with_appcontext
@across_clinics("the keys are of the whole database")
def take_over(old_secret_file: Path) -> None:
    """Lock the keys with the present REHAB_SECRET_KEY in place of the one before."""
    old_secret = old_secret_file.read_text(encoding="utf-8").strip()
    try:
        keyring.take_over(old_secret, clock.now())
    except Unsealable as error:
        line = f"{old_secret_file}: is not the secret that the keys are locked with"
        raise click.ClickException(line) from error
    _on_record("keys.taken-over")
    click.echo("the keys are locked with the present REHAB_SECRET_KEY; everybody signs in anew")


@transaction()
def _on_record(action: str) -> None:
    record(action, Subject("keyring"), Actor(ActorKind.OPERATOR), {}, clock.now())
