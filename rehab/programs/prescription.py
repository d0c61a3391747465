"""Today's session: which exercises, and how much of each, from where every category stands.

What is shown may be less than the state's dose, never more: a first session at a new level is
tapered, a week never grows by more than 30%, and pain before the session counts for today.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rehab.programs.dosage import Category, Dosage
from rehab.programs.program import Exercise, Phase
from rehab.programs.safety import Caution
from rehab.programs.state import State

ENTRY_TAPER = 0.75
"""The first session at a new level is shown at 75% of its volume: with ladder ratios up to 1.6
that is 1.2 times the old dose, inside the 30% a week that is defensible (clinical.md 1.6, 2.1)."""

WEEKLY_GROWTH = 1.3
"""A week's volume is at most 1.3 times the week's before (clinical.md 1.6, 2.6)."""

GROWTH_FROM_DAY = 14
"""Strengthening: after week 2; the first doses are too small for a percentage."""

GROWTH_FROM_MINUTES = 60
"""Low-impact: above 60 minutes a week; below that, 5 minutes a session, which the taper keeps."""

REST_DAYS = {Category.STRENGTHENING: 2}
"""48 hours between strength sessions, counted in local days (clinical.md 2.6)."""

PAINLESS = frozenset({Category.RELAXATION, Category.SELF_CARE})
"""Relaxation and self-care go on whatever pain says (clinical.md 2.6)."""

RECOVERY = ("rx-breathing", "sc-warm-pack", "li-walk")
"""What a dose of 0 means: breathing, warmth and a 5 minute walk, each at its first level."""


@dataclass(frozen=True, slots=True)
class Prescribed:
    """One exercise as it is due: `step` is the rung, `dose` what was made of it (0-1)."""

    exercise: Exercise
    step: int
    dose: float
    dosage: Dosage
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the library adds to a plan's own exercises."""

    recovery: tuple[Exercise, ...]
    cautions: Mapping[str, Caution]


@dataclass(frozen=True, slots=True)
class Moment:
    """The local day of the plan (0 is its first), and what of a dose pain before it leaves (R8)."""

    day: int
    factor: float = 1.0
    pins: Mapping[str, int] = field(default_factory=dict)


def prescribe(
    exercises: Iterable[Exercise], states: Mapping[str, State], moment: Moment, shelf: Shelf
) -> tuple[Prescribed, ...]:
    """The dosage of each exercise; where a category rests, the recovery session takes its place.

    A category that needs another day of rest since it was last trained is left out.
    """
    due: list[Prescribed] = []
    recovering = False
    for exercise in exercises:
        state = states[exercise.category]
        if needs_rest(state, exercise.category, moment.day):
            continue
        step = moment.pins.get(exercise.id, state.step)
        dose = shown_dose(exercise, step, state, moment)
        dosage = exercise.level(step).scaled(dose, exercise.category)
        if dosage is None:
            recovering = True
        else:
            due.append(_prescribed(exercise, step, dose, dosage, shelf))
    if recovering:
        given = {item.exercise.id for item in due}
        due += [
            _prescribed(e, 1, 1.0, e.level(1), shelf) for e in shelf.recovery if e.id not in given
        ]
    return tuple(due)


def needs_rest(state: State, category: Category, day: int) -> bool:
    """Whether the category was trained too few days ago to be trained again on `day`."""
    if state.last_day is None or state.last_day >= day:
        return False
    return day - state.last_day < REST_DAYS.get(category, 0)


def shown_dose(exercise: Exercise, step: int, state: State, moment: Moment) -> float:
    """The share (0-1) of the rung's volume to show on this day. Display only, not in the state."""
    if exercise.category in PAINLESS:
        return state.dose
    dose = state.dose * moment.factor
    if step != state.step or state.last_up_day is None:
        return dose
    if is_first_at_level(state):
        dose *= ENTRY_TAPER
    return min(dose, weekly_ceiling(exercise, step, state.last_up_day, moment.day))


def is_first_at_level(state: State) -> bool:
    """Whether no session was done yet since the last step up."""
    if state.last_up_day is None:
        return False
    return state.last_day is None or state.last_day <= state.last_up_day


def weekly_ceiling(exercise: Exercise, step: int, last_up_day: int, day: int) -> float:
    """The share of the new rung that keeps this week within 1.3 times the last one's volume."""
    old, new = exercise.level(step - 1), exercise.level(step)
    if exercise.category is Category.STRENGTHENING:
        bound = day >= GROWTH_FROM_DAY
    else:
        bound = new.minutes * new.days_per_week > GROWTH_FROM_MINUTES
    if not bound:
        return 1.0
    ratio = new.load_index(exercise.category) / old.load_index(exercise.category)
    weeks = max(0, day - last_up_day) // 7
    return min(1.0, WEEKLY_GROWTH ** (weeks + 1) / ratio)


def exercises_of(phase: Phase, between: Iterable[Category] | None = None) -> tuple[Exercise, ...]:
    """The phase's exercises; on a day without a session only those of the `between` categories."""
    if between is None:
        return phase.exercises
    wanted = set(between)
    return tuple(e for e in phase.exercises if e.category in wanted)


def _prescribed(
    exercise: Exercise, step: int, dose: float, dosage: Dosage, shelf: Shelf
) -> Prescribed:
    mind = tuple(shelf.cautions[code] for code in exercise.cautions)
    return Prescribed(exercise, step, round(dose, 6), dosage, mind)
