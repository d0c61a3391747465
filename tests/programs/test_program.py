"""Exercises and programs as values, and the copy that a plan keeps of them."""

import json
from dataclasses import replace

import pytest

from rehab.programs.dosage import Category, Dosage
from rehab.programs.program import Exercise, Phase, Program, Region, Track, fingerprint

SHRUG = Exercise(
    id="shrug",
    name="Shrug",
    category=Category.STRENGTHENING,
    region=Region.SHOULDERS,
    muscles=("upper trapezius",),
    equipment=(),
    start="Stand tall.",
    movement="Lift the shoulders.",
    levels=(
        Dosage(3, sets=1, reps=8),
        Dosage(3, sets=1, reps=12),
        Dosage(3, sets=2, reps=9, note="1 kg", load_factor=1.2),
    ),
    cautions=("C-NONE",),
    evidence=("acsm",),
)
STROLL = replace(
    SHRUG,
    id="stroll",
    category=Category.LOW_IMPACT,
    region=Region.WHOLE_BODY,
    levels=(Dosage(5, minutes=5), Dosage(5, minutes=8)),
)
PROGRAM = Program(
    id="gentle-2w",
    name="Gentle, 2 weeks",
    summary="A gentle start.",
    track=Track.BOTH,
    weeks=2,
    regions=(Region.SHOULDERS,),
    sessions_per_week=3,
    between_sessions=(Category.LOW_IMPACT,),
    phases=(
        Phase("Start", 1, 7, (STROLL, SHRUG), 1),
        Phase("Build", 8, 14, (SHRUG,), 2),
    ),
    evidence=("acsm",),
)


@pytest.mark.parametrize(("step", "reps"), [(-3, 8), (0, 8), (1, 8), (2, 12), (3, 9), (9, 9)])
def test_a_step_beyond_the_ladder_is_its_nearest_end(step: int, reps: int) -> None:
    assert SHRUG.level(step).reps == reps


def test_a_program_knows_its_exercises_once_and_its_categories_in_order() -> None:
    assert PROGRAM.exercises == (STROLL, SHRUG)
    assert PROGRAM.categories == (Category.STRENGTHENING, Category.LOW_IMPACT)


def test_a_plans_copy_goes_through_json_and_comes_back_equal() -> None:
    copy = json.loads(json.dumps(PROGRAM.as_dict()))
    assert copy == PROGRAM.as_dict()
    assert Program.from_dict(copy) == PROGRAM
    assert Program.from_dict(copy).version == PROGRAM.version


def test_a_copy_holds_plain_words_only() -> None:
    copy = PROGRAM.as_dict()
    assert type(copy["track"]) is str
    assert type(copy["exercises"][0]["category"]) is str
    assert type(copy["exercises"][0]["levels"]) is list


@pytest.mark.parametrize(
    "changed",
    [
        replace(PROGRAM, name="Other"),
        replace(PROGRAM, evidence=("acsm", "who")),
        replace(PROGRAM, phases=PROGRAM.phases[:1]),
        replace(
            PROGRAM,
            phases=(
                PROGRAM.phases[0],
                replace(PROGRAM.phases[1], exercises=(replace(SHRUG, start="Sit tall."),)),
            ),
        ),
    ],
    ids=["name", "evidence", "phases", "a word of an exercise"],
)
def test_the_version_changes_with_any_content(changed: Program) -> None:
    assert changed.version != PROGRAM.version


def test_a_version_is_twelve_hex_digits_of_the_canonical_content() -> None:
    assert len(PROGRAM.version) == 12
    assert int(PROGRAM.version, 16) >= 0
    assert fingerprint({"b": 1, "a": "é"}) == fingerprint({"a": "é", "b": 1}) == "aa58fba84836"


def test_a_copy_without_one_of_its_exercises_is_refused() -> None:
    copy = PROGRAM.as_dict()
    copy["exercises"] = copy["exercises"][:1]
    with pytest.raises(KeyError, match="shrug"):
        Program.from_dict(copy)
