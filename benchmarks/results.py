"""Results: one JSON object a line, kept where `--out` says, and a table for people."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from rehab import clock

Row = dict[str, Any]


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


def options(about: str | None) -> argparse.ArgumentParser:
    """The options that every measurement has."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--out", type=Path, help="a file to which the results are added as JSON")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured, in turn")
    return parser


def middle(rows: Sequence[Row], name: str) -> float:
    return float(median(row[name] for row in rows))


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
