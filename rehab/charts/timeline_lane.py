"""A lane of the timeline: one matter on the axis of time that all of them share."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from rehab.charts.change import weekly
from rehab.charts.chart import Voice
from rehab.charts.marks import block, line
from rehab.charts.svg import Svg, across, down, element
from rehab.charts.window import Window

Link = tuple[datetime, Svg]
"""A mark that leads somewhere, and its place in time."""

NAME = "timeline"


@dataclass(frozen=True, slots=True)
class Lane:
    """`ground` and `links` draw the lane from a number of lines down; it is `lines` high."""

    name: str
    lines: float
    ground: Callable[[float], Iterator[Svg]]
    links: Callable[[float], Iterator[Link]] = lambda _: iter(())
    has_dates: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """A range of values over some lines: where each lies below the lane's top."""

    lowest: float
    highest: float
    lines: float

    def y(self, top: float, value: float) -> float:
        return top + self.lines * (self.highest - value) / (self.highest - self.lowest)


RATING = Scale(0, 10, 10.5)
"""Pain, day by day."""

SMALL_RATING = Scale(0, 10, 3.6)
"""Sleep, and the ratings of many months."""


def ruled(
    scale: Scale, values: Iterable[int], top: float, voice: Voice, left: float, right: float
) -> Iterator[Svg]:
    """A line across at each of the values, with its number before it."""
    for value in values:
        y = scale.y(top, value)
        yield line("zero" if value == 0 else "grid", left, y, right, y)
        yield element(
            "text", voice.number(value), class_="value", x=across(left - 0.8), y=down(y + 0.35)
        )


@dataclass(frozen=True, slots=True)
class Spread:
    """One week's ratings, lowest to highest; `middle` is None for fewer than three."""

    from_on: date
    to_on: date
    low: int
    high: int
    middle: float | None
    count: int


def spreads(said: Iterable[tuple[date, int]], starts_on: date, shown: Window) -> tuple[Spread, ...]:
    """The weeks that are shown in which something was said."""
    told = list(said)
    of_weeks = (
        (week, [value for on, value in told if week.from_on <= on <= week.to_on])
        for week in weekly(told, starts_on, shown)
    )
    return tuple(
        Spread(week.from_on, week.to_on, min(values), max(values), week.median, len(values))
        for week, values in of_weeks
        if values
    )


def drawn_spreads(
    name: str, weeks: Iterable[Spread], scale: Scale, top: float, shown: Window, voice: Voice
) -> Iterator[Svg]:
    """A bar from the lowest to the highest rating of each week, and a line at its median."""
    for week in weeks:
        start, end = shown.x(week.from_on, 0.8), shown.x(week.to_on, 0.2)
        high, low = scale.y(top, week.high), scale.y(top, week.low)
        title = element("title", _says(name, week, voice))
        yield block(f"spread {name}", start, high - 0.12, end - start, low - high + 0.24, title)
        if week.middle is not None:
            y = scale.y(top, week.middle)
            yield line(f"middle {name}", shown.x(week.from_on, 0), y, shown.x(week.to_on, 1), y)


def _says(name: str, week: Spread, voice: Voice) -> str:
    key = "spread" if week.middle is not None else "spread_few"
    return voice.say(
        key,
        what=voice.say(f"series_{name}"),
        day=voice.day(week.from_on),
        low=week.low,
        high=week.high,
        middle="" if week.middle is None else voice.number(week.middle),
        count=week.count,
    )
