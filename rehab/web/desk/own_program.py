"""The form of a program of the clinic's own, and what it says as a file of the library."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from rehab.errors import NotFound
from rehab.programs.dosage import Category
from rehab.programs.library import Library
from rehab.programs.library.writing import program_content
from rehab.programs.program import Region, Track
from rehab.web.desk.own_form import (
    Form,
    mappings,
    number,
    scalar,
    scalars,
    ticked,
    without_blanks,
    words,
)

MOST_PHASES, MOST_EXERCISES = 12, 5
SPARE, FIRST = 1, 3
"""Empty phases under those that say something, and how many a new program has."""

TEXTS, NUMBERS = ("name", "track", "summary"), ("weeks", "sessions_per_week")
TICKS = ("regions", "between_sessions", "evidence")
FIELDS = (*TEXTS, *NUMBERS, *TICKS, "phases")
PHASE_FIELDS = ("name", "to_day", "start_level", "exercises")

TRACKS = {
    Track.ACUTE: "Acute: pain sets the dose",
    Track.CHRONIC: "Chronic: a quota sets the dose",
    Track.BOTH: "Both: chosen when it is assigned",
}


def names(content: Mapping[str, Any]) -> list[str]:
    """Every field of the form that a fault may stand beside."""
    rows = range(1, len(mappings(content.get("phases"), MOST_PHASES)) + 1)
    slots = range(1, MOST_EXERCISES + 1)
    return [
        *FIELDS,
        *(f"phases-{n}" for n in rows),
        *(f"phases-{n}-{field}" for n in rows for field in (*PHASE_FIELDS, "from_day")),
        *(f"phases-{n}-exercises-{slot}" for n in rows for slot in slots),
    ]


def content(form: Form) -> dict[str, Any]:
    """What was typed, as a file would say it; a phase begins the day after the one before it."""
    said: dict[str, Any] = {name: words(form, name) for name in TEXTS}
    said |= {name: number(form, name) for name in NUMBERS}
    phases: list[dict[str, Any]] = []
    for n in range(1, MOST_PHASES + 1):
        phase = _phase(form, n)
        if phase:
            phases.append({**phase, "from_day": _after(phases)})
    ticks = {name: ticked(form, name) for name in TICKS}
    return {**without_blanks(said), **ticks, "phases": phases}


def _phase(form: Form, n: int) -> dict[str, Any]:
    """A row of the form; nothing for an empty one. Its level alone, which is preset, says none."""
    said = without_blanks(
        {"name": words(form, f"phases-{n}-name"), "to_day": number(form, f"phases-{n}-to_day")}
    )
    slots = (words(form, f"phases-{n}-exercises-{slot}") for slot in range(1, MOST_EXERCISES + 1))
    exercises = [id_ for id_ in slots if id_]
    if not said and not exercises:
        return {}
    level = without_blanks({"start_level": number(form, f"phases-{n}-start_level")})
    return {**said, **level, "exercises": exercises}


def _after(phases: list[dict[str, Any]]) -> int:
    last = phases[-1].get("to_day") if phases else 0
    return last + 1 if isinstance(last, int) else 1


def view(content: Mapping[str, Any], more: int = 0) -> dict[str, Any]:
    """What the form shows of `content`, which may be anybody's file, and `more` empty phases."""
    phases = mappings(content.get("phases"), MOST_PHASES)
    rows = max(FIRST, len(phases) + SPARE) + more
    return {
        **{name: scalar(content.get(name, "")) for name in (*TEXTS, *NUMBERS)},
        **{name: scalars(content.get(name)) for name in TICKS},
        "phases": [_row(phase) for phase in (*phases, *({},) * rows)[: min(rows, MOST_PHASES)]],
    }


def _row(phase: Mapping[str, Any]) -> dict[str, Any]:
    row = {name: scalar(phase.get(name, "")) for name in ("name", "from_day", "to_day")}
    chosen = scalars(phase.get("exercises"))
    slots = (*chosen, *("",) * MOST_EXERCISES)[:MOST_EXERCISES]
    return {**row, "start_level": scalar(phase.get("start_level", 1)), "exercises": slots}


def copied(library: Library, id_: str) -> dict[str, Any]:
    """A program to begin from. Raises NotFound."""
    if id_ not in library.programs:
        raise NotFound(f"there is no program {id_}")
    found = library.programs[id_]
    return {**program_content(found), "name": f"{found.name} (ours)"}


def blank() -> dict[str, Any]:
    return {"track": "acute", "sessions_per_week": 3, "evidence": ["usual-practice"]}


def choices(library: Library) -> dict[str, Any]:
    """What may be chosen in the form."""
    order = list(Region)
    by_region = sorted(library.exercises.values(), key=lambda e: (order.index(e.region), e.name))
    return {
        "tracks": [(track.value, says) for track, says in TRACKS.items()],
        "regions": [(r.value, r.value.capitalize()) for r in Region],
        "categories": [(c.value, c.value.capitalize()) for c in Category],
        "sources_of_library": list(library.evidence.values()),
        "exercises": [
            (region.value.capitalize(), [(e.id, e.name) for e in them])
            for region, them in groupby(by_region, key=lambda e: e.region)
        ],
    }
