"""What the drawing of a prop needs to know: the body, the clock, the edge of the picture."""

from dataclasses import dataclass
from typing import Any

from rehab.figures.clock import Clock
from rehab.figures.geometry import Box, Point
from rehab.figures.limbs import Look
from rehab.figures.props.placing import spot
from rehab.figures.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Stage:
    """A body at work among its things; `edge` is what the picture shows."""

    look: Look
    around: Surroundings
    body: Box
    edge: Box

    @property
    def clock(self) -> Clock:
        return self.look.clock

    @property
    def ground(self) -> float:
        """The height of what a body lies on: a bed's, if there is one, else the floor's."""
        bed = self.around.surfaces.get("bed")
        return bed.through.y if bed else 0.0

    def spots(self, told: Any) -> list[Point]:
        """Where a place is at each time."""
        both = zip(self.look.joints, self.look.poses, strict=True)
        return [spot(told, found, self.around, pose.crank) for found, pose in both]


def rect(name: str, left: float, bottom: float, width: float, height: float, r: float = 0) -> str:
    """A rectangle of class `name`, told from its lower left corner, y up."""
    round_corners = f' rx="{r:g}"' if r else ""
    return (
        f'<rect class="{name}" x="{left:.1f}" y="{-bottom - height:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}"{round_corners}/>'
    )


def line(name: str, width: float, *points: Point) -> str:
    """A stroke of class `name` from point to point."""
    way = "L".join(f"{point.x:.1f} {-point.y:.1f}" for point in points)
    return f'<path class="c {name}" stroke-width="{width:g}" d="M{way}"/>'


def disc(name: str, middle: Point, r: float, ry: float | None = None) -> str:
    """A disc or an ellipse of class `name`."""
    if ry is None:
        return f'<circle class="{name}" cx="{middle.x:.1f}" cy="{-middle.y:.1f}" r="{r:g}"/>'
    return (
        f'<ellipse class="{name}" cx="{middle.x:.1f}" cy="{-middle.y:.1f}" rx="{r:g}" ry="{ry:g}"/>'
    )
