"""A session reported, decided from and answered, beside a bare Flask route that inserts one row and
commits: `rehab serve` over SQLite and PostgreSQL, in interleaved rounds.

Each report is a new session of a patient in the sixth week, with eighteen sessions behind them, and
comes with an Idempotency-Key. CPU is that of the web processes for one report, and of PostgreSQL
apart; the client's own is not counted.
"""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from benchmarks import stage
from benchmarks.results import Results, Row, machine, middle, options, say, table
from benchmarks.served import BARE, Served, cpu_of, serving
from benchmarks.stage import BOTH, POSTGRESQL, Child
from benchmarks.today import SERVE
from rehab import clock
from rehab.extensions import db
from rehab.models.decision import Decision
from rehab.models.plan import PlanTerms
from rehab.models.session import Morning, Session
from rehab.services import clinics, enrolment, mornings, plans, reminders, sessions, tokens
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.wiring import library

PATIENTS, CALLERS, EARLIER = 1000, 250, 18
GOALS = {"sqlite": 0.6, "postgresql": 0.8}
"""Of the rate of the bare insert over the same database, at the least."""


def measure(given: Namespace, results: Results) -> list[Row]:
    """The medians of each server, beside the bare one over the same database."""
    found: dict[tuple[str, str], list[Row]] = {}
    with ExitStack() as stack:
        servers = list(_servers(given, stack))
        for _, served in servers:
            _told(served, given.connections, given.warm)
        for _ in range(given.rounds):
            for kind, served in servers:
                row = {"database": kind, "server": served.kind, **_round(served, given)}
                found.setdefault((kind, served.kind), []).append(row)
                results.keep("report", row)
    return [_summary(kind, name, found) for kind, name in found]


def _summary(kind: str, name: str, found: dict[tuple[str, str], list[Row]]) -> Row:
    rows, bare = found[kind, name], found[kind, BARE]
    line: Row = {"database": kind, "server": name}
    line |= {of: round(middle(rows, of), 2) for of in ("rate", "cpu_ms", "db_cpu_ms", "p50", "p99")}
    line["wrong"] = sum(sum(row["wrong"].values()) for row in rows)
    if name != BARE:
        for of, ratio in (("rate", "of_bare"), ("cpu_ms", "cpu_of_bare")):
            ratios = [{ratio: a[of] / b[of]} for a, b in zip(rows, bare, strict=True)]
            line[ratio] = round(middle(ratios, ratio), 3)
        line["goal"] = f"of_bare {GOALS[kind]}"
    return line


def _round(served: Served, given: Namespace) -> Row:
    before, database = cpu_of(served.process.pid), _cpu_of_database(served)
    many = _told(served, given.connections, given.seconds)
    answers = max(1, many["answers"])
    return {
        "rate": many["rate"],
        "cpu_ms": round(1000 * (cpu_of(served.process.pid) - before) / answers, 3),
        "db_cpu_ms": round(1000 * (_cpu_of_database(served) - database) / answers, 3),
        "p50": many["p50"],
        "p99": many["p99"],
        "wrong": many["wrong"],
    }


def _cpu_of_database(served: Served) -> float:
    return stage.cpu_of_postgres(served.database) if served.database is not None else 0.0


def _told(served: Served, connections: int, seconds: float) -> Row:
    said = ("--connections", connections, "--seconds", seconds)
    with Child("teller", served.host, served.questions, *said) as teller:
        return teller.told()


def _servers(given: Namespace, stack: ExitStack) -> Iterator[tuple[str, Served]]:
    place = stack.enter_context(stage.folder())
    server = stack.enter_context(stage.postgres()) if POSTGRESQL in given.databases else None
    for kind in given.databases:
        with stage.database(kind, server, place) as app:
            told = _told_of(place / f"{kind}.txt")
            url = stage.url_of(app)
        database = server if kind == POSTGRESQL else None
        bare = url if database else f"sqlite:///{place / 'bare.sqlite3'}"
        workers = ["--workers", given.workers]
        args = ["-m", "benchmarks.bare_insert", "--url", bare, *workers]
        yield kind, stack.enter_context(serving(BARE, told, args, {}, database))
        env = {"REHAB_DATABASE_URL": url, "REHAB_DATA_DIR": str(place), "REHAB_SCHEDULER": "off"}
        yield (
            kind,
            stack.enter_context(serving("rehab", told, ["-c", SERVE, *workers], env, database)),
        )


def _told_of(path: Path) -> Path:
    """Plans in the sixth week, each with the token of whoever reports to it."""
    treated = cast(PATIENTS)
    callers = [tokens.issue_token(ANA, (), clock.now()) for _ in range(CALLERS)]
    told = [f"{plan_id} {callers[n % CALLERS]}" for n, plan_id in enumerate(treated)]
    stage.settle()
    path.write_text("\n".join(told), encoding="utf-8")
    return path


ANA = "ana@riverside.example"


def cast(patients: int, earlier: int = EARLIER) -> list[UUID]:
    """The plans of a clinic whose patients have all reported what the first of them has."""
    now = clock.now()
    clinic = clinics.open_clinic("Riverside", stage.noon_zone(now), now, phone="+442079460100")
    clinics.add_clinician(clinic.id, ANA, "Ana Ruiz", now)
    said = {"given_name": "Maya", "phone": "+447900000000", "zone": clinic.zone}
    maya = enrolment.enrol(clinic.id, {**said, "sms_consent": True}, "the bench", now)
    began = maya.today(now) - timedelta(days=2 * earlier)
    wish = Assignment(stage.PROGRAM, usual_pain=4, weekdays=tuple(range(7)), starts_on=began)
    plan = plans.assign(maya, wish, library(), now)
    for days in range(2 * earlier, 0, -2):
        then = now - timedelta(days=days)
        sessions.report_session(plan, SessionReport(then, 3, 4, 3), library(), now)
        woken = MorningReport(maya.today(then) + timedelta(days=1), pain=3, sleep=7)
        mornings.report_morning(plan, woken, library(), now)
    copies = [(uuid4(), uuid4(), f"+4479{number:08}") for number in range(1, patients + 1)]
    stage.likenesses(maya, [{"id": patient, "phone": phone} for patient, _, phone in copies])
    stage.likenesses(plan, [{"id": id_, "patient_id": patient} for patient, id_, _ in copies])
    told = [id_ for _, id_, _ in copies]
    _copy_log(plan.id, told)
    db.session.commit()
    reminders.plan_ahead(now)
    return told


def _copy_log(of: UUID, to: list[UUID]) -> None:
    """What was settled, said and decided of one plan, for the others too."""
    ids: dict[tuple[Any, UUID], UUID | None] = {(None, id_): None for id_ in to}
    models: tuple[Any, ...] = (PlanTerms, Session, Morning, Decision)
    for model in models:
        for row in db.session.scalars(select(model).filter_by(plan_id=of)).all():
            ids |= {(row.id, id_): uuid4() for id_ in to}
            copies: list[dict[str, Any]] = [{"id": ids[row.id, id_], "plan_id": id_} for id_ in to]
            if isinstance(row, Decision):
                told = [{"session_id": ids[row.session_id, id_]} for id_ in to]
                copies = [a | b for a, b in zip(copies, told, strict=True)]
            stage.likenesses(row, copies)


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="of one round at full load")
    parser.add_argument("--warm", type=float, default=5.0, help="seconds before anything counts")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    parser.add_argument("--databases", nargs="+", choices=BOTH, default=list(BOTH))
    given = parser.parse_args()
    say(f"{given.connections} connections, {machine()}")
    table(measure(given, Results(given.out)))


if __name__ == "__main__":
    main()
