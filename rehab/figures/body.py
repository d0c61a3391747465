"""The drawn body: its proportions, its joints, and how far each of them goes."""

from dataclasses import dataclass

from rehab.figures.geometry import Point

LUMBAR, THORAX, NECK = 26.0, 34.0, 11.0
UPPER_ARM, FOREARM, HAND = 32.0, 28.0, 10.0
THIGH, SHANK, FOOT = 46.0, 44.0, 18.0
"""Lengths in units of which the whole body is about 215 tall."""

PELVIS_RADIUS, WAIST_RADIUS, CHEST_RADIUS, HEAD_RADIUS = 12.0, 11.0, 14.0, 13.5
SHOULDER_RADIUS, ELBOW_RADIUS, WRIST_RADIUS = 8.0, 5.4, 4.0
HIP_RADIUS, KNEE_RADIUS, ANKLE_RADIUS = 11.0, 7.4, 4.8

SOLE = 6.5
"""From the ankle down to the ground."""
PALM = 3.6
"""From the middle of the wrist to what a flat hand lies on."""
BALL, HEEL = 12.0, 5.0
"""From the ankle forward to the ball of the foot, and back to the heel."""
CROWN = 9.0
"""From the top of the neck to the middle of the head."""
CHEST, SHOULDERS = 0.62, 0.88
"""Where along the thorax the chest is deepest, and where the arms hang."""

FLAT_SHOULDERS, FLAT_HIPS = 18.5, 9.0
"""Half the width between the shoulder joints and between the hip joints, seen from the front."""
DEPTH = Point(2.6, 1.3)
"""How far the far side lies behind the middle of the body, and the near side before it."""


@dataclass(frozen=True, slots=True)
class Bones:
    """The two bones of a limb, the joint between them and what is at its end."""

    upper: float
    lower: float
    end: float
    root_radius: float
    joint_radius: float
    end_radius: float
    bends: int
    """+1 where the lower bone turns against the clock as the joint bends, seen from the side."""


ARM = Bones(UPPER_ARM, FOREARM, HAND, SHOULDER_RADIUS, ELBOW_RADIUS, WRIST_RADIUS, 1)
LEG = Bones(THIGH, SHANK, FOOT, HIP_RADIUS, KNEE_RADIUS, ANKLE_RADIUS, -1)


def bones_of(limb: str) -> Bones:
    """The bones of `arm_near`, `leg_far` and so on."""
    return ARM if limb.startswith("arm") else LEG


LIMITS: dict[str, tuple[float, float]] = {
    "hip": (-35, 140),
    "knee": (-6, 158),
    "ankle": (-92, 40),
    "shoulder": (-70, 190),
    "elbow": (-8, 155),
    "wrist": (-95, 95),
    "lumbar on thorax": (-45, 45),
    "neck": (-60, 65),
    "head": (-40, 45),
}
"""Degrees of flexion (less than 0 is extension) that a drawn joint may show, seen from the side.

The usual ranges of motion of an adult (AAOS: hip 120, knee 135, ankle 20 up and 50 down, shoulder
180 and 60, elbow 150) with some room, since a drawing has fewer joints than a spine or a shoulder.
"""
