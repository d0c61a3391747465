"""Answers made whole or refused by field; scores, changes and medians that invent nothing."""

from datetime import date, timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.errors import Invalid
from rehab.programs.library import read_library
from rehab.programs.measurements import (
    Answer,
    Interference,
    Point,
    Towards,
    change_since_start,
    latest_interference,
    medians,
    read_answers,
    score,
)

MEASURES = read_library().measures
START = date(2026, 3, 2)
STAIRS, SHOES, BUS = "Climb the stairs", "Tie my shoes", "Ride the bus"

Said = list[tuple[str, int | None]]


def answers(said: Said) -> tuple[Answer, ...]:
    return tuple(Answer(item, rating) for item, rating in said)


def point(day: int, *ratings: int | None, items: tuple[str, ...] = ("x",) * 3) -> Point:
    said = answers(list(zip(items, ratings, strict=False)))
    return Point(START + timedelta(days=day), said, score(said))


def peg(day: int, *ratings: int | None) -> Point:
    return point(day, *ratings, items=("pain", "enjoyment", "activity"))


def test_answers_come_in_the_order_of_the_items() -> None:
    said = answers([("activity", 7), ("pain", 0), ("enjoyment", None)])
    kept = read_answers(MEASURES["peg"], said)
    assert kept == answers([("pain", 0), ("enjoyment", None), ("activity", 7)])


def test_the_activities_are_the_patients_own_and_keep_their_first_spelling() -> None:
    first = read_answers(MEASURES["psfs"], answers([(f" {STAIRS} ", 3), (SHOES, 4), (BUS, 5)]))
    assert [answer.item for answer in first] == [STAIRS, SHOES, BUS]
    again = answers([("ride  the BUS", 6), ("climb the stairs", 2), ("tie my shoes", 0)])
    kept = read_answers(MEASURES["psfs"], again, (STAIRS, SHOES, BUS))
    assert kept == answers([(STAIRS, 2), (SHOES, 0), (BUS, 6)])


@pytest.mark.parametrize(
    ("measure", "said", "fields"),
    [
        ("peg", [], {"answers"}),
        ("peg", [("pain", 1), ("enjoyment", 1)], {"answers"}),
        ("peg", [("pain", 1), ("enjoyment", 1), ("activity", 1), ("pain", 1)], {"answers"}),
        ("peg", [("pain", 1), ("enjoyment", 1), ("mood", 1)], {"answers.2.item"}),
        ("peg", [("pain", 1), ("pain", 1), ("activity", 1)], {"answers.1.item"}),
        ("peg", [("pain", 11), ("enjoyment", 1), ("activity", 1)], {"answers.0.rating"}),
        (
            "peg",
            [("pain", -1), ("activity", 1), ("mood", 1)],
            {"answers.0.rating", "answers.2.item"},
        ),
        ("peg", [("pain", None), ("enjoyment", None), ("activity", None)], {"answers"}),
        ("fatigue", [("fatigue", None)], {"answers"}),
        ("global-change", [("change", 4)], {"answers.0.rating"}),
        ("psfs", [(STAIRS, 1), (SHOES, 1)], {"answers"}),
        ("psfs", [(STAIRS, 1), (SHOES, 1), ("  ", 1)], {"answers.2.item"}),
        ("psfs", [(STAIRS, 1), (SHOES, 1), ("Bus\ud800", 1)], {"answers.2.item"}),
        ("psfs", [(STAIRS, 1), (SHOES, 1), ("x" * 81, 1)], {"answers.2.item"}),
        ("psfs", [(STAIRS, 1), (SHOES, 1), (" climb the  STAIRS", 1)], {"answers.2.item"}),
    ],
)
def test_answers_that_make_no_sense_are_refused_by_field(
    measure: str, said: Said, fields: set[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        read_answers(MEASURES[measure], answers(said))
    assert set(caught.value.errors) == fields


def test_an_activity_that_was_not_named_at_first_is_refused() -> None:
    said = answers([(STAIRS, 1), (SHOES, 1), ("Swim", 1)])
    with pytest.raises(Invalid) as caught:
        read_answers(MEASURES["psfs"], said, (STAIRS, SHOES, BUS))
    assert caught.value.errors == {"answers.2.item": [f"must be one of: {STAIRS}, {SHOES}, {BUS}"]}


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ([0], 0),
        ([0, 0, 0], 0),
        ([7, 8, 6], 7),
        ([5, 5, 6], 5.33),
        ([0, None, 6], None),
        ([None], None),
        ([], None),
        ([-3], -3),
    ],
)
def test_a_score_is_the_mean_of_all_ratings_or_nothing(
    ratings: list[int | None], expected: float | None
) -> None:
    assert score(Answer("x", rating) for rating in ratings) == expected


