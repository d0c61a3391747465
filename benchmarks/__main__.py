"""The bench table: every section in turn, each figure beside its limit in the same run.

The results are kept by date in `var/bench`, with what the machine was and how unsteady it was.
"""

import argparse
import os
import platform
import sqlite3
import traceback
from argparse import Namespace
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import stage
from benchmarks.results import Figure, Results, Row, figures_table, options, say, table
from benchmarks.sections import SECTIONS, Section
from rehab import clock

SPIN, SPINS = 2_000_000, 5


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of sections found, the names of those that failed, and the loops in between."""

    figures: list[Figure]
    failed: list[str]
    spins: list[float]


def run(
    names: Iterable[str], rounds: int, results: Results, sections: Mapping[str, Section] = SECTIONS
) -> Run:
    """Each section in turn: one that fails is told of, and the rest go on."""
    done = Run([], [], spins())
    for name in names:
        began = clock.monotonic()
        try:
            found = sections[name](rounds, results)
            done.figures.extend(results.figure(each) for each in found)
        except Exception as fault:
            traceback.print_exc()
            results.keep("fault", {"section": name, "fault": f"{type(fault).__name__}: {fault}"})
            done.failed.append(name)
        results.keep("section", {"section": name, "seconds": round(clock.monotonic() - began, 1)})
        done.spins.extend(spins())
    return done


def facts() -> Row:
    """What the machine is."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "postgresql": stage.postgresql_version(),
    }


def busy() -> str:
    """How many processes wanted to run, over 1, 5 and 15 minutes."""
    return " ".join(f"{each:.2f}" for each in os.getloadavg())


def spins() -> list[float]:
    """Seconds of a loop that is always the same, some times in a row."""
    return [_spin() for _ in range(SPINS)]


def _spin() -> float:
    began = clock.monotonic()
    for _ in range(SPIN):
        pass
    return clock.monotonic() - began


def noise(taken: list[float]) -> float:
    """How much longer the usual loop took than the fastest: 0 on a machine at rest."""
    return round(median(taken) / min(taken) - 1, 2)


def parsed() -> Namespace:
    parser: argparse.ArgumentParser = options(__doc__)
    parser.set_defaults(out=kept_at())
    parser.add_argument(
        "--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="and no others"
    )
    return parser.parse_args()


def kept_at() -> Path:
    return stage.ROOT / "var" / "bench" / f"{clock.now():%Y-%m-%dT%H%M}.jsonl"


def main() -> None:
    given = parsed()
    results, machine = Results(given.out), {**facts(), "load before": busy()}
    results.keep("machine", machine)
    done = run(given.only, given.rounds, results)
    say("")
    results.keep("machine", {**machine, "load after": busy(), "noise": noise(done.spins)})
    table(figures_table(done.figures))
    say(f"kept in {given.out}")
    if done.failed:
        raise SystemExit(f"these sections failed: {', '.join(done.failed)}")


if __name__ == "__main__":
    main()
