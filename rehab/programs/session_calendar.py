"""The days for which a plan prescribes a session: by the weekdays that held, none in a pause."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from rehab.programs.schedule import session_days

Weekdays = tuple[date, Collection[int]]
"""The weekdays (Monday is 0) that hold from a date on, until others do."""

Pause = tuple[date, date | None]
"""From the first of these dates up to, not including, the second: None while it goes on."""


@dataclass(frozen=True, slots=True)
class SessionCalendar:
    """A plan's own, by the patient's local dates; `weekdays` are in order, the first from the
    start."""

    starts_on: date
    ends_on: date
    weekdays: tuple[Weekdays, ...]
    pauses: tuple[Pause, ...] = ()

    def prescribed(
        self, since: date, until: date, done_on: Collection[date] = ()
    ) -> tuple[date, ...]:
        """The session days from `since` to `until`, both included: those of a pause only if a
        session was done on them, as it was on the day on which one began."""
        return tuple(
            on
            for on in self._by_weekday(since, min(until, self.ends_on))
            if on in done_on or not self._is_paused(on)
        )

    def is_session_day(self, on: date) -> bool:
        """Whether the weekdays that held on `on` prescribed a session for it, paused or not."""
        return on in self._by_weekday(on, min(on, self.ends_on))

    def _by_weekday(self, since: date, until: date) -> list[date]:
        """Each day by the weekdays that held on it."""
        found: list[date] = []
        for place, (begins_on, weekdays) in enumerate(self.weekdays):
            later = self.weekdays[place + 1 :]
            last = min(until, later[0][0] - timedelta(days=1)) if later else until
            found += session_days(max(self.starts_on, begins_on), weekdays, since, last)
        return found

    def _is_paused(self, on: date) -> bool:
        return any(begun <= on and (over is None or on < over) for begun, over in self.pauses)
