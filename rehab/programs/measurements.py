"""What was measured: answers made whole, a score, how far it has moved, medians with their counts.

A score repeats what the patient said. What it means is for the clinician to say, not for us.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import mean, median

from rehab.errors import Invalid
from rehab.programs.measures import Better, Measure
from rehab.programs.weekly import DAYS_A_WEEK, week_of

FEWEST_FOR_A_MEDIAN = 3
"""Scores in a week below which their median says nothing (clinical specification 2.2)."""

LONGEST_ACTIVITY = 80
"""Characters of an activity that a patient names."""


class Towards(StrEnum):
    """Which way a score went, by the measure's own word for better."""

    BETTER = "better"
    WORSE = "worse"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Answer:
    """An item's id, or the activity that the patient named, and its rating; None is not said."""

    item: str
    rating: int | None


@dataclass(frozen=True, slots=True)
class Point:
    """What was answered on a local date. The score is None while an item has no rating."""

    on: date
    answers: tuple[Answer, ...]
    score: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """The latest score less the first, with both dates; None of it says why.

    `reaches_mcid` is about its size in either direction, and None where no MCID is known.
    """

    first: Point
    latest: Point
    by: float
    towards: Towards
    reaches_mcid: bool | None


@dataclass(frozen=True, slots=True)
class Interference:
    """How much pain was said to stop daily life, 0-10, and on which local date."""

    on: date
    rating: int


@dataclass(frozen=True, slots=True)
class WeekMedian:
    """The median of a plan's week, with how many scores it is of; None for fewer than three."""

    from_on: date
    to_on: date
    count: int
    median: float | None


def read_answers(
    measure: Measure, answers: Sequence[Answer], named: Sequence[str] = ()
) -> tuple[Answer, ...]:
    """The answers in the order of the items; `named` are the activities that were named before.

    Raises Invalid by field: answers, answers.N.item, answers.N.rating.
    """
    if len(answers) != measure.answers:
        raise Invalid({"answers": [f"must be {measure.answers}, not {len(answers)}"]})
    wanted = _items(measure, answers, named)
    errors = dict(_faults(measure, answers, wanted))
    if errors:
        raise Invalid(errors)
    if all(answer.rating is None for answer in answers):
        raise Invalid({"answers": ["hold no rating"]})
    ratings = {_key(answer.item): answer.rating for answer in answers}
    return tuple(Answer(item, ratings[_key(item)]) for item in wanted)


def _items(measure: Measure, answers: Sequence[Answer], named: Sequence[str]) -> tuple[str, ...]:
    if not measure.activities:
        return tuple(item.id for item in measure.items)
    return tuple(named or (" ".join(answer.item.split()) for answer in answers))


def _faults(
    measure: Measure, answers: Sequence[Answer], wanted: Sequence[str]
) -> Iterator[tuple[str, list[str]]]:
    known = {_key(item) for item in wanted}
    for n, answer in enumerate(answers):
        item = _key(answer.item)
        if not 0 < len(item) <= LONGEST_ACTIVITY or not item.isprintable():
            yield f"answers.{n}.item", [f"must be 1 to {LONGEST_ACTIVITY} characters to read"]
        elif item not in known:
            yield f"answers.{n}.item", [f"must be one of: {', '.join(wanted)}"]
        elif item in {_key(earlier.item) for earlier in answers[:n]}:
            yield f"answers.{n}.item", ["is there already"]
        if answer.rating is not None and not measure.lowest <= answer.rating <= measure.highest:
            allowed = f"must be from {measure.lowest} to {measure.highest}"
            yield f"answers.{n}.rating", [allowed]


def _key(item: str) -> str:
    """An activity is the same one however it is spaced and capitalised."""
    return " ".join(item.split()).casefold()


def score(answers: Iterable[Answer]) -> float | None:
    """The mean of the ratings to two decimals; None unless every item has one."""
    ratings = [answer.rating for answer in answers]
    given = [rating for rating in ratings if rating is not None]
    return round(mean(given), 2) if given and len(given) == len(ratings) else None


def change_since_start(measure: Measure, course: Iterable[Point]) -> Change | None:
    """First score against latest; None before there are two, and for a measure of change itself."""
    scored = [(point, point.score) for point in course if point.score is not None]
    if measure.is_change or len(scored) < 2:
        return None
    (first, at_first), (latest, at_last) = scored[0], scored[-1]
    by = round(at_last - at_first, 2)
    reaches = abs(by) >= measure.mcid.change if measure.mcid else None
    return Change(first, latest, by, _towards(measure, by), reaches)


def _towards(measure: Measure, by: float) -> Towards:
    if by == 0:
        return Towards.NEITHER
    return Towards.BETTER if (by > 0) is (measure.better is Better.HIGHER) else Towards.WORSE


def latest_interference(measure: Measure, course: Iterable[Point]) -> Interference | None:
    """The latest rating of the item that trigger SD3 looks at (it asks for 7); None without one."""
    items = {item.id for item in measure.items if item.interference}
    said = [
        Interference(point.on, answer.rating)
        for point in course
        for answer in point.answers
        if answer.item in items and answer.rating is not None
    ]
    return said[-1] if said else None


def medians(course: Iterable[Point], starts_on: date, until: date) -> tuple[WeekMedian, ...]:
    """Every week from the plan's start to the one of `until`, those without an answer too."""
    weeks: dict[int, list[float]] = {}
    for point in course:
        if point.score is not None:
            weeks.setdefault(week_of((point.on - starts_on).days), []).append(point.score)
    return tuple(
        _week_median(starts_on + timedelta(weeks=week), weeks.get(week, []))
        for week in range(week_of((until - starts_on).days) + 1)
    )


def _week_median(from_on: date, scores: Sequence[float]) -> WeekMedian:
    enough = len(scores) >= FEWEST_FOR_A_MEDIAN
    to_on = from_on + timedelta(days=DAYS_A_WEEK - 1)
    return WeekMedian(from_on, to_on, len(scores), median(scores) if enough else None)
