"""What touches what: the parts of a body, the surfaces they rest on, and how they lie there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rehab.figures.body import (
    BALL,
    CHEST_RADIUS,
    DEPTH,
    ELBOW_RADIUS,
    HEAD_RADIUS,
    HEEL,
    KNEE_RADIUS,
    PALM,
    PELVIS_RADIUS,
    SHOULDER_RADIUS,
    SOLE,
)
from rehab.figures.geometry import Point, near_to, towards
from rehab.figures.pose import Limb, Pose, View, with_limb
from rehab.figures.skeleton import Joints

LIMB_PARTS = {
    "foot": "leg",
    "heel": "leg",
    "toes": "leg",
    "knee": "leg",
    "hand": "arm",
    "grip": "arm",
    "elbow": "arm",
    "forearm": "arm",
}
"""Parts that come near and far, and the limb that can reach out for their place."""

TRUNK_PARTS: dict[str, tuple[tuple[str, float], ...]] = {
    "seat": (("pelvis", PELVIS_RADIUS),),
    "shoulders": (("girdle", CHEST_RADIUS - 2.0),),
    "back": (("pelvis", PELVIS_RADIUS), ("chest", CHEST_RADIUS - 0.5)),
    "belly": (("pelvis", PELVIS_RADIUS - 1), ("chest", CHEST_RADIUS - 0.5)),
    "hips": (("pelvis", PELVIS_RADIUS - 1),),
    "head": (("head", HEAD_RADIUS - 0.5),),
    "side": (("hip_far", 11.0), ("shoulder_far", SHOULDER_RADIUS)),
}
"""Parts of the trunk as discs round joints; of several, the one that lies lowest touches."""

HEAD = "head"
STANCE = "stance"
"""Whichever foot is lower."""


@dataclass(frozen=True, slots=True)
class Surface:
    """A straight edge through `through`; `normal` is the direction away from what it bounds."""

    through: Point
    normal: float

    def gap(self, place: Point) -> float:
        """How far above the surface a place is; less than 0 is inside it."""
        return (place - self.through).dot(towards(self.normal))

    def onto(self, place: Point) -> Point:
        """The nearest place on the surface."""
        return place - towards(self.normal, self.gap(place))


FLOOR = Surface(Point(0.0, 0.0), 90.0)


def limb_of(part: str) -> str:
    """The limb at whose end a part is, or nothing for one of the trunk."""
    name, _, side = part.rpartition("_")
    return f"{LIMB_PARTS[name]}_{side}" if name in LIMB_PARTS else ""


def limbs_of(part: str) -> tuple[str, ...]:
    """The limbs that say where a part is."""
    if part == STANCE:
        return ("leg_near", "leg_far")
    if part == "side":
        return ("arm_far", "leg_far")
    return (limb_of(part),) if limb_of(part) else ()


def laid(view: View, pose: Pose, part: str, surface: Surface) -> Pose:
    """The pose with a foot set flat on its surface, a hand laid flat, a forearm along it."""
    limb, name = limb_of(part), part.rpartition("_")[0]
    if not limb:
        return pose
    bones: Limb = getattr(pose, limb)
    along = _along(bones.lower if name == "forearm" else bones.end, surface)
    if name == "foot" and not view.is_flat:
        bones = replace(bones, end=near_to(surface.normal - 90, bones.end))
    elif name == "hand":
        bones = replace(bones, end=along)
    elif name == "forearm":
        bones = replace(bones, lower=along, end=along)
    return with_limb(pose, limb, bones)


def _along(angle: float, surface: Surface) -> float:
    """The direction along a surface that is nearest to `angle`."""
    either = [near_to(surface.normal + turn, angle) for turn in (-90, 90)]
    return min(either, key=lambda direction: abs(direction - angle))


def touching(view: View, pose: Pose, found: Joints, part: str, surface: Surface | None) -> Point:
    """The place of a part that touches, or would touch, `surface`; none is a part of the body."""
    down = towards(surface.normal + 180 if surface else -90)
    if part == STANCE:
        ends = [touching(view, pose, found, f"{p}_{s}", surface) for p, s in STANCE_ENDS]
        return min(ends, key=lambda end: -end.dot(down))
    if part in TRUNK_PARTS:
        discs = [found[joint] + down.times(radius) for joint, radius in TRUNK_PARTS[part]]
        return max(discs, key=lambda place: place.dot(down))
    place = _of_limb(view, pose, found, part, down, surface is not None)
    return place if surface is None or view.is_flat else place - depth_of(part)


def depth_of(name: str) -> Point:
    """How far a side lies before or behind the middle of the body, where surfaces are told."""
    return DEPTH.times(-1 if name.endswith("_near") else 1)


STANCE_ENDS = [(part, side) for side in ("near", "far") for part in ("heel", "toes")]


def _of_limb(view: View, pose: Pose, found: Joints, part: str, down: Point, flat: bool) -> Point:
    name, _, side = part.rpartition("_")
    limb: Limb = getattr(pose, limb_of(part))
    if name == "knee":
        return found[part] + down.times(KNEE_RADIUS)
    if name in ("elbow", "forearm"):
        return found[f"elbow_{side}"] + down.times(ELBOW_RADIUS)
    if name == "grip" or (name == "hand" and not flat):
        return found[f"wrist_{side}"] + towards(limb.end, 6.0)
    if name == "hand":
        return found[f"wrist_{side}"] + towards(limb.end, 5.0) + down.times(PALM)
    return found[f"ankle_{side}"] + _sole(view, limb, name)


def _sole(view: View, foot: Limb, name: str) -> Point:
    """From the ankle to the middle of the sole, the heel or the ball of the foot."""
    if view.is_flat:
        return towards(foot.lower, SOLE + 4.0)
    plantar = towards(foot.end - 90, SOLE)
    along = {"foot": 2.0, "heel": -HEEL, "toes": BALL}[name]
    return plantar + towards(foot.end, along)


Surfaces = Mapping[str, Surface]
"""What there is to rest on, by name: `floor`, `wall`, `chair` and so on."""
