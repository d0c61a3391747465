"""The poses that most exercises begin with, by view and name."""

from dataclasses import replace

from rehab.figures.pose import Limb, Pose, View, mirrored

STANDING = Pose(
    lumbar=93,
    thorax=88,
    neck=82,
    head=90,
    arm_near=Limb(-96, -84, -80),
    arm_far=Limb(-90, -78, -74),
    leg_near=Limb(-90, -91, 0),
    leg_far=Limb(-88, -89, 0),
)
SITTING = replace(
    STANDING,
    lumbar=92,
    arm_near=Limb(-82, -24, -12),
    arm_far=Limb(-78, -26, -12),
    leg_near=Limb(0, -90, 0),
    leg_far=Limb(0, -88, 0),
)
LONG_SITTING = replace(
    STANDING,
    lumbar=95,
    arm_near=Limb(-108, -100, 0),
    arm_far=Limb(-106, -98, 0),
    leg_near=Limb(0, -1, 88),
    leg_far=Limb(0, -1, 88),
)
SUPINE = Pose(
    lumbar=180,
    thorax=180,
    neck=178,
    head=182,
    arm_near=Limb(-6, 2, 2),
    arm_far=Limb(-4, 3, 3),
    leg_near=Limb(-2, -2, 76),
    leg_far=Limb(0, -2, 74),
)
CROOK_LYING = replace(SUPINE, leg_near=Limb(52, -69, 0), leg_far=Limb(54, -68, 0))
PRONE = Pose(
    lumbar=0,
    thorax=0,
    neck=2,
    head=-6,
    arm_near=Limb(184, 180, 180),
    arm_far=Limb(182, 180, 180),
    leg_near=Limb(181, 181, 196),
    leg_far=Limb(180, 181, 194),
)
HANDS_AND_KNEES = Pose(
    lumbar=6,
    thorax=6,
    neck=4,
    head=4,
    arm_near=Limb(-90, -88, 0),
    arm_far=Limb(-88, -86, 0),
    leg_near=Limb(-90, 183, 187),
    leg_far=Limb(-88, 183, 187),
)
KNEELING = replace(STANDING, leg_near=Limb(-90, 183, 187), leg_far=Limb(-88, 183, 187))
HALF_KNEELING = replace(STANDING, leg_near=Limb(-95, 183, 187), leg_far=Limb(0, -90, 0))


def _both(pose: Pose, arm: Limb, leg: Limb) -> Pose:
    return replace(pose, arm_near=arm, arm_far=mirrored(arm), leg_near=leg, leg_far=mirrored(leg))


UPRIGHT = replace(STANDING, lumbar=90, thorax=90, neck=90, head=90)
FLAT_STANDING = _both(UPRIGHT, Limb(-80, -84, -86), Limb(-87, -88, -88))
FLAT_SITTING = _both(
    UPRIGHT,
    Limb(-76, -104, -100, 1.0, 0.82),
    Limb(-72, -89, -89, 0.3, 1.0),
)
FLAT_LYING = _both(UPRIGHT, Limb(-66, -72, -74), Limb(-85, -86, -88))
FLAT_SIDE_LYING = Pose(
    lumbar=181,
    thorax=182,
    neck=176,
    head=178,
    arm_near=Limb(-12, -32, -20, 0.9, 0.8),
    arm_far=Limb(186, 192, 186, 0.9, 0.5),
    leg_near=Limb(1, -1, 0),
    leg_far=Limb(-1, -3, 0),
)

SIDE_POSES = {
    "standing": STANDING,
    "sitting": SITTING,
    "long-sitting": LONG_SITTING,
    "supine": SUPINE,
    "crook-lying": CROOK_LYING,
    "prone": PRONE,
    "hands-and-knees": HANDS_AND_KNEES,
    "kneeling": KNEELING,
    "half-kneeling": HALF_KNEELING,
}
FLAT_POSES = {
    "standing": FLAT_STANDING,
    "sitting": FLAT_SITTING,
    "lying": FLAT_LYING,
    "side-lying": FLAT_SIDE_LYING,
}


def basic_poses(view: View) -> dict[str, Pose]:
    """The named poses of a view."""
    return FLAT_POSES if view.is_flat else SIDE_POSES
