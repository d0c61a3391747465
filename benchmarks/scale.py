"""What further processes bring: today's plan by 1, 2 and 4 web processes, reminders by 1 and 2
workers over one PostgreSQL.

Who asks, the provider and the database run on the same cores as the server. A figure is judged
only where each process has a core of its own and another one is left for those; elsewhere it is
told as it is.
"""

import os
from argparse import Namespace

from benchmarks import sending, today
from benchmarks.reminders import Case, sent, theatre
from benchmarks.results import Figure, Results, Row
from benchmarks.stage import POSTGRESQL, SQLITE

PROCESSES = (1, 2, 4)
SHORTER = {"seconds": 2.0, "warm": 2.0}
ONE, TWO = Case(POSTGRESQL, workers=1), Case(POSTGRESQL, workers=2)
OF_LINEAR = 0.9
SECTION = "scale"


def measure(load: Namespace, results: Results, cores: int = os.cpu_count() or 1) -> list[Figure]:
    """The figures for the bench table; `load` is what `today` is given."""
    return [*_web(load, results, cores), _workers(load.rounds, results, cores)]


def goal(processes: int, cores: int) -> float | None:
    """How many times the rate of one process so many must reach; None where the cores are few."""
    return OF_LINEAR * processes if cores >= 2 * processes else None


def _web(load: Namespace, results: Results, cores: int) -> list[Figure]:
    rates = {count: _rate(load, count, results) for count in PROCESSES}
    first, *more = rates
    name = "today's plan, web processes: {}".format
    one = Figure(SECTION, name(first), rates[first], "/s")
    return [one] + [
        Figure(
            SECTION,
            name(count),
            rates[count],
            "/s",
            rates[first],
            round(rates[count] / rates[first], 3),
            goal(count, cores),
        )
        for count in more
    ]


def _rate(load: Namespace, processes: int, results: Results) -> float:
    said = {**vars(load), **SHORTER, "workers": processes, "databases": [SQLITE]}
    rows: dict[str, Row] = {row["server"]: row for row in today.measure(Namespace(**said), results)}
    return float(rows[SQLITE]["rate"])


def _workers(rounds: int, results: Results, cores: int) -> Figure:
    given = Namespace(texts=sending.TEXTS, databases=[POSTGRESQL], profile=None)
    with theatre(given) as there:
        found = sent((ONE, TWO), 0.0, there, rounds, results)
    return sending.beside(SECTION, "reminders, workers: 2", TWO, ONE, found, goal(2, cores))
