"""When a day's session and its texts fall due, by the patient's own clock.

One occurrence for every local date, through every change of the clocks: an hour that happens twice
counts the first time, and an hour that is skipped is served by the first instant after the gap.
"""

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from uuid import UUID
from zoneinfo import ZoneInfo

TEXTS_FROM = time(8)
"""No text before this local time (47 CFR 64.1200(c)(1), read as a rule for care reminders too)."""

TEXTS_UNTIL = time(21)
"""No text from this local time on, replies apart."""

SHORTEST_WINDOW = timedelta(hours=2)
"""Hours of one's own leave at least this much of the day, or nothing could be sent in it."""


@dataclass(frozen=True, slots=True)
class TextingHours:
    """The hours in which somebody is texted, by their own clock: from `opens` up to, not
    including, `closes`. Those of 08:00 to 21:00 that they have not narrowed themselves."""

    opens: time = TEXTS_FROM
    closes: time = TEXTS_UNTIL

    @property
    def length(self) -> timedelta:
        """How long texts may leave in a day; less than nothing when it closes before it opens."""
        day = date.min
        return datetime.combine(day, self.closes) - datetime.combine(day, self.opens)

    def include(self, at: time) -> bool:
        return self.opens <= at < self.closes


LAWFUL = TextingHours()
"""The widest that anybody's hours can be."""

SPREAD_SECONDS = 300
"""One number sends about one text a second: those of a full hour are spread over five minutes."""


def occurrence(on: date, at: time, zone: str | ZoneInfo) -> datetime:
    """The instant, in UTC, at which the clocks of `zone` show `at` on the date `on`.

    Raises ZoneInfoNotFoundError when `zone` names no zone.
    """
    wall = datetime.combine(on, at, _zone(zone))
    instant = wall.astimezone(UTC)
    return instant if _shows(instant, wall) else _end_of_gap(wall)


def local_date(instant: datetime, zone: str | ZoneInfo) -> date:
    """The date that a calendar on the wall in `zone` shows at this aware instant."""
    return instant.astimezone(_zone(zone)).date()


def session_days(
    starts_on: date, weekdays: Collection[int], from_: date, to: date
) -> tuple[date, ...]:
    """The session days of a plan from `from_` to `to`, both included; Monday is weekday 0."""
    first = max(starts_on, from_)
    days = (first + timedelta(days=n) for n in range((to - first).days + 1))
    return tuple(day for day in days if day.weekday() in weekdays)


def spread(person: UUID) -> timedelta:
    """How much later than the minute this person's reminders leave: 0-299 s, the same every day."""
    digest = blake2b(person.bytes, digest_size=8).digest()
    return timedelta(seconds=int.from_bytes(digest) % SPREAD_SECONDS)


def in_texting_hours(instant: datetime, zone: str | ZoneInfo, hours: TextingHours = LAWFUL) -> bool:
    """Whether a text may leave at this instant, by the clocks of `zone`."""
    return hours.include(instant.astimezone(_zone(zone)).time())


def next_texting_time(
    instant: datetime, zone: str | ZoneInfo, hours: TextingHours = LAWFUL
) -> datetime:
    """The first instant, not before this one, at which a text may leave for `zone`."""
    if in_texting_hours(instant, zone, hours):
        return instant
    today = local_date(instant, zone)
    opening = occurrence(today, hours.opens, zone)
    return opening if instant < opening else occurrence(today + timedelta(1), hours.opens, zone)


def _zone(zone: str | ZoneInfo) -> ZoneInfo:
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone)


def _shows(instant: datetime, wall: datetime) -> bool:
    local = instant.astimezone(wall.tzinfo)
    return local.replace(tzinfo=None) == wall.replace(tzinfo=None)


def _end_of_gap(wall: datetime) -> datetime:
    """Inside a gap fold=1 reads the wall by the later offset, fold=0 by the earlier one: the
    change lies between the two, to the second."""
    before = int(wall.replace(fold=1).timestamp())
    after = int(wall.replace(fold=0).timestamp())
    naive = wall.replace(tzinfo=None)

    def has_passed(second: int) -> bool:
        local = datetime.fromtimestamp(second, UTC).astimezone(wall.tzinfo)
        return local.replace(tzinfo=None) >= naive

    seconds = range(before, after)
    first = before + bisect_left(seconds, True, key=has_passed)
    return datetime.fromtimestamp(first, UTC)
