"""The trunk: one smooth outline over two parts, and the top of the trousers."""

from math import cos, radians

from rehab.figures.clock import group, path
from rehab.figures.geometry import Point, towards
from rehab.figures.limbs import Look
from rehab.figures.outlines import capsule, smooth
from rehab.figures.pose import Pose
from rehab.figures.skeleton import Joints
from rehab.figures.tints import on_neck, on_trunk

SIDE_SHORTS = "M-11 2Q-11.5 12 1 12.4 8 12.4 13 12.2Q15.5 0 12.6-11.4 4-13-2-13.2-12-13-11 2Z"
FLAT_SHORTS = "M-9 0Q-9 18 0 18.4L12 16Q14 0 12-16L0-18.4Q-9-18-9 0Z"


def trunk(look: Look) -> str:
    """The top with the muscles at work on it, and the trousers' top."""
    outline = _flat if look.view.is_flat else _from_the_side
    both = list(zip(look.poses, look.joints, strict=True))
    top = path(look.clock, "t", [smooth(outline(pose, found)) for pose, found in both])
    shorts = FLAT_SHORTS if look.view.is_flat else SIDE_SHORTS
    lumbar = [pose.lumbar for pose in look.poses]
    hips = group(look.clock, f'<path class="b" d="{shorts}"/>', look.places("pelvis"), lumbar)
    return (hips + top if look.view.is_flat else top + hips) + on_trunk(look)


def neck(look: Look) -> str:
    """The neck, which the top and the head cover at its ends."""
    both = zip(look.poses, look.joints, strict=True)
    roots = [found["collar"] - towards(pose.thorax, 4) for pose, found in both]
    ways = [found["skull"] - root for found, root in zip(look.joints, roots, strict=True)]
    bone = path(look.clock, "ss", [capsule(way.length + 3, 6.8, 5.8) for way in ways])
    return group(look.clock, bone, roots, [way.angle for way in ways]) + on_neck(look)


def _from_the_side(pose: Pose, found: Joints) -> list[Point]:
    """Round the trunk: up its front, over the collar, down its back."""
    pelvis, waist = found["pelvis"], found["waist"]
    low, high = pose.lumbar, pose.thorax
    middle = (low + high) / 2

    def place(root: Point, along: float, across: float, angle: float) -> Point:
        return root + towards(angle, along) + towards(angle - 90, across)

    return [
        place(pelvis, -9, 3, low),
        place(pelvis, -4, 14, low),
        place(waist, -3, 12.5 + 6 * pose.breath, middle),
        place(waist, 16, 17, high),
        place(waist, 29, 12.5, high),
        place(waist, 38, 5, high),
        place(waist, 38, -5.5, high),
        place(waist, 29, -14, high),
        place(waist, 15, -15.5, high),
        place(waist, -2, -10.5, middle),
        place(pelvis, 2, -15, low),
        place(pelvis, -9, -11, low),
    ]


def _flat(pose: Pose, found: Joints) -> list[Point]:
    """Round the trunk: up its right in the picture, over the shoulders, down its left."""
    pelvis, waist = found["pelvis"], found["waist"]
    low, high, turned = pose.lumbar, pose.thorax, cos(radians(pose.twist))
    middle = (low + high) / 2

    def pair(root: Point, along: float, half: float, angle: float) -> tuple[Point, Point]:
        spine = root + towards(angle, along)
        return spine + towards(angle - 90, half), spine - towards(angle - 90, half)

    pairs = [
        pair(pelvis, 1, 17, low),
        pair(pelvis, 5, 19.5, low),
        pair(waist, -2, 15, middle),
        pair(waist, 15, 19 * turned, high),
        _shoulders(found, high, turned),
        _slopes(found, high),
        pair(waist, 39, 6.5, high),
    ]
    return [right for right, _ in pairs] + [left for _, left in reversed(pairs)]


def _shoulders(found: Joints, thorax: float, turned: float) -> tuple[Point, Point]:
    """A little outside the joints from which the arms hang, wherever they are shifted."""
    over, out = towards(thorax, 8.5), towards(thorax - 90, 6 * turned)
    return found["shoulder_near"] + over + out, found["shoulder_far"] + over - out


def _slopes(found: Joints, thorax: float) -> tuple[Point, Point]:
    """Half way from the shoulders up to the neck."""
    over = towards(thorax, 10)
    return (
        found["collar"] + (found["shoulder_near"] + over - found["collar"]).times(0.5),
        found["collar"] + (found["shoulder_far"] + over - found["collar"]).times(0.5),
    )
