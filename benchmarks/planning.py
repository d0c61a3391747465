"""Queueing the reminders of the next 36 hours for many plans: the first time, and when all is
queued already, as every ten minutes."""

import time
from argparse import Namespace
from contextlib import ExitStack

from sqlalchemy import update

from benchmarks import stage
from benchmarks.results import Results, Row, machine, middle, options, say, table
from benchmarks.stage import POSTGRESQL, Someone
from rehab import clock
from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.services import reminders

ZONES = ("Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Etc/GMT+5")


def run(given: Namespace) -> None:
    results = Results(given.out)
    say(f"{given.plans} plans, {machine()}")
    found: dict[str, list[Row]] = {kind: [] for kind in given.databases}
    with ExitStack() as stack:
        place = stack.enter_context(stage.folder())
        server = stack.enter_context(stage.postgres()) if POSTGRESQL in given.databases else None
        apps = {}
        for kind in given.databases:
            with stage.database(kind, server, place) as app:
                _spread(stage.enrol(given.plans))
                apps[kind] = app
        for _ in range(given.rounds):
            for kind, app in apps.items():
                with stage.inside(app):
                    stage.forget_texts()
                    for what in ("first", "again"):
                        row = {"database": kind, "plans": given.plans, "what": what, **_planned()}
                        found[kind].append(results.keep("planning", row))
    table([_summary(rows, what) for rows in found.values() for what in ("first", "again")])


def _spread(cast: list[Someone]) -> None:
    """Patients in several zones, with and without summer time."""
    rows = [
        {"id": who.patient_id, "zone": ZONES[number % len(ZONES)]}
        for number, who in enumerate(cast)
    ]
    db.session.execute(update(Patient), rows)
    db.session.commit()


def _planned() -> Row:
    began, cpu = time.perf_counter(), time.process_time()
    queued = reminders.plan_ahead(clock.now())
    row = {
        "queued": queued,
        "seconds": round(time.perf_counter() - began, 3),
        "cpu": round(time.process_time() - cpu, 3),
    }
    db.session.remove()
    return row


def _summary(rows: list[Row], what: str) -> Row:
    some = [row for row in rows if row["what"] == what]
    return {**some[0], **{name: round(middle(some, name), 3) for name in ("seconds", "cpu")}}


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--plans", type=int, default=10_000)
    parser.add_argument("--databases", nargs="+", choices=stage.BOTH, default=list(stage.BOTH))
    run(parser.parse_args())


if __name__ == "__main__":
    main()
