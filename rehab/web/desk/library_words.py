"""How the desk tells what the library holds: dosages in words, how large a session is."""

from collections.abc import Callable
from dataclasses import dataclass

from rehab.programs.dosage import Dosage
from rehab.programs.dosage_words import days_text, dosage_text
from rehab.programs.library import Library
from rehab.programs.program import Category, Exercise, Phase, Program
from rehab.programs.session_size import session_minutes, size_warning
from rehab.web.desk.page import LANGUAGE

DAYS_A_WEEK = 7

UNIT = {
    Category.STRETCHING: "seconds held a week",
    Category.STRENGTHENING: "weighted repetitions a week",
    Category.LOW_IMPACT: "weighted minutes a week",
    Category.RELAXATION: "minutes a week",
    Category.SELF_CARE: "minutes a week",
}
"""What a load index counts (clinical.md 2.1)."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A dosage in English: how much of it, and how often."""

    amount: Callable[[Dosage], str]
    days: Callable[[Dosage], str]


@dataclass(frozen=True, slots=True)
class Rung:
    """A level as a row: `load` is its load index, `share` that of the top in per cent, `rise` how
    many times the one before."""

    number: int
    amount: str
    days: str
    load: float
    share: float
    rise: float | None


@dataclass(frozen=True, slots=True)
class PhaseSize:
    """A session of a phase at its first level: about how long, and a warning if it is much."""

    phase: Phase
    weeks: str
    minutes: int
    warning: str | None


def wording(library: Library) -> Wording:
    return Wording(
        lambda dosage: dosage_text(dosage, LANGUAGE, library),
        lambda dosage: days_text(dosage, LANGUAGE),
    )


def ladder(exercise: Exercise, library: Library) -> list[Rung]:
    """The rungs of an exercise, the easiest first."""
    said = wording(library)
    loads = [level.load_index(exercise.category) for level in exercise.levels]
    return [
        Rung(
            number=number,
            amount=said.amount(level),
            days=said.days(level),
            load=loads[number - 1],
            share=round(100 * loads[number - 1] / max(loads), 1),
            rise=round(loads[number - 1] / loads[number - 2], 2) if number > 1 else None,
        )
        for number, level in enumerate(exercise.levels, start=1)
    ]


def phase_sizes(program: Program) -> list[PhaseSize]:
    """Each phase with the size of its sessions."""
    return [_size(phase) for phase in program.phases]


def session_range(program: Program) -> str:
    """How many minutes a session takes: `9` or `9-14`."""
    minutes = [size.minutes for size in phase_sizes(program)]
    return "-".join(str(n) for n in sorted({min(minutes), max(minutes)}))


def _size(phase: Phase) -> PhaseSize:
    minutes = session_minutes(
        (exercise.category, exercise.level(phase.start_level)) for exercise in phase.exercises
    )
    return PhaseSize(phase, _weeks(phase), minutes, size_warning(len(phase.exercises), minutes))


def _weeks(phase: Phase) -> str:
    """In which weeks its days lie: `week 1`, `weeks 1-2`."""
    first = (phase.from_day - 1) // DAYS_A_WEEK + 1
    last = (phase.to_day - 1) // DAYS_A_WEEK + 1
    return f"week {first}" if first == last else f"weeks {first}-{last}"
