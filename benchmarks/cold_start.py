"""How soon a server answers that was not there: from the start of `rehab serve` to the first 200 of
today's plan, asked for with an API token, and of `/healthz` on the way.

The limit is a start of the interpreter that imports Flask and SQLAlchemy and nothing of ours.
"""

import subprocess
import sys
from statistics import median

from benchmarks.memory import REHAB, open_clinic, started, until_answered
from benchmarks.results import Figure, Results, figures_table, options, table
from benchmarks.stage import folder
from rehab import clock

BARE = [sys.executable, "-c", "import flask, sqlalchemy.orm, marshmallow, gunicorn.app.base"]
GOAL = 1.2
"""Seconds at the most until today's plan is answered."""


def measure(rounds: int) -> list[Figure]:
    """Seconds, the middle of the rounds; the bare start is taken in turn."""
    cold, bare = list[tuple[float, float]](), list[float]()
    for _ in range(rounds):
        bare.append(_bare())
        cold.append(_cold())
    health, today = (round(median(each), 2) for each in zip(*cold, strict=True))
    limit = round(median(bare), 2)
    return [
        Figure("cold start", "to the first 200 of /healthz", health, "s", limit),
        Figure("cold start", "to the first today's plan", today, "s", limit, None, GOAL, True),
    ]


def _bare() -> float:
    began = clock.monotonic()
    subprocess.run(BARE, check=True)  # noqa: S603
    return clock.monotonic() - began


def _cold() -> tuple[float, float]:
    """Seconds until the first 200 of `/healthz` and of today's plan."""
    with folder() as place:
        clinic = open_clinic(place)
        began = clock.monotonic()
        with started([*REHAB, "serve"], clinic.env):
            until_answered(f"http://{clinic.host}/healthz")
            health = clock.monotonic() - began
            until_answered(clinic.today, clinic.callers[0])
            return health, clock.monotonic() - began


def main() -> None:
    said = options(__doc__).parse_args()
    results = Results(said.out)
    table(figures_table([results.figure(each) for each in measure(said.rounds)]))


if __name__ == "__main__":
    main()
