"""Heads: hair, and as much of a face as tells where it looks."""

from rehab.figures.clock import group, path
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
FRONT_HAIR = {
    "short": "M-12.2-1C-13.6-11-8.4-16.6 0-16.6S13.6-11 12.2-1C11.2-3.6 10.6-6 9-8.2"
    " 3.4-6.6-3-7.4-7-9.6-9.6-7.4-11-4.4-12.2-1Z",
    "bun": "M-12.4 1C-14-10-9-16.2 0-16.2S14-10 12.4 1C11.4-5 8-9 0-11.4-8-9-11.4-5-12.4 1Z"
    "M-5.6-15.4A6 6 0 1 1 5.6-15.4Z",
}
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
    """Eyes, nose and mouth go further to the side than the hair as the head turns."""
    eyes = "M-6.6-.4Q-4.6 1-2.8-.4M2.8-.4Q4.6 1 6.6-.4" if calm else "M-4.6-1.6V0M4.6-1.6V0"
    face = f'<path class="l" d="{eyes}M-3 7.4Q0 9 3 7.4M-.8 3.4Q.2 4.2 1.2 3.4"/>'
    turns = [pose.turn for pose in look.poses]
    features = group(look.clock, face, [Point(turn * 6.5, 0.0) for turn in turns])
    cover = group(
        look.clock,
        f'<path class="h" d="{FRONT_HAIR[hair]}"/>',
        [Point(t * 1.2, 0.0) for t in turns],
    )
    ears = group(look.clock, f'<path class="ss" d="{EARS}"/>', [Point(-t * 4, 0.0) for t in turns])
    return ears + path(look.clock, "s", [FRONT_FACE]) + features + cover
