"""A clinic's own exercises and programs: no files, and held to all that files are held to.

Their ids begin with OWN, which no id of the shipped library does, now or later.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rehab.programs.library.assembly import assembled, borrowed, named
from rehab.programs.library.contents import Library
from rehab.programs.library.faults import Fault
from rehab.programs.library.files import Document
from rehab.programs.library.lint import exercise_faults, program_faults
from rehab.programs.library.schemas import ProgramSchema, load_exercise
from rehab.programs.program import Exercise, Program, fingerprint

OWN = "own-"
LONGEST_ID = 60

Content = Mapping[str, Any]
"""What a file would hold."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A clinic's own by id. Of the `retired` exercises nothing is offered any more, but plans that
    have them still show the picture that they borrowed."""

    exercises: Mapping[str, Content] = field(default_factory=dict)
    programs: Mapping[str, Content] = field(default_factory=dict)
    retired: Mapping[str, Content] = field(default_factory=dict)


def with_own(library: Library, shelf: Shelf) -> tuple[Library, list[Fault]]:
    """The library with what is sound of a shelf, and everything that is wrong with the rest.

    What was sound once may be so no longer: a later edition of the library has other sources.
    """
    faults: list[Fault] = []
    written = _documents("exercises", shelf.exercises)
    lenders = borrowed(written, library.figures, faults)
    exercises = _sound_exercises(named(written, load_exercise, faults), library, faults)
    merged = replace(library, exercises={**library.exercises, **exercises})
    drafts = named(_documents("programs", shelf.programs), ProgramSchema().load, faults)
    programs = _sound_programs(assembled(drafts, merged.exercises, faults), merged, faults)
    lenders |= borrowed(_documents("exercises", shelf.retired), library.figures, [])
    shown = lenders.items()
    sound = [e.as_dict() for e in exercises.values()] + [p.as_dict() for p in programs.values()]
    return (
        replace(
            merged,
            programs={**library.programs, **programs},
            figures={**library.figures, **{id_: library.figures[whose] for id_, whose in shown}},
            borrowed={**library.borrowed, **lenders},
            version=fingerprint([library.version, *sound]),
        ),
        sorted(faults),
    )


def own_faults(library: Library, shelf: Shelf) -> list[Fault]:
    """Everything that is wrong with a shelf; an empty list for a sound one."""
    return with_own(library, shelf)[1]


def own_id(name: str, taken: Collection[str]) -> str:
    """A new id that tells the name: `own-seated-march`, and `own-seated-march-2` where one is."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = "-".join(re.findall(r"[a-z0-9]+", plain.removeprefix(OWN))) or "item"
    first = f"{OWN}{words}"
    if len(first) > LONGEST_ID - 4:
        whole_words = first[: LONGEST_ID - 3].rpartition("-")[0]
        first = whole_words if whole_words.startswith(OWN) else first[: LONGEST_ID - 4]
    numbered = (f"{first}-{n}" for n in range(2, len(taken) + 3))
    return next(id_ for id_ in (first, *numbered) if id_ not in taken)


def _documents(kind: str, contents: Mapping[str, Content]) -> list[Document]:
    return [Document(f"{kind}/{id_}.yaml", kind, id_, dict(c)) for id_, c in contents.items()]


def _sound_exercises(
    read: Mapping[str, Exercise], library: Library, faults: list[Fault]
) -> dict[str, Exercise]:
    for exercise in read.values():
        faults += exercise_faults(exercise, library)
    broken = {fault.file for fault in faults}
    return {id_: it for id_, it in read.items() if f"exercises/{id_}.yaml" not in broken}


def _sound_programs(
    read: Mapping[str, Program], library: Library, faults: list[Fault]
) -> dict[str, Program]:
    for program in read.values():
        faults += program_faults(program, library)
    broken = {fault.file for fault in faults}
    return {id_: it for id_, it in read.items() if f"programs/{id_}.yaml" not in broken}
