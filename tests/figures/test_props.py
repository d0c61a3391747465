"""Where props stand that were not told where."""

from typing import Any

import pytest

from rehab.figures.props.catalogue import HANDLES, SURFACES
from rehab.figures.props.placing import rides_of, surfaces_of, surroundings
from tests.figures.poses import SQUAT, figure, moments


def x_of(told: dict[str, Any], **changes: Any) -> float:
    return surroundings(figure(told, **changes)).things[0].at.x


def test_a_wall_stands_where_the_hands_first_meet_it() -> None:
    told = {**SQUAT, "props": ["wall"], "contacts": {"feet": "floor", "hands": "wall"}}
    told["frames"] = [{"from": "standing", "arms": [-10, 0]}, {"arms": [-30, 20]}]
    assert x_of(told) > 40
    assert all(moment.holds for moment in moments(told))


def test_a_chair_stands_under_who_sits_on_it() -> None:
    told = {**SQUAT, "props": ["chair"], "contacts": {"seat": "chair", "feet": "floor"}}
    told["frames"] = [{"from": "sitting"}, {"arms": [0, 0]}]
    first = moments(told)[0].state.pelvis
    assert (x_of(told), first.y) == pytest.approx((first.x, 38.5 + 12))


def test_a_prop_that_is_told_where_stands_there() -> None:
    assert x_of(SQUAT, props=[{"wall": {"x": 70}}]) == 70


def test_what_the_catalogue_offers_is_there_to_rest_on_and_to_hold() -> None:
    for kind in {**SURFACES, **HANDLES}:
        prop = {"anchor": {"at": [1, 2]}} if kind == "anchor" else kind
        thing = surroundings(figure(SQUAT, props=[prop])).things[0]
        assert set(surfaces_of(thing)) == set(SURFACES.get(kind, ()))
        assert set(rides_of(thing)) == set(HANDLES.get(kind, ()))
