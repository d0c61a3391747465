"""Exercise machines, with the pedals, plates and levers that feet and hands go along with."""

from rehab.figures.clock import path
from rehab.figures.geometry import Point
from rehab.figures.props.stage import Stage, disc, line
from rehab.figures.surroundings import Thing


def _rods(stage: Stage, name: str, width: float, *told_ends: list[Point]) -> str:
    """A rod between places that move."""
    outlines = [
        "M" + "L".join(f"{p.x:.1f} {-p.y:.1f}" for p in ends)
        for ends in zip(*told_ends, strict=True)
    ]
    drawn = path(stage.clock, f"c {name}", outlines)
    return drawn.replace("<path ", f'<path stroke-width="{width:g}" ', 1)


def bike(thing: Thing, stage: Stage) -> tuple[str, str]:
    """A stationary bicycle; its near crank is drawn over the leg's side of it."""
    at = thing.at
    axle, saddle = at + Point(18, 26), at + Point(0, 90)
    bar, wheel = at + Point(52, 118), at + Point(52, 26)
    count = len(stage.look.joints)
    frame = (
        line("k", 5, at + Point(-22, 2), at + Point(66, 2))
        + line("k", 4.4, at + Point(10, 4), axle, saddle - Point(-3, 4))
        + line("k", 4.4, axle, at + Point(44, 60), bar - Point(4, 4))
        + disc("vs", wheel, 19)
        + disc("v", wheel, 13)
        + disc("k", wheel, 3)
        + line("k", 3.6, wheel, at + Point(44, 60))
        + line("b", 3.6, bar - Point(5, 2), bar + Point(5, 3))
    )
    seat = (
        f'<path class="bs" d="M{saddle.x - 13:.1f} {-saddle.y - 1:.1f}q8-4 14-2l12 2q3 3-2 4'
        'h-14q-10 3-10-4Z"/>'
    )
    far = _rods(stage, "ps", 3.4, [axle] * count, stage.spots("pedal_far"))
    near = _rods(stage, "k", 3.4, [axle] * count, stage.spots("pedal_near"))
    return far + frame + seat, near + disc("k", axle, 4)


def elliptical(thing: Thing, stage: Stage) -> tuple[str, str]:
    """An elliptical trainer: a flywheel ahead, plates underfoot, levers at the hands."""
    at = thing.at
    wheel, pivot = at + Point(62, 34), at + Point(48, 66)
    count = len(stage.look.joints)
    frame = (
        line("k", 5, at + Point(-44, 2), at + Point(86, 2))
        + line("k", 5, at + Point(60, 4), pivot, at + Point(56, 112))
        + disc("vs", wheel, 24)
        + disc("v", wheel, 17)
        + disc("k", wheel, 4)
    )

    def side(name: str, colour: str) -> str:
        plate, lever = stage.spots(f"plate_{name}"), stage.spots(f"lever_{name}")
        ends = [p + Point(12, -1.5) for p in plate]
        heels = [p + Point(-13, -1.5) for p in plate]
        low = [pivot + (pivot - p).times(0.45) for p in lever]
        return _rods(stage, colour, 3, ends, low, [pivot] * count, lever) + _rods(
            stage, colour, 4, heels, ends
        )

    return side("far", "ps") + frame, side("near", "k")
