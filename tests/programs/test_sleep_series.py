"""The sleep texts, evening by evening: which, how often, how long, and when a doctor is advised."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.programs.library import Library
from rehab.programs.schedule import local_date
from rehab.programs.sleep_series import (
    ahead_of_bed,
    bedtime_of,
    poor_since,
    question_weekday,
    runs_on,
    tip_on,
)

FIRST = date(2026, 3, 2)
A_YEAR = range(365)


def tips(days: range, latest: int | None = None) -> list[str]:
    return [tip for day in days if (tip := tip_on(day, latest)) is not None]


def test_each_week_has_its_subject() -> None:
    weeks = [tips(range(7 * week, 7 * week + 7)) for week in range(4)]
    assert weeks == [
        ["sl.bed1", "sl.bed2", "sl.bed3", "sl.bed4"],
        ["sl.scr1", "sl.scr2", "sl.scr3"],
        ["sl.calm1", "sl.calm2", "sl.calm3", "sl.wind1"],
        ["sl.sleepy", "sl.20", "sl.caf"],
    ]


def test_no_two_evenings_in_a_row_have_a_text_in_the_first_four_weeks() -> None:
    evenings = [day for day in range(28) if tip_on(day, None)]
    assert evenings == list(range(0, 28, 2))


@pytest.mark.parametrize(
    ("day", "latest", "runs"),
    [
        (-1, 0, False),
        (0, None, True),
        (27, None, True),
        (27, 10, True),
        (28, None, False),
        (28, 6, False),
        (28, 5, True),
        (28, 0, True),
        (300, 5, True),
        (300, 6, False),
    ],
)
def test_the_series_stops_after_four_weeks_unless_sleep_is_still_poor(
    day: int, latest: int | None, runs: bool
) -> None:
    assert runs_on(day, latest) is runs


def test_from_the_fifth_week_on_there_are_two_texts_a_week() -> None:
    for week in range(4, 52):
        assert len(tips(range(7 * week, 7 * week + 7), latest=4)) == 2


def test_no_tip_is_said_twice_within_a_week() -> None:
    last: dict[str, int] = {}
    for day in A_YEAR:
        tip = tip_on(day, 2)
        if tip is not None:
            assert day - last.get(tip, -99) > 7, (day, tip)
            last[tip] = day


def test_every_tip_of_the_library_is_said_to_who_sleeps_badly_and_none_else(
    library: Library,
) -> None:
    said = Counter(tips(A_YEAR, latest=3))
    written = {key for key in library.messages["en"] if key.startswith("sl.")}
    assert set(said) == written - {"sl.q", "sl.gp"}


@given(day=st.integers(-10, 1000), latest=st.none() | st.integers(0, 10))
def test_a_tip_is_sent_only_while_the_series_runs(day: int, latest: int | None) -> None:
    if tip_on(day, latest) is not None:
        assert runs_on(day, latest)


def test_a_reminder_of_bedtime_comes_an_hour_before_and_that_of_screens_half_an_hour() -> None:
    assert ahead_of_bed("sl.bed2") == timedelta(hours=1)
    assert ahead_of_bed("sl.scr3") == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("bedtime", "instant"),
    [
        (time(22, 30), datetime(2026, 3, 2, 22, 30, tzinfo=UTC)),
        (time(12), datetime(2026, 3, 2, 12, tzinfo=UTC)),
        (time(0, 30), datetime(2026, 3, 3, 0, 30, tzinfo=UTC)),
        (time(11, 59), datetime(2026, 3, 3, 11, 59, tzinfo=UTC)),
    ],
)
def test_a_bedtime_after_midnight_belongs_to_the_evening_before(
    bedtime: time, instant: datetime
) -> None:
    assert bedtime_of(FIRST, bedtime, "Europe/London") == instant


def test_a_bedtime_that_the_clocks_skip_is_the_end_of_the_gap() -> None:
    zone = ZoneInfo("America/New_York")
    in_bed = bedtime_of(date(2026, 3, 7), time(2, 30), zone)
    assert in_bed == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert local_date(in_bed, zone) == date(2026, 3, 8)


@pytest.mark.parametrize(
    ("sessions", "asked_on"),
    [
        ((0, 2, 4), 6),  # mornings of pain: Tue, Thu, Sat; Sunday is free of a session too
        ((0, 1, 3, 4), 6),  # Tue, Wed, Fri, Sat
        ((0, 1, 2, 3, 4), 6),  # Tue to Sat
        ((0, 1, 2, 3, 4, 5), 0),  # all but Monday, which has a session
        ((5, 6), 4),
        ((6,), 5),
        ((0, 1, 2, 3, 4, 5, 6), None),
    ],
)
def test_sleep_is_asked_about_on_a_morning_without_the_question_of_pain(
    sessions: tuple[int, ...], asked_on: int | None
) -> None:
    assert question_weekday(sessions) == asked_on


@given(st.sets(st.integers(0, 6), min_size=1))
def test_only_one_question_is_asked_in_a_morning(sessions: set[int]) -> None:
    asked_on = question_weekday(sessions)
    assert (asked_on is None) is (len(sessions) == 7)
    if asked_on is not None:
        assert (asked_on - 1) % 7 not in sessions


def rated(*pairs: tuple[int, int]) -> list[tuple[date, int]]:
    """(day, rating) pairs as dates."""
    return [(FIRST + timedelta(days=day), rating) for day, rating in pairs]


EIGHTY_FOUR = [(day, 3) for day in (0, 14, 28, 42, 56, 84)]


@pytest.mark.parametrize(
    ("ratings", "today", "since"),
    [
        (EIGHTY_FOUR, 84, 0),
        (EIGHTY_FOUR, 112, 0),
        (EIGHTY_FOUR, 113, None),  # the last rating is too old to say how it is now
        (EIGHTY_FOUR[1:], 84, None),  # five ratings
        ([*EIGHTY_FOUR[:-1], (83, 3)], 84, None),  # a day short of three months
        ([*EIGHTY_FOUR, (85, 4)], 85, None),
        ([(day, 4) if day == 28 else (day, rating) for day, rating in EIGHTY_FOUR], 84, None),
        ([(-7, 8), *EIGHTY_FOUR], 84, 0),
        ([], 84, None),
    ],
)
def test_sleep_that_stays_poor_for_three_months_is_noticed(
    ratings: list[tuple[int, int]], today: int, since: int | None
) -> None:
    found = poor_since(rated(*ratings), FIRST + timedelta(days=today))
    assert found == (None if since is None else FIRST + timedelta(days=since))
