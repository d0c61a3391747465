"""Pain over time: what is drawn was said, what was not said is a gap, and the table has it all."""

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehab.charts.chart import Chart, Table
from rehab.charts.journey import Journey, Rated, Stand, Woken
from rehab.charts.marks import SHAPES
from rehab.charts.pain import pain_chart
from rehab.charts.stairs import RISE
from rehab.charts.window import window
from rehab.programs.dosage import Category
from tests.charts.drawn import (
    NOT_SAID,
    STARTS_ON,
    VOICE,
    column,
    course,
    date_at,
    day,
    ladder,
    lines,
    marked,
    of_class,
    only,
    percent,
    table,
    texts,
    value_at,
)

RATING = st.none() | st.integers(0, 10)
STRENGTH = Category.STRENGTHENING


def chart_of(journey: Journey, everything: bool = False) -> Chart:
    return pain_chart(journey, window(STARTS_ON, journey.today, everything), VOICE)


def changes(chart: Chart) -> Table:
    return table(chart, "changes_caption", category=STRENGTH)


def stood(n: int, step: int, move: str = "progress", why: str = "", **said: object) -> Stand:
    given = {"dose": 1.0, "why": why, **said}
    return Stand(UUID(int=n), day(n), STRENGTH, move, step, **given)  # type: ignore[arg-type]


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    """Any course of up to 16 weeks, several sessions a day among them."""
    today = draw(st.integers(0, 110))
    days = st.integers(0, today)
    rated = st.builds(Rated, days.map(day), RATING, RATING, RATING)
    mornings = st.dictionaries(days.map(day), st.tuples(RATING, RATING), max_size=60)
    stands = st.lists(st.tuples(days, st.integers(1, 5)), max_size=12)
    return course(
        *sorted(draw(st.lists(rated, max_size=60)), key=lambda session: session.on),
        mornings=tuple(Woken(on, *said) for on, said in sorted(draw(mornings).items())),
        today=today,
        usual=((STARTS_ON, draw(st.integers(0, 10)) * 1.0), (day(20), 3.5)),
        stands=tuple(stood(n, step) for n, step in sorted(draw(stands))),
    )


@settings(max_examples=60)
@given(journeys(), st.booleans())
def test_every_number_of_the_picture_stands_in_the_table_and_the_other_way_round(
    journey: Journey, everything: bool
) -> None:
    shown = window(STARTS_ON, journey.today, everything)
    chart = pain_chart(journey, shown, VOICE)
    if chart.empty:
        assert not chart.panels
        return
    drawing = only(chart).drawing
    ratings = table(chart, "ratings_caption")
    for n, name in ((1, "during"), (2, "after"), (3, "morning")):
        told = [(row[0], float(row[n])) for row in ratings.rows if row[n].isdecimal()]
        drawn = [(on.isoformat(), value) for on, value in marked(drawing, name, shown)]
        assert sorted(drawn) == sorted(told)


@settings(max_examples=60)
@given(journeys(), st.booleans())
def test_every_band_stands_in_the_table_with_its_count(journey: Journey, everything: bool) -> None:
    shown = window(STARTS_ON, journey.today, everything)
    chart = pain_chart(journey, shown, VOICE)
    if chart.empty:
        return
    drawing = only(chart).drawing
    bands = [
        (
            date_at(percent(band.get("x")), shown).isoformat(),
            round(value_at(drawing, lines(band.get("y")) + lines(band.get("height")) / 2), 1),
        )
        for band in of_class(drawing, "median")
    ]
    rows = table(chart, "medians_caption").rows
    told = [(on, float(middle.split(" (")[0])) for on, middle, _ in rows if " (of" in middle]
    assert bands == told
    if shown.weeks <= 10:
        counts = [middle.split("of ")[1].rstrip(")") for _, middle, _ in rows if " (of" in middle]
        assert texts(drawing, "count") == counts
    else:
        assert texts(drawing, "count") == []


