"""Movement in SVG: one clock for all of a figure's parts, and groups that go by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from rehab.figures.geometry import Point


def told(number: float) -> str:
    """A number with one decimal at most, as short as SVG reads it."""
    text = f"{number:.1f}".removesuffix(".0")
    text = text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
    return "0" if text == "-0" else text


def at(place: Point) -> str:
    """A place as SVG has it: y grows downwards there."""
    return f"{told(place.x)} {told(-place.y)}"


@dataclass(frozen=True, slots=True)
class Clock:
    """When each state of a figure is: fractions of a round of so many seconds, over and over."""

    seconds: float
    times: tuple[float, ...]

    def animate(self, attribute: str, values: Sequence[str], kind: str = "") -> str:
        """The element that leads an attribute through `values`, one for each of the times."""
        element, more = ("animateTransform", f' type="{kind}"') if kind else ("animate", "")
        times = ";".join(f"{time:.3f}".rstrip("0").rstrip(".") or "0" for time in self.times)
        shown = ";".join(values)
        return (
            f'<{element} attributeName="{attribute}"{more} values="{shown}" keyTimes="{times}" '
            f'dur="{told(self.seconds)}s" repeatCount="indefinite"/>'
        )


def path(clock: Clock, name: str, outlines: Sequence[str]) -> str:
    """A path of class `name`, through its outlines if they differ."""
    if len(set(outlines)) == 1:
        return f'<path class="{name}" d="{outlines[0]}"/>'
    changing = clock.animate("d", outlines)
    return f'<path class="{name}" d="{outlines[0]}">{changing}</path>'


def group(
    clock: Clock,
    content: str,
    places: Sequence[Point],
    angles: Sequence[float] | None = None,
    name: str = "",
) -> str:
    """`content` carried to `places` and turned to `angles` (against the clock, degrees)."""
    spots = [at(place) for place in places]
    turns = [told(-angle) for angle in angles] if angles is not None else ["0"]
    named = f' class="{escape(name)}"' if name else ""
    fixed, inner = [], ""
    if len(set(spots)) > 1:
        inner = clock.animate("transform", spots, "translate")
    elif spots[0] != "0 0":
        fixed.append(f"translate({spots[0]})")
    if len(set(turns)) > 1:
        turning = clock.animate("transform", turns, "rotate")
        inner += turning.replace(" values=", ' additive="sum" values=', 1)
    elif turns[0] != "0" and inner:
        content = f'<g transform="rotate({turns[0]})">{content}</g>'
    elif turns[0] != "0":
        fixed.append(f"rotate({turns[0]})")
    transform = f' transform="{" ".join(fixed)}"' if fixed else ""
    return f"<g{named}{transform}>{inner}{content}</g>"
