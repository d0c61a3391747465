"""Bodies set down: what is planted stays, what rests lies on its surface, bones stay as long."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehab.figures.basic_poses import CROOK_LYING, HANDS_AND_KNEES, PRONE, STANDING
from rehab.figures.body import FOREARM, SHANK, THIGH, UPPER_ARM
from rehab.figures.geometry import Point
from rehab.figures.pose import Limb, Pose, View
from rehab.figures.settle import Hold, settled
from rehab.figures.touch import FLOOR, Surface, touching
from tests.figures.poses import BRIDGE, SQUAT, all_joints, figure, moments

FEET = [Hold("foot_near", FLOOR), Hold("foot_far", FLOOR)]


def gap(pose: Pose, pelvis: Point, part: str, surface: Surface = FLOOR) -> float:
    from rehab.figures.skeleton import joints

    found = joints(View.SIDE, pose, pelvis)
    return surface.gap(touching(View.SIDE, pose, found, part, surface))


def test_the_first_contact_places_the_body_and_leaves_its_limbs_alone() -> None:
    state = settled(View.SIDE, STANDING, FEET[:1])
    assert state.pose.leg_near == STANDING.leg_near
    assert gap(state.pose, state.pelvis, "foot_near") == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("pose", "holds", "parts"),
    [
        (STANDING, FEET, ["foot_near", "foot_far"]),
        (
            CROOK_LYING,
            [Hold("shoulders", FLOOR), *FEET, Hold("head", FLOOR)],
            ["shoulders", "foot_near", "foot_far", "head"],
        ),
        (
            replace(PRONE, thorax=20, arm_near=Limb(-85, 0, 0), arm_far=Limb(-85, 0, 0)),
            [Hold("belly", FLOOR), Hold("forearm_near", FLOOR), Hold("elbow_far", FLOOR)],
            ["belly", "forearm_near", "elbow_far"],
        ),
        (
            HANDS_AND_KNEES,
            [Hold("knee_near", FLOOR), Hold("knee_far", FLOOR), Hold("hand_near", FLOOR)],
            ["knee_near", "knee_far", "hand_near"],
        ),
    ],
)
def test_every_contact_touches(pose: Pose, holds: list[Hold], parts: list[str]) -> None:
    state = settled(View.SIDE, pose, holds)
    for part in parts:
        assert gap(state.pose, state.pelvis, part) == pytest.approx(0, abs=0.05), part


def test_a_hand_lies_flat_on_a_wall_and_a_foot_flat_on_the_floor() -> None:
    wall = Surface(Point(24, 0), 180)
    state = settled(View.SIDE, STANDING, [*FEET, Hold("hand_near", wall)])
    assert state.pose.arm_near.end % 180 == pytest.approx(90)
    assert state.pose.leg_near.end == pytest.approx(0)
    assert gap(state.pose, state.pelvis, "hand_near", wall) == pytest.approx(0, abs=0.05)


def test_a_pelvis_that_is_placed_stays_and_the_limbs_reach() -> None:
    at = Point(3, 80)
    state = settled(View.SIDE, STANDING, FEET, at, is_placed=True)
    assert state.pelvis == at
    for part in ("foot_near", "foot_far"):
        assert gap(state.pose, at, part) == pytest.approx(0, abs=0.05)


def test_a_hand_on_the_hip_is_on_the_hip() -> None:
    holds = [*FEET, Hold("hand_near", None, anchor="hip_near")]
    state = settled(View.SIDE, STANDING, holds)
    found = state.joints(View.SIDE)
    touch = touching(View.SIDE, state.pose, found, "hand_near", None)
    assert (touch - found["hip_near"]).length < 0.3


@pytest.mark.parametrize("told", [BRIDGE, SQUAT], ids=["bridge", "squat"])
def test_planted_feet_do_not_move_by_a_hair_at_any_time(told: dict) -> None:
    view = figure(told).view
    for part in ("foot_near", "foot_far"):
        touches = [
            touching(view, m.state.pose, m.state.joints(view), part, FLOOR) for m in moments(told)
        ]
        assert max((touch - touches[0]).length for touch in touches) < 0.05


def test_what_slides_stays_on_its_surface_and_moves_along_it() -> None:
    told = {
        "view": "side",
        "contacts": {"back": "floor", "head": "floor"},
        "slides": {"heel_near": "floor"},
        "frames": [
            {"from": "supine", "leg_near": [10, -20, 60]},
            {"leg_near": [60, -60, 20]},
        ],
    }
    touches = [
        touching(View.SIDE, m.state.pose, m.state.joints(View.SIDE), "heel_near", FLOOR)
        for m in moments(told)
    ]
    assert max(abs(touch.y) for touch in touches) < 0.05
    assert max(touch.x for touch in touches) - min(touch.x for touch in touches) > 20


@settings(max_examples=40)
@given(
    st.floats(40, 130),
    st.floats(-100, -10),
    st.floats(0, 110),
    st.floats(-90, 60),
)
def test_bones_keep_their_lengths_whatever_the_pose(
    trunk: float, thigh: float, knee: float, arm: float
) -> None:
    changed = {"trunk": trunk, "legs": [thigh, thigh - knee], "arms": [arm, arm + 40]}
    told = {**SQUAT, "frames": [{"from": "standing"}, changed]}
    for found in all_joints(told):
        for side in ("near", "far"):
            for first, last, length in (
                ("hip", "knee", THIGH),
                ("knee", "ankle", SHANK),
                ("shoulder", "elbow", UPPER_ARM),
                ("elbow", "wrist", FOREARM),
            ):
                bone = found[f"{last}_{side}"] - found[f"{first}_{side}"]
                assert bone.length == pytest.approx(length, abs=1e-6)
