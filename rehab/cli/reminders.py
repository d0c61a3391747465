"""`rehab reminders send`: one pass of planning and sending, for a cron job or a first look."""

import click
from flask import current_app
from flask.cli import with_appcontext

from rehab.worker import Ticker


@click.group("reminders")
def reminders() -> None:
    """Reminders by text."""


@reminders.command("send")
@with_appcontext
def send() -> None:
    """Plan what is to come, send what is due, and print how many of each."""
    ticker = Ticker(current_app._get_current_object())  # type: ignore[attr-defined]
    counts = {"planned": ticker.plan(), "let go": ticker.expire(), **ticker.dispatch()}
    click.echo(", ".join(f"{count} {what}" for what, count in counts.items()))
