"""Outcomes by kind of patient and way of steering: means, shares and a median."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from rehab.programs.simulation.outcome import Outcome
from rehab.programs.simulation.patients import Kind
from rehab.programs.simulation.steering import Steering


@dataclass(frozen=True, slots=True)
class Row:
    """One kind under one policy: means per patient over all weeks, but for three.

    `alerted` is the share (0-1) with any alert, `first_alert_day` the median first day among
    those, None if there are none; `step` and `dose` are mean loads at the end.
    """

    kind: Kind
    policy: str
    patients: int
    reports: float
    steps_up: float
    steps_down: float
    after_break: float
    alerts: float
    alerted: float
    first_alert_day: float | None
    flare_days: float
    step: float
    dose: float

    def as_dict(self) -> dict[str, Any]:
        """The row as JSON values, to four decimals."""
        values = asdict(self)
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()}


MEANS = (
    "reports",
    "steps_up",
    "steps_down",
    "after_break",
    "alerts",
    "flare_days",
    "step",
    "dose",
)


@dataclass(slots=True)
class _Tally:
    """Outcomes of one row, added up as they come."""

    patients: int = 0
    totals: Counter[str] = field(default_factory=Counter)
    alert_days: list[int] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.patients += 1
        for name in MEANS:
            self.totals[name] += getattr(outcome, name)
        if outcome.first_alert_day is not None:
            self.alert_days.append(outcome.first_alert_day)

    def row(self, kind: Kind, policy: str) -> Row:
        return Row(
            kind=kind,
            policy=policy,
            patients=self.patients,
            alerted=len(self.alert_days) / self.patients,
            first_alert_day=median(self.alert_days) if self.alert_days else None,
            **{name: self.totals[name] / self.patients for name in MEANS},
        )


def summarise(
    outcomes: Iterable[tuple[Kind, Sequence[Outcome]]], steerings: Sequence[Steering]
) -> list[Row]:
    """A row for each kind that occurs and each way of steering, in the order of `steerings`."""
    tallies = {(kind, steering.name): _Tally() for kind in Kind for steering in steerings}
    for kind, under_each in outcomes:
        for steering, outcome in zip(steerings, under_each, strict=True):
            tallies[kind, steering.name].add(outcome)
    return [tally.row(*key) for key, tally in tallies.items() if tally.patients]
