"""Wall times to instants, around every change of the clocks that the zone database knows of."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.programs.schedule import (
    in_texting_hours,
    local_date,
    next_texting_time,
    occurrence,
    session_days,
)

ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})
TIMES = [time(0, 30), time(2, 30), time(8), time(20), time(23, 45)]
YEARS = (2025, 2026)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "on", "at", "instant"),
    [
        ("Europe/London", "2026-07-01", "08:00", "2026-07-01 07:00"),
        ("Europe/London", "2026-12-01", "08:00", "2026-12-01 08:00"),
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08 07:00"),
        ("America/New_York", "2026-03-08", "03:00", "2026-03-08 07:00"),
        ("America/New_York", "2026-03-09", "00:30", "2026-03-09 04:30"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01 05:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:30"),
        ("Asia/Kathmandu", "2026-05-01", "08:00", "2026-05-01 02:15"),
        ("America/Nuuk", "2026-03-28", "23:45", "2026-03-29 01:00"),
        ("Pacific/Apia", "2011-12-30", "08:00", "2011-12-30 10:00"),
    ],
)
def test_a_wall_time_becomes_one_instant(zone: str, on: str, at: str, instant: str) -> None:
    assert occurrence(date.fromisoformat(on), time.fromisoformat(at), zone) == utc(instant)


def days_around_changes(zone: ZoneInfo, year: int) -> list[date]:
    """The changed days of a year with two days either side, or three plain days without any."""
    days = [date(year, 1, 1) + timedelta(n) for n in range(365)]
    offsets = [datetime.combine(day, time(0), zone).utcoffset() for day in days]
    changes = [day for day, a, b in zip(days, offsets, offsets[1:], strict=False) if a != b]
    around = {day + timedelta(n) for day in changes for n in range(-2, 4)}
    return sorted(around) or days[180:183]


@pytest.mark.parametrize("year", YEARS)
def test_every_zone_has_one_occurrence_a_day_in_order(year: int) -> None:
    late = set()
    for name in ZONES:
        zone = ZoneInfo(name)
        days = days_around_changes(zone, year)
        for at in TIMES:
            instants = [occurrence(day, at, zone) for day in days]
            assert all(a < b for a, b in pairwise(instants)), (name, at)
            late |= {name for d, i in zip(days, instants, strict=True) if local_date(i, zone) != d}
    assert late <= {"America/Nuuk", "America/Godthab", "America/Scoresbysund"}


@given(
    zone=st.sampled_from(ZONES),
    on=st.dates(date(2000, 1, 1), date(2037, 12, 31)),
    at=st.times().map(lambda t: t.replace(microsecond=0)),
)
def test_an_occurrence_is_the_first_instant_at_or_after_its_wall_time(
    zone: str, on: date, at: time
) -> None:
    tz, wall = ZoneInfo(zone), datetime.combine(on, at)
    instant = occurrence(on, at, tz)
    assert instant.utcoffset() == timedelta(0)
    assert instant.astimezone(tz).replace(tzinfo=None) >= wall
    just_before = (instant - timedelta(seconds=1)).astimezone(tz).replace(tzinfo=None)
    assert just_before < wall


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(KeyError):
        occurrence(date(2026, 1, 1), time(8), "Europe/Atlantis")


@pytest.mark.parametrize(
    ("starts_on", "weekdays", "from_", "to", "days"),
    [
        ("2026-11-23", [0, 2, 4], "2026-11-23", "2026-11-29", [23, 25, 27]),
        ("2026-11-26", [0, 2, 4], "2026-11-23", "2026-11-29", [27]),
        ("2026-11-23", [], "2026-11-23", "2026-11-29", []),
        ("2026-11-23", [6], "2026-11-29", "2026-11-29", [29]),
        ("2026-11-30", [0], "2026-11-23", "2026-11-29", []),
    ],
)
def test_session_days_are_the_plans_weekdays_from_its_start(
    starts_on: str, weekdays: list[int], from_: str, to: str, days: list[int]
) -> None:
    start, first, last = (date.fromisoformat(d) for d in (starts_on, from_, to))
    assert [d.day for d in session_days(start, weekdays, first, last)] == days


@pytest.mark.parametrize(
    ("instant", "zone", "allowed", "next_time"),
    [
        ("2026-11-23 07:59:59", "Europe/London", False, "2026-11-23 08:00"),
        ("2026-11-23 08:00", "Europe/London", True, "2026-11-23 08:00"),
        ("2026-11-23 20:59:59", "Europe/London", True, "2026-11-23 20:59:59"),
        ("2026-11-23 21:00", "Europe/London", False, "2026-11-24 08:00"),
        ("2026-11-23 03:00", "America/New_York", False, "2026-11-23 13:00"),
        ("2026-03-29 05:30", "Europe/Madrid", False, "2026-03-29 06:00"),
    ],
)
def test_texts_leave_between_eight_and_nine_by_the_patients_clock(
    instant: str, zone: str, allowed: bool, next_time: str
) -> None:
    assert in_texting_hours(utc(instant), zone) is allowed
    assert next_texting_time(utc(instant), zone) == utc(next_time)
