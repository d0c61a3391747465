"""Looking over a figure as a careful eye would: joints, contacts, the floor, the movement, size."""

import gzip
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise

from rehab.figures.body import LIMITS
from rehab.figures.geometry import near_to
from rehab.figures.motion import Moment, moved
from rehab.figures.picture import Caption, moving, still
from rehab.figures.pose import LIMBS, Figure, Limb, Pose
from rehab.figures.props.placing import surroundings
from rehab.figures.rounds import whole_round
from rehab.figures.settle import Hold, State
from rehab.figures.skeleton import bones
from rehab.figures.touch import touching

LARGEST = 6 * 1024
"""Bytes of a picture once packed: what a slow phone loads in a moment."""
TOUCHING = 1.0
"""Units between a part and what it touches that no eye sees."""
UNDERGROUND = {False: -3.0, True: -14.0}
"""How low a joint's edge may come: the near side stands a little before the middle of the body,
and seen from the front a hand may lie on the floor before it."""
FURTHEST = 200.0
"""Degrees of one move: more has taken the long way round, as from -100 to 170."""
SIDEWAYS = 14.0
"""Degrees by which a knee that is seen from the front may seem to bend."""
FORESHORTENED = 0.6
"""A bone that looks shorter than this points at the viewer: its angle tells nothing of a joint."""
VISIBLE = {
    "turn": 0.25,
    "nod": 8.0,
    "twist": 8.0,
    "breath": 0.4,
    "along": 0.3,
    "effort": 0.3,
    "crank": 20.0,
}
"""Changes between two frames that are seen even if no joint moves."""
SEEN = 3.0
"""Units that some joint moves at the least, if nothing else changes."""

PLACED = ("foot", "heel", "toes", "hand", "grip")
"""Parts that stay exactly where they are put; the others only have to touch their surface."""

Fault = tuple[str, str]
"""A field of the pose file, and what is wrong there."""


def figure_faults(figure: Figure, muscles: Sequence[str] = ()) -> list[Fault]:
    """Everything that a figure shows wrongly; nothing is said twice of one frame."""
    around = surroundings(figure)
    moments = moved(figure, around).moments
    checks: tuple[Callable[[], Iterator[Fault]], ...] = (
        lambda: _bent_too_far(figure, moments),
        lambda: _long_ways(figure),
        lambda: _apart(figure, moments),
        lambda: _underground(figure, moments),
        lambda: _hardly_moving(figure, moments),
        lambda: _too_large(figure, muscles),
    )
    return list(dict.fromkeys(fault for check in checks for fault in check()))


def _bent_too_far(figure: Figure, moments: Sequence[Moment]) -> Iterator[Fault]:
    """The worst of each joint, at the time when it is worst."""
    worst: dict[str, tuple[float, str]] = {}
    for moment in moments:
        for joint, angle, (low, high) in _bends(figure, moment.state.pose):
            beyond = max(low - angle, angle - high)
            if beyond > worst.get(joint, (0.5, ""))[0]:
                what = f"{joint} is at {angle:.0f} degrees after {moment.at:.1f} s"
                worst[joint] = (beyond, f"{what}; it goes from {low:.0f} to {high:.0f}")
    for _, what in worst.values():
        yield "frames", what


def _bends(figure: Figure, pose: Pose) -> Iterator[tuple[str, float, tuple[float, float]]]:
    """Each joint with its flexion in degrees and its limits."""
    if figure.view.is_flat:
        yield from _flat_bends(pose)
        return
    yield "lumbar on thorax", _flexion(pose.lumbar, pose.thorax), LIMITS["lumbar on thorax"]
    yield "neck", _flexion(pose.thorax, pose.neck), LIMITS["neck"]
    yield "head", _flexion(pose.neck, pose.head), LIMITS["head"]
    for side in ("near", "far"):
        arm: Limb = getattr(pose, f"arm_{side}")
        leg: Limb = getattr(pose, f"leg_{side}")
        arm_length, leg_length = (min(x.upper_length, x.lower_length) for x in (arm, leg))
        for joint, angle, length in (
            ("shoulder", near_to(arm.upper - pose.thorax + 180, 60), arm.upper_length),
            ("elbow", near_to(arm.lower - arm.upper, 60), arm_length),
            ("wrist", near_to(arm.end - arm.lower, 0), arm.lower_length),
            ("hip", near_to(leg.upper - pose.lumbar + 180, 50), leg.upper_length),
            ("knee", near_to(leg.upper - leg.lower, 60), leg_length),
            ("ankle", near_to(leg.end - leg.lower - 90, 0), leg.lower_length),
        ):
            if length >= FORESHORTENED:
                yield f"{joint}_{side}", angle, LIMITS[joint]


