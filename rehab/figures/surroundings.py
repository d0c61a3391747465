"""What a body meets: the surfaces of the things beside it, and their handles and pedals."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Any

from rehab.figures.geometry import Point
from rehab.figures.touch import FLOOR, Surface


@dataclass(frozen=True, slots=True)
class Ride:
    """An ellipse that a place goes round once for 360 degrees of crank, against the clock.

    One without a size is a handle that stays where it is.
    """

    middle: Point
    across: float = 0.0
    high: float = 0.0
    ahead: float = 0.0

    def at(self, crank: float) -> Point:
        angle = radians(crank + self.ahead)
        return self.middle + Point(self.across * cos(angle), self.high * sin(angle))


@dataclass(frozen=True, slots=True)
class Thing:
    """A prop with its place: `at` is where it stands on the floor, or where it is fixed."""

    kind: str
    at: Point
    told: Mapping[str, Any]

    def number(self, name: str) -> float:
        return float(self.told[name])

    def word(self, name: str) -> str:
        return str(self.told[name])


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The things of a figure, and by name what can be rested on or held."""

    things: tuple[Thing, ...]
    surfaces: Mapping[str, Surface]
    rides: Mapping[str, Ride]


BARE = Surroundings((), {"floor": FLOOR}, {})
