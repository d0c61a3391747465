"""Setting a body down: the pelvis where its first contact wants it, the limbs where theirs do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import acos, degrees

from rehab.figures.body import ELBOW_RADIUS, KNEE_RADIUS, NECK, bones_of
from rehab.figures.geometry import ORIGIN, Point, near_to, towards, two_links
from rehab.figures.pose import Limb, Pose, View, with_limb
from rehab.figures.skeleton import Joints, bones, joints
from rehab.figures.surroundings import Ride
from rehab.figures.touch import HEAD, Surface, depth_of, laid, limb_of, limbs_of, touching

ROUNDS, ENOUGH = 6, 0.05
"""A hand that follows its forearm moves its own goal a little: how often it reaches at most, and
after how few degrees it is there."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A part held to a place on a surface, or to another part of the body.

    Without a place it goes straight onto the surface from where the pose has it.
    """

    part: str
    surface: Surface | None
    place: Point | None = None
    anchor: str = ""
    ride: Ride | None = None

    def is_like(self, other: "Hold") -> bool:
        """The same part on the same thing, wherever on it."""
        return (self.part, self.surface, self.anchor, self.ride) == (
            other.part,
            other.surface,
            other.anchor,
            other.ride,
        )


@dataclass(frozen=True, slots=True)
class State:
    """A pose with every contact settled, and where its pelvis is."""

    pose: Pose
    pelvis: Point

    def joints(self, view: View) -> Joints:
        return joints(view, self.pose, self.pelvis)


def settled(
    view: View, pose: Pose, holds: Sequence[Hold], pelvis: Point = ORIGIN, is_placed: bool = False
) -> State:
    """The state in which all of `holds` hold, as far as bones reach.

    The first of them places the pelvis and moves no limb; the others are reached for. Where the
    pelvis is placed already, all of them are.
    """
    for hold in holds:
        if hold.surface is not None:
            pose = laid(view, pose, hold.part, hold.surface)
    places_it = bool(holds) and not holds[0].anchor and not is_placed
    if places_it:
        pelvis = pelvis + _shift(view, pose, holds[0], pelvis)
    for hold in sorted(holds, key=lambda hold: bool(hold.anchor)):
        is_first = places_it and hold is holds[0]
        if hold.part == HEAD and not is_first:
            pose = _laid_head(view, pose, hold, pelvis)
        elif limb_of(hold.part) and not is_first:
            pose = _reaching(view, pose, hold, pelvis)
    return State(pose, pelvis)


def _laid_head(view: View, pose: Pose, hold: Hold, pelvis: Point) -> Pose:
    """The neck bent until the head lies on its surface; the face still looks the same way."""
    found = bones(view, pose, pelvis, ())
    place = touching(view, pose, found, HEAD, hold.surface)
    if hold.surface is None:
        return pose
    wanted = found["skull"] - towards(hold.surface.normal, hold.surface.gap(place))
    rise = (wanted - found["collar"]).dot(towards(hold.surface.normal)) / NECK
    lean = degrees(acos(min(max(rise, -1.0), 1.0)))
    ways = [near_to(hold.surface.normal + turn, pose.neck) for turn in (lean, -lean)]
    return replace(pose, neck=min(ways, key=lambda way: abs(way - pose.neck)))


def _shift(view: View, pose: Pose, hold: Hold, pelvis: Point) -> Point:
    found = bones(view, pose, pelvis, limbs_of(hold.part))
    place = touching(view, pose, found, hold.part, hold.surface)
    return _goal(hold, place) - place


def _goal(hold: Hold, place: Point) -> Point:
    if hold.place is not None:
        return hold.place
    return hold.surface.onto(place) if hold.surface else place


def _reaching(view: View, pose: Pose, hold: Hold, pelvis: Point) -> Pose:
    part = hold.part.rpartition("_")[0]
    if part in ("knee", "elbow", "forearm"):
        return _swung(view, pose, hold, pelvis)
    for _ in range(ROUNDS):
        before, pose = pose, _reached_once(view, pose, hold, pelvis)
        if _is_near(getattr(before, limb_of(hold.part)), getattr(pose, limb_of(hold.part))):
            break
    return pose


def _is_near(one: Limb, other: Limb) -> bool:
    return abs(one.upper - other.upper) + abs(one.lower - other.lower) < ENOUGH


def _reached_once(view: View, pose: Pose, hold: Hold, pelvis: Point) -> Pose:
    found = _needed(view, pose, hold, pelvis)
    place = touching(view, pose, found, hold.part, hold.surface)
    goal = found[hold.anchor] if hold.anchor else _goal(hold, place)
    name = limb_of(hold.part)
    kind, _, side = name.partition("_")
    root = found[f"{'shoulder' if kind == 'arm' else 'hip'}_{side}"]
    end = found[f"{'wrist' if kind == 'arm' else 'ankle'}_{side}"]
    limb: Limb = getattr(pose, name)
    upper, lower = _bent(view, name, limb, root, goal - (place - end))
    follows = hold.surface is None or hold.part.startswith("grip")
    turn = lower - limb.lower if follows else 0.0
    turned = replace(limb, upper=upper, lower=lower, end=limb.end + turn)
    return with_limb(pose, name, turned)


def _needed(view: View, pose: Pose, hold: Hold, pelvis: Point) -> Joints:
    if hold.anchor:
        return joints(view, pose, pelvis)
    return bones(view, pose, pelvis, limbs_of(hold.part))


def _bent(view: View, name: str, limb: Limb, root: Point, goal: Point) -> tuple[float, float]:
    """The directions of both bones: bent as a joint bends, or seen flat as the pose has it."""
    lengths = bones_of(name)
    way, first, second = two_links(
        root, goal, lengths.upper * limb.upper_length, lengths.lower * limb.lower_length
    )
    ways = [(way - turn * first, way + turn * second) for turn in (1, -1)]
    told = [(near_to(upper, limb.upper), near_to(lower, limb.lower)) for upper, lower in ways]
    if not view.is_flat:
        return told[0] if lengths.bends > 0 else told[1]
    return min(told, key=lambda bent: abs(bent[0] - limb.upper) + abs(bent[1] - limb.lower))


def _swung(view: View, pose: Pose, hold: Hold, pelvis: Point) -> Pose:
    """The upper bone swung until the joint below it lies on the surface, or at the anchor."""
    name = limb_of(hold.part)
    kind, _, side = name.partition("_")
    found = _needed(view, pose, hold, pelvis)
    root = found[f"{'shoulder' if kind == 'arm' else 'hip'}_{side}"]
    limb: Limb = getattr(pose, name)
    lengths = bones_of(name)
    if hold.surface is None:
        upper = near_to((found[hold.anchor] - root).angle, limb.upper)
    else:
        radius = KNEE_RADIUS if kind == "leg" else ELBOW_RADIUS
        if not view.is_flat:
            radius += depth_of(hold.part).dot(towards(hold.surface.normal))
        drop = (radius - hold.surface.gap(root)) / (lengths.upper * limb.upper_length)
        lean = degrees(acos(min(max(drop, -1.0), 1.0)))
        swings = [near_to(hold.surface.normal + turn, limb.upper) for turn in (lean, -lean)]
        upper = min(swings, key=lambda swing: abs(swing - limb.upper))
    return with_limb(pose, name, replace(limb, upper=upper))
