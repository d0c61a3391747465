"""The ladder of a category: the rung, how many there are, the bounds, and what comes next."""

import pytest

from rehab.charts.ladder import ladder_chart
from rehab.programs.dosage import Category
from tests.charts.drawn import VOICE, column, course, ladder, of_class, only, texts


def test_the_rungs_are_numbered_and_the_one_stood_on_is_marked_by_a_shape_too() -> None:
    drawing = only(ladder_chart(course(ladders=(ladder(step=2),)), VOICE)).drawing
    assert texts(drawing, "rung-number") == ["1", "2", "3", "4", "5"]
    kinds = [rung.get("class", "").split()[1:] for rung in of_class(drawing, "rung-block")]
    assert kinds == [["climbed"], ["standing"], [], [], []]
    (here,) = of_class(drawing, "here")
    rung = of_class(drawing, "standing")[0]
    assert float(here.get("x", "")[:-1]) == pytest.approx(
        float(rung.get("x", "")[:-1]) + float(rung.get("width", "")[:-1]) / 2
    )


def test_what_lies_outside_the_bounds_is_drawn_otherwise() -> None:
    drawing = only(
        ladder_chart(course(ladders=(ladder(step=3, floor=2, ceiling=4),)), VOICE)
    ).drawing
    kinds = ["outside" in rung.get("class", "") for rung in of_class(drawing, "rung-block")]
    assert kinds == [True, False, False, False, True]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({}, "ladder_next"),
        ({"step": 5}, "ladder_top"),
        ({"step": 3, "ceiling": 3}, "ladder_ceiling"),
        ({"step": 2, "locked": True}, "ladder_ceiling"),
        ({"waits": True}, "ladder_waits"),
        ({"waits": True, "paused": True}, "ladder_paused"),
        ({"step": 5, "paused": True}, "ladder_paused"),
    ],
)
def test_what_comes_next_is_said_as_it_is(said: dict[str, object], key: str) -> None:
    here = ladder(**{"step": 1, **said})
    (sentence,) = only(ladder_chart(course(ladders=(here,)), VOICE)).says
    assert sentence == f"Step {here.step} of 5. {VOICE.say(key, next=here.step + 1)}"


def test_a_part_of_the_full_amount_is_named() -> None:
    (sentence,) = only(ladder_chart(course(ladders=(ladder(dose=0.75),)), VOICE)).says
    assert "At the moment 75% of the full amount." in sentence


def test_the_table_tells_every_number_of_every_ladder() -> None:
    ladders = (
        ladder(Category.STRETCHING, step=2, rungs=4, ceiling=3),
        ladder(dose=0.5, floor=2, step=2),
    )
    chart = ladder_chart(course(ladders=ladders), VOICE)
    assert chart.tables[0].rows == (
        ("stretching", "2", "4", "1", "3", "100%"),
        ("strengthening", "2", "5", "2", "5", "50%"),
    )
    assert [panel.name for panel in chart.panels] == column(chart.tables[0], 0)
