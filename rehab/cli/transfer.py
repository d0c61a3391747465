"""`rehab transfer`: from SQLite to PostgreSQL, or back, in one move that is made whole or not."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import Engine, inspect, make_url

from rehab import clock, create_app
from rehab.cli.tables import upgrade
from rehab.errors import Conflict
from rehab.extensions import db, schema_fault
from rehab.models.keyring import vault
from rehab.services import audit_chain, backups, pulse
from rehab.services import transfer as transfers
from rehab.services.audit import Actor, ActorKind, Subject, record
from rehab.services.privacy import ledger
from rehab.services.transactions import transaction
from rehab.settings import database_url
from rehab.tenancy import across_clinics
from rehab.vault import Unsealable, Vault
from rehab.vault.columns import entrust
from rehab.wiring import wiring

DONE = """\
{rows} rows in {tables} tables, the same on both sides, in {seconds:.1f} s; the audit holds.
Nothing was changed in the database that they came from. From now on start every server with
  REHAB_DATABASE_URL={url}
and the same REHAB_SECRET_KEY. Never start one on the old database again: it would send the same
texts once more."""


@click.command("transfer")
@click.option(
    "--to", "given", required=True, metavar="URL", help="As REHAB_DATABASE_URL; - reads it."
)
@click.option("--force", is_flag=True, help="Although a worker has ticked in the last minute.")
@with_appcontext
@across_clinics("a transfer is of all clinics")
def transfer(given: str, force: bool) -> None:
    """Take everything from this server's database into the empty one at URL.

    Stop every server and worker first. Either database may be SQLite or PostgreSQL. A target
    without tables is given them. If anything fails, no row is left in it.
    """
    began, settings = clock.monotonic(), wiring().settings
    target = replace(settings, database_url=_address(given))
    if target.database_url == settings.database_url:
        raise Conflict("the target is this server's own database")
    keys = _checked_source(force)
    shadows = ledger.in_audit() | ledger.noted(ledger.path_of(settings))
    source = db.engine
    backups.let_go()
    with create_app(target).app_context():
        try:
            entrust(db.engine.dialect, keys)
            _make_tables()
            rows = _take(source, ledger.path_of(target), shadows)
        finally:
            backups.let_go()
    url = make_url(target.database_url).render_as_string(hide_password=True)
    seconds = clock.monotonic() - began
    click.echo(DONE.format(rows=rows, tables=len(transfers.tables()), seconds=seconds, url=url))


def _address(given: str) -> str:
    """An address on standard input is seen by nobody who lists the processes."""
    told = sys.stdin.readline().strip() if given == "-" else given
    try:
        return database_url(told)
    except ValueError as error:
        raise click.ClickException(f"--to: {error}") from error


def _checked_source(force: bool) -> Vault:
    """The vault of the database that is read: of this version, opened, and at rest."""
    fault = schema_fault()
    if fault is not None:
        raise Conflict(fault)
    if not force:
        pulse.check_silence(clock.now())
    keys = vault()
    try:
        _ = keys.ring
    except Unsealable as error:
        raise click.ClickException(str(error)) from error
    return keys


def _make_tables() -> None:
    """Those of this version, where the target has none at all."""
    if not inspect(db.engine).get_table_names():
        upgrade()
    fault = schema_fault()
    if fault is not None:
        raise Conflict(f"the target: {fault}")


@transaction()
def _take(source: Engine, book: Path, shadows: frozenset[str]) -> int:
    """How many rows were taken; all of them are committed at the very end, or none."""
    target = db.session.connection()
    transfers.keep_writers_out(target)
    transfers.check_empty(target)
    with source.connect() as held:
        transfers.keep_writers_out(held)
        rows = _tell(transfers.take(held, target))
    broken = next(audit_chain.verify_all(), None)
    if broken is not None:
        raise Conflict(f"the audit of {broken.clinic_id} does not hold: {broken.why}")
    ledger.note(book, shadows)
    operator = Actor(ActorKind.OPERATOR)
    record("database.transferred", Subject("database"), operator, {}, clock.now())
    return rows


def _tell(taken: Iterable[tuple[str, transfers.Content]]) -> int:
    """A line for each table as it is done."""
    click.echo(f"{'table':<20}{'rows':>9}  digest")
    total = 0
    for name, content in taken:
        click.echo(f"{name:<20}{content.rows:>9}  {content.digest}")
        total += content.rows
    return total
