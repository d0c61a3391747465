"""One frame of a pose file: what it says of body and contacts, in the terms of the figures."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from marshmallow import ValidationError

from rehab.figures.basic_poses import STANDING, basic_poses
from rehab.figures.geometry import ORIGIN
from rehab.figures.pose import Contact, Limb, Pose, View, mirrored, with_limb
from rehab.figures.skeleton import joints
from rehab.figures.touch import LIMB_PARTS, STANCE, TRUNK_PARTS

ANCHORS = frozenset(joints(View.SIDE, STANDING, ORIGIN))
"""The named points of a body that a hand or a thing may be put at."""

SIDES = {"near": ("near", "right", "top"), "far": ("far", "left", "bottom")}
"""The sides of a body and their other names: right and left of the picture, top and bottom."""

PLURALS = {
    "feet": "foot",
    "heels": "heel",
    "toes": "toes",
    "knees": "knee",
    "hands": "hand",
    "grips": "grip",
    "elbows": "elbow",
    "forearms": "forearm",
}
SCALARS = ("neck", "head", "turn", "nod", "twist", "breath", "crank", "along", "effort")


def limbs_named(kind: str) -> dict[str, tuple[str, ...]]:
    """Every name for one limb of a kind (`arm`, `leg`) or for both, and which limbs it means."""
    names: dict[str, tuple[str, ...]] = {f"{kind}s": (f"{kind}_near", f"{kind}_far")}
    for side, words in SIDES.items():
        names |= {f"{kind}_{word}": (f"{kind}_{side}",) for word in words}
    return names


def side_of(name: str) -> str:
    """A name with its side told as near or far."""
    part, _, word = name.rpartition("_")
    for side, words in SIDES.items():
        if part and word in words:
            return f"{part}_{side}"
    return name


def pose_of(view: View, told: Mapping[str, Any], before: Pose | None) -> Pose:
    """The pose of a frame: a basic one or the one before, and what is different in it."""
    pose = _beginning(view, told.get("from"), before)
    if "trunk" in told:
        pose = replace(pose, lumbar=told["trunk"], thorax=told["trunk"])
    for name in ("lumbar", "thorax", *SCALARS):
        if name in told:
            change: dict[str, Any] = {name: told[name]}
            pose = replace(pose, **change)
    if before is None and "effort" not in told:
        pose = replace(pose, effort=1.0)
    for kind in ("arm", "leg"):
        pose = _limbs_set(view, pose, kind, told)
    return _shifted(pose, told)


def _beginning(view: View, name: str | None, before: Pose | None) -> Pose:
    poses = basic_poses(view)
    if name is None and before is not None:
        return before
    if name not in poses:
        known = ", ".join(poses)
        what = (
            "is missing; one of" if name is None else f"must, in this view, be one of {known}, not"
        )
        raise ValidationError({"from": f"{what} {known if name is None else name}"})
    return replace(poses[name], effort=before.effort if before else 1.0)


def _limbs_set(view: View, pose: Pose, kind: str, told: Mapping[str, Any]) -> Pose:
    """The limbs that the frame names; both at once are mirrored where both sides are seen."""
    reach = told.get("reach", {})
    for name, limbs in limbs_named(kind).items():
        for limb in limbs:
            bones: Limb = getattr(pose, limb)
            if name in told:
                bones = _turned(view, kind, bones, told[name], limb != limbs[0])
            if name in reach:
                upper, lower = reach[name]
                bones = replace(bones, upper_length=upper, lower_length=lower)
            pose = with_limb(pose, limb, bones)
    return pose


def _turned(view: View, kind: str, bones: Limb, angles: list[float], is_other: bool) -> Limb:
    upper, lower, *end = angles
    ends = end[0] if end else lower + (90 if kind == "leg" and not view.is_flat else 0)
    turned = replace(bones, upper=upper, lower=lower, end=ends)
    if view.is_flat and is_other:
        turned = mirrored(turned)
    return turned


def _shifted(pose: Pose, told: Mapping[str, Any]) -> Pose:
    """Shoulders and hips shifted out (forward, seen from the side) and up."""
    for name, kind in (("shoulder", "arm"), ("hip", "leg")):
        for key, limbs in limbs_named(kind).items():
            word = key.replace(kind, name)
            for limb in limbs if word in told else ():
                out, up = told[word]
                pose = with_limb(pose, limb, replace(getattr(pose, limb), out=out, up=up))
    return pose


def contacts_of(told: Mapping[str, Any], offered: Collection[str]) -> tuple[Contact, ...]:
    """What touches what: `contacts` stay where they are, `slides` move along."""
    known = {"floor", *offered}
    found: list[Contact] = []
    for field, planted in (("contacts", True), ("slides", False)):
        for part, on in told.get(field, {}).items():
            place = on if on in known else side_of(on)
            found += _expanded(field, part, place, planted, known)
    return tuple(found)


def _expanded(
    field: str, part: str, on: str, planted: bool, known: Collection[str]
) -> list[Contact]:
    single = PLURALS.get(part)
    parts = [f"{single}_near", f"{single}_far"] if single else [side_of(part)]
    contacts = []
    for one in parts:
        name, _, side = one.rpartition("_")
        if name not in LIMB_PARTS and one not in TRUNK_PARTS and one != STANCE:
            raise ValidationError({field: {part: "is not a part that can touch something"}})
        sided = f"{on}_{side}" if f"{on}_{side}" in known or f"{on}_{side}" in ANCHORS else on
        if sided not in known and (sided not in ANCHORS or name not in LIMB_PARTS):
            raise ValidationError({field: {part: f"{on} is nothing that it can touch here"}})
        contacts.append(Contact(one, sided, planted and sided not in ANCHORS))
    return contacts