def _flexion(below: float, above: float) -> float:
    """How far a part is bent forward on the one below it."""
    return near_to(below - above, 0)


def _flat_bends(pose: Pose) -> Iterator[tuple[str, float, tuple[float, float]]]:
    """Seen from the front or the back: an elbow bends either way, a knee only out of the plane."""
    for side in ("near", "far"):
        arm: Limb = getattr(pose, f"arm_{side}")
        leg: Limb = getattr(pose, f"leg_{side}")
        yield f"elbow_{side}", near_to(arm.lower - arm.upper, 0), (-158.0, 158.0)
        if min(leg.upper_length, leg.lower_length) > 0.9:
            yield f"knee_{side}", near_to(leg.lower - leg.upper, 0), (-SIDEWAYS, SIDEWAYS)
    for joint, angle in (("neck", pose.neck - pose.thorax), ("head", pose.head - pose.neck)):
        yield joint, near_to(angle, 0), (-45.0, 45.0)
    yield "nod", pose.nod, LIMITS["head"]


def _long_ways(figure: Figure) -> Iterator[Fault]:
    frames, legs = whole_round(figure)
    for here, there in pairwise(legs):
        for limb in LIMBS:
            one, other = (getattr(frames[leg.frame].pose, limb) for leg in (here, there))
            if max(abs(one.upper - other.upper), abs(one.lower - other.lower)) > FURTHEST:
                number = there.frame % len(figure.frames) + 1
                what = f"turns by more than {FURTHEST:.0f} degrees: add or take 360"
                yield f"frames[{number}].{limb}", what


def _apart(figure: Figure, moments: Sequence[Moment]) -> Iterator[Fault]:
    """What should touch and does not, at its worst."""
    worst: dict[str, tuple[float, str]] = {}
    for moment in moments:
        for hold in moment.holds:
            gap = _gap(figure, moment.state, hold)
            if gap > worst.get(hold.part, (TOUCHING, ""))[0]:
                what = f"{hold.part} is {gap:.1f} units from where it should touch"
                worst[hold.part] = (gap, f"{what} after {moment.at:.1f} s: it cannot reach")
    for _, what in worst.values():
        yield "contacts", what


def _gap(figure: Figure, state: State, hold: Hold) -> float:
    found = state.joints(figure.view)
    touch = touching(figure.view, state.pose, found, hold.part, hold.surface)
    if hold.anchor:
        return (touch - found[hold.anchor]).length
    if hold.surface is None or (hold.place is not None and hold.part.startswith(PLACED)):
        return (touch - hold.place).length if hold.place is not None else 0.0
    return abs(hold.surface.gap(touch))


RADII = {"elbow": 4.0, "wrist": 3.0, "knee": 7.0, "hip": 9.0, "head": 12.0, "chest": 12.0}
"""What of a joint must be above the floor."""


def _underground(figure: Figure, moments: Sequence[Moment]) -> Iterator[Fault]:
    if figure.view.is_from_above:
        return
    lowest = UNDERGROUND[figure.view.is_flat]
    for moment in moments:
        for name, place in bones(figure.view, moment.state.pose, moment.state.pelvis).items():
            depth = place.y - RADII.get(name.partition("_")[0], 0.0)
            if depth < lowest - 0.5:
                yield "frames", f"{name} is {-depth:.1f} units under the floor at {moment.at:.1f} s"
                return


def _hardly_moving(figure: Figure, moments: Sequence[Moment]) -> Iterator[Fault]:
    for one, other in combinations([moment.state for moment in moments], 2):
        if _differ(figure, one, other):
            return
    yield "frames", f"nothing moves by {SEEN:g} units or more: the movement cannot be seen"


def _differ(figure: Figure, one: State, other: State) -> bool:
    for name, least in VISIBLE.items():
        if abs(getattr(one.pose, name) - getattr(other.pose, name)) >= least:
            return True
    here, there = one.joints(figure.view), other.joints(figure.view)
    return any((here[name] - there[name]).length >= SEEN for name in here)


def _too_large(figure: Figure, muscles: Sequence[str]) -> Iterator[Fault]:
    caption = Caption(figure.id, "A sentence about as long as these usually are, and a bit.", "en")
    for what, draw in (("moving", moving), ("still", still)):
        size = len(gzip.compress(draw(figure, caption, muscles).encode(), mtime=0))
        if size > LARGEST:
            yield "file", f"its {what} picture takes {size} bytes packed; {LARGEST} at most"
