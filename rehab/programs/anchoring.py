"""Usual pain is fixed between reviews; when recent weeks say otherwise, a new value is proposed.

Never moved silently: a baseline that follows the luckiest week raises the share of improving
patients who are alerted from 43% to 62% (clinical.md 2.7, trap 1).
"""

from collections.abc import Sequence
from statistics import median

WINDOW_DAYS = 14
FEWEST_RATINGS = 5
"""A median of fewer says nothing (clinical.md 2.2)."""

REAL_CHANGE = 2
"""The smallest change of a rating that is more than noise (clinical.md 1.4)."""


def proposed_usual_pain(ratings: Sequence[int], usual_pain: float) -> float | None:
    """The median (0-10) of the last 14 days' mornings when it lies 2 or more from usual pain.

    None when there are fewer than 5 ratings or the median is as it was.
    """
    if len(ratings) < FEWEST_RATINGS:
        return None
    recent = median(ratings)
    return recent if abs(recent - usual_pain) >= REAL_CHANGE else None
