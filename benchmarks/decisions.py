"""How many decisions a second the rules make, on one core: `decide` alone, without a database.

The logs are two years of one person in each category and by each policy, three sessions a week,
with good weeks and bad ones. What a report costs above this is not the rules.
"""

import time
from collections.abc import Sequence

from benchmarks.results import Figure, Results, figures_table, middle, options, table
from rehab.programs.case import Case
from rehab.programs.library import read_library
from rehab.programs.program import Category
from rehab.programs.replay import replay_case
from rehab.programs.state import Bounds, State
from rehab.programs.zones import Report

WEEKS, TIMES = 104, 10
PAINS = (3, 3, 2, 2, 2, 3, 2, 1, 1, 5, 6, 3, 2)
"""Pain of the sessions in turn; the next morning's is as the session found it."""

GOAL = 20_000


def measure(rounds: int, results: Results) -> list[Figure]:
    """Decisions a second of CPU, the middle of the rounds."""
    library = read_library()
    cases = [logged(track, category) for track in library.policies for category in Category]
    rows = []
    for _ in range(rounds):
        began = time.process_time()
        for case in cases * TIMES:
            replay_case(case, library.policies, {})
        taken = time.process_time() - began
        made = TIMES * sum(len(case.sessions) for case in cases)
        rows.append(results.keep("decisions", {"made": made, "rate": round(made / taken)}))
    return [Figure("decisions", "by the rules alone", middle(rows, "rate"), "/s", goal=GOAL)]


def logged(track: str, category: Category) -> Case:
    """One person's log of two years."""
    days: Sequence[int] = [7 * week + day for week in range(WEEKS) for day in (0, 2, 4)]
    sessions = tuple(_session(number, day) for number, day in enumerate(days))
    named = f"{track} {category}"
    return Case(named, track, category, 4, State(step=1), Bounds(), True, sessions)


def _session(number: int, day: int) -> Report:
    pain = PAINS[number % len(PAINS)]
    return Report(day, before=3, during=pain, after=pain, morning=3, effort=5, sleep=7)


def main() -> None:
    said = options(__doc__).parse_args()
    results = Results(said.out)
    table(figures_table([results.figure(each) for each in measure(said.rounds, results)]))


if __name__ == "__main__":
    main()
