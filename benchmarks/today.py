"""Today's plan, asked for by programs with bearer tokens, beside a bare Flask route of the same web
server: `rehab serve` over SQLite and PostgreSQL, in interleaved rounds.

CPU is that of the web processes for one answer, and of PostgreSQL apart; the client's own is not
counted. Each caller keeps within the limit of its token, so there are many.
"""

import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from benchmarks import stage
from benchmarks.results import Results, Row, machine, middle, options, say, table
from benchmarks.served import BARE, Served, cpu_of, serving
from benchmarks.stage import BOTH, POSTGRESQL, Child
from rehab import clock
from rehab.extensions import db
from rehab.models.decision import Decision
from rehab.models.session import Session
from rehab.services import clinics, enrolment, plans, sessions, tokens
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.wiring import library

PATIENTS, CALLERS, REPORTS = 200, 300, 12
SEEN_BY_ALL = 8
"""Questions, as a multiple of those there are, after which one in 3,000 is new to a process."""

LONGEST_WARM = 60
"""Seconds."""

SERVE = "import sys; from rehab.cli import main; sys.argv[1:1] = ['serve']; main()"
GOALS = {
    "sqlite": {"of_bare": 0.55, "cpu_of_bare": 2.3, "p50_alone": 1.3, "p99": 75.0},
    "postgresql": {"of_bare": 0.40, "cpu_of_bare": 2.3, "p50_alone": 1.3, "p99": 75.0},
}
"""Of a bare route's rate at the least, and of its CPU and in ms at the most."""


def measure(given: Namespace, results: Results) -> list[Row]:
    """The medians of each server, beside the bare one of the same round."""
    found: dict[str, list[Row]] = {}
    with ExitStack() as stack:
        servers = list(_servers(given, stack))
        for served in servers:
            _warmed(served, given)
        for _ in range(given.rounds):
            for served in servers:
                row = {"server": served.kind, **_round(served, given)}
                found.setdefault(served.kind, []).append(row)
                results.keep("today", row)
    return [_summary(kind, rows, found[BARE]) for kind, rows in found.items()]


def _warmed(served: Served, given: Namespace) -> None:
    """Asked until each process is likely to have been asked every question: the first time a
    process is asked after a plan it works the day out, and puts on record who looked."""
    answers, end = 0, time.monotonic() + LONGEST_WARM
    while answers < SEEN_BY_ALL * given.workers * CALLERS and time.monotonic() < end:
        answers += _asked(served, given.connections, given.warm)["answers"]


def _summary(kind: str, rows: list[Row], bare: list[Row]) -> Row:
    line: Row = {"server": kind}
    names = ("rate", "cpu_ms", "db_cpu_ms", "p50_alone", "p50", "p99")
    line |= {name: round(middle(rows, name), 3) for name in names if name in rows[0]}
    if kind != BARE:
        for name, of in (("rate", "of_bare"), ("cpu_ms", "cpu_of_bare")):
            ratios = [{"of": a[name] / b[name]} for a, b in zip(rows, bare, strict=True)]
            line[of] = round(middle(ratios, "of"), 3)
        line["goal"] = " ".join(f"{name} {value}" for name, value in GOALS[kind].items())
    return line


def _round(served: Served, given: Namespace) -> Row:
    """One connection first, then many."""
    alone = _asked(served, 1, given.seconds / 2)
    before, database = cpu_of(served.process.pid), _cpu_of_database(served)
    many = _asked(served, given.connections, given.seconds)
    after = cpu_of(served.process.pid)
    row = {
        "rate": many["rate"],
        "cpu_ms": round(1000 * (after - before) / max(1, many["answers"]), 3),
        "p50_alone": alone["p50"],
        "p50": many["p50"],
        "p99": many["p99"],
        "wrong": {**alone["wrong"], **many["wrong"]},
    }
    if served.database is not None:
        spent = _cpu_of_database(served) - database
        row["db_cpu_ms"] = round(1000 * spent / max(1, many["answers"]), 3)
    return row


