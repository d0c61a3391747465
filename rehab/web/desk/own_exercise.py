"""The form of an exercise of the clinic's own, and what it says as a file of the library."""

from collections.abc import Mapping
from typing import Any

from rehab.errors import NotFound
from rehab.programs.dosage import Category
from rehab.programs.library import Library
from rehab.programs.library.schemas import LEVELS
from rehab.programs.library.writing import exercise_content
from rehab.programs.program import Region
from rehab.web.desk.own_form import (
    Form,
    listed,
    mappings,
    number,
    scalar,
    scalars,
    ticked,
    without_blanks,
    words,
)

MOST_LEVELS = 12
NUMBERS = ("sets", "reps", "hold_seconds", "minutes", "days_per_week", "load_factor")
SPARE, FIRST = 1, 4
"""Empty rows under those that say something, and how many a new ladder has."""

TEXTS = ("name", "category", "region", "start", "movement", "figure")
FIELDS = (*TEXTS, "muscles", "equipment", "cautions", "evidence", "levels")
LEVEL_FIELDS = (*NUMBERS, "each_side", "note")

USES = {str(category): tuple(level().fields) for category, level in LEVELS.items()}
"""What a level of each category says."""


def names(content: Mapping[str, Any]) -> list[str]:
    """Every field of the form that a fault may stand beside."""
    rows = range(1, len(mappings(content.get("levels"), MOST_LEVELS)) + 1)
    return [
        *FIELDS,
        *(f"levels-{n}" for n in rows),
        *(f"levels-{n}-{field}" for n in rows for field in LEVEL_FIELDS),
    ]


def content(form: Form) -> dict[str, Any]:
    """What was typed, as a file would say it; empty rows of the ladder are left out."""
    rows = [_level(form, n) for n in range(1, MOST_LEVELS + 1)]
    said = {name: words(form, name) for name in TEXTS}
    lists = {name: listed(form, name) for name in ("muscles", "equipment")}
    ticks = {name: ticked(form, name) for name in ("cautions", "evidence")}
    return {**without_blanks(said), **lists, "levels": [row for row in rows if row], **ticks}


def _level(form: Form, n: int) -> dict[str, Any]:
    row: dict[str, Any] = {name: number(form, f"levels-{n}-{name}") for name in NUMBERS}
    row["note"] = words(form, f"levels-{n}-note")
    said = without_blanks(row)
    return {**said, "each_side": True} if form.get(f"levels-{n}-each_side") else said


def view(content: Mapping[str, Any], more: int = 0) -> dict[str, Any]:
    """What the form shows of `content`, which may be anybody's file, and `more` empty rows."""
    levels = mappings(content.get("levels"), MOST_LEVELS)
    rows = max(FIRST, len(levels) + SPARE) + more
    return {
        **{name: scalar(content.get(name, "")) for name in TEXTS},
        **{name: ", ".join(scalars(content.get(name))) for name in ("muscles", "equipment")},
        **{name: scalars(content.get(name)) for name in ("cautions", "evidence")},
        "levels": [_row(level) for level in (*levels, *({},) * rows)[: min(rows, MOST_LEVELS)]],
    }


def _row(level: Mapping[str, Any]) -> dict[str, Any]:
    row = {name: scalar(level.get(name, "")) for name in (*NUMBERS, "note")}
    return {**row, "each_side": level.get("each_side") is True}


def copied(library: Library, id_: str) -> dict[str, Any]:
    """An exercise to begin from, with its picture. Raises NotFound."""
    if id_ not in library.exercises:
        raise NotFound(f"there is no exercise {id_}")
    lender = library.borrowed.get(id_, id_)
    found = library.exercises[id_]
    said = exercise_content(found, lender if lender in library.figures else None)
    return {**said, "name": f"{found.name} (ours)"}


def blank() -> dict[str, Any]:
    return {"category": "strengthening", "evidence": ["usual-practice"]}


def choices(library: Library) -> dict[str, Any]:
    """What may be chosen in the form."""
    lenders = [e for e in library.exercises.values() if e.id in library.figures]
    return {
        "categories": [(c.value, c.value.capitalize()) for c in Category],
        "regions": [(r.value, r.value.capitalize()) for r in Region],
        "cautions": list(library.cautions.values()),
        "sources_of_library": list(library.evidence.values()),
        "lenders": [(e.id, e.name) for e in lenders if e.id not in library.borrowed],
        "uses": USES,
    }
