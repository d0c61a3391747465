"""The days of a walk are counted as they came."""

from dataclasses import replace

import pytest

from rehab.programs.simulation.outcome import Outcome, outcome
from rehab.programs.simulation.run import Day
from rehab.programs.simulation.steering import Verdict
from rehab.programs.state import State
from rehab.programs.zones import Report

SESSION = Report(day=0, before=3, during=3, after=3, morning=3)


def day(
    number: int,
    step: int,
    to: int | None = None,
    alert: int = 0,
    pain: float = 3.0,
    told: bool = True,
    after_break: bool = False,
) -> Day:
    state = State(step if to is None else to, dose=0.5)
    report = replace(SESSION, day=number) if told else None
    return Day(number, pain, report, step, Verdict(state, alert, after_break))


QUIET = Outcome(1, 0, 0, 0, 0, None, 0, 2, 0.5)


@pytest.mark.parametrize(
    ("days", "counted"),
    [
        ([day(0, 2)], QUIET),
        ([day(0, 2, told=False)], replace(QUIET, reports=0)),
        ([day(0, 2, to=3)], replace(QUIET, steps_up=1, step=3)),
        ([day(0, 2, to=1)], replace(QUIET, steps_down=1, step=1)),
        ([day(0, 4, to=2)], replace(QUIET, steps_down=1)),
        ([day(0, 3, to=2, after_break=True)], replace(QUIET, steps_down=1, after_break=1)),
        ([day(0, 2, after_break=True)], QUIET),
        ([day(0, 2, alert=1)], QUIET),
        ([day(0, 2, alert=2)], replace(QUIET, alerts=1, first_alert_day=0)),
        (
            [day(0, 2), day(4, 2, alert=2), day(7, 2, alert=3)],
            replace(QUIET, reports=3, alerts=2, first_alert_day=4),
        ),
        ([day(0, 2, pain=4.9)], QUIET),
        ([day(0, 2, pain=5.0, told=False)], replace(QUIET, reports=0, flare_days=1)),
    ],
)
def test_the_days_of_a_walk_are_counted(days: list[Day], counted: Outcome) -> None:
    assert outcome(days, usual_pain=3) == counted
