"""The simple rules that the policy is held against. None of them knows an alert or a part dose."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from rehab.programs.simulation.steering import Due, Steering, Verdict
from rehab.programs.state import State
from rehab.programs.weekly import week_of
from rehab.programs.zones import REAL_RISE, Report

HIGH_RATING = 5
"""The upper bound of the pain-monitoring model (Thomee 1997), taken as a rule for one rating."""

SETTLED_SESSIONS = 3
DAYS_BETWEEN_STEPS_UP = 7
"""What a step up takes: the same as in the policy's strengthening."""

Trigger = Callable[[Report, float], bool]
"""Whether a session, for a person with this usual pain (0-10), is one to step down after."""


def step_a_week(state: State, due: Due) -> Verdict:
    """A step up in every new week of the plan, reported or not, and never one down."""
    up = week_of(due.day) > week_of(state.last_up_day or 0)
    return Verdict(_up(state, due) if up else state)


def down_at_once(trigger: Trigger, state: State, due: Due) -> Verdict:
    """A step down after any session that sets off `trigger`; a step up after three that do not."""
    if due.report is None:
        return Verdict(state)
    if trigger(due.report, due.usual_pain):
        return Verdict(replace(state, step=due.bounds.hold(state.step - 1), streak=0))
    state = replace(state, streak=state.streak + 1)
    waited = state.last_up_day is None or due.day - state.last_up_day >= DAYS_BETWEEN_STEPS_UP
    return Verdict(_up(state, due) if waited and state.streak >= SETTLED_SESSIONS else state)


def rose(report: Report, usual_pain: float) -> bool:
    """Whether any one rating lies 2 points or more over usual pain."""
    return _worst(report) >= usual_pain + REAL_RISE


def high(report: Report, usual_pain: float) -> bool:
    """Whether any one rating is over 5, whoever gives it."""
    return _worst(report) > HIGH_RATING


def _up(state: State, due: Due) -> State:
    return replace(state, step=due.bounds.hold(state.step + 1), streak=0, last_up_day=due.day)


def _worst(report: Report) -> int:
    said = (report.before, report.during, report.after, report.morning)
    return max((rating for rating in said if rating is not None), default=0)


BASELINES = (
    Steering("step a week", "a step up every week, whatever is reported", step_a_week),
    Steering(
        "one rise of 2",
        "a step down on any one rating 2 or more over usual, up after 3 sessions without",
        partial(down_at_once, rose),
    ),
    Steering(
        "any rating over 5",
        "a step down on any one rating over 5, up after 3 sessions without",
        partial(down_at_once, high),
    ),
)
