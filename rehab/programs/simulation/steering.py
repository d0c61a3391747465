"""What steers a virtual patient's load: here the policy; the rules it is held against are
baselines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from rehab.programs.policy import Policy
from rehab.programs.program import Category
from rehab.programs.progression import decide
from rehab.programs.state import Bounds, State
from rehab.programs.weekly import weekly_trend
from rehab.programs.zones import Report

CATEGORY = Category.STRENGTHENING
"""The one category simulated: the one whose load moves most."""


@dataclass(frozen=True, slots=True)
class Due:
    """A session that fell due on `day`; `report` is None when there is no word of it.

    `told` are the reports before it, in order; `usual_pain` is 0-10.
    """

    day: int
    report: Report | None
    told: Sequence[Report]
    usual_pain: float
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the category stands after a session that fell due, and the alert level (0-3).

    `after_break`: a break before the session lowered the load.
    """

    state: State
    alert: int = 0
    after_break: bool = False


@dataclass(frozen=True, slots=True)
class Steering:
    """One way to steer; `version` is a policy's content version, empty for a baseline."""

    name: str
    means: str
    judge: Callable[[State, Due], Verdict]
    version: str = ""


def by_policy(policy: Policy, name: str = "") -> Steering:
    """The progression policy with its steps up made at once, as in a plan that is `bounded`."""
    return Steering(name or policy.id, policy.name, partial(_decide, policy), policy.version)


def _decide(policy: Policy, state: State, due: Due) -> Verdict:
    if due.report is None:
        return Verdict(state)
    mornings = [(told.day, told.morning) for told in due.told]
    weekly = weekly_trend(mornings, due.usual_pain, due.day, policy)
    after, decision = decide(
        state, due.report, due.usual_pain, policy, CATEGORY, due.bounds, tiers={}, weekly=weekly
    )
    return Verdict(after, decision.alert, "R6" in decision.rules)
