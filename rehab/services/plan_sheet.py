"""A plan laid out for who treats: phase by phase, each exercise at its rung, and each ladder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rehab.models.plan import Plan
from rehab.programs.dosage import Category, Dosage
from rehab.programs.prescription import Moment, shown_dose
from rehab.programs.program import Exercise, Phase, Program
from rehab.programs.progression import Bounds, State
from rehab.programs.session_size import session_minutes, size_warning
from rehab.services.course import day_of
from rehab.services.phase_ends import entries
from rehab.services.plan_copies import copies_in
from rehab.services.plans import rungs
from rehab.services.standing import latest
from rehab.services.today import states_on


@dataclass(frozen=True, slots=True)
class Line:
    """An exercise at `step` of its own ladder; `dosage` is that of today, None while its category
    rests. `pin` is the step that it is held to, whatever its category does."""

    exercise: Exercise
    step: int
    pin: int | None
    dosage: Dosage | None

    @property
    def rungs(self) -> tuple[tuple[int, Dosage], ...]:
        """The ladder, counted from 1."""
        return tuple(enumerate(self.exercise.levels, start=1))


@dataclass(frozen=True, slots=True)
class PhaseSheet:
    """A phase, counted from 0. `minutes` is about how long one session of all of it takes."""

    index: int
    phase: Phase
    lines: tuple[Line, ...]
    is_now: bool
    is_past: bool

    @property
    def minutes(self) -> int:
        return session_minutes(
            (each.exercise.category, each.dosage) for each in self.lines if each.dosage
        )

    @property
    def warning(self) -> str | None:
        """What to think of when so much is asked for in one session."""
        return size_warning(len(self.lines), self.minutes)


@dataclass(frozen=True, slots=True)
class LadderSheet:
    """Where a category stands, of how many rungs, within which bounds. `proposed` is the step that
    waits for a clinician, in the decision `decision_id`."""

    category: Category
    step: int
    dose: float
    rungs: int
    floor: int
    ceiling: int
    locked: bool
    proposed: int | None = None
    decision_id: object = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of a plan as it stands on a local date of the patient's."""

    program: Program
    phases: tuple[PhaseSheet, ...]
    ladders: tuple[LadderSheet, ...]

    @property
    def now(self) -> PhaseSheet:
        """The present phase."""
        return next(phase for phase in self.phases if phase.is_now)


def sheet(plan: Plan, on: date) -> Sheet:
    """The plan as it stands for the local date `on`; what comes later is at its start level."""
    copies = copies_in(plan)
    program, states = copies.program, states_on(plan, copies.policy, on)
    moment = Moment(day_of(plan, on), pins=plan.pins)
    return Sheet(
        program,
        tuple(_phase(plan, program, n, states, moment) for n in range(len(program.phases))),
        tuple(_ladders(plan, program)),
    )


def _phase(
    plan: Plan, program: Program, index: int, states: dict[str, State], moment: Moment
) -> PhaseSheet:
    phase = program.phases[index]
    if index == plan.phase:
        lines = [_line_now(e, states[e.category], moment) for e in phase.exercises]
    else:
        starts = _starts(plan, program, index)
        lines = [_line_then(e, starts[e.category], plan.pins.get(e.id)) for e in phase.exercises]
    return PhaseSheet(index, phase, tuple(lines), index == plan.phase, index < plan.phase)


def _starts(plan: Plan, program: Program, index: int) -> dict[str, int]:
    """The step at which each category of another phase begins; only the next one is known."""
    phase, is_next = program.phases[index], index == plan.phase + 1
    left = program.phases[plan.phase] if is_next else phase
    return {
        category: Bounds(**plan.bounds[category]).hold(
            max(entry["step"], plan.loads[category]["step"])
            if is_next and entry["goes_on"]
            else entry["step"]
        )
        for category, entry in entries(left, phase).items()
    }


def _line_now(exercise: Exercise, state: State, moment: Moment) -> Line:
    pin = moment.pins.get(exercise.id)
    step = state.step if pin is None else pin
    dose = shown_dose(exercise, step, state, moment)
    dosage = exercise.level(step).scaled(dose, exercise.category)
    return Line(exercise, _on_ladder(exercise, step), pin, dosage)


def _line_then(exercise: Exercise, start: int, pin: int | None) -> Line:
    step = start if pin is None else pin
    return Line(exercise, _on_ladder(exercise, step), pin, exercise.level(step))


def _on_ladder(exercise: Exercise, step: int) -> int:
    return min(max(step, 1), len(exercise.levels))


def _ladders(plan: Plan, program: Program) -> Iterator[LadderSheet]:
    waiting = {d.category: d for d in latest(plan) if d.accepted is not None}
    for category in program.categories:
        load, waits = plan.loads[category], waiting.get(category)
        yield LadderSheet(
            category=category,
            step=load["step"],
            dose=load["dose"],
            rungs=rungs(program, category),
            **plan.bounds[category],
            proposed=waits.accepted["step"] if waits and waits.accepted else None,
            decision_id=waits.id if waits else None,
        )
