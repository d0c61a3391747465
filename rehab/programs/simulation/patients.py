"""Virtual patients: six kinds of person, and all that life brings them before any rule is applied.

A patient is drawn from the seed, the kind and a number alone. So every policy meets the same
people on the same days, and the first hundred are the same hundred among a thousand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from math import sqrt
from random import Random
from statistics import median

from rehab.programs.simulation.courses import (
    ACUTE_COURSE,
    PERSISTENT_COURSE,
    STEADY_COURSE,
    Trend,
    flares,
)

SESSION_WEEKDAYS = (0, 2, 4)
"""Three sessions a week, two days apart, on the days of the plan's week."""

MISSED_SESSIONS = 0.20
MISSED_MORNINGS = 0.15
"""Mornings: daily questions by phone are answered in about 85% (Ono 2019, PMC6379815)."""

NOISE_SD = (1.0, 1.3)
NOISE_LAG_1 = 0.25
"""One person's ratings about twice a day, as in diaries of chronic low back pain (clinical 2.7)."""

BETWEEN_PEOPLE_SD = 1.5
LOWEST_START, HIGHEST_START = 2.0, 8.0
"""Starts differ as between people in the same diaries (SD 1.3-1.7), off the ends of the scale."""

WITHIN_SESSION_SD = 0.5
"""Ratings minutes apart differ little from the one before the session: our assumption."""

EFFORT = (5.0, 1.0)
KEEN_EFFORT = (8.0, 1.0)
"""Mean and SD of effort, 0-10: the target of clinical 2.6, and well over it."""

DOES_TOO_MUCH = 1.5
"""An over-keen patient's work as a multiple of the whole prescribed session: our assumption."""

LAST_MORNING = (10, 24)
LAST_SESSION = (7, 14)
"""Silence: the day of the last morning answered, and days from it to the last session reported."""


class Kind(StrEnum):
    """What sort of time a virtual patient has of it."""

    RECOVERING = "recovering"
    PERSISTENT = "persistent"
    WORSENING = "worsening"
    FLARING = "flaring"
    OVER_KEEN = "over-keen"
    SILENT = "silent"


TRENDS = {
    Kind.RECOVERING: Trend(ACUTE_COURSE),
    Kind.PERSISTENT: Trend(PERSISTENT_COURSE),
    Kind.WORSENING: Trend(STEADY_COURSE, climb=3.0),
    Kind.FLARING: Trend(STEADY_COURSE),
    Kind.OVER_KEEN: Trend(STEADY_COURSE),
    Kind.SILENT: Trend(PERSISTENT_COURSE),
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """A session that fell due on `day`: whether it was done, told of, and followed by a morning.

    `during` and `after` are points over pain before; `effort` is a rating 0-10.
    """

    day: int
    done: bool
    reported: bool
    answers_morning: bool
    during: float
    after: float
    effort: int


@dataclass(frozen=True, slots=True)
class Patient:
    """One person's life in the plan's weeks; pain is on the scale 0-10 but not yet a rating.

    `usual_pain` is the median rating of the week before the plan. Sessions are in the evening;
    `mornings` has one day more than `evenings`. `work` is what is done of each session: 1 is the
    prescribed, over 1 the whole session whatever is prescribed, and more.
    """

    kind: Kind
    usual_pain: float
    mornings: tuple[float, ...]
    evenings: tuple[float, ...]
    occasions: tuple[Occasion, ...]
    work: float = 1.0

    def days(self) -> Iterator[tuple[float, float]]:
        """Pain in the morning and in the evening of each day of the plan."""
        return zip(self.mornings[:-1], self.evenings, strict=True)


def patients(number: int, weeks: int, seed: int) -> Iterator[Patient]:
    """`number` patients for so many weeks, dealt to the six kinds in turn."""
    kinds = tuple(Kind)
    for index in range(number):
        kind = kinds[index % len(kinds)]
        yield draw(kind, weeks, Random(f"{seed} {kind} {index // len(kinds)}"))  # noqa: S311 (no secret)


def draw(kind: Kind, weeks: int, chance: Random) -> Patient:
    """One patient of a kind; the week before the plan goes by at the course's first level."""
    days = weeks * 7
    trend, start = TRENDS[kind], _start(TRENDS[kind].start, chance)
    noise = _noise(2 * (7 + days) + 1, chance)
    flare = flares(days + 1, chance) if kind is Kind.FLARING else [0.0] * (days + 1)
    level = [trend.pain(start, day / 7) + flare[day] for day in range(days + 1)]
    first_week, plan = noise[:14], noise[14:]
    return Patient(
        kind=kind,
        usual_pain=median(rating(start + wobble) for wobble in first_week),
        mornings=tuple(pain + wobble for pain, wobble in zip(level, plan[::2], strict=True)),
        evenings=tuple(pain + wobble for pain, wobble in zip(level[:-1], plan[1::2], strict=True)),
        occasions=tuple(_occasions(kind, weeks, chance)),
        work=DOES_TOO_MUCH if kind is Kind.OVER_KEEN else 1.0,
    )


def rating(pain: float) -> int:
    """What a person says of a pain: a whole number from 0 to 10."""
    return min(10, max(0, round(pain)))


def _start(mean: float, chance: Random) -> float:
    return min(HIGHEST_START, max(LOWEST_START, chance.gauss(mean, BETWEEN_PEOPLE_SD)))


def _noise(moments: int, chance: Random) -> list[float]:
    """Mornings and evenings in turn, each a little like the one before it."""
    sd = chance.uniform(*NOISE_SD)
    fresh = sqrt(1 - NOISE_LAG_1**2)
    draws = [chance.gauss(0, sd) for _ in range(moments)]
    return list(accumulate(draws, lambda last, new: NOISE_LAG_1 * last + fresh * new))


def _occasions(kind: Kind, weeks: int, chance: Random) -> Iterator[Occasion]:
    days = [7 * week + weekday for week in range(weeks) for weekday in SESSION_WEEKDAYS]
    last_morning = last_session = days[-1]
    if kind is Kind.SILENT:
        last_morning = chance.randint(*LAST_MORNING)
        last_session = last_morning + chance.randint(*LAST_SESSION)
    for day in days:
        done = chance.random() >= MISSED_SESSIONS
        answers = chance.random() >= MISSED_MORNINGS
        yield Occasion(
            day=day,
            done=done,
            reported=done and day <= last_session,
            answers_morning=answers and day <= last_morning,
            during=chance.gauss(0, WITHIN_SESSION_SD),
            after=chance.gauss(0, WITHIN_SESSION_SD),
            effort=rating(chance.gauss(*(KEEN_EFFORT if kind is Kind.OVER_KEEN else EFFORT))),
        )
