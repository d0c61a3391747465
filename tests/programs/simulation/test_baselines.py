"""The simple rules do what their names say, and no more."""

from collections.abc import Sequence

import pytest

from rehab.programs.simulation.baselines import BASELINES, high, rose
from rehab.programs.simulation.steering import Due, Steering
from rehab.programs.state import Bounds, State
from rehab.programs.zones import Report

STEP_A_WEEK, ONE_RISE, OVER_FIVE = BASELINES
THREE_A_WEEK = [0, 2, 4, 7, 9, 11, 14, 16, 18, 21, 23, 25]


def report(day: int, worst: int, morning: int | None = None) -> Report:
    return Report(day=day, before=min(3, worst), during=worst, after=3, morning=morning)


def steps(steering: Steering, log: Sequence[Report | None], start: int = 2) -> list[int]:
    """The step after each session of three a week; None is a session not told of."""
    state, reached = State(start), []
    for day, told in zip(THREE_A_WEEK, log, strict=False):
        verdict = steering.judge(state, Due(day, told, (), 3, Bounds(1, 5)))
        assert verdict.alert == 0
        state = verdict.state
        reached.append(state.step)
    return reached


def log(*worst: int) -> list[Report]:
    return [report(day, rating) for day, rating in zip(THREE_A_WEEK, worst, strict=False)]


@pytest.mark.parametrize("told", [log(*[3] * 12), log(*[10] * 12), [None] * 12])
def test_a_step_a_week_rises_with_the_calendar_whatever_is_reported_up_to_the_ceiling(
    told: Sequence[Report | None],
) -> None:
    assert steps(STEP_A_WEEK, told) == [2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]
    assert steps(STEP_A_WEEK, told, start=5) == [5] * 12


@pytest.mark.parametrize(
    ("steering", "worst", "reached"),
    [
        (ONE_RISE, (4, 4, 4, 4), [2, 2, 3, 3]),
        (ONE_RISE, (4, 5, 4, 4, 4), [2, 1, 1, 1, 2]),
        (ONE_RISE, (5, 5, 5), [1, 1, 1]),
        (ONE_RISE, (3,) * 12, [2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 5]),
        (OVER_FIVE, (5, 5, 5, 5), [2, 2, 3, 3]),
        (OVER_FIVE, (5, 6, 5, 5, 5), [2, 1, 1, 1, 2]),
        (OVER_FIVE, (3, 3, 3, 6, 3, 3, 3), [2, 2, 3, 2, 2, 2, 3]),
    ],
)
def test_one_trigger_steps_down_at_once_and_three_sessions_without_step_up(
    steering: Steering, worst: tuple[int, ...], reached: list[int]
) -> None:
    assert steps(steering, log(*worst)) == reached


def test_a_second_step_up_waits_seven_days_after_the_first() -> None:
    state = State(3, streak=2, last_up_day=10)
    due = [Due(day, report(day, 3), (), 3, Bounds()) for day in (16, 17)]
    assert [ONE_RISE.judge(state, one).state.step for one in due] == [3, 4]


@pytest.mark.parametrize("steering", [ONE_RISE, OVER_FIVE])
def test_a_session_not_told_of_changes_nothing(steering: Steering) -> None:
    assert steps(steering, [None, None, None, None]) == [2, 2, 2, 2]


@pytest.mark.parametrize("rating", ["before", "during", "after", "morning"])
def test_any_one_rating_sets_off_the_triggers_and_a_missing_morning_does_not(rating: str) -> None:
    calm = {"before": 3, "during": 3, "after": 3, "morning": None}
    risen, raised = (Report(day=0, **{**calm, rating: worst}) for worst in (5, 6))
    assert not rose(Report(day=0, **calm), 3)
    assert (rose(risen, 3), rose(risen, 3.5)) == (True, False)
    assert (high(risen, 3), high(raised, 3), high(raised, 9)) == (False, True, True)
