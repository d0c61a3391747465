"""Sleep and stiffness: a mark for each morning that told it, and gaps for the others."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rehab.charts.chart import Chart
from rehab.charts.journey import Woken
from rehab.charts.nights import nights_chart
from rehab.charts.window import window
from tests.charts.drawn import (
    NOT_SAID,
    STARTS_ON,
    VOICE,
    course,
    day,
    lines,
    marked,
    of_class,
    only,
    texts,
)

SHOWN = window(STARTS_ON, day(55))


def chart_of(*mornings: Woken) -> Chart:
    return nights_chart(course(mornings=mornings, today=55), SHOWN, VOICE)


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.integers(0, 55).map(day),
        st.tuples(st.none() | st.integers(0, 10), st.none() | st.integers(0, 240)),
    )
)
def test_every_mark_stands_in_the_table_and_the_other_way_round(
    said: dict[object, tuple[int | None, int | None]],
) -> None:
    mornings = [Woken(on, 3, *told) for on, told in sorted(said.items())]  # type: ignore[type-var, arg-type]
    chart = chart_of(*mornings)
    if chart.empty:
        assert not any(value is not None for told in said.values() for value in told)
        return
    (told,) = chart.tables
    for panel in chart.panels:
        column = told.head.index(panel.name)
        name = "sleep" if panel.name == VOICE.say("head_sleep") else "stiffness"
        rows = {(row[0], float(row[column])) for row in told.rows if row[column] != NOT_SAID}
        drawn = {(on.isoformat(), round(value)) for on, value in marked(panel.drawing, name, SHOWN)}
        assert drawn == rows


def test_a_night_of_0_is_a_point_and_a_night_untold_is_not() -> None:
    chart = chart_of(Woken(day(1), sleep=0), Woken(day(2), pain=3), Woken(day(3), sleep=5))
    assert list(marked(only(chart).drawing, "sleep", SHOWN)) == [(day(1), 0), (day(3), 5)]
    assert len(chart.tables[0].rows) == 2


def test_only_nights_that_follow_each_other_are_joined() -> None:
    nights = [Woken(day(n), sleep=6) for n in (1, 2, 4)]
    assert len(of_class(only(chart_of(*nights)).drawing, "joined")) == 1


def test_no_stiffness_at_all_stands_on_the_line_and_has_no_stem() -> None:
    drawing = only(chart_of(Woken(day(1), stiffness_minutes=0))).drawing
    (zero,) = of_class(drawing, "zero")
    mark = next(use for use in of_class(drawing, "stiffness") if use.tag == "use")
    assert lines(mark.get("y")) == lines(zero.get("y1"))
    assert of_class(drawing, "stem") == []


def test_the_scale_of_stiffness_ends_above_the_longest() -> None:
    drawing = only(chart_of(Woken(day(1), stiffness_minutes=45))).drawing
    assert texts(drawing, "value") == ["0", "30", "60"]


def test_stiffness_that_was_never_told_has_no_panel_and_no_column() -> None:
    chart = chart_of(Woken(day(1), sleep=5))
    assert [panel.name for panel in chart.panels] == [VOICE.say("head_sleep")]
    assert chart.tables[0].head == (VOICE.say("head_date"), VOICE.say("head_sleep"))


def test_sleep_that_changed_by_less_than_2_points_is_not_said_to_have_changed() -> None:
    nights = [Woken(day(n), sleep=6 if n < 7 else 7) for n in (0, 1, 2, 7, 8, 9)]
    assert "within everyday ups and downs" in only(chart_of(*nights)).says[1]


def test_before_any_night_is_told_the_chart_says_what_will_stand_here() -> None:
    assert chart_of(Woken(day(1), pain=4)).empty == VOICE.say("nights_empty")
