"""The weeks that a chart shows, and where a date lies across them.

They are whole weeks of the plan, so that what is counted by the week is drawn whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rehab.programs.weekly import DAYS_A_WEEK, week_of

RECENT = 8
"""Weeks that are shown unless all are asked for."""

FEWEST = 2
"""Weeks that are shown at least, so that the first days do not fill the whole picture."""

LEFT, RIGHT = 9.0, 97.0
"""Where the first day begins and the last one ends, in per cent of a drawing's width."""

MOST_LARGE = 16
"""Weeks with room for marks of full size."""

MOST_LABELS, MOST_WITH_YEARS = 5, 3
"""Dates for which there is room under a chart on a phone, and such as need their year."""

A_YEAR = 48
"""Weeks from which on the first date may need its year."""

SPACINGS = (1, 2, 4, 8, 13, 26, 52, 104, 208)
"""Weeks from one date under a chart to the next."""


@dataclass(frozen=True, slots=True)
class Window:
    """From a first to a last local date, both included; `whole` when it leaves out none before."""

    since: date
    until: date
    whole: bool

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def weeks(self) -> int:
        return self.days // DAYS_A_WEEK

    @property
    def is_crowded(self) -> bool:
        """Whether there is more than can be drawn in full size."""
        return self.weeks > MOST_LARGE

    @property
    def mark_size(self) -> float:
        """How large a mark may be, in lines of text."""
        return 0.6 if self.is_crowded else 1

    def holds(self, on: date) -> bool:
        return self.since <= on <= self.until

    def x(self, on: date, part_of_day: float = 0.5) -> float:
        """Where a date lies across, in per cent; beyond the ends for one that lies beyond them."""
        gone = (on - self.since).days + part_of_day
        return LEFT + (RIGHT - LEFT) * gone / self.days

    def labelled(self, most: int | None = None) -> Iterator[date]:
        """The first days of weeks that are named under a chart, few enough to be read: at most as
        many as a phone has room for, or `most`."""
        most = most or (MOST_LABELS if self.weeks < A_YEAR else MOST_WITH_YEARS)
        spacing = next(n for n in SPACINGS if self.weeks <= n * most)
        for week in range(0, self.weeks, spacing):
            yield self.since + timedelta(weeks=week)


def window(starts_on: date, today: date, everything: bool = False, recent: int = RECENT) -> Window:
    """The last eight weeks, or `recent` ones, of a plan that started on `starts_on`; or everything
    since then."""
    weeks = max(week_of((today - starts_on).days) + 1, FEWEST)
    shown = weeks if everything else min(weeks, recent)
    since = starts_on + timedelta(weeks=weeks - shown)
    return Window(since, since + timedelta(weeks=shown, days=-1), shown == weeks)
