"""`rehab backup`: made while the server runs, read through, and put back when it stands still."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from rehab import clock, create_app
from rehab.cli.tables import upgrade
from rehab.models.keyring import vault
from rehab.services import backups, dumps, pulse
from rehab.services.backups import POSTGRESQL, SQLITE, Settled
from rehab.services.privacy import ledger
from rehab.settings import Settings
from rehab.tenancy import across_clinics
from rehab.vault import Unsealable
from rehab.wiring import wiring

PATH = click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
TOOLS = click.option(
    "--tools",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="PostgreSQL: the folder of pg_dump, pg_restore and psql; else the PATH.",
)


@click.group("backup")
def backup() -> None:
    """Backups of the whole database. The secret key is not in them: keep it elsewhere."""


@backup.command("create")
@PATH
@TOOLS
@with_appcontext
@across_clinics("a backup is of all clinics")
def create(path: Path, tools: Path | None) -> None:
    """Write a backup to PATH, whole or not at all. The server may go on running."""
    settings = wiring().settings
    ledger.catch_up(ledger.path_of(settings))
    backups.let_go()
    if settings.is_sqlite:
        backups.create(_file_of(settings), path)
    else:
        dumps.create(settings.database_url, path, tools)
    told = _told(path, tools)
    backups.note(settings.data_dir, clock.now())
    click.echo(f"{path}: {path.stat().st_size} bytes, {told}")


@backup.command("verify")
@PATH
@TOOLS
def verify(path: Path, tools: Path | None) -> None:
    """Read the backup at PATH through, and say what it is."""
    click.echo(f"{path}: {_told(path, tools)}")


@backup.command("restore")
@PATH
@TOOLS
@click.option("--force", is_flag=True, help="Although a worker has ticked in the last minute.")
@with_appcontext
@across_clinics("a backup is of all clinics")
def restore(path: Path, tools: Path | None, force: bool) -> None:
    """Put the backup at PATH in the database's place. Stop every server and worker first.

    Whoever was erased since it was made is erased again. Texts that fell due since are looked up
    with the provider before any of them is sent.
    """
    settings, now = wiring().settings, clock.now()
    kind = SQLITE if settings.is_sqlite else POSTGRESQL
    if backups.kind_of(path) != kind:
        raise click.ClickException(f"{path}: is no backup of {kind}, which this server runs on")
    _told(path, tools)
    is_there = not settings.is_sqlite or _file_of(settings).exists()
    if is_there and not force:
        _refuse_while_ticking(now)
    erased = _erased_since(settings, is_there)
    backups.let_go()
    if settings.is_sqlite:
        settled, kept = _restore_file(path, settings, erased, now)
    else:
        dumps.restore(settings.database_url, path, tools)
        settled, kept = _settle(settings, settings, erased, now), None
    click.echo(f"{path}: restored")
    click.echo(f"{settled.erased} persons who had been erased since are erased again")
    click.echo(f"{settled.doubted} texts are looked up with the provider before they are sent")
    if kept is not None:
        click.echo(f"{kept}: what was there before; remove it when all is well")


def _told(path: Path, tools: Path | None) -> str:
    if backups.kind_of(path) == POSTGRESQL:
        return f"a whole backup of PostgreSQL, tables of {dumps.verify(path, tools)}"
    found = backups.verify(path)
    return f"a whole backup of SQLite, tables of {found.revision}, {found.patients} patients"


def _file_of(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def _refuse_while_ticking(now: datetime) -> None:
    with suppress(SQLAlchemyError):
        pulse.check_silence(now)


def _erased_since(settings: Settings, is_there: bool) -> frozenset[str]:
    """Whom the ledger knows to be erased, and whom the database that is replaced does."""
    book = ledger.path_of(settings)
    with suppress(SQLAlchemyError):
        if is_there:
            ledger.catch_up(book)
    return ledger.noted(book)


def _restore_file(
    path: Path, settings: Settings, erased: frozenset[str], now: datetime
) -> tuple[Settled, Path | None]:
    """All is done to a copy beside the database, which takes its place at the very end."""
    database = _file_of(settings)
    staged = backups.stage(path, database)
    try:
        beside = replace(settings, database_url=f"sqlite:///{staged}")
        settled = _settle(beside, settings, erased, now)
        return settled, backups.swap(staged, database, now)
    finally:
        backups.drop(staged)


def _settle(where: Settings, whose: Settings, erased: frozenset[str], now: datetime) -> Settled:
    """Bring a restored database up to date, see that the secret opens it, and settle it."""
    app: Flask = create_app(where)
    with app.app_context():
        try:
            _ = vault().ring
        except Unsealable as error:
            raise click.ClickException(str(error)) from error
        upgrade()
        settled = backups.settle(erased, ledger.path_of(whose), now)
        backups.let_go()
    return settled
