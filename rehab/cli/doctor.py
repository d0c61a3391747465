"""`rehab doctor`: all that an operator would look at, in a line each, within 15 seconds."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import Flask

from rehab import clock
from rehab.extensions import db, set_up_database
from rehab.models.keyring import open_vault
from rehab.services.doctor import (
    clocks,
    configuration,
    content,
    database,
    disk,
    door,
    keys,
    provider,
    sending,
)
from rehab.services.doctor.examination import (
    Check,
    Finding,
    Level,
    Look,
    Verdict,
    examine,
    fail,
    said,
)
from rehab.settings import Settings, SettingsError, readable, secret_files
from rehab.tenancy import across_clinics

SECONDS = 12.0
"""Of the examination; starting and saying it all take the rest of the 15."""

CONNECTING = 4
"""Seconds that PostgreSQL has to take the line."""

HIDDEN = "[secret]"


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@click.option("--backups", type=click.Path(path_type=Path), help="Where your backups are kept.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool, backups: Path | None) -> None:
    """Look at the settings, the database, the clock, Twilio, the public address, the library and
    the disk. Exits with 1 if anything fails. Changes nothing."""
    settings, faults = readable()
    checks = [*_here(settings, faults, backups), *_in_database(settings), *_outside(settings)]
    found = [_without_secrets(finding, settings) for finding in examine(checks, SECONDS)]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in found], indent=1))
    else:
        for finding in found:
            click.echo(str(finding))
    if any(finding.level is Level.FAIL for finding in found):
        ctx.exit(1)


def _here(settings: Settings, faults: list[SettingsError], backups: Path | None) -> Iterable[Check]:
    """What this machine alone can tell."""
    yield Check("settings", partial(configuration.look, settings, faults))
    yield Check("disk", partial(disk.space, settings.data_dir))
    yield Check("permissions", partial(disk.privacy, settings.data_dir, secret_files()))
    if backups is not None:
        yield Check("backups", partial(disk.backup_age, backups, clock.now()))
    yield Check("clock", lambda: clocks.kept_right(clocks.kernel_says()))
    yield Check("zone data", clocks.zone_data)
    yield Check("library", partial(content.look, settings))


def _in_database(settings: Settings) -> Iterable[Check]:
    """What the database tells, once it answers and has the tables."""
    try:
        app = _opened(settings)
    except Exception as error:
        yield Check("database", partial(_unopened, said(error)))
        return
    is_embedded = settings.scheduler == "embedded"

    def check(what: str, look: Look, after: str | None) -> Check:
        return Check(what, partial(_within, app, look), after)

    yield check("database", partial(database.reachable, settings), None)
    yield check("tables", database.tables, "database")
    yield check("durability", database.keeps, "database")
    yield check("integrity", partial(database.whole, settings), "database")
    yield check("connections", database.lines, "database")
    yield check("clock of the database", partial(clocks.beside_database, clock.now), "database")
    yield check("zones", clocks.known_zones, "tables")
    yield check("keys", partial(keys.opens, settings, bool(_secret_of(settings))), "tables")
    yield check("erasures", partial(keys.erasures, settings), "tables")
    yield check("worker", partial(sending.look, is_embedded, clock.now()), "tables")


def _outside(settings: Settings) -> Iterable[Check]:
    """What others say of us."""
    yield Check("twilio", partial(provider.look, settings, clock.now))
    yield Check("public address", partial(door.look, settings))


def _unopened(why: str) -> Iterator[Verdict]:
    """REHAB_DATABASE_URL can be read, and yet nothing can be made of it."""
    yield fail(f"REHAB_DATABASE_URL: {why}; see how it is written, and that its driver is here")


def _opened(settings: Settings) -> Flask:
    """The database as the server opens it, and no more of the server than that: nothing is made."""
    app = Flask("rehab")
    lines = {} if settings.is_sqlite else {"connect_timeout": CONNECTING}
    options = {"hide_parameters": True, "connect_args": lines}
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=settings.database_url, SQLALCHEMY_ENGINE_OPTIONS=options
    )
    set_up_database(app, clock.monotonic)
    with app.app_context():
        open_vault(db.engine, _secret_of(settings))
    return app


def _secret_of(settings: Settings) -> str:
    path = settings.data_dir / "secret_key"
    if settings.secret_key or not path.is_file():
        return settings.secret_key
    return path.read_text(encoding="ascii", errors="replace")


def _within(app: Flask, look: Look) -> Iterator[Verdict]:
    with app.app_context(), across_clinics("the operator's doctor looks at all"):
        yield from look()


def _without_secrets(finding: Finding, settings: Settings) -> Finding:
    """Whatever an error quotes, no secret is printed."""
    says = finding.says
    secrets = [getattr(settings, f.name) for f in fields(Settings) if f.metadata["secret"]]
    for secret in (*secrets, urlsplit(settings.database_url).password):
        says = says.replace(secret, HIDDEN) if secret else says
    return Finding(finding.level, finding.what, says)
