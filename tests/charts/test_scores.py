"""Scores of a measure: a mark an answer, joined where none is missing, told in a table too."""

from datetime import timedelta
from typing import Any

import pytest

from rehab.charts.chart import Chart, Voice
from rehab.charts.scores import scores_chart
from rehab.charts.window import window
from rehab.programs.library import Library
from rehab.programs.measurements import Answer, Point, score
from rehab.programs.program import Track
from rehab.web.desk.record import WORDS
from tests.charts.drawn import STARTS_ON, tree

VOICE = Voice(WORDS, lambda on: on.isoformat(), lambda value: f"{value:g}", str)


def point(day: int, *ratings: int | None, items: tuple[str, ...] = ("pain",)) -> Point:
    answers = tuple(Answer(item, rating) for item, rating in zip(items, ratings, strict=True))
    return Point(STARTS_ON + timedelta(days=day), answers, score(answers))


def drawn(library: Library, measure_id: str, *course: Point) -> Chart:
    measure = library.measures[measure_id]
    shown = window(STARTS_ON, STARTS_ON + timedelta(days=83), everything=True)
    return scores_chart(measure, course, Track.ACUTE, shown, VOICE)


def shapes_of(chart: Chart, tag: str, class_: str) -> list[dict[str, Any]]:
    found = tree(chart.panels[0].drawing).iter(tag)
    return [each.attrib for each in found if class_ in each.get("class", "").split()]


def test_without_an_answer_it_says_so_and_draws_nothing(library: Library) -> None:
    chart = drawn(library, "peg")
    assert (chart.panels, chart.empty) == ((), WORDS["score_empty"])


def test_each_score_is_a_mark_and_answers_one_interval_apart_are_joined(library: Library) -> None:
    """The fatigue question comes once a week: two weeks apart, one answer is missing."""
    chart = drawn(library, "fatigue", *(point(day, 4) for day in (0, 7, 21, 28)))
    assert len(shapes_of(chart, "use", "mark")) == 4
    assert len(shapes_of(chart, "line", "joined")) == 2


def test_a_set_with_a_rating_missing_has_no_mark_and_breaks_the_line(library: Library) -> None:
    items = ("pain", "enjoyment", "activity")
    course = [point(0, 4, 4, 4, items=items), point(7, 4, None, 4, items=items)]
    chart = drawn(library, "peg", *course, point(14, 0, 0, 0, items=items))
    assert len(shapes_of(chart, "use", "mark")) == 2
    assert shapes_of(chart, "line", "joined") == []
    (table,) = chart.tables
    assert [row[1:] for row in table.rows] == [
        ("0", "0", "0", "0"),
        ("not said", "4", "not said", "4"),
        ("4", "4", "4", "4"),
    ]
    assert len(table.head) == 5


@pytest.mark.parametrize(
    ("measure_id", "values", "labels"),
    [
        ("peg", (0, 10), ["0", "5", "10"]),
        ("global-change", (-3, 3), ["-3", "0", "3"]),
        ("stiffness", (0, 45), ["0", "30", "60"]),
    ],
)
def test_the_scale_is_the_measures_own(
    library: Library, measure_id: str, values: tuple[int, int], labels: list[str]
) -> None:
    chart = drawn(library, measure_id, *(point(n * 7, value) for n, value in enumerate(values)))
    texts = [
        t.text for t in tree(chart.panels[0].drawing).iter("text") if t.get("class") == "value"
    ]
    assert texts == labels
    heights = [float(m["y"].removesuffix("em")) for m in shapes_of(chart, "use", "mark")]
    assert heights[0] > heights[1]
