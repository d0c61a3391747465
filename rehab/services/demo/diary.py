"""A made-up diary: what each day of a course felt like, drawn from a seeded source."""

from dataclasses import dataclass
from random import Random

from rehab.services.demo.cast import Course

CARRIED_OVER = 0.25
"""Lag-1 autocorrelation of daily pain ratings (0.2-0.3 in real diaries of back pain)."""

FLARE_RISE = 3.0
FLARE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Day:
    """One local day: the ratings of a session on it (0-10) and of the morning after it.

    `trained` and `woke` say whether the patient reported the one and answered the other.
    """

    before: int
    during: int
    after: int
    effort: int
    sore: bool
    morning: int
    sleep: int
    minutes_late: int
    trained: bool
    woke: bool


def diary(course: Course, days: int, rng: Random) -> list[Day]:
    """The `days` days of a course, the first one first."""
    noise = _noise(course.sd, days + 1, rng)
    pains = [_mean(course, n, days) + noise[n] for n in range(days + 1)]
    return [_day(course, pains[n], pains[n + 1], days - n, rng) for n in range(days)]


def _noise(sd: float, days: int, rng: Random) -> list[float]:
    """A first-order autoregressive walk round 0 whose spread stays `sd`."""
    fresh = (1 - CARRIED_OVER**2) ** 0.5
    walk = [rng.gauss(0, sd)]
    for _ in range(days):
        walk.append(CARRIED_OVER * walk[-1] + fresh * rng.gauss(0, sd))
    return walk


def _mean(course: Course, day: int, days: int) -> float:
    steady = course.steady_for
    gone = max(day - steady, 0) / max(days - steady, 1)
    mean = course.start + (course.end - course.start) * gone
    began = course.flare_ago
    flaring = began is not None and days - began <= day < days - began + FLARE_DAYS
    return mean + FLARE_RISE if flaring else mean


def _day(course: Course, pain: float, next_pain: float, ago: int, rng: Random) -> Day:
    strain = max(0.0, rng.gauss(course.strain, 0.4))
    return Day(
        before=_rating(pain),
        during=_rating(pain + strain),
        after=_rating(pain + strain * 0.6),
        effort=_rating(rng.gauss(course.effort, 0.7)),
        sore=course.effort > 7 and rng.random() < 0.3,
        morning=_rating(next_pain + (course.aftermath if rng.random() < 0.5 else 0)),
        sleep=_rating(rng.gauss(course.sleep, 1.2)),
        minutes_late=rng.randint(5, 50),
        trained=rng.random() >= course.missed and ago > course.silent_for,
        woke=rng.random() >= course.mornings_missed and ago > course.silent_for,
    )


def _rating(value: float) -> int:
    return min(max(round(value), 0), 10)
