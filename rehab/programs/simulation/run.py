"""A virtual patient's weeks under one way of steering, day by day."""

from collections.abc import Iterator
from dataclasses import dataclass

from rehab.programs.simulation import strain
from rehab.programs.simulation.patients import Occasion, Patient, rating
from rehab.programs.simulation.steering import Due, Steering, Verdict
from rehab.programs.state import Bounds, State
from rehab.programs.zones import Report


@dataclass(frozen=True, slots=True)
class Ladder:
    """The step everyone starts at, and the bounds of the plan."""

    start: int
    bounds: Bounds


PLAN_LADDER = Ladder(2, Bounds(1, 5))
OPEN_LADDER = Ladder(500, Bounds(1, 1000))
"""A ladder whose ends nobody reaches, to count steps as if there were no floor or ceiling."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its mean pain (0-10), what is told of its session, and where the load then stands.

    `report` includes the next morning; it is None on a day without one.
    """

    day: int
    pain: float
    report: Report | None
    step_before: int
    verdict: Verdict


def walk(patient: Patient, steering: Steering, ladder: Ladder) -> Iterator[Day]:
    """The patient's days in order; of all pain only the over-keen's depends on the steering."""
    due_on = {occasion.day: occasion for occasion in patient.occasions}
    state, told, sore = State(ladder.start), list[Report](), 0.0
    for day, (morning, evening) in enumerate(patient.days()):
        occasion, report, verdict, strained = due_on.get(day), None, Verdict(state), 0.0
        if occasion is not None and occasion.done:
            strained = strain.points(patient.work, state.step - ladder.start, day)
        left = (sore + strained) * strain.LEFT_NEXT_DAY
        if occasion is not None:
            report = _report(patient, occasion, sore, strained, left)
            due = Due(day, report, tuple(told), patient.usual_pain, ladder.bounds)
            verdict = steering.judge(state, due)
        yield Day(day, (morning + evening + strained) / 2 + sore, report, state.step, verdict)
        told += [report] if report else []
        state, sore = verdict.state, left


def _report(
    patient: Patient, occasion: Occasion, sore: float, strained: float, left: float
) -> Report | None:
    """What is told of a session, if anything; all of it was done.

    Load had added `sore` to pain before it, adds `strained` in it and leaves `left` next morning.
    """
    if not occasion.reported:
        return None
    before = patient.evenings[occasion.day] + sore
    morning = patient.mornings[occasion.day + 1] + left
    return Report(
        day=occasion.day,
        before=rating(before),
        during=rating(before + strained + occasion.during),
        after=rating(before + strained + occasion.after),
        morning=rating(morning) if occasion.answers_morning else None,
        effort=occasion.effort,
    )
