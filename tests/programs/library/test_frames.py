"""What a frame says: what it takes over, what it changes, and for which side."""

from typing import Any

import pytest

from rehab.figures.basic_poses import STANDING
from rehab.figures.pose import Contact, View
from rehab.programs.library.frames import contacts_of, pose_of

FROM = {"from": "standing"}


def side(told: dict[str, Any]) -> Any:
    return pose_of(View.SIDE, {**FROM, **told}, None)


def test_a_frame_takes_over_what_it_does_not_say() -> None:
    first = side({"arms": [0, 10], "effort": 0.4})
    later = pose_of(View.SIDE, {"trunk": 70}, first)
    assert (later.lumbar, later.thorax) == (70, 70)
    assert (later.arm_near, later.neck, later.effort) == (first.arm_near, STANDING.neck, 0.4)


def test_a_part_of_the_trunk_says_more_than_the_whole() -> None:
    pose = side({"trunk": 70, "thorax": 60})
    assert (pose.lumbar, pose.thorax) == (70, 60)


def test_a_hand_goes_on_as_its_forearm_and_a_foot_is_square_to_its_shank() -> None:
    pose = side({"arms": [0, 10], "legs": [-80, -100]})
    assert (pose.arm_near.end, pose.leg_far.end) == (10, -10)
    assert side({"legs": [-80, -100, -30]}).leg_near.end == -30


def test_one_limb_says_more_than_both() -> None:
    pose = side({"arms": [0, 10], "arm_far": [90, 90]})
    assert (pose.arm_near.upper, pose.arm_far.upper) == (0, 90)


def test_from_the_front_both_limbs_are_each_others_mirror() -> None:
    pose = pose_of(View.FRONT, {**FROM, "arms": [0, 30]}, None)
    assert (pose.arm_near.upper, pose.arm_far.upper) == (0, -180)
    assert (pose.arm_near.lower, pose.arm_far.lower) == (30, -210)


@pytest.mark.parametrize(
    ("name", "limb"),
    [
        ("arm_right", "arm_near"),
        ("arm_left", "arm_far"),
        ("leg_top", "leg_near"),
        ("leg_bottom", "leg_far"),
    ],
)
def test_a_side_has_other_names_where_both_are_seen(name: str, limb: str) -> None:
    pose = pose_of(View.FRONT, {**FROM, name: [12, 13]}, None)
    assert getattr(pose, limb).upper == 12


def test_reach_and_shift_change_nothing_else() -> None:
    pose = side({"reach": {"arms": [0.5, 0.6]}, "shoulder_near": [2, 3], "hips": [0, 1]})
    arm = pose.arm_near
    assert (arm.upper_length, arm.lower_length, arm.out, arm.up) == (0.5, 0.6, 2, 3)
    assert (pose.arm_far.up, pose.leg_far.up, arm.upper) == (0, 1, STANDING.arm_near.upper)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            {"contacts": {"feet": "floor"}},
            [Contact("foot_near", "floor"), Contact("foot_far", "floor")],
        ),
        (
            {"contacts": {"seat": "chair"}, "slides": {"hand_right": "table"}},
            [Contact("seat", "chair"), Contact("hand_near", "table", False)],
        ),
        (
            {"contacts": {"hands": "knee"}},
            [Contact("hand_near", "knee_near", False), Contact("hand_far", "knee_far", False)],
        ),
        ({"contacts": {"hand_near": "belly"}}, [Contact("hand_near", "belly", False)]),
    ],
)
def test_contacts_are_told_for_one_side_or_for_both(
    told: dict[str, Any], expected: list[Contact]
) -> None:
    assert contacts_of(told, {"chair", "table"}) == tuple(expected)
