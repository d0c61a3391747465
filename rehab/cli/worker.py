"""`rehab worker`: the scheduler alone. Any number may run, on any number of machines."""

import click

from rehab import create_app
from rehab.cli.tables import check_tables
from rehab.worker import run


@click.command("worker")
def worker() -> None:
    """Plan and send texts until told to stop (SIGTERM); what is in flight is finished first."""
    app = create_app(doors=False)
    check_tables(app)
    run(app)
