"""Where the muscles are on the drawn body: the words of the library, as leaves on its segments."""

from collections.abc import Mapping
from dataclasses import dataclass

from rehab.figures.outlines import leaf
from rehab.figures.pose import View


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of a segment, from and to along it, and on which of its faces.

    Along a limb and the neck as a fraction of its length, along the spine in units from the pelvis.
    """

    segment: str
    start: float
    end: float
    face: str


def _on(segment: str, start: float, end: float, *faces: str) -> tuple[Patch, ...]:
    return tuple(Patch(segment, start, end, face) for face in faces)


QUADRICEPS = _on("thigh", 0.15, 0.95, "front")
HAMSTRINGS = _on("thigh", 0.15, 0.95, "back")
ADDUCTORS = _on("thigh", 0.1, 0.7, "inner")
BUTTOCK = _on("pelvis", 0, 0, "buttock")
HIP_SIDE = _on("pelvis", 0, 0, "hip side")
HIP_FRONT = (*_on("pelvis", 0, 0, "groin"), *_on("thigh", 0.0, 0.4, "front"))
CALF = _on("shank", 0.05, 0.7, "back")
SHIN = _on("shank", 0.1, 0.7, "front")
LOW_BACK = _on("spine", 4, 34, "back")
MID_BACK = _on("spine", 30, 52, "back")
BELLY = _on("spine", 2, 30, "front")
FLANK = _on("spine", 4, 32, "outer")
CHEST = _on("spine", 40, 57, "front")
BLADES = _on("spine", 40, 57, "blades")
LATS = _on("spine", 24, 50, "outer")
RIBS = _on("spine", 32, 47, "outer")
DIAPHRAGM = _on("spine", 25, 37, "front")
TOP = (*_on("spine", 50, 63, "top"), *_on("neck", 0.0, 0.9, "back"))
NAPE = _on("neck", 0.0, 1.2, "back")
THROAT = _on("neck", 0.0, 1.2, "front")
NECK_SIDE = _on("neck", -0.1, 1.2, "outer")
DELTOID = _on("upper_arm", -0.12, 0.5, "outer")
DELTOID_BACK = _on("upper_arm", -0.1, 0.5, "back")
DELTOID_FRONT = _on("upper_arm", -0.1, 0.5, "front")
CUFF = (*_on("upper_arm", -0.15, 0.35, "outer"), *_on("spine", 44, 56, "blades"))
TRICEPS = _on("upper_arm", 0.2, 0.95, "back")

MUSCLES: dict[str, tuple[Patch, ...]] = {
    "abdominals": BELLY,
    "adductors": ADDUCTORS,
    "anterior deltoid": DELTOID_FRONT,
    "calf": CALF,
    "capsule": CUFF,
    "cervical extensors": NAPE,
    "deep neck flexors": THROAT,
    "deltoid": DELTOID,
    "diaphragm": DIAPHRAGM,
    "gastrocnemius": CALF,
    "gluteals": BUTTOCK,
    "gluteus maximus": BUTTOCK,
    "gluteus medius": HIP_SIDE,
    "gluteus minimus": HIP_SIDE,
    "hamstrings": HAMSTRINGS,
    "heart and lungs": (),
    "hip flexors": HIP_FRONT,
    "iliopsoas": HIP_FRONT,
    "infraspinatus": CUFF,
    "joint capsule": CUFF,
    "latissimus": LATS,
    "latissimus dorsi": LATS,
    "legs": (*QUADRICEPS, *CALF),
    "levator scapulae": NECK_SIDE,
    "lower trapezius": MID_BACK,
    "lumbar extensors": LOW_BACK,
    "lumbar flexors": BELLY,
    "lumbar rotators": (*FLANK, *LOW_BACK),
    "middle and lower trapezius": BLADES,
    "middle trapezius": BLADES,
    "multifidus": LOW_BACK,
    "neck extensors": NAPE,
    "neck flexors": THROAT,
    "neck side flexors": NECK_SIDE,
    "obliques": FLANK,
    "pectorals": CHEST,
    "piriformis": BUTTOCK,
    "posterior deltoid": DELTOID_BACK,
    "postural muscles": (*LOW_BACK, *MID_BACK),
    "quadratus lumborum": FLANK,
    "quadriceps": QUADRICEPS,
    "rectus abdominis": BELLY,
    "rectus femoris": QUADRICEPS,
    "rhomboids": BLADES,
    "rotator cuff": CUFF,
    "rotators": NECK_SIDE,
    "scalenes": NECK_SIDE,
    "serratus anterior": RIBS,
    "shoulder girdle": BLADES,
    "soleus": CALF,
    "spinal extensors": (*LOW_BACK, *MID_BACK),
    "sternocleidomastoid": NECK_SIDE,
    "supraspinatus": CUFF,
    "teres minor": CUFF,
    "the sore muscle": (),
    "thoracic extensors": MID_BACK,
    "thoracic rotators": (*MID_BACK, *RIBS),
    "tibialis anterior": SHIN,
    "transversus abdominis": BELLY,
    "trapezius": (*TOP, *BLADES),
    "triceps": TRICEPS,
    "upper trapezius": TOP,
    "whole body": (),
}
"""Every word that the library's exercises use; without a leaf where none would say anything."""

ACROSS: dict[View, dict[str, tuple[float, ...]]] = {
    View.SIDE: {"front": (-1.0,), "back": (1.0,), "outer": (0.0,), "inner": (0.4,), "all": (0.0,)},
    View.FRONT: {"front": (0.0,), "outer": (-1.0,), "inner": (1.0,), "all": (0.0,)},
    View.BACK: {"back": (0.0,), "outer": (-1.0,), "inner": (1.0,), "all": (0.0,)},
}
"""Where across a limb each face is seen, from -1 to 1; seen flat, for the one on the right."""


def leaves(muscles: tuple[str, ...], segment: str) -> tuple[Patch, ...]:
    """The patches of `muscles` on one segment, each once."""
    found = [patch for name in muscles for patch in MUSCLES[name] if patch.segment == segment]
    return tuple(dict.fromkeys(found))


def limb_leaf(patch: Patch, view: View, length: float, radius: float, side: int) -> str:
    """The outline of a patch along an arm or a leg; nothing where this view does not show it."""
    across = _seen(view).get(patch.face, ())
    mirror = side if view.is_flat else 1
    return "".join(
        leaf(patch.start * length, patch.end * length, radius, edge * mirror) for edge in across
    )


def _seen(view: View) -> Mapping[str, tuple[float, ...]]:
    if not view.is_flat:
        return ACROSS[View.SIDE]
    return ACROSS[View.BACK if view.shows_the_back else View.FRONT]
