"""Where every joint of a body is, given its pose and the place of its pelvis."""

from collections.abc import Iterable
from math import cos, radians, sin

from rehab.figures.body import (
    CHEST,
    CROWN,
    DEPTH,
    FLAT_HIPS,
    FLAT_SHOULDERS,
    LUMBAR,
    NECK,
    SHOULDERS,
    THORAX,
    bones_of,
)
from rehab.figures.geometry import ORIGIN, Point, towards
from rehab.figures.pose import LIMBS, Limb, Pose, View

Joints = dict[str, Point]
"""Where the joints are, by name: `pelvis`, `knee_near`, `wrist_far`, `head` and so on."""

NAMES = {"arm": ("shoulder", "elbow", "wrist", "hand"), "leg": ("hip", "knee", "ankle", "toe")}


def joints(view: View, pose: Pose, pelvis: Point = ORIGIN) -> Joints:
    """Every joint of the body whose pelvis is at `pelvis`, and the named places on its skin."""
    found = bones(view, pose, pelvis)
    return found | _flesh(view, pose, found)


def bones(view: View, pose: Pose, pelvis: Point, limbs: Iterable[str] = LIMBS) -> Joints:
    """The joints alone, of the trunk and of `limbs`."""
    found = _trunk(pose, pelvis)
    for limb in limbs:
        is_arm = limb.startswith("arm")
        root = (_arm_root if is_arm else _leg_root)(view, pose, limb, found)
        found |= _limb(limb, getattr(pose, limb), root)
    return found


def _trunk(pose: Pose, pelvis: Point) -> Joints:
    waist = pelvis + towards(pose.lumbar, LUMBAR)
    collar = waist + towards(pose.thorax, THORAX)
    skull = collar + towards(pose.neck, NECK)
    return {
        "pelvis": pelvis,
        "waist": waist,
        "chest": waist + towards(pose.thorax, THORAX * CHEST),
        "girdle": waist + towards(pose.thorax, THORAX * SHOULDERS),
        "collar": collar,
        "skull": skull,
        "head": skull + towards(pose.head, CROWN * cos(radians(pose.nod))),
    }


def _side(limb: str) -> int:
    """+1 for the near side, which seen from the front is the right of the picture."""
    return 1 if limb.endswith("_near") else -1


def _arm_root(view: View, pose: Pose, limb: str, found: Joints) -> Point:
    shift: Limb = getattr(pose, limb)
    girdle = found["girdle"]
    up = towards(pose.thorax, shift.up)
    if not view.is_flat:
        forward = towards(pose.thorax - 90, shift.out)
        return girdle + up + forward + DEPTH.times(-_side(limb))
    width = (FLAT_SHOULDERS + shift.out) * cos(radians(pose.twist))
    return girdle + up + towards(pose.thorax - 90, _side(limb) * width)


def _leg_root(view: View, pose: Pose, limb: str, found: Joints) -> Point:
    shift: Limb = getattr(pose, limb)
    up = towards(pose.lumbar, shift.up)
    if not view.is_flat:
        return found["pelvis"] + up + DEPTH.times(-_side(limb))
    return found["pelvis"] + up + towards(pose.lumbar - 90, _side(limb) * (FLAT_HIPS + shift.out))


def _limb(limb: str, pose: Limb, root: Point) -> Joints:
    bones = bones_of(limb)
    kind, _, side = limb.partition("_")
    middle = root + towards(pose.upper, bones.upper * pose.upper_length)
    low = middle + towards(pose.lower, bones.lower * pose.lower_length)
    end = low + towards(pose.end, bones.end)
    places = (root, middle, low, end)
    return {f"{name}_{side}": place for name, place in zip(NAMES[kind], places, strict=True)}


def _flesh(view: View, pose: Pose, found: Joints) -> Joints:
    """Places on the body that a hand may lie on or a thing be put at.

    Seen flat, what is on the front or the back of the body is in its middle.
    """
    depth = 0.0 if view.is_flat else 1.0
    front, ahead = towards(pose.lumbar - 90, depth), towards(pose.thorax - 90, depth)
    middle = found["pelvis"] + (found["waist"] - found["pelvis"]).times(0.75)
    places = {
        "belly": middle + front.times(11 + 4 * pose.breath),
        "low_back": middle - front.times(9),
        "breast": found["chest"] + ahead.times(13),
        "upper_back": found["chest"] - ahead.times(12),
        "nape": found["skull"] - towards(pose.head - 90, 6 * depth),
        **_on_the_head(view, pose, found["head"]),
    }
    for side in ("near", "far"):
        hip, knee = found[f"hip_{side}"], found[f"knee_{side}"]
        ankle, elbow = found[f"ankle_{side}"], found[f"elbow_{side}"]
        places[f"thigh_{side}"] = hip + (knee - hip).times(0.55)
        places[f"shin_{side}"] = knee + (ankle - knee).times(0.3)
        places[f"upper_arm_{side}"] = elbow + (found[f"shoulder_{side}"] - elbow).times(0.35)
    return places


HEAD_PLACES = {
    "forehead": (11.0, 5.0),
    "back_of_head": (-13.0, 0.0),
    "top_of_head": (0.0, 14.0),
    "chin": (9.0, -11.0),
}
"""How far before the middle of the head, and how far above it, its places are."""
FACE_TURN = 0.6
"""How far to the side the face goes as the head turns fully, as a part of its distance before."""


def _on_the_head(view: View, pose: Pose, head: Point) -> Joints:
    """Forehead, chin, crown and ears; seen flat, the face looks at the viewer or goes by turn."""
    across, crown = towards(pose.head - 90), towards(pose.head)
    if not view.is_flat:
        ears = dict.fromkeys(("ear_near", "ear_far"), head - across.times(2))
        places = {
            name: head + across.times(before) + crown.times(above)
            for name, (before, above) in HEAD_PLACES.items()
        }
        return places | ears
    sink, flat = sin(radians(pose.nod)), cos(radians(pose.nod))
    ears = {"ear_near": head + across.times(11), "ear_far": head - across.times(11)}
    places = {
        name: head
        + across.times(before * pose.turn * FACE_TURN)
        + crown.times(above * flat - before * sink)
        for name, (before, above) in HEAD_PLACES.items()
    }
    return places | ears
