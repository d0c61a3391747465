"""`rehab simulate`: virtual patients against the policy, with neither a database nor an app."""

import json
import sys
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import click

from rehab.programs.library import LibraryFault, read_library
from rehab.programs.library.policy_file import read_policy
from rehab.programs.program import Track
from rehab.programs.simulation.baselines import BASELINES
from rehab.programs.simulation.outcome import outcomes
from rehab.programs.simulation.patients import (
    MISSED_MORNINGS,
    MISSED_SESSIONS,
    SESSION_WEEKDAYS,
    patients,
)
from rehab.programs.simulation.run import OPEN_LADDER, PLAN_LADDER, Ladder
from rehab.programs.simulation.steering import Steering, by_policy
from rehab.programs.simulation.summary import Row, summarise

FLARE = "a day whose mean pain is usual pain plus 2 or more, told of or not"

COLUMNS: tuple[tuple[str, str, Callable[[Row], str]], ...] = (
    ("kind", "<", lambda row: row.kind),
    ("policy", "<", lambda row: row.policy),
    ("n", ">", lambda row: str(row.patients)),
    ("up", ">", lambda row: f"{row.steps_up:.2f}"),
    ("down", ">", lambda row: f"{row.steps_down:.2f}"),
    ("breaks", ">", lambda row: f"{row.after_break:.2f}"),
    ("alerts", ">", lambda row: f"{row.alerts:.2f}"),
    ("alerted", ">", lambda row: f"{row.alerted:.0%}"),
    ("first", ">", lambda row: _or_dash(row.first_alert_day)),
    ("flare", ">", lambda row: f"{row.flare_days:.1f}"),
    ("step", ">", lambda row: f"{row.step:.2f}"),
    ("dose", ">", lambda row: f"{row.dose:.2f}"),
)
"""Heading, alignment and text of each column of the table."""


@click.command()
@click.option(
    "--patients",
    "number",
    type=click.IntRange(1, 100_000),
    default=1000,
    show_default=True,
    help="How many, dealt to the six kinds in turn.",
)
@click.option("--weeks", type=click.IntRange(1, 52), default=8, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed, the same run.")
@click.option(
    "--policy",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A policy file of your own, to stand beside the library's.",
)
@click.option(
    "--track",
    type=click.Choice([track.value for track in Track]),
    default=Track.BOTH.value,
    show_default=True,
    help="Which of the library's policies to run.",
)
@click.option(
    "--open-ladder", is_flag=True, help="Count steps as if there were no floor and no ceiling."
)
@click.option("--json", "as_json", is_flag=True, help="The same numbers for machines.")
def simulate(
    number: int,
    weeks: int,
    seed: int,
    file: Path | None,
    track: str,
    open_ladder: bool,
    as_json: bool,
) -> None:
    """Run virtual patients through the progression policies and three simple rules.

    Six kinds of patient: recovering and persistent (published courses of low back pain),
    worsening (3 points in 8 weeks), flaring (now and then, of itself), over-keen (does more than
    prescribed, which hurts) and silent (stops answering mornings, then reporting sessions).
    Everyone meets the same days under every policy. No clinician steps in.
    """
    ladder = OPEN_LADDER if open_ladder else PLAN_LADDER
    try:
        steerings = [*_policies(file, track), *BASELINES]
    except LibraryFault as found:
        click.echo(str(found), err=True)
        sys.exit(2)
    run = outcomes(patients(number, weeks, seed), steerings, ladder)
    hidden = not sys.stderr.isatty()
    with click.progressbar(run, number, "Simulating", file=sys.stderr, hidden=hidden) as bar:
        rows = summarise(bar, steerings)
    if as_json:
        told = {"seed": seed, "patients": number, "weeks": weeks}
        terms = _terms(steerings, ladder)
        click.echo(json.dumps({**told, **terms, "rows": [row.as_dict() for row in rows]}))
    else:
        click.echo("\n".join([*_table(rows), "", *_notes(seed, weeks, steerings, ladder)]))


def _policies(file: Path | None, track: str) -> list[Steering]:
    shipped = read_library().policies
    named = [policy for id_, policy in shipped.items() if track in (id_, Track.BOTH)]
    own = [by_policy(read_policy(file), file.name)] if file else []
    return own + [by_policy(policy) for policy in named]


def _terms(steerings: Sequence[Steering], ladder: Ladder) -> dict[str, Any]:
    """What the numbers rest on, as JSON values."""
    bounds = ladder.bounds
    return {
        "start": ladder.start,
        "floor": bounds.floor,
        "ceiling": bounds.ceiling,
        "flare_day": FLARE,
        "policies": [
            {"name": s.name, "version": s.version or None, "means": s.means} for s in steerings
        ],
    }


def _table(rows: Sequence[Row]) -> list[str]:
    """The rows in columns under their headings, with an empty line before each kind."""
    cells = [[text(row) for _, _, text in COLUMNS] for row in rows]
    headings = [heading for heading, _, _ in COLUMNS]
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    lines = [_line(headings, widths)]
    for _, of_kind in groupby(cells, key=itemgetter(0)):
        lines += ["", *(_line(row, widths) for row in of_kind)]
    return lines


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    sides = [side for _, side, _ in COLUMNS]
    padded = (f"{c:{s}{w}}" for c, s, w in zip(cells, sides, widths, strict=True))
    return "  ".join(padded)


def _notes(seed: int, weeks: int, steerings: Sequence[Steering], ladder: Ladder) -> list[str]:
    """What the table's numbers mean and rest on."""
    bounds = ladder.bounds
    versions = [f"{s.name}: {s.means}" + f" ({s.version})" * bool(s.version) for s in steerings]
    return [
        f"Seed {seed}, {weeks} weeks of {len(SESSION_WEEKDAYS)} strengthening sessions, "
        f"{MISSED_SESSIONS:.0%} missed; {MISSED_MORNINGS:.0%} of mornings unanswered.",
        f"Everyone starts at step {ladder.start}; floor {bounds.floor}, ceiling {bounds.ceiling}.",
        "Means for one patient over all weeks. up, down: times the step rose, fell.",
        "breaks: the falls on return from a week or more without a session.",
        "alerts: decisions at level 2 or 3; nobody answers them. alerted: patients with any.",
        "first: the day of the first alert, median of the alerted. step, dose: at the end.",
        f"flare: days in flare; {FLARE}.",
        "Only the over-keen's pain answers to load, by an assumption of ours. Silence raises",
        "no alert here: progression judges what is reported.",
        "",
        *versions,
    ]


def _or_dash(day: float | None) -> str:
    return "-" if day is None else f"{day:g}"
