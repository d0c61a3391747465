"""What became of a virtual patient: the days of one walk, counted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rehab.programs.simulation.patients import Kind, Patient
from rehab.programs.simulation.run import Day, Ladder, walk
from rehab.programs.simulation.steering import Steering
from rehab.programs.zones import REAL_RISE

ALERTING = 2
"""The lowest alert level that asks a clinician to look."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one patient under one way of steering.

    `steps_down` are the times the step fell, `after_break` those on return from a week or more
    without a session. An alert is one decision at level 2 or 3. `flare_days` have a mean pain of
    usual pain plus 2 or more, told of or not. `step` and `dose` (0-1) are where the load ended.
    """

    reports: int
    steps_up: int
    steps_down: int
    after_break: int
    alerts: int
    first_alert_day: int | None
    flare_days: int
    step: int
    dose: float


def outcome(days: Iterable[Day], usual_pain: float) -> Outcome:
    """The days of one walk, counted for a person with this usual pain (0-10)."""
    days = list(days)
    down = [day.verdict for day in days if day.verdict.state.step < day.step_before]
    alerts = [day.day for day in days if day.verdict.alert >= ALERTING]
    return Outcome(
        reports=sum(day.report is not None for day in days),
        steps_up=sum(day.verdict.state.step > day.step_before for day in days),
        steps_down=len(down),
        after_break=sum(verdict.after_break for verdict in down),
        alerts=len(alerts),
        first_alert_day=alerts[0] if alerts else None,
        flare_days=sum(day.pain >= usual_pain + REAL_RISE for day in days),
        step=days[-1].verdict.state.step,
        dose=days[-1].verdict.state.dose,
    )


def outcomes(
    patients: Iterable[Patient], steerings: Sequence[Steering], ladder: Ladder
) -> Iterator[tuple[Kind, list[Outcome]]]:
    """For each patient the outcome under each way of steering, in that order."""
    for patient in patients:
        walks = (walk(patient, steering, ladder) for steering in steerings)
        yield patient.kind, [outcome(days, patient.usual_pain) for days in walks]
