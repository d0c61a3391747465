"""How soon a server answers that was not there: from the start of `rehab serve` to the first 200 of
`/healthz`, and to the first answer of today's plan, which takes a caller without a token no
further than the door.

The limit is a start of the interpreter that imports Flask and SQLAlchemy and nothing of ours.
"""

import subprocess
import sys
from statistics import median

from benchmarks.memory import REHAB, TODAY, new_database, started, until_answered
from benchmarks.results import Figure, Results, figures_table, options, table
from benchmarks.stage import folder
from rehab import clock

BARE = [sys.executable, "-c", "import flask, sqlalchemy.orm, marshmallow, gunicorn.app.base"]
GOAL = 1.2
"""Seconds at the most until both have answered."""


def measure(rounds: int) -> list[Figure]:
    """Seconds, the middle of the rounds; the bare start is taken in turn."""
    found, bare = list[float](), list[float]()
    for _ in range(rounds):
        bare.append(_bare())
        found.append(_cold())
    value, limit = round(median(found), 2), round(median(bare), 2)
    name = "to the first answers of rehab serve"
    return [Figure("cold start", name, value, "s", limit, None, GOAL, True)]


def _bare() -> float:
    began = clock.monotonic()
    subprocess.run(BARE, check=True)  # noqa: S603
    return clock.monotonic() - began


def _cold() -> float:
    with folder() as place:
        env, port = new_database(place)
        began = clock.monotonic()
        with started([*REHAB, "serve"], env):
            until_answered(f"http://127.0.0.1:{port}/healthz", 200)
            until_answered(f"http://127.0.0.1:{port}{TODAY}", 401)
            return clock.monotonic() - began


def main() -> None:
    said = options(__doc__).parse_args()
    results = Results(said.out)
    table(figures_table([results.figure(each) for each in measure(said.rounds)]))


if __name__ == "__main__":
    main()
