"""What a whole library must keep to, beyond the shape of its files."""

from collections.abc import Callable
from pathlib import Path

import pytest

Spoil = Callable[[str, str, str], None]
Faults = Callable[..., list[str]]

MARCH = "exercises/li-march.yaml"
PACED = "exercises/rx-paced.yaml"
FLARE = "programs/wb-flare-1w.yaml"
SHOULDERS = "programs/sh-6w.yaml"
ENGLISH = "messages/en.yaml"
SPANISH = "messages/es.yaml"
SAFETY = "safety.yaml"
EVIDENCE = "evidence.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            MARCH,
            "minutes: 3",
            "minutes: 2",
            [
                "levels[2]: load index 10 does not rise above the 10 of the level before",
                "levels[3]: load index 20 is 2.00 times the 10 of the level before; "
                "1.6 times at most for low-impact",
            ],
        ),
        (
            MARCH,
            "minutes: 3",
            "minutes: 4",
            [
                "levels[2]: load index 20 is 2.00 times the 10 of the level before; "
                "1.6 times at most for low-impact",
                "levels[3]: load index 20 does not rise above the 20 of the level before",
            ],
        ),
        (
            "exercises/sh-rolls.yaml",
            "reps: 8",
            "reps: 11",
            [
                "levels[2]: load index 154 is 2.20 times the 70 of the level before; 2 "
                "times at most for stretching",
                "levels[3]: load index 140 does not rise above the 154 of the level before",
            ],
        ),
        (
            "exercises/lb-bridge.yaml",
            "reps: 10,",
            "reps: 11,",
            [
                "levels[2]: load index 33 is 1.83 times the 18 of the level before; "
                "1.8 times at most for strengthening"
            ],
        ),
        (
            PACED,
            "minutes: 4",
            "minutes: 2",
            ["levels[2]: load index 14 does not rise above the 14 of the level before"],
        ),
        (
            PACED,
            "minutes: 4",
            "minutes: 9",
            ["levels[3]: load index 42 does not rise above the 63 of the level before"],
        ),
    ],
)
def test_a_ladder_climbs_and_climbs_gently(
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


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (MARCH, "C-HEART", "C-HART", ["cautions[1]: C-HART is not in safety.yaml"]),
        (MARCH, "C-HEART", "C-NONE", ["cautions: C-NONE stands alone or not at all"]),
        (MARCH, "[who-activity-2020]", "[who]", ["evidence[1]: who is not in evidence.yaml"]),
        (FLARE, "li-walk", "li-wlak", ["phases[1].exercises[2]: there is no exercise li-wlak"]),
        (
            FLARE,
            "usual-practice]",
            "odd-practice]",
            ["evidence[2]: odd-practice is not in evidence.yaml"],
        ),
        (
            EVIDENCE,
            "usual-practice:",
            "spare:\n  citation: a\n  says: b\n  read: true\nusual-practice:",
            ["spare: is cited by no exercise or program"],
        ),
        (
            SAFETY,
            "\ncautions:\n",
            "\ncautions:\n  C-ODD: text\n",
            ["cautions.C-ODD: is used by no exercise"],
        ),
        (SAFETY, "id: RF02", "id: RF01", ["red_flags[2].id: RF01 is given twice"]),
        (
            SAFETY,
            "  U:\n    name: Urgent\n    meaning: Stop, and get medical advice the same day.\n",
            "",
            ["tiers.U: is missing"],
        ),
    ],
)
def test_what_is_named_is_there_and_what_is_there_is_named(
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


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (FLARE, "from_day: 1", "from_day: 2", ["phases[1].from_day: must be 1, not 2"]),
        (FLARE, "to_day: 7", "to_day: 6", ["phases[1].to_day: must be 7, the last day of week 1"]),
        (
            FLARE,
            "start_level: 1",
            "start_level: 7",
            ["phases[1].start_level: is 7, but no exercise of the phase goes beyond 6"],
        ),
        (
            FLARE,
            "sessions: []",
            "sessions: [strengthening]",
            ["between_sessions: no exercise of the program is strengthening"],
        ),
        (SHOULDERS, "from_day: 15", "from_day: 16", ["phases[2].from_day: must be 15, not 16"]),
        (SHOULDERS, "from_day: 15", "from_day: 14", ["phases[2].from_day: must be 15, not 14"]),
        (
            SHOULDERS,
            "to_day: 42",
            "to_day: 28",
            [
                "phases[3].to_day: comes before from_day 29",
                "phases[3].to_day: must be 42, the last day of week 6",
            ],
        ),
    ],
)
def test_phases_join_from_the_first_day_to_the_last(
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


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            SPANISH,
            "  rp.skip:",
            "  rp.skop:",
            ["texts.rp.skip: is missing; en has it", "texts.rp.skop: is not a text of en"],
        ),
        (SPANISH, "las {time}.", "las 8.", ["texts.rp.later: must hold the blanks of en: time"]),
        (
            SPANISH,
            "las {time}.",
            "las {hora}.",
            [
                "texts.rp.later: must hold the blanks of en: time",
                "texts.rp.later: {hora} is no blank; the blanks are name, time, n, min, "
                "link, clinic, tel, code",
            ],
        ),
        (
            SPANISH,
            "las {time}.",
            "las {time!r}.",
            [
                "texts.rp.later: must hold the blanks of en: time",
                "texts.rp.later: {time!r} is no blank; the blanks are name, time, n, min, "
                "link, clinic, tel, code",
            ],
        ),
        (
            SPANISH,
            "las {time}.",
            "las {time.",
            ["texts.rp.later: the braces do not match (expected '}' before end of string)"],
        ),
        (
            SPANISH,
            "Mismo plan",
            "Más de lo mismo",
            ["texts.pl.hold: holds á, which a plain message cannot carry"],
        ),
        (
            SPANISH,
            "Mismo plan",
            "Mismo plan" + "x" * 80,
            ["texts.pl.hold: takes 182 septets with the clinic's name; 160 at most"],
        ),
        (
            SPANISH,
            "Responde STOP",
            "Responde END",
            ["texts.rp.confirm_stop: asks for END, which carriers read before we do"],
        ),
        (
            ENGLISH,
            "(3 with sleep tips)",
            "(3 with all the sleep tips)",
            ["texts.rp.help: takes 163 septets with the clinic's name; 160 at most"],
        ),
    ],
)
def test_a_text_is_one_plain_message_with_known_blanks(
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


def test_all_faults_of_all_files_are_told_at_once(
    folder: Path, spoil: Spoil, faults: Faults
) -> None:
    spoil(MARCH, "minutes: 3", "minutes: x")
    spoil(FLARE, "to_day: 7", "to_day: 8")
    spoil(SPANISH, "Mismo plan", "Más")
    assert [fault.split(": ")[0] for fault in faults(folder)] == [MARCH, SPANISH, FLARE]


def test_nothing_is_held_against_a_file_for_what_a_broken_one_may_hold(
    folder: Path, spoil: Spoil, faults: Faults
) -> None:
    spoil("exercises/li-walk.yaml", "name: ", "name: [")
    spoil(SAFETY, "tiers:", "tiers: [")
    spoil(EVIDENCE, "citation:", "citation: [")
    spoil(ENGLISH, "texts:", "texts: [")
    assert [fault.split(": ")[:2] for fault in faults(folder)] == [
        [EVIDENCE, "yaml"],
        ["exercises/li-walk.yaml", "yaml"],
        [ENGLISH, "yaml"],
        [SAFETY, "yaml"],
    ]
