"""Small things: what is held, lain on, stretched or carried along with the body."""

from typing import Any

from rehab.figures.clock import group, path, told
from rehab.figures.geometry import Point
from rehab.figures.props.stage import Stage, disc, line, rect
from rehab.figures.surroundings import Thing


def _shifted(thing: Thing, places: list[Point]) -> list[Point]:
    right, up = thing.told.get("shift") or (0, 0)
    return [place + Point(float(right), float(up)) for place in places]


def _spots(thing: Thing, stage: Stage) -> list[Point]:
    return _shifted(thing, stage.spots(thing.told.get("at") or thing.told.get("under")))


def pillow(thing: Thing, stage: Stage) -> str:
    """A pillow between the floor and the part of the body that lies on it at first."""
    over = stage.spots(thing.told["under"])[0]
    width, bottom = thing.number("width"), stage.ground
    if stage.look.view.is_from_above:
        return rect("r", over.x - width * 0.6, over.y - width / 2, width * 1.2, width, 12)
    height = thing.told["height"] or max(over.y - bottom - 9, 4)
    left = over.x - width / 2
    return rect("qs", left, bottom - 1, width, height, height / 2.2) + rect(
        "r", left + 1, bottom + 0.5, width - 2, height - 1.5, height / 2.4
    )


def towel(thing: Thing, stage: Stage) -> str:
    """A towel, rolled and seen from its end or folded; under a part it lies on the floor there."""
    folded = bool(thing.told["folded"])
    r = FOLDED / 2 if folded else thing.number("r")
    places = _spots(thing, stage)
    if thing.told.get("under") and not thing.told.get("at"):
        places = [Point(places[0].x, stage.ground + r)]
        places *= len(stage.look.joints)
    if folded:
        return group(stage.clock, _folded(thing.number("width")), places)
    roll = disc("r", Point(0, 0), r) + (
        f'<path class="c q" stroke-width="1.2" d="M{told(r * 0.6)} 0A{told(r * 0.6)} '
        f'{told(r * 0.6)} 0 1 0 0 {told(r * 0.6)}"/>'
    )
    return group(stage.clock, roll, places)


FOLDED = 5.0
"""How high a folded towel lies."""


def _folded(width: float) -> str:
    """Two layers of cloth with the fold at the right."""
    edge = told(width / 2 - 2)
    return rect("r", -width / 2, -FOLDED / 2, width, FOLDED, 2.2) + (
        f'<path class="c q" stroke-width="1" d="M{told(2 - width / 2)} 0H{edge}M-4-2.5V2.5"/>'
    )


def cushion(thing: Thing, stage: Stage) -> str:
    width, height = thing.number("width"), thing.number("height")
    places = _spots(thing, stage)
    if thing.told.get("under") and not thing.told.get("at"):
        places = [Point(places[0].x, stage.ground + height / 2 - 1)] * len(stage.look.joints)
    soft = rect("qs", -width / 2, -height / 2, width, height, min(width, height) / 2.6) + rect(
        "q", -width / 2, -height / 2 + 1.6, width, height - 1.6, min(width, height) / 2.6
    )
    return group(stage.clock, soft, places)


def ball(thing: Thing, stage: Stage) -> str:
    r = thing.number("r")
    shine = disc("r", Point(-r * 0.3, r * 0.35), round(r * 0.22, 1))
    return group(stage.clock, disc("e", Point(0, 0), r) + shine, _spots(thing, stage))


def pack(thing: Thing, stage: Stage) -> str:
    """A warm pack wrapped in a towel."""
    turn = [thing.number("turn")] * len(stage.look.joints)
    warm = rect("e", -13, -5.5, 26, 11, 5) + rect("r", -8, -5.5, 16, 11, 3)
    steam = '<path class="c e" stroke-width="1.4" d="M-5-9q2-3 0-6M1-9q2-3 0-6M7-9q2-3 0-6"/>'
    return group(stage.clock, warm + steam, _spots(thing, stage), turn)


