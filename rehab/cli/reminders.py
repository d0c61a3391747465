"""`rehab reminders`: one pass by hand, how texts are doing, and care after a restored backup."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import click
from flask import current_app
from flask.cli import with_appcontext

from rehab import clock
from rehab.extensions import db
from rehab.models.message import OutboundMessage
from rehab.models.patient import Patient
from rehab.services import outbox, thread
from rehab.services.traffic import Traffic, lately, traffic
from rehab.tenancy import across_clinics
from rehab.worker import Ticker

MOST_SHOWN = 50
INSTANT = click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"])


@click.group("reminders")
def reminders() -> None:
    """Reminders by text."""


@reminders.command("send")
@with_appcontext
@across_clinics("the operator sends for all")
def send() -> None:
    """One pass of all that the scheduler does for texts: plan, send, ask about what is in doubt and
    what was missed. Prints how many of each."""
    ticker = Ticker(current_app._get_current_object())  # type: ignore[attr-defined]
    counts = {
        "planned": ticker.plan(),
        "let go": ticker.expire(),
        **ticker.dispatch(),
        "settled": ticker.reconcile(),
        "found": ticker.sweep_inbound(),
        "reported": ticker.sweep_statuses(),
    }
    click.echo(", ".join(f"{count} {what}" for what, count in counts.items()))


@reminders.command("status")
@click.option("--patient", type=click.UUID, help="One patient's texts instead, newest first.")
@with_appcontext
@across_clinics("the operator sends for all")
def status(patient: UUID | None) -> None:
    """How texts are doing: what waits, what is in doubt, what became of the rest, who sends."""
    now = clock.now()
    rows = _of_patient(patient) if patient else _of_all(traffic(now))
    for label, what in rows:
        click.echo(f"{label:<24} {what}")


@reminders.command("recover")
@click.option("--since", type=INSTANT, required=True, help="When the backup was made.")
@with_appcontext
@across_clinics("the operator sends for all")
def recover(since: datetime) -> None:
    """After a restored backup: look up what fell due since, before any of it is sent again.

    A server that was silent for over a minute does this by itself when it starts.
    """
    count = outbox.doubt_gap(since, clock.now())
    click.echo(f"{count} texts are looked up with the provider before they are sent")


def _of_all(seen: Traffic) -> Iterable[tuple[str, str]]:
    oldest = f", the oldest due{_age(seen.backlog_age)}" if seen.due else ""
    yield "waiting, due now", f"{seen.due}{oldest}"
    yield "next one due", f"{seen.next_due:%Y-%m-%d %H:%M} UTC" if seen.next_due else "none"
    yield "under way", str(seen.under_way)
    yield "unknown, looked up", str(seen.unknown)
    for state, count in sorted(lately(seen.now).items()):
        yield f"last 24 h, {state}", str(count)
    for gate in seen.closed:
        yield f"held back, {gate.scope}", f"until {gate.closed_until:%H:%M:%S} UTC: {gate.reason}"
    if not seen.workers:
        yield "worker", "none has ever ticked"
    for worker in seen.workers:
        yield "worker", f"{worker.worker}, last tick{_age(seen.now - worker.at)}"


def _age(span: timedelta) -> str:
    seconds = max(int(span.total_seconds()), 0)
    return f" {seconds} s ago" if seconds < 120 else f" {seconds // 60} min ago"


def _of_patient(patient_id: UUID) -> Iterable[tuple[str, str]]:
    patient = db.session.get(Patient, patient_id)
    if patient is None:
        raise click.ClickException(f"--patient: there is no patient {patient_id}")
    newest = thread.sent_to(patient).order_by(OutboundMessage.due_at.desc()).limit(MOST_SHOWN)
    for message in db.session.scalars(newest):
        due = message.due_at.astimezone(patient.tz)
        yield f"{due:%Y-%m-%d %H:%M} {message.kind}", thread.says(message)
