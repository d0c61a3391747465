"""Heads: hair, and as much of a face as tells where it looks."""

from collections.abc import Sequence
from math import radians, sin

from rehab.figures.clock import group, path, told
from rehab.figures.geometry import Point
from rehab.figures.limbs import Look
from rehab.figures.palette import PEOPLE

SIDE_FACE = (
    "M-10.5 2C-12.5-9-6-14.4 1.5-14.2 9-14 12.2-8.4 12-3.6L14.6 1.8Q15 3 12.4 3.4"
    "C12.4 9.4 10 13.4 5 13.6 1 13.8-2 12-3.4 9Z"
)
SIDE_HAIR = {
    "short": "M12.2-4.8C8-4.6 4-6.6 2.4-8.4 1.6-5 .4-2.6-1.6-1.4L-3.4 8.8C-9 8.6-13.6 3-13.6-3.4"
    "-13.6-11.4-7-16.4 1-16.4 8.4-16.4 13-11.4 12.2-4.8Z",
    "bun": "M12.2-6C7-7 2.6-6.2-1-2.2L-4 8C-9.8 7.6-13.6 2.6-13.6-3.4-13.6-11.4-7-16.2 1-16.2"
    " 8-16.2 12.4-11.6 12.2-6ZM-9.6-12.6A6 6 0 1 1-17.8-4.2 6 6 0 1 1-9.6-12.6Z",
}
FRONT_FACE = "M-11.4-3C-11.4-10-7-14.2 0-14.2S11.4-10 11.4-3C11.4 6 7 13.8 0 13.8S-11.4 6-11.4-3Z"
EARS = "M-11-1.5A2.6 3.2 0 1 0-10.6 4.8ZM11-1.5A2.6 3.2 0 1 1 10.6 4.8Z"
CAP = {
    "short": "M-12.2-1C-13.6-11-8.4-16.6 0-16.6S13.6-11 12.2-1C{} {} {} {} {} {} {} {}-12.2-1Z",
    "bun": "M-12.4 1C-14-10-9-16.2 0-16.2S14-10 12.4 1C{} {} {} {} {}-12.4 1Z",
}
"""Hair seen from the front, from ear to ear over the crown and back along its lower edge."""
FRINGE = {
    "short": (
        (11.2, -3.6),
        (10.6, -6.0),
        (9.0, -8.2),
        (3.4, -6.6),
        (-3.0, -7.4),
        (-7.0, -9.6),
        (-9.6, -7.4),
        (-11.0, -4.4),
    ),
    "bun": ((11.4, -5.0), (8.0, -9.0), (0.0, -11.4), (-8.0, -9.0), (-11.4, -5.0)),
}
"""The lower edge: it goes with the face as the head turns, and down as it looks down."""
BUN = "M-5.6-15.4A6 6 0 1 1 5.6-15.4L0-9Z"
BACK_HAIR = {
    "short": "M-12.4-2C-12.8-11-8.4-16.6 0-16.6S12.8-11 12.4-2C12 4 10 8.6 6 9.6 2 8.6-2 8.6-6 9.6"
    "-10 8.6-12 4-12.4-2Z",
    "bun": "M-12.4-2C-12.8-11-8.4-16.4 0-16.4S12.8-11 12.4-2C12 5 7 8.6 0 8.6S-12 5-12.4-2Z"
    "M-6-8A6 6 0 1 1 6-8 6 6 0 1 1-6-8Z",
}


def head(look: Look, person: int, calm: bool) -> str:
    """The head, turned as the pose has it."""
    hair = PEOPLE[(person - 1) % len(PEOPLE)].hair
    if not look.view.is_flat:
        inner = _from_the_side(look, hair, calm)
    elif look.view.shows_the_back:
        inner = f'<path class="s" d="{FRONT_FACE}{EARS}"/><path class="h" d="{BACK_HAIR[hair]}"/>'
    else:
        inner = _from_the_front(look, hair, calm)
    return group(look.clock, inner, look.places("head"), [pose.head - 90 for pose in look.poses])


def _from_the_side(look: Look, hair: str, calm: bool) -> str:
    eye = "M5.4-.6Q7-1 8.4 .4" if calm else "M7.4-2.2V-.6"
    return (
        f'<path class="s" d="{SIDE_FACE}"/><path class="h" d="{SIDE_HAIR[hair]}"/>'
        '<path class="s" d="M-4.4 1.6A3 3.3 0 1 1-1 5.4Q-3.8 5-4.4 1.6Z"/>'
        f'<path class="l" d="{eye}M7.4 7.6Q9 8.4 10.6 7.6"/>'
    )


def _from_the_front(look: Look, hair: str, calm: bool) -> str:
    """Eyes, nose and mouth go further than the hair as the head turns or nods."""
    eyes = "M-6.6-.4Q-4.6 1-2.8-.4M2.8-.4Q4.6 1 6.6-.4" if calm else "M-4.6-1.6V0M4.6-1.6V0"
    face = f'<path class="l" d="{eyes}M-3 7.4Q0 9 3 7.4M-.8 3.4Q.2 4.2 1.2 3.4"/>'
    turns = [pose.turn for pose in look.poses]
    sinks = [sin(radians(pose.nod)) for pose in look.poses]
    both = list(zip(turns, sinks, strict=True))
    looks = [Point(turn * (6.5 - 4 * max(sink, 0.0)), -sink * 4.8) for turn, sink in both]
    features = group(look.clock, face, looks)
    cap = path(look.clock, "h", [_cap(hair, turn, sink) for turn, sink in both])
    ears = "".join(path(look.clock, "ss", [_ear(t, side) for t in turns]) for side in (-1, 1))
    return _bun(look, hair, sinks) + ears + path(look.clock, "s", [FRONT_FACE]) + features + cap


def _ear(turn: float, side: int) -> str:
    """An ear beside the face; the one that turns away goes behind it."""
    away = max(turn * side, 0.0)
    x = told(side * (11.2 - 1.5 * abs(turn) - 5 * min(away * 2, 1.0)))
    return f"M{x}-1.8A3.6 3.4 0 1 0 {x} 5A3.6 3.4 0 1 0 {x}-1.8Z"


def _cap(hair: str, turn: float, sink: float) -> str:
    lower = (8 if sink > 0 else 5) * sink
    edge = [
        f"{told(x + 4 * turn * (1 - (x / 12) ** 2))} {told(y + lower)}" for x, y in FRINGE[hair]
    ]
    return CAP[hair].format(*edge)


def _bun(look: Look, hair: str, sinks: Sequence[float]) -> str:
    """A bun at the back of the crown: it rises as the head looks down."""
    if hair != "bun":
        return ""
    return group(
        look.clock, f'<path class="h" d="{BUN}"/>', [Point(0, min(2 * s, 8 * s)) for s in sinks]
    )
