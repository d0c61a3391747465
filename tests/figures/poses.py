"""Figures for the tests, told as a pose file tells them."""

from typing import Any

from rehab.figures.motion import Moment, moved
from rehab.figures.pose import Figure
from rehab.figures.props.placing import surroundings
from rehab.figures.skeleton import Joints
from rehab.programs.library.figures import load_figure

BRIDGE = {
    "view": "side",
    "props": ["mat"],
    "contacts": {"shoulders": "floor", "feet": "floor", "head": "floor"},
    "frames": [{"from": "crook-lying"}, {"trunk": 203}],
}
SQUAT = {
    "view": "side",
    "contacts": {"feet": "floor"},
    "frames": [{"from": "standing"}, {"trunk": 70, "legs": [-50, -108]}],
}


def figure(told: dict[str, Any], **changes: Any) -> Figure:
    """The figure of a pose file with some fields changed."""
    return load_figure({"id": "made-up", **told, **changes})


def moments(told: dict[str, Any], **changes: Any) -> tuple[Moment, ...]:
    """Every moment of its round."""
    drawn = figure(told, **changes)
    return moved(drawn, surroundings(drawn)).moments


def all_joints(told: dict[str, Any], **changes: Any) -> list[Joints]:
    """The joints at every moment."""
    drawn = figure(told, **changes)
    return [moment.state.joints(drawn.view) for moment in moments(told, **changes)]
