"""The clinician's timeline: what was said is drawn where it belongs, and each decision leads on."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.charts.chart import Chart
from rehab.charts.journey import Journey, Rated, Stand, Week, Woken
from rehab.charts.timeline import timeline
from rehab.charts.timeline_facts import Bound, Course, Decided, Texted
from rehab.charts.timeline_lane import RATING, SMALL_RATING, spreads
from rehab.charts.window import window
from rehab.programs.dosage import Category
from rehab.web.desk.course_words import desk_voice
from tests.charts.drawn import STARTS_ON, day, ladder, lines, of_class, only, percent, tree
from tests.charts.drawn import course as walked

STRENGTH = Category.STRENGTHENING
TODAY = day(13)
PAIN_TOP = 1.4 + 2.0
"""Lines above a rating of 10 in the first lane."""


def where(decision: UUID) -> str:
    return f"/d/{decision.int}"


def decided(n: int, on: int, move: str = "hold", step: int = 1, **said: object) -> Decided:
    at = datetime.combine(day(on), time(18), UTC) + timedelta(seconds=n)
    given = {"dose": 1.0, "rules": (), "state": "applied", "waits": False, **said}
    return Decided(UUID(int=n), day(on), at, STRENGTH, move, step, **given)  # type: ignore[arg-type]


def stand(n: int, on: int, step: int, dose: float = 1.0, paused: bool = False) -> Stand:
    return Stand(UUID(int=n), day(on), STRENGTH, "hold", step, dose, paused)


def chart_of(
    journey: Journey,
    *decisions: Decided,
    texted: tuple[Texted, ...] = (),
    bounds: tuple[Bound, ...] = (),
    planned: tuple[date, ...] = (),
    weeks: int = 4,
) -> Chart:
    shown = window(journey.starts_on, journey.today, recent=weeks)
    facts = Course(journey, decisions, texted, bounds, planned)
    return timeline(facts, shown, desk_voice(journey.today), where)


def drawing(chart: Chart) -> Element:
    return tree(only(chart).drawing)


def links(chart: Chart) -> list[Element]:
    return of_class(only(chart).drawing, "decision")


def uses(chart: Chart, name: str) -> list[Element]:
    return [e for e in of_class(only(chart).drawing, name) if e.tag == "use"]


def titles(chart: Chart, class_: str) -> list[str]:
    return [e.findtext("title") or "" for e in of_class(only(chart).drawing, class_)]


@pytest.mark.parametrize("name", ["before", "during", "after"])
@pytest.mark.parametrize("rating", [0, 4, 10])
def test_a_rating_stands_at_its_value_and_0_is_a_point(name: str, rating: int) -> None:
    (mark,) = uses(chart_of(walked(Rated(day(2), **{name: rating}))), name)
    y = lines(mark.get("y")) - PAIN_TOP
    assert 10 * (1 - y / RATING.lines) == pytest.approx(rating, abs=0.01)


def test_what_was_not_said_is_a_gap_in_the_drawing_and_a_dash_in_the_table() -> None:
    chart = chart_of(walked(Rated(day(2), before=3, after=None), Rated(day(4), after=2)))
    assert [len(uses(chart, name)) for name in ("before", "during", "after")] == [1, 0, 1]
    assert chart.tables[0].rows[1][1:5] == ("3", "-", "-", "-")


def test_a_morning_stands_on_its_own_day_with_pain_and_sleep() -> None:
    chart = chart_of(walked(mornings=(Woken(day(3), pain=5, sleep=0),)))
    assert titles(chart, "morning") == ["8 Jan, on waking: 5"]
    assert titles(chart, "sleep") == ["8 Jan: sleep 0"]


def test_each_decision_is_a_link_in_order_of_time_that_says_its_sentence() -> None:
    chart = chart_of(
        walked(),
        decided(2, 4, why="Held at step 1: settled."),
        decided(1, 2, "progress", 2, why="Up to step 2: settled."),
    )
    assert [a.get("href") for a in links(chart)] == ["/d/1", "/d/2"]
    assert [a.get("aria-label") for a in links(chart)] == [
        "7 Jan, Strengthening: Up to step 2: settled.",
        "9 Jan, Strengthening: Held at step 1: settled.",
    ]


@pytest.mark.parametrize(
    ("move", "rules", "shape"),
    [
        ("progress", (), "up"),
        ("regress", (), "down"),
        ("rest_regress", (), "down"),
        ("deload", (), "ease"),
        ("rest", (), "rest"),
        ("pause", (), "pause"),
        ("hold", (), "hold"),
        ("hold", ("RAMP",), "more"),
    ],
)
def test_a_move_has_a_shape_of_its_own_that_the_legend_names(
    move: str, rules: tuple[str, ...], shape: str
) -> None:
    chart = chart_of(walked(), decided(1, 2, move, rules=rules))
    assert len(uses(chart, shape)) == 1
    assert any(f'class="mark {shape}"' in key.drawing for key in chart.legend)


def test_what_was_proposed_is_hollow_and_what_a_person_did_has_a_ring() -> None:
    chart = chart_of(
        walked(),
        decided(1, 2, "progress", 2, state="proposed", waits=True),
        decided(2, 4, "progress", 2, by="Ana Ruiz"),
    )
    proposed, done = links(chart)
    assert "hollow" in str(proposed.get("class"))
    assert "proposed, not in force" in str(proposed.get("aria-label"))
    assert "hollow" not in str(done.get("class"))
    assert [len([u for u in a if u.get("class") == "mark ring"]) for a in (proposed, done)] == [
        0,
        1,
    ]


def test_two_decisions_of_one_day_and_step_do_not_cover_each_other() -> None:
    chart = chart_of(walked(), decided(1, 2), decided(2, 2))
    first, second = uses(chart, "hold")
    assert lines(first.get("y")) - lines(second.get("y")) >= 1


def test_load_stands_as_treads_with_their_step_and_dose() -> None:
    journey = walked(stands=(stand(1, 3, 2), stand(2, 6, 2, 0.5), stand(3, 9, 2, 0.5, True)))
    chart = chart_of(journey)
    assert titles(chart, "load") == [
        "Step 1, 100% dose",
        "Step 2, 100% dose",
        "Step 2, 50% dose",
        "Paused at step 2",
    ]
    kinds = [str(e.get("class")) for e in of_class(only(chart).drawing, "tread")]
    assert kinds == ["tread full", "tread full", "tread part", "tread paused"]
    higher, lower = (lines(e.get("y1")) for e in of_class(only(chart).drawing, "tread")[1::-1])
    assert higher < lower


def test_the_allowed_steps_are_drawn_from_the_day_on_which_they_were_signed() -> None:
    bounds = (Bound(day(0), STRENGTH, 1, 5), Bound(day(7), STRENGTH, 2, 3))
    chart = chart_of(walked(ladders=(ladder(),)), bounds=bounds)
    assert titles(chart, "allowed") == ["Steps 1 to 5 are allowed", "Steps 2 to 3 are allowed"]
    wide, narrow = of_class(only(chart).drawing, "allowed")
    assert lines(narrow.get("height")) < lines(wide.get("height"))
    assert percent(narrow.get("x")) > percent(wide.get("x"))


def test_a_planned_day_is_full_when_done_and_an_outline_when_missed_but_not_today() -> None:
    planned = (day(0), day(2), day(13))
    chart = chart_of(walked(Rated(day(0), completion=60)), planned=planned)
    assert titles(chart, "missed") == ["7 Jan: planned, not done"]
    assert titles(chart, "done") == ["5 Jan: 60% done"]
    assert [row[0] for row in chart.tables[0].rows if row[5] == "missed"] == ["7 Jan"]


def test_texts_stand_by_the_clock_those_that_failed_apart() -> None:
    texted = (
        Texted(day(2), 0.75, "exercise", "sent"),
        Texted(day(2), 0.8, "morning", "unsent"),
        Texted(day(3), 0.1, "RATINGS", "came"),
    )
    chart = chart_of(walked(), texted=texted)
    sent, failed, came = (uses(chart, name)[0] for name in ("sent", "unsent", "came"))
    assert percent(sent.get("x")) < percent(failed.get("x")) < percent(came.get("x"))
    assert lines(came.get("y")) > lines(sent.get("y"))
    assert titles(chart, "sent") == ["7 Jan, text sent: exercise reminder"]


def many_months(**said: object) -> Journey:
    """Twenty weeks, which are too many to draw day by day."""
    return walked(today=139, **said)  # type: ignore[arg-type]


def test_over_many_months_each_week_is_a_bar_from_lowest_to_highest_with_its_median() -> None:
    mornings = tuple(Woken(day(n), pain=pain) for n, pain in ((7, 2), (8, 3), (9, 6)))
    chart = chart_of(many_months(mornings=mornings), weeks=20)
    assert titles(chart, "spread") == ["Morning, week from 12 Jan: 2 to 6, median 3 of 3"]
    (bar,) = of_class(only(chart).drawing, "spread")
    assert lines(bar.get("height")) == pytest.approx(SMALL_RATING.lines * 0.4 + 0.24, abs=0.01)
    assert uses(chart, "morning") == []


def test_over_many_months_only_what_changed_something_is_marked_the_table_has_all() -> None:
    held, up = decided(1, 2), decided(2, 4, "progress", 2)
    chart = chart_of(many_months(), held, up, decided(3, 9, by="Ana Ruiz"), weeks=20)
    assert [a.get("href") for a in links(chart)] == ["/d/2", "/d/3"]
    cells = "".join(row[-1] for row in chart.tables[0].rows)
    assert all(f'href="/d/{n}"' in cells for n in (1, 2, 3))


def test_what_is_said_of_the_weeks_is_a_change_of_two_points_or_none() -> None:
    mornings = tuple(Woken(day(n), pain=6 if n < 7 else 3) for n in (1, 2, 3, 8, 9, 10))
    sessions = (Rated(day(n), after=3 if n < 7 else 2) for n in (0, 1, 2, 7, 8, 9))
    assert chart_of(walked(*sessions, mornings=mornings)).says == (
        "Pain after sessions: from 3 to 2 in a week, which is no real change.",
        "Pain in the morning fell from 6 to 3 in a week.",
    )


def test_over_many_months_texts_and_sessions_are_counted_by_the_week() -> None:
    texted = tuple(Texted(day(7), 0.5, "exercise", fate) for fate in ("sent", "sent", "came"))
    weeks = tuple(Week(day(7 * n), day(7 * n + 6), 3, 3, 2) for n in range(20))
    chart = chart_of(many_months(weeks=weeks), texted=texted, weeks=20)
    assert titles(chart, "texts") == ["Week from 12 Jan: 2 texts out, 1 in"]
    assert titles(chart, "done").count("Week from 5 Jan: 2 done of 3 planned") == 1


def test_the_table_begins_with_the_newest_day_and_a_day_of_two_sessions_has_two_rows() -> None:
    chart = chart_of(walked(Rated(day(2), after=1), Rated(day(2), after=2), Rated(day(4), after=3)))
    assert [(row[0], row[3]) for row in chart.tables[0].rows] == [
        ("9 Jan", "3"),
        ("7 Jan", "1"),
        ("7 Jan", "2"),
    ]


def test_a_sentence_is_text_and_nothing_brings_a_style_or_a_script() -> None:
    chart = chart_of(walked(Rated(day(1), 1, 2, 3)), decided(1, 2, why="<script>&'\""))
    assert links(chart)[0].get("aria-label") == "7 Jan, Strengthening: <script>&'\""
    known = {"svg", "g", "defs", "path", "use", "title", "text", "line", "rect", "a"}
    assert {e.tag for e in drawing(chart).iter()} <= known
    assert not any("style" in e.attrib for e in drawing(chart).iter())


RATINGS = st.lists(st.tuples(st.integers(0, 139), st.integers(0, 10)), max_size=60)


@given(RATINGS)
def test_every_rating_lies_in_the_bar_of_its_week_and_no_bar_is_without_one(
    said: list[tuple[int, int]],
) -> None:
    shown = window(STARTS_ON, day(139), recent=20)
    told = [(day(n), rating) for n, rating in said]
    bars = spreads(told, STARTS_ON, shown)
    for on, rating in told:
        (bar,) = [b for b in bars if b.from_on <= on <= b.to_on]
        assert bar.low <= rating <= bar.high
    assert sum(bar.count for bar in bars) == len(told)
    assert all(bar.middle is None or bar.low <= bar.middle <= bar.high for bar in bars)