@pytest.mark.parametrize(
    ("measure", "first", "latest", "by", "towards", "reaches"),
    [
        ("peg", (5, 5, 6), (5, 4, 4), -1.0, Towards.BETTER, True),
        ("peg", (5, 5, 6), (5, 5, 4), -0.66, Towards.BETTER, False),
        ("peg", (5, 5, 5), (6, 6, 6), 1, Towards.WORSE, True),
        ("peg", (0, 0, 0), (0, 0, 0), 0, Towards.NEITHER, False),
        ("psfs", (1, 1, 2), (3, 3, 4), 2.0, Towards.BETTER, True),
        ("psfs", (1, 2, 2), (3, 4, 4), 2.0, Towards.BETTER, True),
        ("psfs", (3, 3, 4), (3, 3, 3), -0.33, Towards.WORSE, False),
        ("psfs", (8, 8, 8), (5, 6, 6), -2.33, Towards.WORSE, True),
        ("fatigue", (9,), (2,), -7, Towards.BETTER, None),
        ("sleep", (2,), (3,), 1, Towards.BETTER, None),
    ],
)
def test_change_is_the_latest_score_less_the_first(
    measure: str,
    first: tuple[int, ...],
    latest: tuple[int, ...],
    by: float,
    towards: Towards,
    reaches: bool | None,
) -> None:
    course = [point(0, *first), point(7, *(10 for _ in first)), point(14, *latest)]
    change = change_since_start(MEASURES[measure], course)
    assert change is not None
    assert (change.by, change.towards, change.reaches_mcid) == (by, towards, reaches)
    assert (change.first, change.latest) == (course[0], course[2])


def test_one_score_is_no_change_and_a_gap_is_no_score() -> None:
    measure = MEASURES["peg"]
    assert change_since_start(measure, []) is None
    assert change_since_start(measure, [peg(0, 1, 1, 1)]) is None
    assert change_since_start(measure, [peg(0, 1, 1, 1), peg(7, None, 9, 9)]) is None
    course = [peg(0, None, 9, 9), peg(7, 2, 2, 2), peg(14, 4, 4, 4), peg(21, None, 0, 0)]
    change = change_since_start(measure, course)
    assert change is not None
    assert (change.first.on, change.latest.on, change.by) == (course[1].on, course[2].on, 2)


def test_a_rating_of_change_is_not_compared_again() -> None:
    assert change_since_start(MEASURES["global-change"], [point(14, 1), point(28, 3)]) is None


def test_interference_is_the_latest_rating_of_the_activity_item() -> None:
    course = [peg(0, 1, 1, 9), peg(7, 1, 1, 0), peg(14, 8, 8, None)]
    assert latest_interference(MEASURES["peg"], course) == Interference(course[1].on, 0)
    assert latest_interference(MEASURES["peg"], []) is None
    assert latest_interference(MEASURES["fatigue"], [point(0, 9, items=("fatigue",))]) is None


def test_a_median_says_of_how_many_and_is_nothing_under_three() -> None:
    course = [point(n, rating) for n, rating in [(0, 0), (2, 0), (6, 4), (7, 9), (8, 9)]]
    found = medians(course, START, START + timedelta(days=22))
    assert [(week.count, week.median) for week in found] == [
        (3, 0),
        (2, None),
        (0, None),
        (0, None),
    ]
    assert [week.from_on for week in found] == [START + timedelta(weeks=n) for n in range(4)]
    assert all(week.to_on - week.from_on == timedelta(days=6) for week in found)
    assert medians([], START, START - timedelta(days=1)) == ()


def test_an_answer_without_a_score_is_not_counted() -> None:
    course = [peg(0, 3, 3, 3), peg(1, 3, 3, 3), peg(2, 3, None, 3)]
    assert [(week.count, week.median) for week in medians(course, START, START)] == [(2, None)]


RATINGS = st.lists(st.one_of(st.none(), st.integers(0, 10)), max_size=40)


@given(RATINGS)
def test_medians_count_every_score_once_and_no_gap(ratings: list[int | None]) -> None:
    course = [point(n, rating, items=("x",)) for n, rating in enumerate(ratings)]
    found = medians(course, START, START + timedelta(days=60))
    assert sum(week.count for week in found) == sum(rating is not None for rating in ratings)
    for number, week in enumerate(found):
        given_ = [r for r in ratings[number * 7 : number * 7 + 7] if r is not None]
        assert week.median == (median(given_) if len(given_) >= 3 else None)


@given(RATINGS, st.integers(0, 40))
def test_an_answer_that_was_not_given_changes_nothing(
    ratings: list[int | None], place: int
) -> None:
    course = [point(n, rating, items=("x",)) for n, rating in enumerate(ratings)]
    with_gap = sorted([*course, point(place, None, items=("x",))], key=lambda p: p.on)
    fatigue = MEASURES["fatigue"]
    assert change_since_start(fatigue, with_gap) == change_since_start(fatigue, course)
    until = START + timedelta(days=40)
    assert medians(with_gap, START, until) == medians(course, START, until)
