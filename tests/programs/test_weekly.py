"""Weeks are judged by the medians of their mornings, and only when there are enough of them."""

import pytest

from rehab.programs.weekly import NO_WEEKLY, Weekly, week_of, weekly_medians, weekly_trend

from .logs import CHRONIC

WORSE, WORSE_TWICE = Weekly(True), Weekly(True, True, True)
CREEPING = Weekly(creeping=True)


def mornings(*weeks: list[int | None]) -> list[tuple[int, int | None]]:
    """Mornings of week 0, 1, …, from the first day of each week on."""
    return [
        (7 * week + day, pain) for week, pains in enumerate(weeks) for day, pain in enumerate(pains)
    ]


@pytest.mark.parametrize(("day", "week"), [(0, 0), (6, 0), (7, 1), (13, 1), (14, 2)])
def test_a_week_has_seven_days_from_day_nought(day, week):
    assert week_of(day) == week


def test_only_weeks_with_three_mornings_have_a_median():
    log = mornings([3, 4, None, 9], [5, 5], [], [1, 2, 2, 8])
    assert weekly_medians(log, 4, CHRONIC) == {0: 4, 3: 2}
    assert weekly_medians([*log, (5, 5)], 4, CHRONIC) == {0: 4.5, 3: 2}


def test_the_week_that_is_not_over_does_not_count():
    log = mornings([3, 3, 3], [9, 9, 9])
    assert weekly_medians(log, 1, CHRONIC) == {0: 3}
    assert weekly_medians(log, 2, CHRONIC) == {0: 3, 1: 9}


@pytest.mark.parametrize(
    ("weeks", "day", "trend"),
    [
        ([], 0, NO_WEEKLY),
        ([[5, 5, 5]], 6, NO_WEEKLY),
        ([[5, 5, 5]], 7, WORSE),
        ([[5, 5, 5]], 13, WORSE),
        ([[5, 5]], 7, NO_WEEKLY),
        ([[5, 5, None]], 7, NO_WEEKLY),
        ([[4, 4, 4]], 7, NO_WEEKLY),
        ([[4, 5, 5, 4]], 7, NO_WEEKLY),
        ([[4, 4, 4], [4, 4, 4]], 14, CREEPING),
        ([[4, 4, 4], [3, 3, 3]], 14, NO_WEEKLY),
        ([[3, 3, 3], [4, 4, 4]], 14, NO_WEEKLY),
        ([[5, 5, 5], [4, 4, 4]], 14, CREEPING),
        ([[4, 4, 4], [5, 5, 5]], 14, Weekly(True, False, True)),
        ([[5, 5, 5], [5, 5, 5]], 14, WORSE_TWICE),
        ([[5, 5, 5], [5, 5, 5], [3, 3, 3]], 21, NO_WEEKLY),
        ([[3, 3, 3], [5, 5, 5], [5, 5, 5]], 21, WORSE_TWICE),
        # a week without enough mornings stands aside: the weeks before it are still the last ones
        ([[5, 5, 5], [9, 9], [5, 5, 5]], 21, WORSE_TWICE),
        ([[5, 5, 5], [], []], 21, WORSE),
        ([[5, 5, 5], [5, 5, 5], [], [], []], 35, WORSE_TWICE),
    ],
)
def test_the_trend_of_the_weeks_before(weeks, day, trend):
    assert weekly_trend(mornings(*weeks), 3, day, CHRONIC) == trend


@pytest.mark.parametrize(("usual", "trend"), [(2.5, WORSE), (3, NO_WEEKLY)])
def test_medians_and_usual_pain_may_lie_between_whole_numbers(usual, trend):
    assert weekly_trend(mornings([4, 4, 5, 5]), usual, 7, CHRONIC) == trend


def test_mornings_may_come_in_any_order():
    log = mornings([4, 4, 4], [5, 5, 5], [5, 5, 5])
    assert weekly_trend(reversed(log), 3, 21, CHRONIC) == WORSE_TWICE
