"""Times of day in forms: as they are typed, offered and explained."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from rehab.errors import Invalid
from rehab.models.plan import Plan
from rehab.programs.schedule import LAWFUL, TextingHours
from rehab.services.slots import (
    exercise_text_at,
    exercise_window,
    morning_text_at,
    morning_window,
)
from rehab.web import dates
from rehab.web.words import Words

CLOCK_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.h]?([0-5][0-9])")
HALF_AN_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Times:
    """One plan's times as its form shows them, and when their texts really leave."""

    plan: Plan
    typed: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def exercise_text(self) -> time:
        return exercise_text_at(self.plan)

    @property
    def morning_text(self) -> time | None:
        return morning_text_at(self.plan)

    @property
    def are_moved(self) -> bool:
        """Whether a text leaves at another time than the chosen one, or not at all."""
        leaving = (self.exercise_text, self.morning_text)
        return leaving != (self.plan.exercise_at, self.plan.morning_at)


def read(text: str) -> time | None:
    """A time as people type it: 18:30, 18.30, 1830; None for what is none."""
    found = CLOCK_TIME.fullmatch(text.strip())
    return time(int(found[1]), int(found[2])) if found else None


def half_hours(first: time, length: timedelta, chosen: time | None) -> list[str]:
    """Every half hour from `first` on for `length`, and what is chosen already."""
    at = datetime.combine(date.min, first)
    offered = {(at + n * HALF_AN_HOUR).time() for n in range(length // HALF_AN_HOUR + 1)}
    if chosen is not None:
        offered.add(chosen)
    return [f"{each:%H:%M}" for each in sorted(offered)]


def outside(hours: TextingHours, error: Invalid, say: Words, language: str) -> dict[str, str]:
    """Between which times a text can leave, for each that was refused."""
    windows = {
        "exercise_at": exercise_window(hours),
        "morning_at": morning_window(hours) or morning_window(LAWFUL) or exercise_window(LAWFUL),
    }
    first, last = (
        {name: dates.clock_time(window[n], language) for name, window in windows.items()}
        for n in (0, 1)
    )
    return {
        name: say[f"fault_{name}"].format(first=first[name], last=last[name])
        for name in error.errors
    }
