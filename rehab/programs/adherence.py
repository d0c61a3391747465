"""Adherence: sessions completed of those prescribed, over a window that is always stated."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from rehab.programs.session_calendar import SessionCalendar


@dataclass(frozen=True, slots=True)
class Adherence:
    """Sessions from `since` to `until`, both local dates included.

    `extra` are days with a session that was not prescribed for them: a session moved by a day is
    not a missed one, so up to the number prescribed they count as completed. Nothing is prescribed
    for the days of a pause, nor after a plan's end.
    """

    since: date
    until: date
    prescribed: int
    completed: int
    extra: int

    @property
    def share(self) -> float | None:
        """Completed of prescribed, 0-1; None when nothing was prescribed: that is not 0."""
        return self.completed / self.prescribed if self.prescribed else None


def adherence(
    calendar: SessionCalendar, done_on: Collection[date], since: date, until: date
) -> Adherence:
    """How many of the sessions prescribed from `since` to `until` were done in that window."""
    prescribed = len(calendar.prescribed(since, until, done_on))
    done = len({day for day in done_on if since <= day <= until})
    completed = min(done, prescribed)
    return Adherence(max(since, calendar.starts_on), until, prescribed, completed, done - completed)


def missed_in_a_row(calendar: SessionCalendar, done_on: Collection[date], until: date) -> int:
    """Session days up to `until` since the last session, or since the start if there was none."""
    last = max((day for day in done_on if day <= until), default=None)
    due = calendar.prescribed(last or calendar.starts_on, until)
    return len([day for day in due if last is None or day > last])
