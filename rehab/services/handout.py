"""What a patient takes home on paper: the exercises as they stand today, and days to write on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.programs.dosage import Dosage
from rehab.programs.library import Library
from rehab.programs.policy import Policy
from rehab.programs.prescription import RECOVERY, Moment, Prescribed, shown_dose
from rehab.programs.program import Exercise, Phase
from rehab.programs.progression import State
from rehab.programs.schedule import session_days
from rehab.services.course import day_of
from rehab.services.plan_copies import copies_in
from rehab.services.today import states_on

FORTNIGHT = timedelta(days=13)
"""From the first day of a paper diary to its last: two weeks."""


@dataclass(frozen=True, slots=True)
class Handout:
    """A plan on paper as it stands on the patient's day `on`.

    `exercises` are those of the phase at their present step and dose; where a category rests, it
    `recovers` and the recovery session stands in its place. `also` are those offered on the other
    days too. `days` are the session days of the next two weeks. A plan that is paused or over has
    none of these.
    """

    plan: Plan
    on: date
    phase: Phase
    exercises: tuple[Prescribed, ...]
    recovers: bool
    also: tuple[Prescribed, ...]
    days: tuple[date, ...]

    @property
    def is_paused(self) -> bool:
        return self.plan.status == PAUSED

    @property
    def has_ended(self) -> bool:
        return self.plan.status not in (ACTIVE, PAUSED) or self.on > self.plan.ends_on

    @property
    def minutes(self) -> int:
        """About how long a session takes, rounded up to whole minutes."""
        seconds = sum(p.dosage.seconds(p.exercise.category) for p in self.exercises)
        return -(-seconds // 60)


def handout(plan: Plan, on: date, library: Library) -> Handout:
    """The plan on paper for the local date `on`; nothing of it is more than the app would show."""
    copies = copies_in(plan)
    phase = copies.program.phases[plan.phase]
    due = _exercises(plan, phase, copies.policy, on, library) if _is_open(plan, on) else ()
    in_phase = {exercise.id for exercise in phase.exercises}
    rests = bool(in_phase - {p.exercise.id for p in due}) and bool(due)
    also = tuple(p for p in due if p.exercise.category in copies.program.between_sessions)
    return Handout(plan, on, phase, due, rests, also, diary_days(plan, on) if due else ())


def diary_days(plan: Plan, on: date) -> tuple[date, ...]:
    """The session days of two weeks from `on`, or from the start of a plan that is to begin."""
    since = max(on, plan.starts_on)
    return session_days(plan.starts_on, plan.weekdays, since, min(since + FORTNIGHT, plan.ends_on))


def _is_open(plan: Plan, on: date) -> bool:
    return plan.status == ACTIVE and on <= plan.ends_on


def _exercises(
    plan: Plan, phase: Phase, policy: Policy, on: date, library: Library
) -> tuple[Prescribed, ...]:
    """Each at its rung; a day of rest between two sessions leaves none out of the paper."""
    states = states_on(plan, policy, on)
    moment = Moment(day_of(plan, on), pins=plan.pins)
    found = [
        _prescribed(exercise, states[exercise.category], moment, library)
        for exercise in phase.exercises
    ]
    due = tuple(each for each in found if each is not None)
    return due if None not in found else due + tuple(_recovery(due, library))


def _recovery(due: Iterable[Prescribed], library: Library) -> Iterator[Prescribed]:
    """What takes the place of a category that rests."""
    given = {each.exercise.id for each in due}
    for exercise in (library.exercises[id_] for id_ in RECOVERY if id_ not in given):
        yield _told(exercise, 1, 1.0, exercise.level(1), library)


def _prescribed(
    exercise: Exercise, state: State, moment: Moment, library: Library
) -> Prescribed | None:
    """The exercise as it is due now; None where its category rests."""
    step = moment.pins.get(exercise.id, state.step)
    dose = shown_dose(exercise, step, state, moment)
    dosage = exercise.level(step).scaled(dose, exercise.category)
    return None if dosage is None else _told(exercise, step, dose, dosage, library)


def _told(
    exercise: Exercise, step: int, dose: float, dosage: Dosage, library: Library
) -> Prescribed:
    mind = tuple(library.cautions[code] for code in exercise.cautions)
    return Prescribed(exercise, step, round(dose, 6), dosage, mind)
