"""The muscles at work on the trunk: strips that bend along with the spine, shapes on the pelvis."""

from collections.abc import Sequence
from itertools import pairwise
from math import cos, radians

from rehab.figures.body import LUMBAR
from rehab.figures.clock import group
from rehab.figures.geometry import Point, mix, towards
from rehab.figures.limbs import Look, worked
from rehab.figures.muscles import Patch, leaves
from rehab.figures.outlines import leaf, smooth
from rehab.figures.pose import Pose
from rehab.figures.skeleton import Joints

DEPTHS = ((0, 12.5, 11.5), (22, 10.0, 11.5), (42, 14.0, 15.0), (56, 12.0, 11.0), (64, 7.0, 5.5))
"""Along the spine in units from the pelvis: how deep the back behind it is, and the front."""
WIDTHS = ((0, 18.0), (24, 14.5), (42, 18.5), (56, 18.0), (64, 8.0))
"""Half the width of the trunk along the spine."""
BENDS_FROM, BENDS_TO = 14.0, 38.0
"""Where along the spine the direction of the lumbar part goes over into that of the thorax."""

STRIPS: dict[str, dict[str, tuple[tuple[float, float], ...]]] = {
    "side": {
        "back": ((-0.4, -0.92),),
        "blades": ((-0.25, -0.9),),
        "top": ((-0.35, -0.95),),
        "front": ((0.4, 0.92),),
        "outer": ((-0.35, 0.35),),
    },
    "front": {
        "front": ((0.1, 0.75), (-0.1, -0.75)),
        "outer": ((0.6, 0.95), (-0.6, -0.95)),
    },
    "back": {
        "back": ((0.08, 0.6), (-0.08, -0.6)),
        "blades": ((0.1, 0.75), (-0.1, -0.75)),
        "outer": ((0.6, 0.95), (-0.6, -0.95)),
    },
}
"""Across the trunk, from its middle to its edge: from where to where each face is seen, by view."""

PELVIS = {
    ("side", "buttock"): "M9-11.5Q-2-16-11.5-8.5-7-2.5 1-4 8-6 9-11.5Z",
    ("side", "hip side"): "M11-4Q6-8-1-6-4-1-1 4 6 6 11 2 13-1 11-4Z",
    ("side", "groin"): "M8 9Q0 13.5-7 10-4 5 2 4.5 8 5.5 8 9Z",
    (
        "back",
        "buttock",
    ): "M9-9Q8-2-3-2-11-3-10-10-5-17 3-16 9-14 9-9ZM9 9Q8 2-3 2-11 3-10 10-5 17 3 16 9 14 9 9Z",
    ("back", "hip side"): "M11-14Q5-19-5-18.5-3-12 4-11 10-11 11-14ZM11 14Q5 19-5 18.5-3 12 4 11"
    " 10 11 11 14Z",
    ("front", "hip side"): "M11-14Q5-19-5-18.5-3-12 4-11 10-11 11-14ZM11 14Q5 19-5 18.5-3 12 4 11"
    " 10 11 11 14Z",
    ("front", "groin"): "M6-12Q0-12-5-5-2-4 4-6 7-9 6-12ZM6 12Q0 12-5 5-2 4 4 6 7 9 6 12Z",
}
"""Shapes on the pelvis, told along the spine, its front (seen flat, its right) where y grows."""


def seen(look: Look) -> str:
    """`side`, `front` or `back`: what the view shows of a trunk."""
    if not look.view.is_flat:
        return "side"
    return "back" if look.view.shows_the_back else "front"


def on_pelvis(look: Look) -> str:
    """The shapes on the pelvis; they lie over the top of the legs."""
    shapes = [PELVIS.get((seen(look), patch.face), "") for patch in leaves(look.tint, "pelvis")]
    drawn = worked(look, ["".join(shapes)])
    lumbar = [pose.lumbar for pose in look.poses]
    return group(look.clock, drawn, look.places("pelvis"), lumbar) if drawn else ""


