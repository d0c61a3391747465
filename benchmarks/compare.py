"""Two runs of the bench table side by side: `python -m benchmarks.compare A B`.

Each is shown with its noise; what differs by less than that is no difference.
"""

import argparse
import json
from pathlib import Path

from benchmarks.results import Row, say, table


def figures(rows: list[Row]) -> dict[tuple[str, str], Row]:
    """The figures of a run by section and name."""
    return {(row["section"], row["name"]): row for row in rows if row["bench"] == "figure"}


def noise(rows: list[Row]) -> float | None:
    """What the last line of a run tells of its noise; None of one that was cut short."""
    told = [row["noise"] for row in rows if row["bench"] == "machine" and "noise" in row]
    return told[-1] if told else None


def side_by_side(one: list[Row], other: list[Row]) -> list[Row]:
    """A row for each figure that either has, in the order of the first."""
    a, b = figures(one), figures(other)
    return [_row(key, a.get(key), b.get(key)) for key in dict.fromkeys((*a, *b))]


def _row(key: tuple[str, str], a: Row | None, b: Row | None) -> Row:
    section, name = key
    both = a is not None and b is not None and a["value"]
    times = f"{b['value'] / a['value']:.2f}" if both and a and b else ""
    told = {"section": section, "what": name, "A": _told(a), "B": _told(b), "B / A": times}
    return {**told, "ratio A": _ratio(a), "ratio B": _ratio(b)}


def _told(row: Row | None) -> str:
    return "" if row is None else f"{row['value']:g} {row['unit']}"


def _ratio(row: Row | None) -> str:
    return "" if row is None or row["ratio"] is None else f"{row['ratio']:.2f}"


def read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("a", type=Path)
    parser.add_argument("b", type=Path)
    given = parser.parse_args()
    one, other = read(given.a), read(given.b)
    table(side_by_side(one, other))
    for name, path, rows in (("A", given.a, one), ("B", given.b, other)):
        found = noise(rows)
        say(f"{name}: {path.name}, noise {'unknown' if found is None else found}")


if __name__ == "__main__":
    main()
