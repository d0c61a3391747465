"""Directions, mixing, and how two bones reach a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.figures.geometry import (
    ORIGIN,
    Box,
    Point,
    box_around,
    box_of,
    near_to,
    towards,
    two_links,
)

ANGLES = st.floats(-720, 720)


@pytest.mark.parametrize(
    ("angle", "x", "y"), [(0, 1, 0), (90, 0, 1), (180, -1, 0), (-90, 0, -1), (450, 0, 1)]
)
def test_nought_is_right_and_ninety_is_up(angle: float, x: float, y: float) -> None:
    place = towards(angle)
    assert (place.x, place.y) == pytest.approx((x, y), abs=1e-9)


@given(ANGLES, ANGLES)
def test_an_angle_told_near_another_is_the_same_direction_half_a_turn_away_at_most(
    angle: float, wanted: float
) -> None:
    told = near_to(angle, wanted)
    assert abs(told - wanted) <= 180 + 1e-6
    assert (towards(told) - towards(angle)).length < 1e-6


@given(st.floats(-80, 80), st.floats(-80, 80), st.floats(20, 60), st.floats(20, 60))
def test_two_bones_reach_what_is_within_reach_and_stretch_towards_what_is_not(
    x: float, y: float, upper: float, lower: float
) -> None:
    goal = Point(x, y)
    way, first, second = two_links(ORIGIN, goal, upper, lower)
    for side in (1, -1):
        end = towards(way + side * first, upper) + towards(way - side * second, lower)
        within = abs(upper - lower) <= goal.length <= upper + lower
        expected = (
            goal.length if within else min(max(goal.length, abs(upper - lower)), upper + lower)
        )
        assert end.length == pytest.approx(expected, abs=1e-3)
        if within:
            assert (end - goal).length < 1e-3


def test_a_box_holds_every_disc_and_every_box() -> None:
    box = box_around([(Point(0, 0), 2), (Point(10, 5), 1)])
    assert box == Box(-2, -2, 11, 6)
    assert box_of([box, Box(-9, 0, 0, 1)]) == Box(-9, -2, 11, 6)
    assert (box.width, box.height, box.middle) == (13, 8, Point(4.5, 2))
