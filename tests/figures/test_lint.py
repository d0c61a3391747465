"""Each fault that a figure may have, made on purpose."""

from typing import Any

import pytest

from rehab.figures.lint import figure_faults
from tests.figures.poses import BRIDGE, SQUAT, figure


def faults(told: dict[str, Any], **changes: Any) -> list[str]:
    return [f"{field}: {what}" for field, what in figure_faults(figure(told, **changes))]


@pytest.mark.parametrize("told", [BRIDGE, SQUAT], ids=["bridge", "squat"])
def test_a_sound_figure_has_no_faults(told: dict[str, Any]) -> None:
    assert faults(told) == []


STANDING = {"from": "standing"}
UP = {"arms": [0, 0]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"frames": [STANDING, {"leg_near": [-90, -60]}]}, "frames: knee_near is at -30 degrees"),
        ({"frames": [STANDING, {"arms": [0, -60]}]}, "frames: elbow_near is at -60 degrees"),
        ({"frames": [STANDING, {"arms": [80, 80]}, UP]}, None),
        ({"frames": [STANDING, {"lumbar": 150}]}, "frames: lumbar on thorax is at 62 degrees"),
        (
            {"frames": [STANDING, {"arms": [170, 170]}]},
            "frames[2].arm_near: turns by more than 200",
        ),
        ({"frames": [STANDING, {"neck": 83}]}, "frames: nothing moves by 3 units or more"),
        ({"frames": [STANDING, {"breath": 1}]}, None),
        (
            {"contacts": {"feet": "floor", "hand_near": "wall"}, "props": [{"wall": {"x": 120}}]},
            "contacts: hand_near is ",
        ),
        ({"contacts": {}, "frames": [STANDING, UP]}, "frames: "),
    ],
)
def test_each_fault_is_found_and_named(changes: dict[str, Any], expected: str | None) -> None:
    found = faults(SQUAT, **changes)
    if expected is None:
        assert found == []
    else:
        assert any(fault.startswith(expected) for fault in found), found


def test_a_body_without_a_contact_sinks_into_the_floor() -> None:
    assert "under the floor" in faults(SQUAT, contacts={}, frames=[STANDING, UP])[0]


def test_a_knee_that_is_seen_from_the_front_does_not_bend_sideways() -> None:
    told = {**SQUAT, "view": "front", "frames": [STANDING, {"leg_right": [-80, -120], **UP}]}
    told["contacts"] = {"foot_left": "floor"}
    assert any(fault.startswith("frames: knee_near is at -40") for fault in faults(told))


def test_a_picture_that_is_too_large_is_told_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehab.figures.lint.LARGEST", 1000)
    told = [fault.partition(" takes")[0] for fault in faults(SQUAT)]
    assert told == ["file: its moving picture", "file: its still picture"]


@pytest.mark.parametrize(("nod", "is_fault"), [(40, False), (-35, False), (50, True), (-45, True)])
def test_a_head_seen_from_the_front_nods_as_far_as_a_head_does(nod: float, is_fault: bool) -> None:
    frames = [STANDING, {"nod": nod}]
    told = faults(SQUAT, view="front", frames=frames)
    assert any(fault.startswith("frames: nod is at") for fault in told) == is_fault
    assert not any("cannot be seen" in fault for fault in told)


@pytest.mark.parametrize(("length", "is_fault"), [(1.0, True), (0.7, True), (0.4, False)])
def test_an_arm_that_points_at_the_viewer_may_seem_to_bend_any_way(
    length: float, is_fault: bool
) -> None:
    backwards = {"arm_near": [-220, 60], "reach": {"arm_near": [length, 1]}}
    told = faults(SQUAT, frames=[{**STANDING, **backwards}, {"trunk": 70, "legs": [-50, -108]}])
    joints = ("frames: shoulder_near", "frames: elbow_near")
    assert any(fault.startswith(joints) for fault in told) == is_fault
