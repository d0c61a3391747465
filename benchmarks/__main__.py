"""The bench table: every section in turn, each figure beside its limit in the same run.

The results are kept by date in `var/bench`, with what the machine was and how unsteady it was.
"""

import argparse
import os
import platform
import sqlite3
import traceback
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from benchmarks import cold_start, memory, report, today
from benchmarks.results import Figure, Results, Row, figures_table, options, say, table
from benchmarks.stage import BOTH, ROOT
from rehab import clock

SPIN = 2_000_000
LOAD = {"connections": 32, "workers": 2, "databases": list(BOTH), "seconds": 3.0, "warm": 5.0}


def of_today(given: Namespace, results: Results) -> list[Figure]:
    """Today's plan beside the bare route."""
    rows = {row["server"]: row for row in today.measure(loaded(given), results)}
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
        Figure(section, "p50 alone", row["p50_alone"], "ms", None, None, goals["p50_alone"], True),
        Figure(section, "p99", row["p99"], "ms", None, None, goals["p99"], True),
    ]


def of_report(given: Namespace, results: Results) -> list[Figure]:
    """A session's report with its decision, beside the bare insert and commit."""
    rows = report.measure(loaded(given), results)
    bare = {row["database"]: row for row in rows if row["server"] == report.BARE}
    return [
        Figure(
            f"report, {kind}",
            "answers",
            row["rate"],
            "/s",
            bare[kind]["rate"],
            row["of_bare"],
            report.GOALS[kind],
        )
        for row in rows
        if (kind := row["database"]) and row["server"] != report.BARE
    ]


def loaded(given: Namespace) -> Namespace:
    return Namespace(**LOAD, rounds=given.rounds)


Section = Callable[[Namespace, Results], list[Figure]]
SECTIONS: dict[str, Section] = {
    "today": of_today,
    "report": of_report,
    "memory": lambda given, _: memory.measure(min(given.rounds, 3)),
    "cold_start": lambda given, _: cold_start.measure(given.rounds),
}


def facts() -> Row:
    """What the machine is, and how busy."""
    return {
        "cores": os.cpu_count(),
        "load": [round(each, 2) for each in os.getloadavg()],
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def spin() -> float:
    """Seconds of a loop that is always the same."""
    began = clock.monotonic()
    for _ in range(SPIN):
        pass
    return clock.monotonic() - began


def noise(spins: list[float]) -> float:
    """How much longer the slowest loop took than the fastest: 0 on a machine at rest."""
    return round(max(spins) / min(spins) - 1, 2)


def run(given: Namespace) -> tuple[list[Figure], list[str]]:
    """The figures, and the sections that failed: one that does is told of and the rest go on."""
    results, found, failed = Results(given.out), list[Figure](), list[str]()
    results.keep("machine", facts())
    spins = [spin()]
    for name in given.only or SECTIONS:
        try:
            found += [results.figure(each) for each in SECTIONS[name](given, results)]
        except Exception as fault:
            traceback.print_exc()
            results.keep("fault", {"section": name, "fault": f"{type(fault).__name__}: {fault}"})
            failed.append(name)
        spins.append(spin())
    results.keep("machine", {**facts(), "noise": noise(spins)})
    return found, failed


def parsed() -> Namespace:
    parser: argparse.ArgumentParser = options(__doc__)
    parser.set_defaults(rounds=5, out=kept_at())
    parser.add_argument("--only", nargs="+", choices=SECTIONS, help="these sections and no others")
    return parser.parse_args()


def kept_at() -> Path:
    return ROOT / "var" / "bench" / f"{clock.now():%Y-%m-%dT%H%M}.jsonl"


def main() -> None:
    given = parsed()
    found, failed = run(given)
    table(figures_table(found))
    say(f"kept in {given.out}")
    if failed:
        raise SystemExit(f"these sections failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
