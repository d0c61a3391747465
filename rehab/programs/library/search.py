"""Looking for something in the library: where it works, what it is, what it needs, what it says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rehab.programs.library.contents import Library
from rehab.programs.program import Exercise, Program

NONE = "none"
"""The equipment of what needs none."""

FROM_LEVEL = re.compile(r" from level \d+$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must all hold; None asks for nothing. Each word of `q` has to be found somewhere."""

    region: str | None = None
    category: str | None = None
    track: str | None = None
    equipment: str | None = None
    q: str | None = None


def exercises_found(library: Library, wanted: Wanted) -> list[Exercise]:
    """The exercises that fit; those of a track are in a program of it."""
    found = [e for e in library.exercises.values() if _exercise_fits(e, wanted)]
    if wanted.track is None:
        return found
    programs = (p for p in library.programs.values() if p.track == wanted.track)
    used = {e.id for program in programs for e in program.exercises}
    return [exercise for exercise in found if exercise.id in used]


def programs_found(library: Library, wanted: Wanted) -> list[Program]:
    """The programs that fit: some exercise of theirs has the equipment, or none needs any."""
    return [program for program in library.programs.values() if _program_fits(program, wanted)]


def equipment_named(library: Library) -> list[str]:
    """What the exercises need, each thing by itself and once: `band or dumbbells` are two."""
    items = {item for e in library.exercises.values() for item in e.equipment}
    return sorted({thing for item in items for thing in FROM_LEVEL.sub("", item).split(" or ")})


def _exercise_fits(exercise: Exercise, wanted: Wanted) -> bool:
    told = (exercise.id, exercise.name, exercise.start, exercise.movement, *exercise.muscles)
    return (
        wanted.region in (exercise.region, None)
        and wanted.category in (exercise.category, None)
        and _has_equipment([exercise], wanted.equipment)
        and _says(wanted.q, told)
    )


def _program_fits(program: Program, wanted: Wanted) -> bool:
    return (
        wanted.region in (*program.regions, None)
        and wanted.category in (*program.categories, None)
        and wanted.track in (program.track, None)
        and _has_equipment(program.exercises, wanted.equipment)
        and _says(wanted.q, (program.id, program.name, program.summary))
    )


def _has_equipment(exercises: Iterable[Exercise], wanted: str | None) -> bool:
    if wanted is None:
        return True
    items = [item for exercise in exercises for item in exercise.equipment]
    if wanted == NONE:
        return not items
    return any(wanted.casefold() in item for item in items)


def _says(wanted: str | None, told: Iterable[str]) -> bool:
    there = " ".join(told).casefold()
    return all(word in there for word in (wanted or "").casefold().split())
