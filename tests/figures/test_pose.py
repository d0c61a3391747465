"""Poses between poses, and poses with their sides changed over."""

import pytest

from rehab.figures.basic_poses import FLAT_POSES, SIDE_POSES
from rehab.figures.pose import LIMBS, View, blend, other_side, swapped
from rehab.figures.skeleton import joints

EVERY_POSE = [
    *((View.SIDE, name, pose) for name, pose in SIDE_POSES.items()),
    *((View.FRONT, name, pose) for name, pose in FLAT_POSES.items()),
]


@pytest.mark.parametrize(("view", "name", "pose"), EVERY_POSE)
def test_a_pose_changed_over_twice_is_as_it_was(view: View, name: str, pose: object) -> None:
    twice = other_side(other_side(pose, view), view)
    for limb in LIMBS:
        assert getattr(twice, limb) == getattr(pose, limb)
    assert twice.thorax == pytest.approx(pose.thorax)


def test_seen_from_the_front_the_other_side_is_the_mirror_image() -> None:
    pose = FLAT_POSES["side-lying"]
    here, there = joints(View.FRONT, pose), joints(View.FRONT, other_side(pose, View.FRONT))
    for name, place in here.items():
        mirror = there[swapped(name)]
        assert (-mirror.x, mirror.y) == pytest.approx((place.x, place.y), abs=1e-6), name


def test_half_way_is_the_mean_of_every_number() -> None:
    one, other = SIDE_POSES["standing"], SIDE_POSES["sitting"]
    half = blend(one, other, 0.5)
    assert half.leg_near.upper == pytest.approx((one.leg_near.upper + other.leg_near.upper) / 2)
    assert half.lumbar == pytest.approx((one.lumbar + other.lumbar) / 2)
    assert blend(one, other, 0) == one
    assert blend(one, other, 1) == other


@pytest.mark.parametrize("name", ["knee_near", "arm_far", "head", "stance"])
def test_the_other_side_of_the_other_side_is_the_same(name: str) -> None:
    assert swapped(swapped(name)) == name
    assert (swapped(name) == name) == ("_" not in name)
