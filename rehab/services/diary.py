"""A plan's days as the patient told them: sessions and mornings, the newest day first."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from rehab.extensions import db
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session
from rehab.services.session_calendars import calendar_of

DAY = timedelta(days=1)

Row = TypeVar("Row", Session, Morning)


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """One local date: was a session planned then, what was told of it, and how the patient woke.

    `asked` says whether the morning is one that is asked about, the one after a session day.
    """

    on: date
    planned: bool
    sessions: tuple[Session, ...]
    morning: Morning | None
    asked: bool

    @property
    def is_empty(self) -> bool:
        return not (self.planned or self.sessions or self.morning or self.asked)


def diary(plan: Plan, until: date, days: int) -> list[DiaryDay]:
    """The `days` local dates up to `until`, the newest first and none before the plan's start; a
    day on which nothing was planned, asked or told is left out."""
    since = max(plan.starts_on, until - (days - 1) * DAY)
    told = _by_date(
        select(Session)
        .where(Session.plan_id == plan.id, Session.on.between(since, until))
        .options(selectinload(Session.decisions))
        .order_by(Session.performed_at)
    )
    woke = _by_date(
        select(Morning).where(Morning.plan_id == plan.id, Morning.on.between(since, until))
    )
    trained = {on for on, reports in told.items() if any(one.completion for one in reports)}
    planned = set(calendar_of(plan).prescribed(since - DAY, until, trained))
    dates = [until - n * DAY for n in range((until - since).days + 1)]
    found = [
        DiaryDay(
            on,
            on in planned,
            tuple(told.get(on, ())),
            next(iter(woke.get(on, ())), None),
            on - DAY in planned or on - DAY in told,
        )
        for on in dates
    ]
    return [day for day in found if not day.is_empty]


def _by_date(query: Select[Row]) -> dict[date, list[Row]]:
    found: dict[date, list[Row]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.on, []).append(row)
    return found
