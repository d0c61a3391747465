"""Four weeks of pain in the room of a word: a dot for the rating after a session, a dash for a
morning, a quiet line where usual pain lies.

Dots that follow each other within a week are joined, as in the large chart; what was not said is
a gap. It is drawn in units of its own, so that a page can hold hundreds of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from rehab.charts.axes import HIGHEST
from rehab.charts.svg import Svg, element

DAYS = 28
"""Days that are drawn, the last one included."""

DAY, POINT, EDGE = 4, 4, 3
"""In units of the drawing: the width of a day, the height of a point of pain, the room around."""

WIDTH, HEIGHT = DAY * (DAYS - 1) + 2 * EDGE, POINT * HIGHEST + 2 * EDGE

TOO_LONG = 7
"""Days: after a week without a session it is another stretch, as it is for the plan (rule R6)."""

Said = tuple[tuple[date, int], ...]
"""Ratings 0-10 with their local dates, in order."""

Place = tuple[int, float]


@dataclass(frozen=True, slots=True)
class Pain:
    """What a patient said of the four weeks up to `until`; days before them are not drawn."""

    until: date
    after: Said = ()
    mornings: Said = ()
    usual: float | None = None

    @property
    def since(self) -> date:
        return self.until - timedelta(days=DAYS - 1)

    def shown(self, said: Said) -> Said:
        """Those of the ratings that lie in the four weeks."""
        since, until = self.since, self.until
        return tuple((on, rating) for on, rating in said if since <= on <= until)

    @property
    def is_rated(self) -> bool:
        return bool(self.shown(self.after) or self.shown(self.mornings))


def sparkline(pain: Pain) -> Svg:
    """The drawing, with its words for whoever does not see it."""
    return element(
        "svg",
        element("title", told(pain)),
        *_parts(pain),
        class_="sparkline",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
    )


def told(pain: Pain) -> str:
    """The same in a sentence."""
    after, mornings = pain.shown(pain.after), pain.shown(pain.mornings)
    series = [_series("after sessions", after), _series("in the morning", mornings)]
    usual = [f"usual {pain.usual:g}"] if pain.usual is not None else []
    return f"Pain in 4 weeks: {'; '.join([*series, *usual])}."


def _series(name: str, said: Said) -> str:
    if not said:
        return f"{name} not rated"
    ratings = [rating for _, rating in said]
    if len(ratings) == 1:
        return f"{name} {ratings[0]}, once"
    highest = f"highest {max(ratings)}"
    return f"{name} from {ratings[0]} to {ratings[-1]}, {highest}, {len(ratings)} times"


def _parts(pain: Pain) -> Iterator[Svg]:
    after, mornings = _places(pain, pain.after), _places(pain, pain.mornings)
    yield element("path", class_="floor", d=f"M0 {_y(0):g}H{WIDTH}")
    if pain.usual is not None:
        yield element("path", class_="usual", d=f"M0 {_y(pain.usual):g}H{WIDTH}")
    if mornings:
        yield element("path", class_="morning", d=_dashes(mornings))
    if len(after) > 1:
        yield element("path", class_="way", d=_way(after))
    if after:
        yield element("path", class_="after", d=_dots(after))


def _y(rating: float) -> float:
    return EDGE + POINT * (HIGHEST - rating)


def _places(pain: Pain, said: Said) -> list[Place]:
    since = pain.since
    return [(EDGE + DAY * (on - since).days, _y(rating)) for on, rating in pain.shown(said)]


def _dots(places: Sequence[Place]) -> str:
    """Lines of no length: their round ends are the dots."""
    return "".join([f"M{x} {y}h0" for x, y in places])


def _dashes(places: Sequence[Place]) -> str:
    return "".join([f"M{x - 2} {y}h4" for x, y in places])


def _way(places: Sequence[Place]) -> str:
    """From dot to dot; it begins anew after a week without one."""
    x, y = places[0]
    drawn = [f"M{x} {y}"]
    for (before, _), (x, y) in pairwise(places):
        drawn.append(f"{'M' if x - before >= TOO_LONG * DAY else 'L'}{x} {y}")
    return "".join(drawn)
