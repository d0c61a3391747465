"""Sessions done of planned: a cell for each, a number over each week, the same in the table."""

import pytest

from rehab.charts.chart import Chart
from rehab.charts.journey import Week
from rehab.charts.weeks import weeks_chart
from rehab.charts.window import window
from tests.charts.drawn import (
    STARTS_ON,
    VOICE,
    column,
    course,
    day,
    of_class,
    only,
    table,
    texts,
)


def weeks(*counts: tuple[int, int, int]) -> tuple[Week, ...]:
    """Planned, planned so far, and done, week by week."""
    return tuple(Week(day(7 * n), day(7 * n + 6), *of_week) for n, of_week in enumerate(counts))


def chart_of(*counts: tuple[int, int, int], everything: bool = False) -> Chart:
    today = 7 * len(counts) - 1
    journey = course(weeks=weeks(*counts), today=today)
    return weeks_chart(journey, window(STARTS_ON, day(today), everything), VOICE)


@pytest.mark.parametrize(
    ("planned", "done", "full", "open_", "more"),
    [(3, 2, 2, 1, 0), (3, 0, 0, 3, 0), (0, 0, 0, 0, 0), (3, 4, 3, 0, 1), (0, 1, 0, 0, 1)],
)
def test_a_week_has_a_cell_for_each_session_full_where_it_was_done(
    planned: int, done: int, full: int, open_: int, more: int
) -> None:
    drawing = only(chart_of((planned, planned, done), (0, 0, 0))).drawing
    cells = len(of_class(drawing, "cell"))
    drawn = (len(of_class(drawing, "done")) - 2, len(of_class(drawing, "more")))
    assert drawn == (full, more)
    assert cells - full - more == open_
    assert texts(drawing, "done")[full] == f"{done}/{planned}"


def test_every_number_of_the_picture_stands_in_the_table() -> None:
    chart = chart_of((3, 3, 2), (3, 3, 3), (3, 1, 0))
    told = table(chart, "weeks_caption")
    over = [text for text in texts(only(chart).drawing, "done") if text]
    assert over == [
        f"{done}/{planned}" for planned, done in zip(column(told, 1), column(told, 2), strict=True)
    ]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (((3, 3, 2), (3, 1, 1)), "Since 2026-01-05: 3 done, 4 planned so far."),
        (((3, 3, 0), (3, 1, 1)), "Since 2026-01-05: 1 done, 4 planned so far."),
        (((3, 3, 0), (3, 1, 0)), VOICE.say("weeks_none", planned=4, since="2026-01-05")),
        (((3, 0, 0), (3, 0, 0)), VOICE.say("weeks_first")),
        (((0, 0, 2), (3, 0, 0)), "Since 2026-01-05: 2 done, 0 planned so far."),
    ],
)
def test_the_sum_is_of_what_was_planned_by_now(
    counts: tuple[tuple[int, int, int], ...], said: str
) -> None:
    assert chart_of(*counts).says == (said,)


def test_the_sum_of_the_last_weeks_says_since_when() -> None:
    chart = chart_of(*[(3, 3, 3)] * 10)
    assert chart.says == (f"Since {day(14).isoformat()}: 24 done, 24 planned so far.",)
    assert len(chart.tables[0].rows) == 8


def test_a_year_of_weeks_has_no_number_over_each_and_few_dates_under_them() -> None:
    chart = chart_of(*[(3, 3, 3)] * 52, everything=True)
    drawing = only(chart).drawing
    assert [text for text in texts(drawing, "done") if text] == []
    assert len(texts(drawing, "under")) <= 5
    assert len(chart.tables[0].rows) == 52


def test_before_the_plan_begins_it_says_when() -> None:
    journey = course(today=-3)
    chart = weeks_chart(journey, window(STARTS_ON, journey.today), VOICE)
    assert chart.empty == "From 2026-01-05 on, each week's sessions will be counted here."
    assert chart.panels == ()
