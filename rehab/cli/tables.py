"""The tables of this version: made where asked, and no server starts without them."""

import click
from flask import Flask

from rehab.extensions import schema_fault


def check_tables(app: Flask) -> None:
    """Raises ClickException, one line, unless the database has the tables of this version."""
    with app.app_context():
        fault = schema_fault()
    if fault is not None:
        raise click.ClickException(fault)


def upgrade() -> None:
    """Bring the tables of the app that is running now to this version; Alembic is loaded here."""
    from flask_migrate import upgrade as run_migrations

    run_migrations()
