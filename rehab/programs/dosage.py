"""How much of one exercise: sets, repetitions, holds and minutes, and what a dose makes of them.

A dosage is one rung of an exercise's ladder. A dose between 0 and 1 shrinks it for a day; the
load (band, weight, range) named in its note never changes with the dose.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from math import ceil, floor
from typing import Any

ROUNDING_SLACK = 1e-9
"""0.7 * 10 is a hair under 7 in binary; a repetition must not be lost to that."""

SECONDS_A_REPETITION = 3
"""The pace of a repetition without a hold: our assumption for estimates of time."""

REST_BETWEEN_SETS = 30
"""Seconds of rest between sets: our assumption for estimates of time."""

SHORTEST_HOLD = 5
"""A hold of a stretch is not shortened under 5 s; repetitions go first then."""


class Category(StrEnum):
    """What kind of work an exercise is; it decides what a dose scales."""

    STRETCHING = "stretching"
    STRENGTHENING = "strengthening"
    LOW_IMPACT = "low-impact"
    RELAXATION = "relaxation"
    SELF_CARE = "self-care"


@dataclass(frozen=True, slots=True)
class Dosage:
    """One rung: `hold_seconds` per repetition, `minutes` per session, `load_factor` against rung 1.

    What does not apply keeps its neutral value: 1 set, 0 repetitions, 0 s, 0 min, factor 1.
    """

    days_per_week: int
    sets: int = 1
    reps: int = 0
    hold_seconds: int = 0
    minutes: int = 0
    each_side: bool = False
    note: str = ""
    load_factor: float = 1.0

    def load_index(self, category: Category) -> float:
        """A week's work in the category's own unit (two decimals); rungs compare within a ladder.

        Stretching: seconds held. Strengthening: repetitions, a hold of 3 s counting as one, times
        the load factor. Low-impact: minutes times the load factor. Otherwise minutes.
        """
        if category is Category.STRETCHING:
            return float(self.reps * self.hold_seconds * self.days_per_week)
        if category is Category.STRENGTHENING:
            work = self.sets * self.reps * (self.hold_seconds / 3 if self.hold_seconds else 1)
            return round(work * self.days_per_week * self.load_factor, 2)
        return round(self.minutes * self.days_per_week * self.load_factor, 2)

    def scaled(self, dose: float, category: Category) -> "Dosage | None":
        """This dosage at `dose` (0-1), rounded down but at least one repetition or one minute.

        None at dose 0: nothing of the exercise is due, a recovery session takes its place.
        Strengthening gives up sets, then repetitions; a stretch gives up hold, then repetitions;
        the rest gives up minutes. Raises ValueError for a dose outside 0-1.
        """
        if not 0 <= dose <= 1:
            raise ValueError(f"a dose lies between 0 and 1, not at {dose}")
        if dose == 0:
            return None
        if category is Category.STRENGTHENING:
            return self._fewer_sets(dose)
        if category is Category.STRETCHING:
            return self._shorter_holds(dose)
        return replace(self, minutes=max(1, _whole(dose * self.minutes)))

    def _fewer_sets(self, dose: float) -> "Dosage":
        budget = dose * self.sets * self.reps
        most_sets = ceil(self.sets * dose - ROUNDING_SLACK)
        fits = {s: min(self.reps, _whole(budget / s)) for s in range(1, max(1, most_sets) + 1)}
        sets = max(fits, key=lambda s: (s * fits[s], -s))
        return replace(self, sets=sets, reps=max(1, fits[sets]))

    def _shorter_holds(self, dose: float) -> "Dosage":
        hold = max(min(self.hold_seconds, SHORTEST_HOLD), _whole(dose * self.hold_seconds))
        reps = min(self.reps, _whole(dose * self.reps * self.hold_seconds / hold))
        return replace(self, hold_seconds=hold, reps=max(1, reps))

    def seconds(self, category: Category) -> int:
        """About how long it takes, in seconds: an estimate from the pace and rests assumed above.

        Both sides count; changing position is not counted.
        """
        if self.minutes:
            return self.minutes * 60
        a_set = self.reps * (self.hold_seconds or SECONDS_A_REPETITION)
        work = self.sets * a_set * (2 if self.each_side else 1)
        rests = self.sets - 1 if category is Category.STRENGTHENING else 0
        return work + rests * REST_BETWEEN_SETS

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready copy with every field."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Dosage":
        """The dosage of a copy made by `as_dict`."""
        return cls(**data)


def _whole(value: float) -> int:
    return floor(value + ROUNDING_SLACK)
