"""Mean courses pass through what was published, and flares stay what we say they are."""

from itertools import groupby
from random import Random

import pytest

from rehab.programs.simulation.courses import (
    ACUTE_COURSE,
    FLARE_DAYS,
    FLARE_POINTS,
    PERSISTENT_COURSE,
    STEADY_COURSE,
    Anchors,
    Trend,
    flares,
    mean_pain,
)


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 (no secret)


@pytest.mark.parametrize("anchors", [ACUTE_COURSE, PERSISTENT_COURSE, STEADY_COURSE])
def test_a_course_passes_through_its_anchors_and_stays_at_the_last(anchors: Anchors) -> None:
    assert [mean_pain(anchors, week) for week, _ in anchors] == [
        pytest.approx(pain) for _, pain in anchors
    ]
    assert mean_pain(anchors, 80) == anchors[-1][1]


@pytest.mark.parametrize("anchors", [ACUTE_COURSE, PERSISTENT_COURSE])
def test_a_published_course_never_rises(anchors: Anchors) -> None:
    weekly = [mean_pain(anchors, week) for week in range(60)]
    assert weekly == sorted(weekly, reverse=True)


@pytest.mark.parametrize(
    ("trend", "start", "week", "pain"),
    [
        (Trend(ACUTE_COURSE), 5.2, 6, 2.3),
        (Trend(ACUTE_COURSE), 2.6, 6, 1.15),
        (Trend(PERSISTENT_COURSE), 5.1, 26, 2.6),
        (Trend(STEADY_COURSE), 3.0, 40, 3.0),
        (Trend(STEADY_COURSE, climb=3.0), 4.0, 0, 4.0),
        (Trend(STEADY_COURSE, climb=3.0), 4.0, 4, 5.5),
        (Trend(STEADY_COURSE, climb=3.0), 4.0, 8, 7.0),
        (Trend(STEADY_COURSE, climb=3.0), 4.0, 30, 7.0),
    ],
)
def test_a_person_goes_along_the_course_in_proportion_and_climbs_for_eight_weeks(
    trend: Trend, start: float, week: int, pain: float
) -> None:
    assert trend.pain(start, week) == pytest.approx(pain)


def test_flares_come_about_every_four_weeks_and_last_from_two_days_to_a_week() -> None:
    added = flares(200_000, chance(1))
    runs = [(points, len(list(days))) for points, days in groupby(added) if points]
    assert len(added) == 200_000
    assert {days for _, days in runs[:-1]} == set(range(FLARE_DAYS[0], FLARE_DAYS[1] + 1))
    assert all(FLARE_POINTS[0] <= points <= FLARE_POINTS[1] for points, _ in runs)
    assert 200_000 / len(runs) == pytest.approx(25.5, abs=1)


def test_a_flare_at_the_end_does_not_make_the_time_longer() -> None:
    assert {len(flares(20, chance(seed))) for seed in range(200)} == {20}
