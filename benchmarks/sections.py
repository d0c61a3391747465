"""The sections of the bench table: what each benchmark found, as figures beside their limits.

A section takes the rounds that it is given; those that take long, a third of them.
"""

import json
from argparse import Namespace
from collections.abc import Callable

from benchmarks import (
    caseload,
    cold_start,
    decisions,
    memory,
    planning,
    report,
    scale,
    sending,
    ticks,
    today,
)
from benchmarks.results import Figure, Results, Row, middle, middle_ratio
from benchmarks.stage import BOTH, POSTGRESQL, SQLITE

LOAD = {"connections": 32, "workers": 2, "databases": list(BOTH), "seconds": 3.0, "warm": 5.0}
WAITING, DUE = (10_000, 1_000_000), 100
PLANS = (1_000, 10_000)
GROWN = 1.5
"""What a tick or a plan may cost among many, of what it costs among few, at the most."""

IDLE = {SQLITE: 0.05, POSTGRESQL: 0.3}
"""Milliseconds of CPU of an empty tick at the most."""

PAGE = 100.0
"""Milliseconds of a page of the desk at the most."""


def of_today(rounds: int, results: Results) -> list[Figure]:
    """Today's plan beside the bare route."""
    rows = {row["server"]: row for row in today.measure(loaded(rounds), results)}
    bare = rows.pop(today.BARE)
    return [each for kind, row in rows.items() for each in _today(kind, row, bare)]


def _today(kind: str, row: Row, bare: Row) -> list[Figure]:
    goals, section = today.GOALS[kind], f"today, {kind}"
    of, cpu = row["of_bare"], row["cpu_of_bare"]
    return [
        Figure(section, "answers", row["rate"], "/s", bare["rate"], of, goals["of_bare"]),
        Figure(
            section, "CPU", row["cpu_ms"], "ms", bare["cpu_ms"], cpu, goals["cpu_of_bare"], True
        ),
        Figure(
            section,
            "p50 alone",
            row["p50_alone"],
            "ms",
            bare["p50_alone"],
            None,
            goals["p50_alone"],
            True,
        ),
        Figure(section, "p99", row["p99"], "ms", bare["p99"], None, goals["p99"], True),
    ]


def of_report(rounds: int, results: Results) -> list[Figure]:
    """A session's report with its decision, beside the bare insert and commit."""
    rows = report.measure(loaded(rounds), results)
    bare = {row["database"]: row for row in rows if row["server"] == report.BARE}
    ours = {row["database"]: row for row in rows if row["server"] != report.BARE}
    return [each for kind, row in ours.items() for each in _report(kind, row, bare[kind])]


def _report(kind: str, row: Row, bare: Row) -> list[Figure]:
    section, goal, cpu = f"report, {kind}", report.GOALS[kind], row["cpu_of_bare"]
    return [
        Figure(section, "answers", row["rate"], "/s", bare["rate"], row["of_bare"], goal),
        Figure(section, "CPU", row["cpu_ms"], "ms", bare["cpu_ms"], cpu),
    ]


def of_ticks(rounds: int, results: Results) -> list[Figure]:
    """A tick among few texts that wait and among many, and one that finds nothing to send."""
    given = Namespace(waiting=WAITING, due=DUE, databases=BOTH, rounds=rounds)
    rows = told("ticks", ticks.run, given, results)
    return [each for kind in BOTH for each in _ticks(kind, rows)]


def _ticks(kind: str, rows: list[Row]) -> list[Figure]:
    few, many = (where(rows, database=kind, waiting=waiting) for waiting in WAITING)
    section, cost = f"tick, {kind}", "due_cpu_ms"
    ratio = middle_ratio(many, few, cost)
    name = f"{DUE} due among {WAITING[1]:,}, CPU"
    value, limit = middle(many, cost), middle(few, cost)
    idle = middle(many, "idle_cpu_ms")
    return [
        Figure(section, name, value, "ms", limit, ratio, GROWN, True),
        Figure(section, "empty, CPU", idle, "ms", goal=IDLE[kind], at_most=True),
    ]


def of_planning(rounds: int, results: Results) -> list[Figure]:
    """Queueing the reminders of few plans and of many: the first time, and once more."""
    rows = []
    for plans in PLANS:
        given = Namespace(plans=plans, databases=BOTH, rounds=rounds)
        rows += told("planning", planning.run, given, results)
    return [_planning(kind, what, rows) for kind in BOTH for what in ("first", "again")]


def _planning(kind: str, what: str, rows: list[Row]) -> Figure:
    mine = where(rows, database=kind, what=what)
    few, many = (
        [{"ms": 1000 * row["cpu"] / plans} for row in where(mine, plans=plans)] for plans in PLANS
    )
    name = f"{what}, CPU of a plan among {PLANS[1]:,}"
    value, limit = round(middle(many, "ms"), 3), round(middle(few, "ms"), 3)
    ratio = middle_ratio(many, few, "ms")
    return Figure(f"planning, {kind}", name, value, "ms", limit, ratio, GROWN, True)


def of_caseload(rounds: int, results: Results) -> list[Figure]:
    """The desk's pages of a clinic with many patients, beside those of one with few."""
    given = Namespace(patients=caseload.SIZES, databases=BOTH, rounds=rounds)
    rows = told("caseload", caseload.run, given, results)
    return [each for kind in BOTH for each in _caseload(where(rows, database=kind))]


def _caseload(rows: list[Row]) -> list[Figure]:
    few, many = caseload.SIZES
    section = f"desk, {rows[0]['database']}"
    found = [_page(section, page, rows) for page in dict.fromkeys(row["page"] for row in rows)]
    least, most = (max(row["queries"] for row in where(rows, patients=n)) for n in (few, many))
    ratio = round(most / least, 2)
    return [*found, Figure(section, "most queries of a page", most, "", least, ratio, 1.0, True)]


def _page(section: str, page: str, rows: list[Row]) -> Figure:
    few, many = (where(rows, page=page, patients=size) for size in caseload.SIZES)
    name = f"{page} of {caseload.SIZES[1]:,}"
    return Figure(section, name, middle(many, "ms"), "ms", middle(few, "ms"), None, PAGE, True)


def loaded(rounds: int) -> Namespace:
    return Namespace(**LOAD, rounds=rounds)


def told(
    bench: str, run: Callable[[Namespace], None], given: Namespace, results: Results
) -> list[Row]:
    """What a benchmark with a command of its own writes down in one run of it."""
    assert results.out is not None  # noqa: S101
    before = results.out.stat().st_size
    run(Namespace(**vars(given), out=results.out))
    with results.out.open(encoding="utf-8") as file:
        file.seek(before)
        return [row for row in map(json.loads, file) if row["bench"] == bench]


def where(rows: list[Row], **wanted: object) -> list[Row]:
    """The rows that have these values."""
    return [row for row in rows if wanted.items() <= row.items()]


def third(rounds: int) -> int:
    return max(1, rounds // 3)


Section = Callable[[int, Results], list[Figure]]
SECTIONS: dict[str, Section] = {
    "today": of_today,
    "report": of_report,
    "reminders": lambda rounds, results: sending.measure(third(rounds), results),
    "ticks": of_ticks,
    "planning": lambda rounds, results: of_planning(third(rounds), results),
    "caseload": of_caseload,
    "memory": lambda rounds, _: memory.measure(third(rounds)),
    "cold_start": lambda rounds, _: cold_start.measure(rounds),
    "decisions": decisions.measure,
    "scale": lambda rounds, results: scale.measure(loaded(third(rounds)), results),
}
"""Each by the name that `--only` takes."""
