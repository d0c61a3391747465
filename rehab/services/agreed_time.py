"""The time that all workers agree on: the database's own, where it has a clock.

Machines whose clocks differ then still claim, lease and expire by one of them. A SQLite database
has no clock but its machine's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import func, select

from rehab.extensions import db


class Clock(Protocol):
    """A clock: `rehab.clock` itself, or one that a test sets."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Ahead:
    """A clock that is `by` ahead of another."""

    clock: Clock
    by: timedelta

    def now(self) -> datetime:
        return self.clock.now() + self.by

    def monotonic(self) -> float:
        return self.clock.monotonic()


NOTICEABLE = timedelta(milliseconds=250)
"""Less than that is the way to the database and back."""


def agreed(clock: Clock) -> Clock:
    """`clock`, set by the database's if they differ; for the length of one job."""
    if db.session.get_bind().dialect.name != "postgresql":
        return clock
    here = clock.now()
    there: datetime = db.session.scalars(select(func.clock_timestamp())).one()
    db.session.rollback()
    return clock if abs(there - here) < NOTICEABLE else Ahead(clock, there - here)
