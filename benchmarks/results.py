"""Results: one JSON object a line, kept where `--out` says, and a table for people."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from rehab import clock

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the bench table: what was measured, beside its limit in the same run.

    `ratio` is `value / limit` unless a benchmark takes it within each round. `goal` is what the
    judged number, the ratio where there is one and else the value, must reach; `at_most` says that
    less is better. A figure without a goal is told and not judged.
    """

    section: str
    name: str
    value: float
    unit: str
    limit: float | None = None
    ratio: float | None = None
    goal: float | None = None
    at_most: bool = False

    @property
    def judged(self) -> float:
        return self.value if self.ratio is None else self.ratio

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        return self.judged <= self.goal if self.at_most else self.judged >= self.goal

    def row(self) -> Row:
        return {**asdict(self), "met": self.met}


class Results:
    """What one run measures, kept as it comes."""

    def __init__(self, out: Path | None) -> None:
        self.out = out
        self.began: datetime = clock.now()

    def keep(self, bench: str, row: Row) -> Row:
        """Write one result down and show it."""
        line = {"bench": bench, "at": clock.now().isoformat(timespec="seconds"), **row}
        line["load"] = round(os.getloadavg()[0], 2)
        if self.out is not None:
            self.out.parent.mkdir(parents=True, exist_ok=True)
            with self.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        say("  ".join(f"{name} {value}" for name, value in row.items()))
        return row

    def figure(self, figure: Figure) -> Figure:
        """Write a line of the bench table down and show it."""
        self.keep("figure", figure.row())
        return figure


def figures_table(figures: Sequence[Figure]) -> list[Row]:
    """The bench table as rows for people."""
    return [
        {
            "section": each.section,
            "what": each.name,
            "figure": f"{each.value:g} {each.unit}",
            "limit": "" if each.limit is None else f"{each.limit:g}",
            "ratio": "" if each.ratio is None else f"{each.ratio:.2f}",
            "goal": "" if each.goal is None else f"{'<=' if each.at_most else '>='} {each.goal:g}",
            "met": {True: "met", False: "not met", None: ""}[each.met],
        }
        for each in figures
    ]


def options(about: str | None) -> argparse.ArgumentParser:
    """The options that every measurement has."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--out", type=Path, help="a file to which the results are added as JSON")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured, in turn")
    return parser


def middle(rows: Sequence[Row], name: str) -> float:
    return float(median(row[name] for row in rows))


def middle_ratio(rows: Sequence[Row], limits: Sequence[Row], name: str) -> float:
    """The median of the ratios within each round."""
    pairs = zip(rows, limits, strict=True)
    return round(float(median(row[name] / limit[name] for row, limit in pairs)), 3)


def table(rows: Sequence[Row]) -> None:
    """Show rows of the same names in columns."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([str(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    say("")
    for line in cells:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))


def say(line: str) -> None:
    sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.flush()


def machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}"
