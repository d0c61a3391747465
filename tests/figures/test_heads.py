"""Heads that turn and nod, seen from the front."""

import re

import pytest

from rehab.figures.clock import Clock
from rehab.figures.geometry import Point
from rehab.figures.heads import head
from rehab.figures.limbs import Look
from rehab.figures.pose import View
from tests.figures.poses import all_joints, figure

FRONT = {"view": "front", "contacts": {"feet": "floor"}}


def places(**frame: float) -> dict[str, Point]:
    """The joints of somebody standing whose head is held so."""
    told = {**FRONT, "frames": [{"from": "standing", **frame}, {"arms": [0, 0]}]}
    return all_joints(told)[0]


def ears(turn: float) -> list[tuple[float, float]]:
    """From where to where each ear reaches, as the head is drawn."""
    told = {**FRONT, "frames": [{"from": "standing", "turn": turn}, {"arms": [0, 0]}]}
    pose = figure(told).frames[0].pose
    look = Look(View.FRONT, (pose,), (places(turn=turn),), Clock(1.0, (0.0,)))
    middles = re.findall(r'd="M(-?[\d.]+)-1.8A3.6', head(look, 1, calm=False))
    return [(float(x) - 3.6, float(x) + 3.6) for x in middles]


@pytest.mark.parametrize("turn", [-1.0, -0.5, 0.0, 0.3, 0.7, 1.0])
def test_an_ear_is_never_apart_from_the_face(turn: float) -> None:
    left, right = ears(turn)
    assert left[1] > -10.5
    assert right[0] < 10.5


@pytest.mark.parametrize("turn", [-1.0, -0.5, 0.5, 1.0])
def test_the_ear_that_turns_away_is_hidden_and_the_other_is_seen(turn: float) -> None:
    left, right = ears(turn)
    assert (right[1] < 11.4) == (turn > 0)
    assert (left[0] > -11.4) == (turn < 0)


def test_forehead_and_chin_are_in_the_middle_of_the_face() -> None:
    found = places()
    middle = found["head"]
    assert found["forehead"].x == pytest.approx(middle.x)
    assert found["chin"].x == pytest.approx(middle.x)
    assert found["chin"].y < middle.y < found["forehead"].y


def test_the_face_sinks_as_the_head_looks_down_and_goes_along_as_it_turns() -> None:
    ahead, down, aside = places(), places(nod=30), places(turn=0.8)
    for name in ("forehead", "chin"):
        assert down[name].y < ahead[name].y - 3
        assert aside[name].x > ahead[name].x + 3
    assert down["back_of_head"].y > ahead["back_of_head"].y
