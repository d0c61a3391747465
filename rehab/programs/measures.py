"""Outcome measures: whose questionnaire it is, what it asks, on which scale, and when it is due."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rehab.programs.program import Track

AFTER_THE_END = timedelta(days=7)
"""How long after a plan's last day it is still asked how things stand, for want of an ending."""

Words = Mapping[str, str]
"""One text in every language, by `en`, `es`."""


class Better(StrEnum):
    """Which way a score goes when things go well."""

    LOWER = "lower"
    HIGHER = "higher"


class Unit(StrEnum):
    """What a rating counts."""

    POINTS = "points"
    MINUTES = "minutes"


class Diary(StrEnum):
    """What the morning report already holds; such a measure is read there, not stored again."""

    SLEEP = "sleep"
    STIFFNESS = "stiffness_minutes"


@dataclass(frozen=True, slots=True)
class Label:
    """What one point of a scale is called."""

    at: int
    words: Words


@dataclass(frozen=True, slots=True)
class Item:
    """One question; `interference` marks the one about daily life that trigger SD3 looks at."""

    id: str
    question: Words
    labels: tuple[Label, ...]
    interference: bool = False


@dataclass(frozen=True, slots=True)
class Mcid:
    """The smallest change of a score that matters to patients, and who found that."""

    change: float
    source: str


@dataclass(frozen=True, slots=True)
class Rhythm:
    """So many `times` in every so many days, which may differ by track."""

    times: int
    acute_days: int
    chronic_days: int

    def days(self, track: Track) -> int:
        """How long one round of asking lasts, in days from the plan's start."""
        return self.chronic_days if track is Track.CHRONIC else self.acute_days


@dataclass(frozen=True, slots=True)
class Measure:
    """A questionnaire: items rated in whole numbers from `lowest` to `highest`.

    `activities` is how many items the patient names; the one item here is then the question put
    about each. With `is_change` an answer is itself a change since the start.
    """

    id: str
    name: Words
    items: tuple[Item, ...]
    lowest: int
    highest: int
    unit: Unit
    better: Better
    rhythm: Rhythm
    citation: str
    read: bool
    licence: str
    instruction: Words | None = None
    activities: int = 0
    is_change: bool = False
    mcid: Mcid | None = None
    diary: Diary | None = None

    @property
    def answers(self) -> int:
        """How many answers a whole set has."""
        return self.activities or len(self.items)


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a plan runs, both ends included, and on which track."""

    starts_on: date
    ends_on: date
    track: Track


def due_since(measure: Measure, answered: Collection[date], plan: Span, on: date) -> date | None:
    """Since when a measure is due on the local date `on`; None when it is not.

    Rounds are counted from the plan's start. An answer is due once its share of the round has
    begun, and half a share after the one before; what was missed lapses with its round.
    """
    if not plan.starts_on <= on <= plan.ends_on + AFTER_THE_END:
        return None
    length, times = measure.rhythm.days(plan.track), measure.rhythm.times
    number = (on - plan.starts_on).days // length
    began_on = plan.starts_on + timedelta(days=number * length)
    said = sorted({day for day in answered if day <= on})
    done = sum(day >= began_on for day in said)
    if done >= times or (measure.is_change and number == 0):
        return None
    since = began_on + timedelta(days=done * length // times)
    if said:
        since = max(since, said[-1] + timedelta(days=max(1, length // (2 * times))))
    return since if since <= on else None
