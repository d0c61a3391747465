"""Every prop that a pose file may name, and what may be told of it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Number:
    """A number between two bounds; without a default the prop finds its own."""

    low: float
    high: float
    default: float | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One of some words."""

    words: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    default: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: a named part of the body, a handle of another prop, or `[x, y]`."""

    default: str | None = None


@dataclass(frozen=True, slots=True)
class Spots:
    """Two places or more."""


@dataclass(frozen=True, slots=True)
class Shift:
    """How far from its place a thing is drawn, `[right, up]` in units."""


X = Number(-300, 300)
LAYER = Word(("behind", "front"), "behind")
FRONT = Word(("behind", "front"), "front")
RIGHT = Word(("right", "left"), "right")
LEFT = Word(("left", "right", "none"), "left")
WIDE = Number(1, 20)

CATALOGUE: dict[str, dict[str, Any]] = {
    "mat": {"x": X, "width": Number(40, 300)},
    "bed": {"x": X, "width": Number(100, 320), "height": Number(10, 60, 34)},
    "chair": {"x": X, "height": Number(20, 60, 38.5), "back": LEFT, "layer": LAYER},
    "stool": {"x": X, "height": Number(20, 60, 38.5)},
    "wall": {"x": X, "side": RIGHT},
    "doorway": {"x": X},
    "table": {"x": X, "height": Number(40, 110, 66), "width": Number(30, 160, 84), "side": RIGHT},
    "worktop": {"x": X, "height": Number(60, 130, 98), "width": Number(20, 120, 46), "side": RIGHT},
    "step": {"x": X, "height": Number(6, 50, 16), "width": Number(20, 120, 50)},
    "rail": {"x": X, "height": Number(60, 140, 100)},
    "pillow": {"under": Spot("head"), "height": Number(2, 30), "width": Number(10, 70, 38)},
    "towel": {
        "under": Spot(),
        "at": Spot(),
        "r": Number(2, 14, 5),
        "shift": Shift(),
        "folded": Flag(False),
        "layer": LAYER,
        "width": Number(8, 60, 30),
    },
    "cushion": {
        "at": Spot(),
        "under": Spot(),
        "width": Number(8, 60, 26),
        "height": Number(6, 40, 14),
        "shift": Shift(),
        "layer": FRONT,
    },
    "ball": {"at": Spot(), "r": Number(3, 45, 9), "shift": Shift(), "layer": FRONT},
    "pack": {"at": Spot(), "shift": Shift(), "turn": Number(-180, 180, 0), "layer": FRONT},
    "dumbbells": {"hands": Word(("both", "near", "far"), "both")},
    "book": {"at": Spot("hand_near"), "shift": Shift(), "layer": FRONT},
    "band": {"between": Spots(), "width": Number(1, 6, 2.6), "layer": FRONT},
    "strap": {"between": Spots(), "width": Number(1, 6, 2.6), "layer": FRONT},
    "stick": {"between": Spots(), "width": Number(1, 6, 3), "layer": FRONT},
    "anchor": {"at": Spot()},
    "bike": {"x": X},
    "elliptical": {"x": X},
    "pool": {"level": Number(20, 220, 120), "floor": Flag(True)},
    "path": {"stride": Number(0, 400, 80)},
    "trees": {"stride": Number(0, 400, 80)},
    "plant": {"x": X, "height": Number(20, 120, 60)},
    "window": {"x": X, "y": Number(60, 220, 140), "night": Flag(False)},
    "lamp": {"x": X, "dim": Flag(False)},
    "landscape": {"kind": Word(("sea", "hills"), "sea")},
    "glow": {"along": Spots(), "r": Number(5, 60, 20), "layer": FRONT},
}
"""By name: what may be told of a prop. `x` is its middle; of a wall, table or worktop its near
edge. Left out, it is found from the first contact with the prop, else from where the body is."""

SURFACES = {
    "bed": ("bed",),
    "chair": ("chair", "chair_back"),
    "stool": ("stool",),
    "wall": ("wall",),
    "doorway": ("doorway",),
    "table": ("table",),
    "worktop": ("worktop", "worktop_edge"),
    "step": ("step",),
}
"""What each prop offers to rest on. The floor, which a mat lies on, is always there."""

HANDLES = {
    "chair": ("chair_top", "chair_edge"),
    "stool": ("stool_edge",),
    "rail": ("rail_top",),
    "bike": ("pedal_near", "pedal_far", "handlebar", "saddle"),
    "elliptical": ("plate_near", "plate_far", "lever_near", "lever_far"),
    "anchor": ("anchor",),
}
"""What each prop offers to hold or to step on; pedals, plates and levers move with the crank."""
