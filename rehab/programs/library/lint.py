"""What files cannot say alone: ladders that climb gently, phases that join, ids that exist.

The shape of each file is the schemas' matter; here the library is judged as a whole.
"""

from collections.abc import Collection, Iterator
from itertools import pairwise

from rehab.programs.dosage import Category
from rehab.programs.library.contents import Library
from rehab.programs.library.faults import Fault
from rehab.programs.library.text_lint import text_faults
from rehab.programs.program import Exercise, Phase, Program, Track
from rehab.programs.safety import Tier

STEEPEST = {Category.STRETCHING: 2.0, Category.STRENGTHENING: 1.8, Category.LOW_IMPACT: 1.6}
"""How many times the work of one level the next may be (clinical specification 2.1)."""

SLACK = 1e-6
NO_CAUTION = "C-NONE"


def lint(library: Library, broken: Collection[str] = ()) -> list[Fault]:
    """Every fault of a library that was read; `broken` names files that could not be.

    Nothing is held against an entry that only a broken file could have explained.
    """
    faults = list(text_faults(library.messages, broken))
    for exercise in library.exercises.values():
        faults += exercise_faults(exercise, library, broken)
    for program in library.programs.values():
        faults += program_faults(program, library, broken)
    faults += _diaries_read_twice(library)
    faults += _figures_of_nothing(library, broken)
    faults += _missing(library, broken)
    if not broken:
        faults += _idle(library)
    return faults


def exercise_faults(
    exercise: Exercise, library: Library, broken: Collection[str] = ()
) -> Iterator[Fault]:
    """What one exercise keeps to beyond its schema."""
    file = f"exercises/{exercise.id}.yaml"
    for field, what in _ladder(exercise):
        yield Fault(file, field, what)
    yield from _unknown(file, "evidence", exercise.evidence, library.evidence, broken)
    yield from _unknown(file, "cautions", exercise.cautions, library.cautions, broken)
    if NO_CAUTION in exercise.cautions and len(exercise.cautions) > 1:
        yield Fault(file, "cautions", f"{NO_CAUTION} stands alone or not at all")


def _ladder(exercise: Exercise) -> Iterator[tuple[str, str]]:
    steepest = STEEPEST.get(exercise.category, float("inf"))
    work = [level.load_index(exercise.category) for level in exercise.levels]
    for number, (lower, upper) in enumerate(pairwise(work), start=2):
        if upper <= lower:
            what = f"load index {upper:g} does not rise above the {lower:g} of the level before"
            yield f"levels[{number}]", what
        elif upper / lower > steepest + SLACK:
            yield (
                f"levels[{number}]",
                f"load index {upper:g} is {upper / lower:.2f} times the {lower:g} of the level "
                f"before; {steepest:g} times at most for {exercise.category}",
            )


def program_faults(
    program: Program, library: Library, broken: Collection[str] = ()
) -> Iterator[Fault]:
    """What one program keeps to beyond its schema."""
    file = f"programs/{program.id}.yaml"
    for field, what in (*_days(program), *_start_levels(program), *_between(program)):
        yield Fault(file, field, what)
    yield from _unknown(file, "evidence", program.evidence, library.evidence, broken)


def _days(program: Program) -> Iterator[tuple[str, str]]:
    expected = 1
    for number, phase in enumerate(program.phases, start=1):
        if phase.from_day != expected:
            yield f"phases[{number}].from_day", f"must be {expected}, not {phase.from_day}"
        if phase.to_day < phase.from_day:
            yield f"phases[{number}].to_day", f"comes before from_day {phase.from_day}"
        expected = phase.to_day + 1
    last = program.weeks * 7
    if program.phases[-1].to_day != last:
        field = f"phases[{len(program.phases)}].to_day"
        yield field, f"must be {last}, the last day of week {program.weeks}"


def _start_levels(program: Program) -> Iterator[tuple[str, str]]:
    for number, phase in enumerate(program.phases, start=1):
        longest = _longest_ladder(phase)
        if phase.start_level > longest:
            what = f"is {phase.start_level}, but no exercise of the phase goes beyond {longest}"
            yield f"phases[{number}].start_level", what


def _longest_ladder(phase: Phase) -> int:
    return max(len(exercise.levels) for exercise in phase.exercises)


def _between(program: Program) -> Iterator[tuple[str, str]]:
    for category in program.between_sessions:
        if category not in program.categories:
            yield "between_sessions", f"no exercise of the program is {category}"


def _unknown(
    file: str, field: str, ids: tuple[str, ...], known: Collection[str], broken: Collection[str]
) -> Iterator[Fault]:
    home = "evidence.yaml" if field == "evidence" else "safety.yaml"
    if home in broken:
        return
    for number, id_ in enumerate(ids, start=1):
        if id_ not in known:
            yield Fault(file, f"{field}[{number}]", f"{id_} is not in {home}")


def _diaries_read_twice(library: Library) -> Iterator[Fault]:
    reads: dict[str, str] = {}
    for measure in library.measures.values():
        first = reads.setdefault(measure.diary, measure.id) if measure.diary else measure.id
        if first != measure.id:
            yield Fault(f"measures/{measure.id}.yaml", "diary", f"is read by {first} already")


def _figures_of_nothing(library: Library, broken: Collection[str]) -> Iterator[Fault]:
    for id_ in library.figures.keys() - library.exercises.keys():
        if f"exercises/{id_}.yaml" not in broken:
            yield Fault(f"figures/{id_}.yaml", "id", f"there is no exercise {id_}")


def _missing(library: Library, broken: Collection[str]) -> Iterator[Fault]:
    needed = {
        "evidence.yaml": bool(library.evidence),
        "safety.yaml": bool(library.red_flags),
        "messages/en.yaml": "en" in library.messages,
        **{f"policies/{t}.yaml": t in library.policies for t in (Track.ACUTE, Track.CHRONIC)},
    }
    for file, present in needed.items():
        if not present and file not in broken:
            yield Fault(file, "file", "is missing")
    if library.red_flags:
        for tier in [tier for tier in Tier if tier not in library.tiers]:
            yield Fault("safety.yaml", f"tiers.{tier}", "is missing")


def _idle(library: Library) -> Iterator[Fault]:
    exercises, programs = library.exercises.values(), library.programs.values()
    cited = {id_ for exercise in exercises for id_ in exercise.evidence}
    cited |= {id_ for program in programs for id_ in program.evidence}
    for id_ in library.evidence.keys() - cited:
        yield Fault("evidence.yaml", id_, "is cited by no exercise or program")
    heeded = {code for exercise in exercises for code in exercise.cautions}
    for code in library.cautions.keys() - heeded:
        yield Fault("safety.yaml", f"cautions.{code}", "is used by no exercise")
