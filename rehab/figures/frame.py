"""The picture's frame: the body and its things inside it, all at one scale as far as it goes."""

from collections.abc import Sequence

from rehab.figures.body import (
    ANKLE_RADIUS,
    ELBOW_RADIUS,
    HEAD_RADIUS,
    HIP_RADIUS,
    KNEE_RADIUS,
    SHOULDER_RADIUS,
)
from rehab.figures.geometry import Box, box_around
from rehab.figures.pose import View
from rehab.figures.skeleton import Joints

WIDTH, HEIGHT = 320.0, 240.0
"""The size of every picture, in pixels as it asks for; it scales to any."""

NARROWEST = 268.0
"""Units across the closest view: a lying body almost fills it."""
MARGIN = 13.0
UNDER = 0.13
"""The part of a picture's height that is below the line on which the body stands."""
LIFT = 0.34
"""How much of the room above a low body goes below it instead."""

DISCS = {
    "head": HEAD_RADIUS + 4,
    "pelvis": 13.0,
    "waist": 12.0,
    "chest": 15.0,
    "shoulder": SHOULDER_RADIUS,
    "elbow": ELBOW_RADIUS,
    "wrist": 5.0,
    "hand": 3.0,
    "hip": HIP_RADIUS,
    "knee": KNEE_RADIUS,
    "ankle": ANKLE_RADIUS + 2,
    "toe": 3.0,
}


def body_box(found: Sequence[Joints]) -> Box:
    """The box of a body in all its states."""
    return box_around(
        (place, DISCS[name.partition("_")[0]])
        for joints in found
        for name, place in joints.items()
        if name.partition("_")[0] in DISCS
    )


def framed(box: Box, aspect: float, view: View, narrowest: float = NARROWEST) -> Box:
    """What a picture of that aspect shows so that the whole box is in it, standing on its floor."""
    if view.is_from_above:
        height = max(box.height + 2 * MARGIN, (box.width + 2 * MARGIN) / aspect, narrowest / aspect)
        width, middle = height * aspect, box.middle
        return Box(
            middle.x - width / 2,
            middle.y - height / 2,
            middle.x + width / 2,
            middle.y + height / 2,
        )
    rise = max(box.top, 0.0) + MARGIN
    height = max(
        rise / (1 - UNDER),
        (box.width + 2 * MARGIN) / aspect,
        narrowest / aspect,
        -box.bottom / UNDER * 0.9,
    )
    width, x = height * aspect, box.middle.x
    under = height * UNDER + max(height * (1 - UNDER) - rise, 0.0) * LIFT
    return Box(x - width / 2, -under, x + width / 2, height - under)
