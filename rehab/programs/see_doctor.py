"""When the log itself says that a doctor should look: the three triggers of clinical.md 3.

SD1, pain lasts more than a few weeks; SD2, it worsens over time; SD3, it stops daily life.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rehab.programs.program import Track

LASTS_FROM_WEEK = 4
LASTS_AT = 3
LASTS_UNLESS_FALLEN = 1
WORSE_ONCE, WORSE_TWICE = 2, 1
PEG_INTERFERES_AT = 7
PSFS_FALL = 2
STOPPED_TWICE = 2
SPREAD_TWICE = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the log holds. `medians` of the mornings (0-10) by week counted from 0, complete weeks
    with 3 or more; `new_areas` of each session that named any; None, not asked."""

    track: Track
    usual_pain: float
    medians: Mapping[int, float]
    new_areas: Sequence[Sequence[str]] = ()
    peg_interference: int | None = None
    psfs_change: float | None = None
    daily_things_stopped: Sequence[bool] = ()


def triggers(evidence: Evidence) -> tuple[str, ...]:
    """Which of SD1, SD2 and SD3 hold, in that order."""
    holds = {
        "SD1": _lasts(evidence),
        "SD2": _worsens(evidence),
        "SD3": _interferes(evidence),
    }
    return tuple(id_ for id_, held in holds.items() if held)


def _lasts(evidence: Evidence) -> bool:
    """Acute track, week 4 or later (counted from 1): still 3 or more, and down by less than 1."""
    if evidence.track is not Track.ACUTE or not evidence.medians:
        return False
    first, last = min(evidence.medians), max(evidence.medians)
    if last + 1 < LASTS_FROM_WEEK:
        return False
    now = evidence.medians[last]
    return now >= LASTS_AT and evidence.medians[first] - now < LASTS_UNLESS_FALLEN


def _worsens(evidence: Evidence) -> bool:
    rises = [evidence.medians[week] - evidence.usual_pain for week in sorted(evidence.medians)]
    once = any(rise >= WORSE_ONCE for rise in rises)
    twice = any(
        min(rises[n], rises[n + 1]) >= WORSE_TWICE and week + 1 in evidence.medians
        for n, week in enumerate(sorted(evidence.medians)[:-1])
    )
    return once or twice or _spread_is_confirmed(evidence)


def _spread_is_confirmed(evidence: Evidence) -> bool:
    """A new area that two sessions named: once may be a slip or a passing ache."""
    named = [area for areas in evidence.new_areas for area in set(areas)]
    return any(named.count(area) >= SPREAD_TWICE for area in named)


def _interferes(evidence: Evidence) -> bool:
    peg, psfs = evidence.peg_interference, evidence.psfs_change
    return (
        (peg is not None and peg >= PEG_INTERFERES_AT)
        or (psfs is not None and psfs <= -PSFS_FALL)
        or sum(evidence.daily_things_stopped) >= STOPPED_TWICE
    )
