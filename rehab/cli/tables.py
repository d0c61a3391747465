"""No server starts on a database that this version cannot read."""

import click
from flask import Flask

from rehab.extensions import schema_fault


def check_tables(app: Flask) -> None:
    """Raises ClickException, one line, unless the database has the tables of this version."""
    with app.app_context():
        fault = schema_fault()
    if fault is not None:
        raise click.ClickException(fault)