def _asked(served: Served, connections: int, seconds: float) -> Row:
    said = ("--connections", connections, "--seconds", seconds)
    with Child("asker", served.host, served.questions, *said) as asker:
        return asker.told()


def _cpu_of_database(served: Served) -> float:
    return stage.cpu_of_postgres(served.database) if served.database is not None else 0.0


def _servers(given: Namespace, stack: ExitStack) -> Iterator[Served]:
    place = stack.enter_context(stage.folder())
    server = stack.enter_context(stage.postgres()) if POSTGRESQL in given.databases else None
    for kind in given.databases:
        with stage.database(kind, server, place) as app:
            asked, size = _questions(app, place / f"{kind}.txt")
            url = app.config["SQLALCHEMY_DATABASE_URI"]
        if kind == given.databases[0]:
            args = ["-m", "benchmarks.bare", "--workers", given.workers, "--bytes", size]
            yield stack.enter_context(serving(BARE, asked, args, {}))
        env = {"REHAB_DATABASE_URL": url, "REHAB_DATA_DIR": str(place), "REHAB_SCHEDULER": "off"}
        args = ["-c", SERVE, "--workers", given.workers]
        served = serving(kind, asked, args, env, server if kind == POSTGRESQL else None)
        yield stack.enter_context(served)


def _questions(app: Flask, path: Path) -> tuple[Path, int]:
    """Patients with two weeks of reports behind them, and callers who ask for them in turn."""
    treated = _cast()
    said = [
        f"/api/v1/plans/{treated[n % PATIENTS]}/today "
        + tokens.issue_token("ana@riverside.example", (), clock.now())
        for n in range(CALLERS)
    ]
    stage.settle()
    path.write_text("\n".join(said), encoding="utf-8")
    url, token = said[0].split()
    answer = app.test_client().get(url, headers={"Authorization": f"Bearer {token}"})
    return path, len(answer.data)


def _cast() -> list[UUID]:
    """The plans of a clinic whose patients all reported what the first of them did."""
    now = clock.now()
    clinic = clinics.open_clinic("Riverside", "Europe/London", now, phone="+442079460100")
    clinics.add_clinician(clinic.id, "ana@riverside.example", "Ana Ruiz", now)
    said = {"given_name": "Maya", "phone": "+447900000000", "zone": clinic.zone}
    maya = enrolment.enrol(clinic.id, said, "the bench", now)
    began = maya.today(now) - timedelta(days=REPORTS + 1)
    wish = Assignment(stage.PROGRAM, usual_pain=4, weekdays=tuple(range(7)), starts_on=began)
    plan = plans.assign(maya, wish, library(), now)
    for days in range(REPORTS, 0, -1):
        told = SessionReport(now - timedelta(days=days), before=3, during=4, after=3)
        sessions.report_session(plan, told, library(), now)
    reports = db.session.scalars(select(Session)).all()
    decisions = db.session.scalars(select(Decision)).all()
    cast = [(uuid4(), uuid4(), f"+4479{number:08}") for number in range(1, PATIENTS + 1)]
    stage.likenesses(maya, [{"id": patient, "phone": phone} for patient, _, phone in cast])
    stage.likenesses(plan, [{"id": id_, "patient_id": patient} for patient, id_, _ in cast])
    for _, id_, _ in cast:
        ids = {report.id: uuid4() for report in reports}
        for report in reports:
            stage.likenesses(report, [{"id": ids[report.id], "plan_id": id_}])
        for each in decisions:
            of = ids[each.session_id] if each.session_id else None
            stage.likenesses(each, [{"id": uuid4(), "plan_id": id_, "session_id": of}])
    db.session.commit()
    return [id_ for _, id_, _ in cast]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="of one round at full load")
    parser.add_argument("--warm", type=float, default=15.0, help="seconds before anything counts")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    parser.add_argument("--databases", nargs="+", choices=BOTH, default=list(BOTH))
    given = parser.parse_args()
    say(f"{given.connections} connections, {machine()}")
    table(measure(given, Results(given.out)))


if __name__ == "__main__":
    main()