@settings(max_examples=60)
@given(journeys())
def test_every_step_and_every_change_of_the_stairs_stands_in_the_table(journey: Journey) -> None:
    shown = window(STARTS_ON, journey.today)
    chart = pain_chart(journey, shown, VOICE)
    if chart.empty:
        return
    drawing = only(chart).drawing
    rows = changes(chart).rows
    ground = lines(of_class(drawing, "grid")[-1].get("y1"))
    steps = [(ground - lines(tread.get("y1"))) / RISE for tread in of_class(drawing, "tread")]
    told = [float(step) for _, step, *_ in rows]
    assert [round(step, 1) for step in steps] == [
        step for n, step in enumerate(told) if n == 0 or step != told[n - 1]
    ]
    assert {float(text) for text in texts(drawing, "step")} <= set(told)
    up = [use for use in of_class(drawing, "up") if use.tag == "use"]
    assert [date_at(percent(use.get("x")), shown).isoformat() for use in up] == [
        row[0] for row in rows[1:]
    ]


@settings(max_examples=60)
@given(journeys())
def test_no_line_joins_what_has_a_gap_between(journey: Journey) -> None:
    shown = window(STARTS_ON, journey.today)
    chart = pain_chart(journey, shown, VOICE)
    if chart.empty:
        return
    rated = [(s.on, s.after) for s in journey.sessions if shown.holds(s.on)]
    joined = of_class(only(chart).drawing, "joined")
    neighbours = [
        (one, other)
        for (one, before), (other, after) in pairwise(rated)
        if before is not None and after is not None and (other - one).days < 7
    ]
    ends = [
        (date_at(percent(line.get("x1")), shown), date_at(percent(line.get("x2")), shown))
        for line in joined
    ]
    assert ends == neighbours


def test_a_pain_of_0_is_a_point_on_the_line_of_0() -> None:
    chart = chart_of(course(Rated(day(0), during=0, after=0)))
    drawing = only(chart).drawing
    (zero,) = (lines(line.get("y1")) for line in of_class(drawing, "zero"))
    after = next(use for use in of_class(drawing, "after") if use.tag == "use")
    assert lines(after.get("y")) == zero
    assert table(chart, "ratings_caption").rows == (("2026-01-05", "0", "0", NOT_SAID),)


def test_what_was_not_said_is_no_point_and_no_line_and_is_called_missing() -> None:
    chart = chart_of(
        course(Rated(day(0), after=4), Rated(day(2), during=5), Rated(day(4), after=2))
    )
    shown = window(STARTS_ON, day(13))
    drawing = only(chart).drawing
    assert list(marked(drawing, "after", shown)) == [(day(0), 4), (day(4), 2)]
    assert of_class(drawing, "joined") == []
    assert column(table(chart, "ratings_caption"), 2) == ["4", NOT_SAID, "2"]


def test_a_week_without_a_session_breaks_the_line() -> None:
    sessions = (Rated(day(0), after=4), Rated(day(6), after=3), Rated(day(13), after=2))
    drawing = only(chart_of(course(*sessions))).drawing
    (line,) = of_class(drawing, "joined")
    assert date_at(percent(line.get("x2")), window(STARTS_ON, day(13))) == day(6)


def test_two_sessions_of_a_day_are_two_rows_and_one_morning() -> None:
    sessions = (Rated(day(1), during=3, after=2), Rated(day(1), during=5, after=4))
    chart = chart_of(course(*sessions, mornings=(Woken(day(1), pain=6), Woken(day(2), pain=1))))
    none = VOICE.say("no_session")
    assert table(chart, "ratings_caption").rows == (
        ("2026-01-06", "3", "2", "6"),
        ("2026-01-06", "5", "4", VOICE.say("as_above")),
        ("2026-01-07", none, none, "1"),
    )


