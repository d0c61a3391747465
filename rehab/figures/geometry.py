"""Points and directions in the plane of the picture: x to the right, y up, degrees with 90 up."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import acos, atan2, cos, degrees, hypot, radians, sin


@dataclass(frozen=True, slots=True)
class Point:
    """A place, or the way from one place to another, in units of which a body is about 215 tall."""

    x: float
    y: float

    def __add__(self, other: "Point") -> "Point":
        return Point(self.x + other.x, self.y + other.y)

    def __sub__(self, other: "Point") -> "Point":
        return Point(self.x - other.x, self.y - other.y)

    def times(self, factor: float) -> "Point":
        return Point(self.x * factor, self.y * factor)

    def dot(self, other: "Point") -> float:
        return self.x * other.x + self.y * other.y

    def turned(self, angle: float) -> "Point":
        """The same point after a turn about the origin, against the clock."""
        c, s = cos(radians(angle)), sin(radians(angle))
        return Point(self.x * c - self.y * s, self.x * s + self.y * c)

    @property
    def length(self) -> float:
        return hypot(self.x, self.y)

    @property
    def angle(self) -> float:
        return degrees(atan2(self.y, self.x))


ORIGIN = Point(0.0, 0.0)


def towards(angle: float, length: float = 1.0) -> Point:
    """`length` in the direction `angle`."""
    return Point(length * cos(radians(angle)), length * sin(radians(angle)))


def mix(a: float, b: float, u: float) -> float:
    """From `a` (u = 0) to `b` (u = 1)."""
    return a + (b - a) * u


def near_to(angle: float, wanted: float) -> float:
    """The same direction, told with the turn that is nearest to `wanted`."""
    return wanted + (angle - wanted + 180.0) % 360.0 - 180.0


def two_links(start: Point, goal: Point, upper: float, lower: float) -> tuple[float, float, float]:
    """How two bones reach from `start` to `goal`.

    The direction of the goal, and the angles by which the upper bone leaves it on one side and the
    lower bone on the other. A goal out of reach is approached as far as the bones go.
    """
    way = goal - start
    longest, shortest = upper + lower - 1e-6, abs(upper - lower) + 1e-6
    distance = min(max(way.length, shortest), longest)
    first = (upper**2 + distance**2 - lower**2) / (2 * upper * distance)
    second = (lower**2 + distance**2 - upper**2) / (2 * lower * distance)
    return way.angle, degrees(acos(_cosine(first))), degrees(acos(_cosine(second)))


def _cosine(value: float) -> float:
    return min(max(value, -1.0), 1.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle from its lowest and leftmost to its highest and rightmost corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def middle(self) -> Point:
        return Point((self.left + self.right) / 2, (self.bottom + self.top) / 2)

    def grown(self, by: float) -> "Box":
        return Box(self.left - by, self.bottom - by, self.right + by, self.top + by)


def box_around(discs: Iterable[tuple[Point, float]]) -> Box:
    """The smallest box that holds every disc of a middle and a radius."""
    known = list(discs)
    return Box(
        min(point.x - radius for point, radius in known),
        min(point.y - radius for point, radius in known),
        max(point.x + radius for point, radius in known),
        max(point.y + radius for point, radius in known),
    )


def box_of(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of `boxes`."""
    known = list(boxes)
    return Box(
        min(box.left for box in known),
        min(box.bottom for box in known),
        max(box.right for box in known),
        max(box.top for box in known),
    )
