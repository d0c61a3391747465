"""Whether a week's ratings differ from those of an earlier week by more than days differ anyway."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rehab.charts.chart import Voice
from rehab.charts.window import Window
from rehab.programs.measurements import Point, WeekMedian, medians
from rehab.programs.weekly import DAYS_A_WEEK
from rehab.programs.zones import REAL_RISE


@dataclass(frozen=True, slots=True)
class Change:
    """The medians of the first and the latest week that have one, and the weeks between them."""

    first: float
    latest: float
    weeks: int

    @property
    def kind(self) -> str:
        """`fell` or `rose` for 2 points or more, which is the smallest change that single ratings
        do not make by themselves (clinical specification 1.4); else `near` or `same`."""
        by = self.latest - self.first
        if by == 0:
            return "same"
        if abs(by) < REAL_RISE:
            return "near"
        return "rose" if by > 0 else "fell"


def weekly(
    said: Iterable[tuple[date, int | None]], starts_on: date, shown: Window
) -> tuple[WeekMedian, ...]:
    """The weeks that are shown, each with the median of at least three ratings."""
    points = (Point(on, (), rating) for on, rating in said)
    weeks = medians(points, starts_on, shown.until)
    return tuple(week for week in weeks if shown.holds(week.from_on))


def change(weeks: Iterable[WeekMedian]) -> Change | None:
    """From the first to the latest of the weeks; None while fewer than two have a median."""
    told = [(week.from_on, week.median) for week in weeks if week.median is not None]
    if len(told) < 2:
        return None
    (began, first), (ended, latest) = told[0], told[-1]
    return Change(first, latest, (ended - began).days // DAYS_A_WEEK)


def sentence(what: str, weeks: Iterable[WeekMedian], voice: Voice) -> list[str]:
    """What can be said of `what`, a noun of the words: one sentence, or nothing."""
    seen = change(weeks)
    if seen is None:
        return []
    span = voice.say("in_a_week" if seen.weeks == 1 else "in_weeks", n=seen.weeks)
    said = voice.say(
        f"change_{seen.kind}",
        what=voice.say(what),
        first=voice.number(seen.first),
        latest=voice.number(seen.latest),
        span=span,
    )
    return [said]
