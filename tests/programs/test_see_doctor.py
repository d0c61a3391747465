"""The three reasons for which the log itself says that a doctor should look."""

import pytest

from rehab.programs.program import Track
from rehab.programs.see_doctor import Evidence, triggers

ACUTE, CHRONIC = Track.ACUTE, Track.CHRONIC


@pytest.mark.parametrize(
    ("track", "medians", "expected"),
    [
        (ACUTE, {}, ()),
        (ACUTE, {0: 5, 1: 5, 2: 5}, ()),
        (ACUTE, {0: 5, 3: 5}, ("SD1",)),
        (ACUTE, {0: 5, 3: 4.5}, ("SD1",)),
        (ACUTE, {0: 5, 3: 4}, ()),
        (ACUTE, {0: 2, 3: 2}, ()),
        (ACUTE, {0: 3, 4: 3}, ("SD1",)),
        (CHRONIC, {0: 5, 3: 5}, ()),
        (CHRONIC, {0: 5, 1: 7}, ("SD2",)),
        (CHRONIC, {0: 5, 1: 6}, ()),
        (CHRONIC, {0: 6, 1: 6}, ("SD2",)),
        (CHRONIC, {0: 6, 2: 6}, ()),
        (CHRONIC, {0: 6, 1: 5.5, 2: 6}, ()),
    ],
)
def test_pain_that_lasts_or_worsens(
    track: Track, medians: dict[int, float], expected: tuple[str, ...]
) -> None:
    assert triggers(Evidence(track, 5, medians)) == expected


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ([["hips"]], ()),
        ([["hips", "hips"]], ()),
        ([["hips"], ["thighs"]], ()),
        ([["hips"], ["hips", "thighs"]], ("SD2",)),
    ],
)
def test_a_spread_counts_once_two_sessions_name_the_same_area(
    named: list[list[str]], expected: tuple[str, ...]
) -> None:
    assert triggers(Evidence(CHRONIC, 5, {}, new_areas=named)) == expected


@pytest.mark.parametrize(
    ("peg", "psfs", "stopped", "expected"),
    [
        (None, None, [], ()),
        (0, 0.0, [False], ()),
        (6, -1.9, [True], ()),
        (7, None, [], ("SD3",)),
        (None, -2.0, [], ("SD3",)),
        (None, 2.0, [], ()),
        (None, None, [True, False, True], ("SD3",)),
    ],
)
def test_pain_that_stops_daily_life(
    peg: int | None, psfs: float | None, stopped: list[bool], expected: tuple[str, ...]
) -> None:
    evidence = Evidence(CHRONIC, 5, {}, (), peg, psfs, stopped)
    assert triggers(evidence) == expected
