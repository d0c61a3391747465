"""Four weeks of pain in the room of a word: dots, dashes and honest gaps."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.charts.sparkline import DAYS, HEIGHT, WIDTH, Pain, Said, sparkline, told

TODAY = date(2026, 3, 30)


def said(*pairs: tuple[int, int]) -> Said:
    """Ratings of so many days ago, the oldest first."""
    return tuple((TODAY - timedelta(days=ago), rating) for ago, rating in pairs)


def parts(pain: Pain) -> dict[str, str]:
    drawn = ElementTree.fromstring(sparkline(pain))  # noqa: S314 - our own
    return {path.attrib["class"]: path.attrib["d"] for path in drawn.iter("path")}


def test_each_rating_after_a_session_is_a_dot_and_each_morning_a_dash() -> None:
    drawn = parts(Pain(TODAY, said((3, 0), (1, 10)), said((2, 5))))
    assert drawn["after"] == "M99 43h0M107 3h0"
    assert drawn["morning"] == "M101 23h4"


def test_dots_of_one_stretch_are_joined_and_a_week_without_one_is_a_gap() -> None:
    drawn = parts(Pain(TODAY, said((20, 3), (14, 4), (7, 5), (5, 6))))
    assert re.sub(r"[\d ]+", "", drawn["way"]) == "MLML"


def test_what_nobody_said_is_not_drawn() -> None:
    assert set(parts(Pain(TODAY))) == {"floor"}
    assert set(parts(Pain(TODAY, said((1, 4)), usual=4))) == {"floor", "usual", "after"}


def test_what_lies_before_the_four_weeks_or_after_them_is_left_out() -> None:
    pain = Pain(TODAY, said((DAYS, 9), (DAYS - 1, 2), (0, 3), (-1, 9)))
    assert [rating for _, rating in pain.shown(pain.after)] == [2, 3]
    assert pain.is_rated
    assert not Pain(TODAY, said((DAYS, 9))).is_rated


@pytest.mark.parametrize(
    ("pain", "words"),
    [
        (
            Pain(TODAY, said((9, 4), (7, 6), (1, 2)), said((6, 3)), 4.5),
            "Pain in 4 weeks: after sessions from 4 to 2, highest 6, 3 times; "
            "in the morning 3, once; usual 4.5.",
        ),
        (
            Pain(TODAY, (), said((2, 0), (1, 0))),
            "Pain in 4 weeks: after sessions not rated; "
            "in the morning from 0 to 0, highest 0, 2 times.",
        ),
    ],
)
def test_it_says_in_words_what_it_draws(pain: Pain, words: str) -> None:
    assert told(pain) == words
    assert f"<title>{words}</title>" in sparkline(pain)


ratings = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10)), max_size=12)


@given(ratings, ratings, st.floats(0, 10))
def test_it_never_leaves_its_frame(
    after: list[tuple[int, int]], mornings: list[tuple[int, int]], usual: float
) -> None:
    drawn = parts(Pain(TODAY, said(*sorted(after)[::-1]), said(*sorted(mornings)[::-1]), usual))
    for d in drawn.values():
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", d):
            assert 0 <= float(x) <= WIDTH
            assert 0 <= float(y) <= HEIGHT
