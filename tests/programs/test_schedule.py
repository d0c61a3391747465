"""Wall times to instants, around every change of the clocks that the zone database knows of."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_DNS, UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.programs.schedule import (
    in_texting_hours,
    next_texting_time,
    occurrence,
    session_days,
    spread,
)
from rehab.programs.timezones import names

ZONES = sorted(names())
TIMES = [time(0, 30), time(2, 30), time(8), time(20), time(23, 45)]


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


DAYS = [date(2025, 1, 1) + timedelta(days=n) for n in range(730)]
"""Every day of two years."""


def test_every_zone_has_one_occurrence_for_every_day_of_two_years_in_order() -> None:
    """All zones, days and times, 2.18 million of them: about eight seconds on one core.

    A gap moves an occurrence to its end. Where it lies over midnight that is the next date.
    """
    counted = moved = 0
    late = set()
    for name in ZONES:
        zone = ZoneInfo(name)
        for at in TIMES:
            last = datetime.min.replace(tzinfo=UTC)
            for day in DAYS:
                instant = occurrence(day, at, zone)
                assert instant > last, (name, at, day)
                last, counted = instant, counted + 1
                local = instant.astimezone(zone)
                moved += local.time() != at
                if local.date() != day:
                    late.add((name, at, day.isoformat(), f"{local:%H:%M}"))
    assert counted == len(ZONES) * 730 * 5 > 2_000_000
    assert 0 < moved < 1000
    assert late <= {
        (name, time(23, 45), day, "00:00")
        for name in ("America/Nuuk", "America/Godthab", "America/Scoresbysund")
        for day in ("2025-03-29", "2026-03-28")
    }


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


def test_a_persons_texts_are_spread_by_the_same_seconds_every_day() -> None:
    maya = UUID("6f1b6c52-8d0e-4a43-9f0c-2b1f3f0f9a11")
    assert spread(maya) == spread(UUID(str(maya)))
    assert timedelta(0) <= spread(maya) < timedelta(minutes=5)


def test_a_thousand_people_are_spread_evenly_over_five_minutes() -> None:
    """Expected are 100 in each half minute, with a standard deviation of 9.5."""
    people = [uuid5(NAMESPACE_DNS, str(n)) for n in range(1000)]
    waits = [spread(person).total_seconds() for person in people]
    assert min(waits) >= 0
    assert max(waits) <= 299
    halves = [sum(30 * n <= wait < 30 * n + 30 for wait in waits) for n in range(10)]
    assert all(60 <= many <= 140 for many in halves), halves
    assert len(set(waits)) > 250
    assert max(waits.count(wait) for wait in waits) <= 15


def test_people_whose_ids_follow_each_other_are_spread_too() -> None:
    waits = {spread(UUID(int=n)) for n in range(300)}
    assert len(waits) > 150
