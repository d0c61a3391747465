"""The weeks that are shown: whole ones of the plan, the last eight, at least two."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.charts.window import LEFT, MOST_LABELS, RIGHT, window
from tests.charts.drawn import STARTS_ON, day


@pytest.mark.parametrize(
    ("today", "everything", "since", "weeks", "whole"),
    [
        (0, False, 0, 2, True),
        (-5, False, 0, 2, True),
        (13, False, 0, 2, True),
        (14, False, 0, 3, True),
        (55, False, 0, 8, True),
        (56, False, 7, 8, False),
        (56, True, 0, 9, True),
        (700, True, 0, 101, True),
    ],
)
def test_the_last_eight_weeks_are_shown_unless_all_are_asked_for(
    today: int, everything: bool, since: int, weeks: int, whole: bool
) -> None:
    shown = window(STARTS_ON, day(today), everything)
    assert (shown.since, shown.weeks, shown.whole) == (day(since), weeks, whole)


@given(st.integers(0, 900), st.booleans())
def test_today_lies_within_and_the_days_from_one_end_to_the_other(
    today: int, everything: bool
) -> None:
    shown = window(STARTS_ON, day(today), everything)
    assert shown.holds(day(today))
    assert shown.x(shown.since, 0) == LEFT
    assert shown.x(shown.until, 1) == pytest.approx(RIGHT)
    assert not shown.holds(shown.since - timedelta(days=1))
    assert not shown.holds(shown.until + timedelta(days=1))


@given(st.integers(0, 4000))
def test_there_are_few_enough_dates_to_be_read(today: int) -> None:
    shown = window(STARTS_ON, day(today), True)
    labelled = list(shown.labelled())
    assert 1 <= len(labelled) <= MOST_LABELS
    assert labelled[0] == shown.since
    assert all(shown.holds(on) for on in labelled)


def test_as_many_weeks_are_shown_and_dates_named_as_there_is_room_for() -> None:
    shown = window(STARTS_ON, day(139), recent=12)
    assert (shown.weeks, shown.since) == (12, day(56))
    assert len(list(shown.labelled(12))) == 12
    assert len(list(shown.labelled())) <= MOST_LABELS
