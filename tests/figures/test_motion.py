"""How frames are played: their order, their times, and nothing jumps."""

from itertools import pairwise
from typing import Any

import pytest

from rehab.figures.rounds import whole_round
from tests.figures.poses import SQUAT, all_joints, figure, moments

THREE = [{"from": "standing"}, {"arms": [0, 0]}, {"arms": [80, 90]}]
ROUND = {"seconds": 0.5, "hold": 0}


@pytest.mark.parametrize(
    ("loop", "order"),
    [
        ("back", [0, 1, 2, 1, 0]),
        ("sides", [0, 1, 2, 1, 0, 4, 5, 4, 0]),
        ("round", [0, 1, 2, 0]),
        ("stride", [0, 1, 2, 3, 4, 5, 0]),
    ],
)
def test_frames_are_played_in_the_order_of_their_loop(loop: str, order: list[int]) -> None:
    _, legs = whole_round(figure(SQUAT, frames=THREE, loop=loop))
    assert [leg.frame for leg in legs] == order


def test_the_way_back_takes_as_long_as_is_said_of_the_frame_it_leaves() -> None:
    frames = [{"from": "standing", "hold": 1}, {"arms": [0, 0], "seconds": 2, "back": 3, "hold": 4}]
    round_ = moments(SQUAT, frames=frames)
    assert round_[0].at == 0
    assert round_[-1].at == pytest.approx(1 + 2 + 4 + 3)


@pytest.mark.parametrize("loop", ["back", "sides", "round", "stride"])
def test_a_round_ends_where_it_began(loop: str) -> None:
    frames = [{**frame, **ROUND} for frame in THREE]
    found = all_joints(SQUAT, frames=frames, loop=loop)
    for name, place in found[0].items():
        assert (found[-1][name] - place).length < 1.5, name


@pytest.mark.parametrize("loop", ["back", "sides", "round", "stride"])
def test_time_goes_on_and_nothing_jumps(loop: str) -> None:
    frames = [{**frame, **ROUND} for frame in THREE]
    told: dict[str, Any] = {"frames": frames, "loop": loop}
    assert all(later.at > earlier.at for earlier, later in pairwise(moments(SQUAT, **told)))
    for here, there in pairwise(all_joints(SQUAT, **told)):
        assert max((there[name] - here[name]).length for name in here) < 80


def test_a_wheel_goes_the_short_way_on_from_frame_to_frame() -> None:
    told = {
        "view": "side",
        "loop": "round",
        "props": ["bike"],
        "contacts": {"seat": "saddle", "toes": "pedal", "grips": "handlebar"},
        "frames": [
            {
                "from": "standing",
                "trunk": 68,
                "arms": [-50, -20],
                "legs": [-20, -100, -10],
                **ROUND,
            },
            {"crank": -90, **ROUND},
            {"crank": -180, **ROUND},
            {"crank": 90, **ROUND},
        ],
    }
    cranks = [moment.state.pose.crank for moment in moments(told)]
    assert all(-60 < later - earlier < 0 for earlier, later in pairwise(cranks))
    assert cranks[-1] == pytest.approx(-360)
