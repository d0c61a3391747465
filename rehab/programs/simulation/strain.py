"""What too much load adds to pain. Only the over-keen do too much; nobody else's pain feels it.

The size is our assumption, not a finding: it makes over-doing visible and proves nothing.
"""

from math import log

RUNG = 1.6
"""How much heavier the next step is: the median ratio of the library's strengthening ladders."""

WEEKLY_GAIN = 1.10
"""What a person can bear grows by a tenth a week: caution, not evidence (clinical 1.6)."""

POINTS_A_RUNG = 0.5
MOST_POINTS = 3.0
LEFT_NEXT_DAY = 0.5
"""Points of pain (0-10) for each rung over what is borne, and the share left after a night."""


def points(work: float, steps_up: int, day: int) -> float:
    """Points of pain (0-3) that a whole session, done `work` times over, adds on `day`.

    `steps_up` are counted from the step at which the plan began, whose full dose is just borne on
    day 0. No more than the whole session (`work` of 1) adds nothing.
    """
    if work <= 1:
        return 0.0
    rungs = steps_up + (log(work) - day / 7 * log(WEEKLY_GAIN)) / log(RUNG)
    return min(MOST_POINTS, max(0.0, POINTS_A_RUNG * rungs))
