"""What a pose file says: poses, what touches what in them, and how one goes over into the next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, TypeVar

from rehab.figures.geometry import Point, mix

T = TypeVar("T")


class View(StrEnum):
    """From where the body is seen; from above, its front or its back."""

    SIDE = "side"
    FRONT = "front"
    BACK = "back"
    ABOVE = "above"
    ABOVE_BACK = "above-back"

    @property
    def is_flat(self) -> bool:
        """Shoulders and hips are seen in their width."""
        return self is not View.SIDE

    @property
    def is_from_above(self) -> bool:
        return self in (View.ABOVE, View.ABOVE_BACK)

    @property
    def shows_the_back(self) -> bool:
        return self in (View.BACK, View.ABOVE_BACK)


class Loop(StrEnum):
    """How the frames are played, over and over."""

    BACK = "back"
    ROUND = "round"
    STRIDE = "stride"
    SIDES = "sides"


@dataclass(frozen=True, slots=True)
class Limb:
    """Directions of upper arm, forearm and hand, or of thigh, shank and foot.

    The lengths are factors: less than 1 where a bone points at the viewer or away. `out` and `up`
    shift the joint from which it hangs, in units along the trunk: a shrug, a rolled shoulder.
    """

    upper: float
    lower: float
    end: float
    upper_length: float = 1.0
    lower_length: float = 1.0
    out: float = 0.0
    up: float = 0.0


@dataclass(frozen=True, slots=True)
class Pose:
    """One position of the body; directions in degrees, 0 to the right, 90 up."""

    lumbar: float
    thorax: float
    neck: float
    head: float
    arm_near: Limb
    arm_far: Limb
    leg_near: Limb
    leg_far: Limb
    turn: float = 0.0
    twist: float = 0.0
    breath: float = 0.0
    crank: float = 0.0
    along: float = 0.0
    effort: float = 0.0
    nod: float = 0.0
    """Degrees by which the head looks down, seen from the front; less than 0 is up."""


LIMBS = ("arm_near", "arm_far", "leg_near", "leg_far")


@dataclass(frozen=True, slots=True)
class Contact:
    """A part of the body and what it touches: a surface, or another part of the body.

    A planted part stays exactly where it is; one that is not may slide along what it touches.
    """

    part: str
    on: str
    planted: bool = True


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A pose, how many seconds the way to it and back from it takes, and for how long it stays.

    `pelvis` puts the pelvis somewhere; then no contact places the body, and limbs reach for all.
    """

    pose: Pose
    contacts: tuple[Contact, ...]
    seconds: float
    back: float
    hold: float
    pelvis: Point | None = None


@dataclass(frozen=True, slots=True)
class Prop:
    """A thing beside the body, with what is told of its place and size."""

    kind: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """The moving picture of one exercise."""

    id: str
    view: View
    frames: tuple[Keyframe, ...]
    loop: Loop = Loop.BACK
    props: tuple[Prop, ...] = ()
    tint: tuple[str, ...] | None = None
    person: int = 1
    behind: tuple[str, ...] = ()
    still: tuple[int, ...] = ()
    ring: str | None = None
    calm: bool = False


def combined(parts: Sequence[T], number: Callable[..., float]) -> T:
    """The pose or limb each of whose numbers is `number` of the same numbers of `parts`."""
    made: list[Any] = []
    for field in fields(parts[0]):  # type: ignore[arg-type]
        values = [getattr(part, field.name) for part in parts]
        is_number = isinstance(values[0], float | int)
        made.append(number(*values) if is_number else combined(values, number))
    return type(parts[0])(*made)


def blend(a: T, b: T, u: float) -> T:
    """The pose or limb `u` of the way from `a` to `b`."""
    return combined((a, b), lambda x, y: mix(x, y, u))


def with_limb(pose: Pose, name: str, limb: Limb) -> Pose:
    """The pose with one limb (`arm_near`, `leg_far`, …) in another position."""
    change: dict[str, Any] = {name: limb}
    return replace(pose, **change)


def swapped(name: str) -> str:
    """The same part of the other side."""
    if name.endswith("_near"):
        return name.removesuffix("_near") + "_far"
    if name.endswith("_far"):
        return name.removesuffix("_far") + "_near"
    return name


def other_side(pose: Pose, view: View) -> Pose:
    """The pose with its sides changed over; seen from the front it is the mirror image."""
    if not view.is_flat:
        return replace(
            pose,
            arm_near=pose.arm_far,
            arm_far=pose.arm_near,
            leg_near=pose.leg_far,
            leg_far=pose.leg_near,
        )
    return replace(
        pose,
        arm_near=mirrored(pose.arm_far),
        arm_far=mirrored(pose.arm_near),
        leg_near=mirrored(pose.leg_far),
        leg_far=mirrored(pose.leg_near),
        lumbar=180.0 - pose.lumbar,
        thorax=180.0 - pose.thorax,
        neck=180.0 - pose.neck,
        head=180.0 - pose.head,
        turn=-pose.turn,
        twist=-pose.twist,
    )


def mirrored(limb: Limb) -> Limb:
    """The limb as in a mirror; straight down stays straight down, and outwards is outwards."""
    return replace(
        limb, upper=-180.0 - limb.upper, lower=-180.0 - limb.lower, end=-180.0 - limb.end
    )