def on_neck(look: Look) -> str:
    """The leaves on the neck."""
    edges: dict[str, tuple[int, ...]] = {"back": (-1,), "front": (1,), "outer": (0,)}
    if look.view.is_flat:
        edges = {"outer": (-1, 1), seen(look): (0,)}
    shapes = [
        leaf(patch.start * 12 - 1, patch.end * 12, 6.0, edge)
        for patch in leaves(look.tint, "neck")
        for edge in edges.get(patch.face, ())
    ]
    drawn = worked(look, ["".join(shapes)])
    turns = [pose.neck for pose in look.poses]
    return group(look.clock, drawn, look.places("collar"), turns) if drawn else ""


def on_trunk(look: Look) -> str:
    """The strips along the spine, those that meet joined into one."""
    patches = joined(leaves(look.tint, "spine"))
    both = list(zip(look.poses, look.joints, strict=True))
    outlines = [
        "".join(_strip(look, patch, pose, found) for patch in patches) for pose, found in both
    ]
    return worked(look, outlines)


def joined(patches: Sequence[Patch]) -> list[Patch]:
    """Patches of the same face that touch or overlap, made one."""
    found: list[Patch] = []
    for patch in sorted(patches, key=lambda patch: (patch.face, patch.start)):
        last = found[-1] if found else None
        if last and last.face == patch.face and patch.start <= last.end + 1:
            found[-1] = Patch("spine", last.start, max(last.end, patch.end), patch.face)
        else:
            found.append(patch)
    return found


def _strip(look: Look, patch: Patch, pose: Pose, found: Joints) -> str:
    if look.view.is_flat and patch.face == "top":
        return "".join(_slope(pose, found, side) for side in ("near", "far"))
    strips = STRIPS[seen(look)].get(patch.face, ())
    return "".join(_between(look, pose, found, (patch.start, patch.end), edges) for edges in strips)


def _between(
    look: Look, pose: Pose, found: Joints, reach: tuple[float, float], edges: tuple[float, float]
) -> str:
    """A strip from `reach` to `reach` along the spine, between two edges across it."""
    inner, outer = edges
    ends = [_place(look, pose, found, along, (inner + outer) / 2) for along in reach]
    way = [mix(*reach, u) for u in (0.12, 0.5, 0.88)]
    out = [_place(look, pose, found, along, outer) for along in way]
    back = [_place(look, pose, found, along, inner) for along in reversed(way)]
    return smooth([ends[0], *out, ends[1], *back])


def _place(look: Look, pose: Pose, found: Joints, along: float, across: float) -> Point:
    """A place on the trunk: so far along the spine, and so far to its edge."""
    if along < LUMBAR:
        root = found["pelvis"] + towards(pose.lumbar, along)
    else:
        root = found["waist"] + towards(pose.thorax, along - LUMBAR)
    bend = min(max((along - BENDS_FROM) / (BENDS_TO - BENDS_FROM), 0.0), 1.0)
    direction = mix(pose.lumbar, pose.thorax, bend) - 90
    if look.view.is_flat:
        half = _at(along, [(where, width) for where, width in WIDTHS])
        half *= cos(radians(pose.twist)) if along > LUMBAR else 1.0
        return root + towards(direction, across * half)
    back, front = (_at(along, [(row[0], row[i]) for row in DEPTHS]) for i in (1, 2))
    return root + towards(direction, across * (back if across < 0 else front))


def _at(along: float, table: Sequence[tuple[float, float]]) -> float:
    """A value between two rows of a table."""
    for (low, first), (high, last) in pairwise(table):
        if along <= high:
            return mix(first, last, max((along - low) / (high - low), 0.0))
    return table[-1][1]


def _slope(pose: Pose, found: Joints, side: str) -> str:
    """From the neck to a shoulder, wherever that is shifted."""
    shoulder, collar = found[f"shoulder_{side}"], found["collar"]
    up = towards(pose.thorax)
    way = shoulder + up.times(4.5) - collar
    out = towards(way.angle)
    return smooth(
        [
            collar + up.times(5) + out.times(2),
            collar + way.times(0.5) + up.times(1.6),
            shoulder + up.times(6),
            shoulder + up.times(1) - out.times(2),
            collar + way.times(0.5) - up.times(2.5),
            collar - up.times(3) + out.times(1.5),
        ]
    )