def test_a_week_of_two_mornings_has_no_median_and_one_of_three_has() -> None:
    mornings = tuple(Woken(day(n), pain=n) for n in (0, 2, 7, 8, 9))
    chart = chart_of(course(mornings=mornings))
    assert len(of_class(only(chart).drawing, "median")) == 1
    assert texts(only(chart).drawing, "count") == ["3"]
    assert column(table(chart, "medians_caption"), 1) == [
        VOICE.say("too_few", count=2),
        VOICE.say("median_of", median=8, count=3),
    ]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ((5, 5, 5), (3, 3, 3), "fell from 5 to 3 in a week."),
        ((5, 5, 5), (7, 7, 7), "rose from 5 to 7 in a week."),
        ((5, 5, 5), (4, 4, 4), "5 in the first of these weeks, 4 in the latest"),
        ((5, 5, 5), (5, 5, 5), "5, as in the first of these weeks."),
        ((0, 0, 0), (2, 2, 2), "rose from 0 to 2 in a week."),
        ((5, 5, 5), (3, 3, None), None),
        ((5, 5, None), (3, 3, 3), None),
        ((None, None, None), (None, None, None), None),
    ],
)
def test_a_change_is_told_of_weeks_with_three_ratings_and_called_one_from_2_points_on(
    first: tuple[int | None, ...], second: tuple[int | None, ...], said: str | None
) -> None:
    ratings = [*zip((0, 2, 4), first, strict=True), *zip((7, 9, 11), second, strict=True)]
    sessions = [Rated(day(n), during=1, after=rating) for n, rating in ratings]
    sentences = chart_of(course(*sessions)).says
    assert len(sentences) == (said is not None)
    assert all(said and said in sentence for sentence in sentences)


def test_the_weeks_between_are_counted_from_the_first_to_the_latest_that_say_something() -> None:
    mornings = tuple(
        Woken(day(n), pain=pain)
        for week, pain in ((0, 6), (4, 3))
        for n in range(7 * week, 7 * week + 3)
    )
    (said,) = chart_of(course(mornings=mornings, today=34)).says
    assert said == "Pain in the morning fell from 6 to 3 in 4 weeks."


def test_usual_pain_is_drawn_from_the_day_on_which_it_was_settled() -> None:
    journey = course(Rated(day(0), after=1), usual=((STARTS_ON, 6.0), (day(7), 4.5)))
    shown = window(STARTS_ON, day(13))
    chart = pain_chart(journey, shown, VOICE)
    drawing = only(chart).drawing
    dashes = [
        (
            date_at(percent(line.get("x1")), shown),
            round(value_at(drawing, lines(line.get("y1"))), 1),
        )
        for line in of_class(drawing, "usual")
    ]
    assert dashes == [(STARTS_ON, 6.0), (day(7), 4.5)]
    assert table(chart, "usual_caption").rows == (("2026-01-05", "6"), ("2026-01-12", "4.5"))


def test_the_stairs_begin_where_the_plan_began_and_climb_where_it_was_decided() -> None:
    stands = (stood(3, 2, why="A small step up."), stood(5, 2, "hold"), stood(9, 1, "regress"))
    chart = chart_of(course(Rated(day(0), after=1), stands=stands))
    drawing = only(chart).drawing
    treads = of_class(drawing, "tread")
    heights = [lines(tread.get("y1")) for tread in treads]
    assert len(heights) == 3
    assert heights[0] == heights[2] > heights[1]
    assert len(of_class(drawing, "riser")) == 2
    titles = ["".join(use.itertext()) for use in of_class(drawing, "up")]
    assert titles == ["2026-01-08: A small step up."]
    assert [row[1] for row in changes(chart).rows] == ["1", "2", "1"]


def test_the_stairs_end_today_and_not_where_the_window_ends() -> None:
    journey = course(Rated(day(0), after=1), today=2)
    (tread,) = of_class(only(chart_of(journey)).drawing, "tread")
    assert date_at(percent(tread.get("x2")), window(STARTS_ON, day(2))) == day(2)


