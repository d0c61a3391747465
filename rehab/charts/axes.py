"""The ground of a chart: the lines of its scale with their numbers, and the dates under it."""

from collections.abc import Iterable, Iterator

from rehab.charts.chart import Voice
from rehab.charts.marks import label, line
from rehab.charts.svg import Svg
from rehab.charts.window import LEFT, RIGHT, Window

HIGHEST = 10
"""The top of every rating."""

MIDDLE_OF_TEXT = 0.35
"""Lines from the middle of a number to its baseline."""


def scale(
    top: float, height: float, values: Iterable[int], highest: float, voice: Voice
) -> Iterator[Svg]:
    """A line across at each value from 0 to `highest`, with its number before it."""
    for value in values:
        y = top + height * (1 - value / highest)
        yield line("zero" if value == 0 else "grid", LEFT, y, RIGHT, y)
        yield label("value", LEFT - 1.5, y + MIDDLE_OF_TEXT, voice.number(value))


def dates(base: float, shown: Window, voice: Voice, most: int | None = None) -> Iterator[Svg]:
    """The days on which some of the weeks begin, under the line at `base`; where text is large,
    every second one of them makes room. `most` of them, where a phone's few are not enough."""
    for n, on in enumerate(shown.labelled(most)):
        x = shown.x(on, 0)
        yield line("tick", x, base, x, base + 0.4)
        yield label("under" if n % 2 == 0 else "under second", x, base + 1.5, voice.day(on))
