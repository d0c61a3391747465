"""Each file is read strictly: what is missing, misspelt, mistyped or out of range is named."""

from collections.abc import Callable
from pathlib import Path

import pytest

Spoil = Callable[[str, str, str], None]
Faults = Callable[..., list[str]]

MARCH = "exercises/li-march.yaml"
FLARE = "programs/wb-flare-1w.yaml"
SPANISH = "messages/es.yaml"
SAFETY = "safety.yaml"
EVIDENCE = "evidence.yaml"
ACUTE = "policies/acute.yaml"
NAME = "name: Marching on the spot"


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (MARCH, NAME, "nane: Marching", ["name: is missing", "nane: is not a field here"]),
        (MARCH, NAME, "# nothing", ["name: is missing"]),
        (MARCH, NAME, "name:", ["name: is empty"]),
        (MARCH, NAME, "name: 12", ["name: must be text, not 12; put it in quotes"]),
        (MARCH, NAME, "name: [a]", ["name: must be text, not a list; put it in quotes"]),
        (MARCH, NAME, "name: 2026-01-02", ["name: must be text, not a date; put it in quotes"]),
        (MARCH, NAME, 'name: ""', ["name: is empty"]),
        (
            MARCH,
            NAME,
            'name: "a\\tb"',
            ["name: holds a line break or another character that cannot be seen"],
        ),
        (
            MARCH,
            NAME,
            'name: "a\\u202eb"',
            ["name: holds a line break or another character that cannot be seen"],
        ),
        (MARCH, NAME, 'name: " a"', ["name: begins or ends with a space or line break"]),
        (MARCH, NAME, "name: " + "a" * 81, ["name: is 81 characters long; 80 at most"]),
        (MARCH, "id: li-march", "id: li-jog", ["id: must be li-march, as the file is"]),
        (
            MARCH,
            "id: li-march",
            "id: Li march",
            ["id: must be small letters, digits and hyphens, not 'Li march'"],
        ),
        (
            MARCH,
            "category: low-impact",
            "category: cardio",
            [
                "category: must be one of stretching, strengthening, low-impact, "
                "relaxation, self-care, not 'cardio'"
            ],
        ),
        (
            MARCH,
            "category: low-impact",
            "category: true",
            [
                "category: must be one of stretching, strengthening, low-impact, "
                "relaxation, self-care, not true"
            ],
        ),
        (
            MARCH,
            "region: whole body",
            "region: leg",
            [
                "region: must be one of neck, shoulders, upper back, lower back, "
                "hips, thighs, calves, whole body, any, not 'leg'"
            ],
        ),
        (MARCH, "equipment: [chair]", "equipment: chair", ["equipment: must be a list"]),
        (
            MARCH,
            "equipment: [chair]",
            "equipment: [a, a]",
            ["equipment[2]: is in the list already"],
        ),
        (MARCH, "[C-HEART, C-BALANCE]", "[]", ["cautions: must not be empty"]),
        (
            MARCH,
            "minutes: 3",
            'minutes: "3"',
            ["levels[2].minutes: must be a whole number from 1 to 120, not '3'"],
        ),
        (
            MARCH,
            "minutes: 3",
            "minutes: 3.0",
            ["levels[2].minutes: must be a whole number from 1 to 120, not 3.0"],
        ),
        (
            MARCH,
            "minutes: 3",
            "minutes: true",
            ["levels[2].minutes: must be a whole number from 1 to 120, not true"],
        ),
        (
            MARCH,
            "minutes: 3",
            "minutes: 0",
            ["levels[2].minutes: must be a whole number from 1 to 120, not 0"],
        ),
        (
            MARCH,
            "minutes: 3",
            "minutes: 0xffffffffffffffffffff",
            ["levels[2].minutes: must be a whole number from 1 to 120, not a very large number"],
        ),
        (MARCH, "minutes: 3", "minutes:", ["yaml: found unexpected ':' (line 11)"]),
        (MARCH, "minutes: 3, ", "", ["levels[2].minutes: is missing"]),
        (MARCH, "minutes: 3", "minutes: 3, reps: 3", ["levels[2].reps: is not a field here"]),
        (
            MARCH,
            "minutes: 3",
            "minutes: 3, load_factor: .nan",
            ["levels[2].load_factor: must be a number from 0.1 to 10, not nan"],
        ),
        (
            MARCH,
            "minutes: 3",
            "minutes: 3, load_factor: '1'",
            ["levels[2].load_factor: must be a number from 0.1 to 10, not '1'"],
        ),
        (
            MARCH,
            "- {minutes: 3, days_per_week: 5}",
            "- 3",
            ["levels[2]: must be a mapping of fields to values"],
        ),
        (
            "exercises/th-slr.yaml",
            "each_side: true",
            "each_side: 1",
            ["levels[1].each_side: must be true or false, not 1"],
        ),
        (
            FLARE,
            "[rx-breathing, ",
            "[rx-breathing, rx-paced, rx-pmr, ",
            ["phases[1].exercises: must hold 1 to 5 items, not 6"],
        ),
        (
            FLARE,
            "sessions_per_week: 7",
            "sessions_per_week: 8",
            ["sessions_per_week: must be a whole number from 1 to 7, not 8"],
        ),
        (
            FLARE,
            "weeks: 1",
            "weeks: one",
            ["weeks: must be a whole number from 1 to 52, not 'one'"],
        ),
        (
            FLARE,
            "track: both",
            "track: either",
            ["track: must be one of acute, chronic, both, not 'either'"],
        ),
        (
            EVIDENCE,
            "  read: true",
            "  read: yesterday",
            ["acsm-stretching-2021.read: must be true or false, not 'yesterday'"],
        ),
        (
            EVIDENCE,
            "acsm-stretching-2021:",
            "ACSM:",
            ["ACSM: must be small letters, digits and hyphens, not 'ACSM'"],
        ),
        (SAFETY, "tier: E", "tier: X", ["red_flags[1].tier: must be one of E, U, S, not 'X'"]),
        (SAFETY, "  U:\n", "  V:\n", ["tiers.V: must be one of E, U, S, not 'V'"]),
        (
            SAFETY,
            "\ncautions:\n",
            "\ncautions:\n  C-ODD: 4\n",
            ["cautions.C-ODD: must be text, not 4; put it in quotes"],
        ),
        (
            SPANISH,
            "  rp.skip:",
            "  skip:",
            ["texts.skip: must look like ex.today: two letters, a dot, a word"],
        ),
        (
            ACUTE,
            "completion: 90",
            "completion: 60",
            ["completion: must be a whole number from 70 to 100, not 60"],
        ),
        (ACUTE, "id: acute", "id: mine", ["id: must be acute, as the file is"]),
    ],
)
def test_a_field_that_is_wrong_is_named_with_the_reason(
    folder: Path,
    spoil: Spoil,
    faults: Faults,
    file: str,
    old: str,
    new: str,
    expected: list[str],
) -> None:
    spoil(file, old, new)
    assert faults(folder) == [f"{file}: {fault}" for fault in expected]
