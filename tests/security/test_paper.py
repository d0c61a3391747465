"""SECURITY.md says what is so: its tests are there, and its numbers are those of the limits."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from rehab.services.access import codes, links, second_factor, staff
from rehab.services.access.limits import Limit

ROOT = Path(__file__).parents[2]
PAPER = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAPER)))
DAY = timedelta(days=1)


def section(heading: str) -> str:
    return PAPER.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def rows(heading: str) -> dict[str, list[str]]:
    lines = [line for line in section(heading).splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
    return {first: rest for first, *rest in cells}


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part)
def test_every_test_that_the_paper_names_is_there(path: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)


def test_every_row_of_the_standard_is_held_by_a_test() -> None:
    held = rows("OWASP ASVS 5.0, level 2")
    assert len(held) > 25
    assert [
        row for row, cells in held.items() if not re.search(r"`tests/\S+::\w+`", cells[-1])
    ] == []


def test_the_standard_is_gone_through_in_its_order() -> None:
    chapters = [int(re.match(r"V(\d+)", row)[1]) for row in rows("OWASP ASVS 5.0, level 2")]  # type: ignore[index]
    assert chapters == sorted(chapters)
    assert set(range(1, 18)) - set(chapters) == {9, 10, 17}


def most_in_a_day(limit: Limit) -> tuple[int, int]:
    """On the first day, from a full bucket, and on each after it."""
    refilled = int(DAY / limit.per * limit.burst)
    return limit.burst + refilled, refilled


@pytest.mark.parametrize(
    ("row", "limit", "tries"),
    [
        ("a texted code", codes.NUMBER_DAY, codes.MOST_TRIES),
        ("a password, at one account", staff.ACCOUNT, 1),
        ("passwords, from one network", staff.NETWORK, 1),
        ("the app's code", second_factor.GUESSES, 1),
        ("a link, from one network", links.MISSES, 1),
    ],
)
def test_the_numbers_of_guessing_are_those_of_the_limits(
    row: str, limit: Limit, tries: int
) -> None:
    cells = next(c for name, c in rows("How long guessing takes").items() if name.startswith(row))
    at_once, first, after = (int(cell.replace(",", "")) for cell in cells[:3])
    burst = codes.NUMBER_SOON.burst if limit is codes.NUMBER_DAY else limit.burst
    assert (at_once, first, after) == (
        burst * tries,
        most_in_a_day(limit)[0] * tries,
        most_in_a_day(limit)[1] * tries,
    )


def test_the_chances_of_guessing_are_those_of_the_limits() -> None:
    table = {name: cells[3] for name, cells in rows("How long guessing takes").items()}
    code = next(cell for name, cell in table.items() if name.startswith("a texted code"))
    assert code == "1 in 10,000, then 1 in 20,000"
    first, after = most_in_a_day(codes.NUMBER_DAY)
    assert (10**6 / (first * codes.MOST_TRIES), 10**6 / (after * codes.MOST_TRIES)) == (1e4, 2e4)
    app = next(cell for name, cell in table.items() if name.startswith("the app's code"))
    guesses = most_in_a_day(second_factor.GUESSES)[0] * (2 * second_factor.DRIFT + 1)
    assert app == f"1 in {round(10**6 / guesses, -1):,.0f}"
    live, space = 450_000, len(links.BASE58) ** links.REMINDER_LENGTH
    link = next(cell for name, cell in table.items() if name.startswith("a link"))
    chance = space / live / most_in_a_day(links.MISSES)[0]
    assert link.startswith("1 in 10,000,000 that one of 450,000")
    assert 1e7 <= chance < 1.3e7


def test_shortcomings_are_told_with_the_section_that_they_fall_short_of() -> None:
    told = re.findall(r"^\d+\. \*\*", section("Where it falls short of level 2"), re.MULTILINE)
    assert len(told) >= 2
    assert "(V6.3)" in section("Where it falls short of level 2")
