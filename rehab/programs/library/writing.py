"""Writing an entry of the library down as its file holds it."""

from collections.abc import Mapping
from typing import Any

import yaml

from rehab.programs.library.schemas import LEVELS
from rehab.programs.program import Exercise, Program

ORDER = (
    *("id", "name", "category", "track", "weeks", "region", "regions", "summary", "muscles"),
    *("equipment", "start", "movement", "sessions_per_week", "between_sessions", "levels"),
    *("phases", "cautions", "evidence", "figure"),
)
"""The fields of an exercise and of a program as people read them."""

LEVEL = (
    *("sets", "reps", "hold_seconds", "minutes"),
    *("days_per_week", "each_side", "note", "load_factor"),
)

WIDEST = 2000
"""A text stays on one line, as the files have it."""


def as_file(content: Mapping[str, Any]) -> str:
    """`exercises/ID.yaml` or `programs/ID.yaml`, to the letter."""
    return "".join(_field(field, value) for field, value in in_order(content).items())


def in_order(content: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an entry as people read them: a database keeps them in no order."""
    return {field: content[field] for field in ORDER if field in content}


def exercise_content(exercise: Exercise, lender: str | None = None) -> dict[str, Any]:
    """What the file of an exercise would hold; `lender` is whose picture it shows."""
    copy = exercise.as_dict()
    copy["levels"] = [_level(level, exercise.category) for level in copy["levels"]]
    return {**copy, "figure": lender} if lender else copy


def program_content(program: Program) -> dict[str, Any]:
    """What the file of a program would hold; its exercises have files of their own."""
    copy = program.as_dict()
    del copy["exercises"]
    return copy


NEUTRAL = {"hold_seconds": 0, "each_side": False, "note": "", "load_factor": 1.0}
"""What a level that leaves a field out says there."""


def _level(level: Mapping[str, Any], category: str) -> dict[str, Any]:
    """A level as files write it: the fields of its category, those left out that say nothing."""
    told = LEVELS[category]().fields
    return {
        key: level[key]
        for key in LEVEL
        if key in told and (told[key].required or level[key] != NEUTRAL.get(key))
    }


def _field(field: str, value: Any) -> str:
    if field in ("levels", "phases"):
        inner = _levels(value) if field == "levels" else "".join(map(_phase, value))
        return f"{field}:\n{inner}"
    return f"{field}: {_inline(value)}\n"


def _levels(levels: list[dict[str, Any]]) -> str:
    told = ({key: level[key] for key in LEVEL if key in level} for level in levels)
    return "".join(f"  - {_inline(level)}\n" for level in told)


def _phase(phase: Mapping[str, Any]) -> str:
    order = ("name", "from_day", "to_day", "start_level", "exercises")
    lines = [f"{key}: {_inline(phase[key])}\n" for key in order]
    return "  - " + "    ".join(lines)


def _inline(value: Any) -> str:
    """A value on one line."""
    written: str = yaml.safe_dump(
        value, default_flow_style=True, width=WIDEST, allow_unicode=True, sort_keys=False
    )
    return written.removesuffix("...\n").strip()
