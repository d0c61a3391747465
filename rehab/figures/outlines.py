"""Outlines of flesh: capsules for bones, smooth closed curves for a trunk, leaves for muscles.

What belongs to a bone is told along it: x from its upper joint to its lower one, y across, and
below 0 on the front of an arm or a leg that hangs down.
"""

from collections.abc import Sequence
from math import sqrt

from rehab.figures.clock import at, told
from rehab.figures.geometry import Point


def capsule(length: float, first: float, last: float, start: float = 0.0) -> str:
    """The hull of two discs with radii `first` and `last`, `length` apart."""
    length = max(length, abs(first - last) * 1.05)
    lean = (first - last) / length
    rise = sqrt(1 - lean * lean)
    x0, x1 = start + first * lean, start + length + last * lean
    y0, y1 = first * rise, last * rise
    return (
        f"M{told(x0)} {told(-y0)}L{told(x1)} {told(-y1)}A{told(last)} {told(last)} 0 0 1 "
        f"{told(x1)} {told(y1)}L{told(x0)} {told(y0)}A{told(first)} {told(first)} 0 1 1 "
        f"{told(x0)} {told(-y0)}Z"
    )


def smooth(points: Sequence[Point]) -> str:
    """A smooth closed curve that keeps close to `points` (a quadratic B-spline)."""
    middles = [
        (here + there).times(0.5)
        for here, there in zip(points, [*points[1:], points[0]], strict=True)
    ]
    curves = [
        f"Q{at(point)} {at(middle)}"
        for point, middle in zip([*points[1:], points[0]], [*middles[1:], middles[0]], strict=True)
    ]
    return f"M{at(middles[0])}{''.join(curves)}Z"


def leaf(first: float, last: float, radius: float, edge: float) -> str:
    """A muscle's leaf from `first` to `last` along a bone; `edge` is -1, 0 or 1 across it."""
    middle = (first + last) / 2
    if edge == 0:
        side = 1.25 * radius
        ends, bulges = 0.0, (-side, side)
    else:
        ends, bulges = edge * radius * 0.72, (edge * radius * 1.12, -edge * radius * 0.25)
    return (
        f"M{told(first)} {told(ends)}Q{told(middle)} {told(bulges[0])} {told(last)} {told(ends)}"
        f"Q{told(middle)} {told(bulges[1])} {told(first)} {told(ends)}Z"
    )
