"""The hours in which somebody is texted, when they have narrowed them themselves."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.programs.schedule import LAWFUL, TextingHours, in_texting_hours, next_texting_time


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("opens", "closes", "length"),
    [
        (time(8), time(21), timedelta(hours=13)),
        (time(17), time(19), timedelta(hours=2)),
        (time(9), time(10, 59), timedelta(hours=1, minutes=59)),
        (time(9), time(9), timedelta()),
        (time(19), time(9), timedelta(hours=-10)),
    ],
)
def test_hours_are_as_long_as_texts_may_leave(opens: time, closes: time, length: timedelta) -> None:
    assert TextingHours(opens, closes).length == length


@pytest.mark.parametrize(
    ("instant", "zone", "allowed", "next_time"),
    [
        ("2026-11-23 09:59:59", "Europe/London", False, "2026-11-23 10:00"),
        ("2026-11-23 10:00", "Europe/London", True, "2026-11-23 10:00"),
        ("2026-11-23 17:59:59", "Europe/London", True, "2026-11-23 17:59:59"),
        ("2026-11-23 18:00", "Europe/London", False, "2026-11-24 10:00"),
        ("2026-11-23 08:00", "Europe/Madrid", False, "2026-11-23 09:00"),
        ("2026-10-24 18:00", "Europe/Madrid", False, "2026-10-25 09:00"),
    ],
)
def test_texts_leave_within_a_persons_own_hours_by_their_own_clock(
    instant: str, zone: str, allowed: bool, next_time: str
) -> None:
    hours = TextingHours(time(10), time(18))
    assert in_texting_hours(utc(instant), zone, hours) is allowed
    assert next_texting_time(utc(instant), zone, hours) == utc(next_time)


@given(
    at=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe"]),
    opens=st.integers(8, 18),
    length=st.integers(2, 13),
)
def test_the_next_texting_time_is_within_the_hours_and_within_a_day(
    at: datetime, zone: str, opens: int, length: int
) -> None:
    hours = TextingHours(time(opens), time(min(opens + length, 21)))
    then = next_texting_time(at, zone, hours)
    assert in_texting_hours(then, zone, hours)
    assert in_texting_hours(then, zone, LAWFUL)
    assert timedelta() <= then - at <= timedelta(hours=23)
    if then > at:
        assert not in_texting_hours(at, zone, hours)
        assert not in_texting_hours(then - timedelta(microseconds=1), zone, hours)
