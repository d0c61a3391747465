"""Whether the weeks before say that pain is rising: medians of next mornings, not single days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from rehab.programs.policy import Policy

DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Weekly:
    """What earlier weeks mean for this one: the last `worse`, two running so, two `creeping`.

    `medians` are those of the last weeks that say so, for whoever reads the reason.
    """

    worse: bool = False
    worse_twice: bool = False
    creeping: bool = False
    medians: tuple[float, ...] = field(default=(), compare=False)


NO_WEEKLY = Weekly()


def week_of(day: int) -> int:
    """The local week, counted from day 0, that a day lies in."""
    return day // DAYS_A_WEEK


def weekly_medians(
    mornings: Iterable[tuple[int, int | None]], before_week: int, policy: Policy
) -> dict[int, float]:
    """Medians of the weeks before `before_week` that have enough mornings, by week, in order.

    `mornings` are pairs of the session's own day and the next morning's pain, None if unanswered.
    """
    weeks: dict[int, list[int]] = {}
    for day, morning in mornings:
        if morning is not None and week_of(day) < before_week:
            weeks.setdefault(week_of(day), []).append(morning)
    enough = (week for week in sorted(weeks) if len(weeks[week]) >= policy.weekly.mornings)
    return {week: median(weeks[week]) for week in enough}


def weekly_trend(
    mornings: Iterable[tuple[int, int | None]], usual_pain: float, day: int, policy: Policy
) -> Weekly:
    """What the weeks before `day` mean for a session on that day (clinical 2.10, Weekly)."""
    medians = list(weekly_medians(mornings, week_of(day), policy).values())
    if not medians:
        return NO_WEEKLY
    rises = [value - usual_pain for value in medians[-2:]]
    lowest_of_two = min(rises) if len(rises) == 2 else None
    return Weekly(
        worse=rises[-1] >= policy.weekly.worse,
        worse_twice=lowest_of_two is not None and lowest_of_two >= policy.weekly.worse,
        creeping=lowest_of_two is not None and lowest_of_two >= policy.weekly.creeping,
        medians=tuple(medians[-2:]),
    )
