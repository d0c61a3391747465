"""Arms and legs: rigid bones that turn about one another, dressed, with the muscles at work."""

from collections.abc import Sequence
from dataclasses import dataclass

from rehab.figures.body import ANKLE_RADIUS, KNEE_RADIUS, bones_of
from rehab.figures.clock import Clock, group, path, told
from rehab.figures.geometry import Point
from rehab.figures.muscles import leaves, limb_leaf
from rehab.figures.outlines import capsule
from rehab.figures.pose import Limb, Pose, View
from rehab.figures.skeleton import Joints


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn: the poses and joints at the times of the clock, and what is tinted."""

    view: View
    poses: tuple[Pose, ...]
    joints: tuple[Joints, ...]
    clock: Clock
    tint: tuple[str, ...] = ()

    def places(self, joint: str) -> list[Point]:
        return [found[joint] for found in self.joints]


HAND = "M-2-3.9Q4-4.6 8-3.6Q11.6-2.6 11.4.2 11.2 2.9 7.5 3.4L-2 3.9A4 4 0 0 1-2-3.9Z"
THUMB = "M1-2.6Q3-6.6 7-7.2 8.8-6.9 8-5.2L5-2Z"
SIDE_SHOE = (
    "M-5.2-1.4A5.3 5.3 0 0 1 5.2-1.4C8-.6 8-.4 10.6.2 14 .9 16.6 3.4 15.4 6.3H-6.4C-7 4.6-6 0-5-2Z",
    "M-6.6 4.5H15.9Q16.3 6.7 14.8 6.7H-5.4Q-6.8 6.7-6.6 4.5Z",
)
FRONT_SHOE = (
    "M-2-5.2H3C8-6.6 11.2-5 11.2 0S8 6.6 3 5.2H-2A5.2 5.2 0 0 1-2-5.2Z",
    "M8.6-4.9C10.8-3.6 11.2-2 11.2 0S10.8 3.6 8.6 4.9Q9.8 0 8.6-4.9Z",
)


def limb(look: Look, name: str) -> str:
    """One limb from its root joint outwards."""
    kind, _, side = name.partition("_")
    poses: list[Limb] = [getattr(pose, name) for pose in look.poses]
    root = look.places(f"{'shoulder' if kind == 'arm' else 'hip'}_{side}")
    ends = [bones.end - bones.lower for bones in poses]
    bend = [bones.lower - bones.upper for bones in poses]
    upper, lower, end = (_arm if kind == "arm" else _leg)(look, name, poses)
    shin = [Point(length, 0.0) for length in _lengths(name, poses, "lower")]
    knee = [Point(length, 0.0) for length in _lengths(name, poses, "upper")]
    outer = group(look.clock, end, shin, ends)
    inner = group(look.clock, outer + lower, knee, bend)
    whole = group(look.clock, upper + inner, root, [bones.upper for bones in poses])
    return f'<g class="f">{whole}</g>' if side == "far" and not look.view.is_flat else whole


def _lengths(name: str, poses: Sequence[Limb], which: str) -> list[float]:
    bone = getattr(bones_of(name), which)
    return [bone * getattr(pose, f"{which}_length") for pose in poses]


def _arm(look: Look, name: str, poses: Sequence[Limb]) -> tuple[str, str, str]:
    upper, lower = _lengths(name, poses, "upper"), _lengths(name, poses, "lower")
    skin = path(look.clock, "s", [capsule(length, 6.3, 5.4) for length in upper])
    sleeve = path(look.clock, "t", [_sleeve(length) for length in upper])
    seam = path(look.clock, "c t", [_sleeve_seam(length) for length in upper])
    forearm = path(look.clock, "s", [capsule(length, 5.4, 3.9) for length in lower])
    inward = ' transform="scale(1 -1)"' if look.view.is_flat and name.endswith("near") else ""
    hand = f'<path class="s" d="{HAND}{THUMB}"{inward}/>'
    tint = _tint(look, "upper_arm", name, max(upper), 7.2)
    return (
        skin + sleeve + seam + tint,
        forearm + _tint(look, "forearm", name, max(lower), 4.6),
        hand,
    )


def _sleeve(length: float) -> str:
    """A short sleeve, open at its hem."""
    hem = told(min(18.0, length * 0.62))
    return f"M0-7.6L{hem}-7.3Q{told(float(hem) + 1.4)} 0 {hem} 7.3L0 7.6A7.6 7.6 0 0 1 0-7.6Z"


def _sleeve_seam(length: float) -> str:
    """The edges of a sleeve, which lies over cloth of its own colour."""
    hem = told(min(18.0, length * 0.62))
    return f"M6-7.4L{hem}-7.3Q{told(float(hem) + 1.4)} 0 {hem} 7.3L6 7.4"


def _leg(look: Look, name: str, poses: Sequence[Limb]) -> tuple[str, str, str]:
    upper, lower = _lengths(name, poses, "upper"), _lengths(name, poses, "lower")
    thigh = path(look.clock, "b", [capsule(length, 11.2, KNEE_RADIUS) for length in upper])
    shank = path(look.clock, "b", [_shank(look.view, length) for length in lower])
    ankle = path(look.clock, "s", [capsule(7.0, 3.9, 3.4, length - 9.0) for length in lower])
    front, sole = FRONT_SHOE if look.view.is_flat else SIDE_SHOE
    shoe = f'<path class="o" d="{front}"/><path class="os" d="{sole}"/>'
    tints = _tint(look, "thigh", name, max(upper), 9.4), _tint(look, "shank", name, max(lower), 6.6)
    return thigh + tints[0], ankle + shank + tints[1], shoe


def _shank(view: View, length: float) -> str:
    """Knee to ankle, with a calf behind where it is seen from the side."""
    end = told(length - 5.4)
    calf = "10.2" if not view.is_flat else "8.6"
    front = "7.2" if not view.is_flat else "8.6"
    third = told(length * 0.36)
    return (
        f"M0-{told(KNEE_RADIUS)}Q{third}-{front} {end}-{told(ANKLE_RADIUS)}V{told(ANKLE_RADIUS)}"
        f"Q{third} {calf} 0 {told(KNEE_RADIUS)}A7.4 7.4 0 0 1 0-{told(KNEE_RADIUS)}Z"
    )


def _tint(look: Look, segment: str, name: str, length: float, radius: float) -> str:
    """The muscles at work in one segment; of the far side only where both are seen."""
    if name.endswith("far") and not look.view.is_flat:
        return ""
    side = 1 if name.endswith("near") else -1
    outlines = [
        limb_leaf(patch, look.view, length, radius, side) for patch in leaves(look.tint, segment)
    ]
    return worked(look, ["".join(outlines)])


def worked(look: Look, outlines: Sequence[str]) -> str:
    """A patch of muscle, as strongly tinted as it works at each time."""
    if not any(outlines):
        return ""
    drawn = path(look.clock, "m", outlines)
    efforts = [told(0.15 + 0.7 * pose.effort) for pose in look.poses]
    if len(set(efforts)) == 1:
        return drawn.replace("<path ", f'<path opacity="{efforts[0]}" ', 1)
    return f"<g>{look.clock.animate('opacity', efforts)}{drawn}</g>"
