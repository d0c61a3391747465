"""`rehab worker`: the scheduler alone. Any number may run, on any number of machines."""

import click
from flask import current_app
from flask.cli import with_appcontext

from rehab.cli.tables import check_tables
from rehab.worker import run


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Plan and send texts until told to stop (SIGTERM); what is in flight is finished first."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    check_tables(app)
    run(app)