def dumbbells(thing: Thing, stage: Stage) -> tuple[str, str]:
    """Small weights in the hands: the far one behind the body, the near one before it."""
    held = thing.word("hands")
    drawn = {
        side: _dumbbell(stage, side) if held in ("both", side) else "" for side in ("far", "near")
    }
    return (
        ("", drawn["far"] + drawn["near"])
        if stage.look.view.is_flat
        else (
            drawn["far"],
            drawn["near"],
        )
    )


def _dumbbell(stage: Stage, side: str) -> str:
    ends = zip(stage.look.places(f"wrist_{side}"), stage.look.places(f"hand_{side}"), strict=True)
    grips = [wrist + (hand - wrist).times(0.55) for wrist, hand in ends]
    weight = rect("k", -8, -1.4, 16, 2.8, 1) + rect("e", -11, -4.5, 5, 9, 1.8)
    return group(stage.clock, weight + rect("e", 6, -4.5, 5, 9, 1.8), grips)


def book(thing: Thing, stage: Stage) -> str:
    leaves = '<path class="r" d="M-11-7L0-4 11-7V6L0 9-11 6Z"/>'
    lines = "M0-4V9M-8-3.4L-3-2M3-2L8-3.4M-8 .4L-3 2M3 2L8 .4"
    fold = f'<path class="c q" stroke-width="1.2" d="{lines}"/>'
    return group(stage.clock, leaves + fold, _spots(thing, stage))


def stretched(thing: Thing, stage: Stage) -> str:
    """A band, a strap or a stick from place to place."""
    ways = [_gripped(told_place, stage) for told_place in thing.told["between"]]
    outlines = [
        "M" + "L".join(f"{told(p.x)} {told(-p.y)}" for p in points)
        for points in zip(*ways, strict=True)
    ]
    name = {"band": "e", "strap": "q", "stick": "p"}[thing.kind]
    width = thing.number("width")
    drawn = path(stage.clock, f"c {name}", outlines)
    return drawn.replace("<path ", f'<path stroke-width="{width:g}" ', 1)


PALM = 0.45
"""Where between wrist and fingertips a hand closes round what it holds."""


def _gripped(place: Any, stage: Stage) -> list[Point]:
    """A place at each time; a hand has it in the palm."""
    ends = stage.spots(place)
    if place not in ("hand_near", "hand_far"):
        return ends
    wrists = stage.look.places(place.replace("hand", "wrist"))
    return [wrist + (end - wrist).times(PALM) for wrist, end in zip(wrists, ends, strict=True)]


def anchor(thing: Thing, stage: Stage) -> str:
    """What a band is fixed to: a bracket on a post."""
    place = stage.around.rides["anchor"].middle
    return (
        rect("v", place.x + 2, -2, 9, stage.edge.top + 20)
        + rect("vs", place.x + 2, -2, 2, stage.edge.top + 20)
        + line("k", 3, place, place + Point(4, 0))
        + disc("k", place, 2.6)
    )


def glow(thing: Thing, stage: Stage) -> str:
    """A soft light that wanders along the body as the frames' `along` goes from 0 to 1."""
    ways = [stage.spots(told_place) for told_place in thing.told["along"]]
    places = [
        _on_the_way([way[number] for way in ways], pose.along)
        for number, pose in enumerate(stage.look.poses)
    ]
    r = thing.number("r")
    light = "".join(
        f'<circle class="m" r="{told(r * size)}" opacity="{dim}"/>'
        for size, dim in ((1.0, ".16"), (0.7, ".2"), (0.42, ".28"))
    )
    return group(stage.clock, light, places)


def _on_the_way(places: list[Point], along: float) -> Point:
    position = min(max(along, 0.0), 1.0) * (len(places) - 1)
    first = min(int(position), len(places) - 2)
    return places[first] + (places[first + 1] - places[first]).times(position - first)