def test_a_step_up_that_waits_is_neither_a_step_nor_a_mark() -> None:
    waiting = stood(3, 1, "progress", "A small step up.", waits=True)
    chart = chart_of(course(Rated(day(0), after=1), stands=(waiting,)))
    assert of_class(only(chart).drawing, "up") == []
    assert len(of_class(only(chart).drawing, "tread")) == 1
    assert len(changes(chart).rows) == 1


def test_each_category_has_its_own_stairs_and_its_name() -> None:
    ladders = (ladder(Category.STRETCHING, step=2, began=2), ladder())
    drawing = only(chart_of(course(Rated(day(0), after=1), ladders=ladders))).drawing
    assert texts(drawing, "category") == ["stretching", "strengthening"]
    assert texts(drawing, "step") == ["2", "1"]


def test_before_anything_is_rated_the_chart_says_kindly_what_will_stand_here() -> None:
    chart = chart_of(course(Rated(day(0)), mornings=(Woken(day(1), sleep=7),)))
    assert (chart.panels, chart.tables) == ((), ())
    assert chart.empty == VOICE.say("pain_empty")


def test_after_eight_weeks_the_chart_shows_the_last_eight_unless_asked_for_all() -> None:
    sessions = [Rated(day(n), during=3, after=2) for n in range(0, 120, 2)]
    journey = course(*sessions, today=119)
    recent, whole = (table(chart_of(journey, it), "ratings_caption").rows for it in (False, True))
    assert recent[0][0] == day(70).isoformat()
    assert len(whole) == 60


def test_three_hundred_sessions_stay_readable() -> None:
    """Few dates under them, no counts on top, smaller marks, and no lines between them."""
    sessions = [Rated(day(n), during=3, after=2) for n in range(0, 700, 2)]
    mornings = tuple(Woken(day(n), pain=4) for n in range(1, 700, 2))
    drawing = only(chart_of(course(*sessions, mornings=mornings, today=699), True)).drawing
    assert len(texts(drawing, "under")) <= 5
    assert texts(drawing, "count") == of_class(drawing, "joined") == []
    shapes = [shape for shape in of_class(drawing, "drawing")[0].iter("svg") if shape.get("id")]
    assert {lines(shape.get("width")) < 1 for shape in shapes} == {True}


def test_the_ratings_differ_in_shape_and_not_in_colour_alone() -> None:
    assert len({SHAPES[name] for name in ("during", "after", "morning")}) == 3
    chart = chart_of(course(Rated(day(0), during=1, after=1)))
    drawn = [SHAPES[name] for name in ("during", "after", "morning")]
    assert [shape in key.drawing for shape, key in zip(drawn, chart.legend, strict=False)] == [
        True,
        True,
        True,
    ]


def test_a_drawing_holds_no_colour_no_style_and_no_script_of_its_own() -> None:
    stands = (stood(3, 2, why="<script>alert(1)</script>"),)
    drawing = only(chart_of(course(Rated(day(0), after=1), stands=stands))).drawing
    assert "<script" not in drawing
    given_names = {name for e in of_class(drawing, "drawing")[0].iter() for name in e.attrib}
    assert given_names & {"style", "fill", "stroke", "onclick", "font-size"} == set()


def test_a_date_beyond_the_window_is_not_drawn() -> None:
    later = STARTS_ON + timedelta(days=400)
    assert not window(STARTS_ON, day(13)).holds(later)
    drawing = only(chart_of(course(Rated(day(0), after=1), Rated(later, after=9)))).drawing
    assert [on for on, _ in marked(drawing, "after", window(STARTS_ON, day(13)))] == [day(0)]


def test_the_dates_of_the_first_weeks_leave_room_for_more() -> None:
    shown = window(STARTS_ON, STARTS_ON)
    assert (shown.since, shown.weeks, shown.whole) == (STARTS_ON, 2, True)
    assert date(2026, 1, 18) == shown.until
