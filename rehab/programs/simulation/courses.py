"""How pain goes over the weeks, whatever is prescribed: published means, and our own where none is.

Weeks are counted from the start of the plan; pain is 0-10 and not yet a rating.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

Anchors = Sequence[tuple[float, float]]
"""Pairs of week and mean pain, in order, from week 0 on."""

ACUTE_COURSE: Anchors = ((0, 5.2), (6, 2.3), (26, 1.2), (52, 0.6))
"""Acute low back pain, pooled over many cohorts (Costa 2012, CMAJ 184:E613)."""

PERSISTENT_COURSE: Anchors = ((0, 5.1), (6, 3.3), (26, 2.6), (52, 2.3))
"""Persistent low back pain (the same review)."""

STEADY_COURSE: Anchors = ((0, 4.0), (52, 4.0))
"""Pain of years that neither mends nor worsens: our assumption."""

DAYS_BETWEEN_FLARES = 21
FLARE_DAYS = (2, 7)
FLARE_POINTS = (2.0, 4.0)
"""Days from one flare to the next, on average, and what a flare is: our assumptions, within "a
worsening that lasts from hours to weeks" (Costa 2019, J Pain 20:1267)."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A mean course; on top of it pain climbs by `climb` points over the first eight weeks."""

    anchors: Anchors
    climb: float = 0.0

    @property
    def start(self) -> float:
        """Mean pain (0-10) at week 0."""
        return self.anchors[0][1]

    def pain(self, start: float, week: float) -> float:
        """Pain at a week (0 or later) of a person who starts at `start`, in proportion."""
        share = mean_pain(self.anchors, week) / self.start
        return start * share + self.climb * min(week / 8, 1)


def mean_pain(anchors: Anchors, week: float) -> float:
    """Mean pain at `week`: it falls by an equal share a week between two anchors."""
    for (week_0, pain_0), (week_1, pain_1) in pairwise(anchors):
        if week <= week_1:
            passed = (week - week_0) / (week_1 - week_0)
            return float(pain_0 * (pain_1 / pain_0) ** passed)
    return anchors[-1][1]


def flares(days: int, chance: Random) -> list[float]:
    """Points that flares add to each day; they come of themselves, not from the exercises."""
    added = [0.0] * days
    day = 0
    while day < days:
        if chance.random() < 1 / DAYS_BETWEEN_FLARES:
            lasts, points = chance.randint(*FLARE_DAYS), chance.uniform(*FLARE_POINTS)
            added[day : day + lasts] = [points] * len(added[day : day + lasts])
            day += lasts
        day += 1
    return added
