"""Furniture and rooms: what stands, or lies on the floor, and does not move."""

from math import cos, radians

from rehab.figures.geometry import Box, Point
from rehab.figures.props.stage import Stage, disc, line, rect
from rehab.figures.surroundings import Thing

MAT = 52.0
"""Half the width of a mat."""
FAR = Point(5.0, 2.6)
"""How far the far legs of a piece of furniture stand behind its near ones."""


def mat(thing: Thing, stage: Stage) -> str:
    """A mat as long as the body on it."""
    width = thing.told["width"] or stage.body.width + 22
    middle = (
        thing.at.x if "x" in thing.told and thing.told["x"] is not None else stage.body.middle.x
    )
    left, right = middle - width / 2, middle + width / 2
    if stage.look.view.is_from_above:
        box = _under(stage)
        return rect("qs", box.left, box.bottom - 2, box.width, box.height, 9) + rect(
            "q", box.left, box.bottom, box.width, box.height, 9
        )
    top = f"M{left + 7:.0f}-6H{right - 1:.0f}Q{right + 6:.0f}-6 {right + 5:.0f} 0L{right + 3:.0f} 5"
    return (
        f'<path class="q" d="{top}H{left - 4:.0f}Q{left - 8:.0f} 5 {left - 6:.0f} 2Z"/>'
        f'<path class="qs" d="M{left - 6:.0f} 4H{right + 3:.0f}Q{right + 3:.0f} 7 {right:.0f} 7'
        f'H{left - 4:.0f}Q{left - 7:.0f} 7 {left - 6:.0f} 4Z"/>'
    )


def _under(stage: Stage) -> Box:
    """A mat under the trunk of a body that is seen from above; arms and legs may go beyond it."""
    box, pelvis = stage.body.grown(12), stage.look.joints[0]["pelvis"]
    if abs(cos(radians(stage.look.poses[0].lumbar))) < 0.7:
        half = min(box.width / 2, MAT)
        return Box(pelvis.x - half, box.bottom, pelvis.x + half, box.top)
    half = min(box.height / 2, MAT)
    return Box(box.left, pelvis.y - half, box.right, pelvis.y + half)


def bed(thing: Thing, stage: Stage) -> str:
    height, width = thing.number("height"), thing.told["width"] or stage.body.width + 40
    left = thing.at.x - width / 2 if thing.told["x"] is not None else stage.body.left - 18
    return (
        rect("ps", left + 4, 0, 6, height, 2)
        + rect("ps", left + width - 10, 0, 6, height, 2)
        + rect("ps", left - 4, 2, 6, height + 34, 3)
        + rect("p", left, height - 20, width, 9, 3)
        + rect("qs", left + 1, height - 13, width - 2, 15, 6)
        + rect("q", left + 1, height - 10, width - 2, 12, 6)
    )


def chair(thing: Thing, stage: Stage) -> str:
    x, height = thing.at.x, thing.number("height")
    back = {"left": -1, "right": 1, "none": 0}[thing.word("back")]
    if stage.look.view.is_flat:
        return _chair_ahead(x, height, back)
    legs = [Point(x - 15, 0), Point(x + 15, 0)]
    far = "".join(line("ps", 3.4, p + FAR, Point(p.x, height - 3) + FAR) for p in legs)
    near = "".join(line("p", 3.8, p, Point(p.x, height - 3)) for p in legs)
    rest = ""
    if back:
        foot, top = Point(x + back * 17, height - 2), Point(x + back * 20.5, height + 46)
        rest = line("ps", 3.4, foot + FAR, top + FAR) + line("p", 4.4, foot, top)
    return far + rest + near + rect("p", x - 19, height - 5, 38, 5, 2.5)


def _chair_ahead(x: float, height: float, back: int) -> str:
    rest = ""
    if back:
        rest = line("ps", 4, Point(x - 19, height), Point(x - 19, height + 48)) + line(
            "ps", 4, Point(x + 19, height), Point(x + 19, height + 48)
        )
        rest += rect("p", x - 21, height + 32, 42, 18, 5)
    legs = "".join(
        line(name, 3.8, Point(x + dx, 0), Point(x + dx, height - 3))
        for name, dx in (("ps", -15), ("ps", 15), ("p", -20), ("p", 20))
    )
    return rest + legs + rect("p", x - 24, height - 5, 48, 6, 3)


def stool(thing: Thing, stage: Stage) -> str:
    x, height = thing.at.x, thing.number("height")
    half = 24 if stage.look.view.is_flat else 17
    legs = "".join(
        line(name, 3.8, Point(x + dx * 1.15, 0), Point(x + dx, height - 3))
        for name, dx in (("ps", -half + 9), ("ps", half - 9), ("p", 4 - half), ("p", half - 4))
    )
    return legs + rect("p", x - half, height - 5, 2 * half, 6, 3)


def wall(thing: Thing, stage: Stage) -> str:
    edge, x = stage.edge, thing.at.x
    right = thing.word("side") == "right"
    left = x if right else edge.left - 20
    width = edge.right + 20 - x if right else x - left
    shade = rect("v", left, -3, width, edge.top + 30)
    skirting = rect("vs", left, -3, width, 9)
    return shade + skirting + line("vs", 1.2, Point(x, -3), Point(x, edge.top + 20))


def doorway(thing: Thing, stage: Stage) -> str:
    x, top = thing.at.x, stage.edge.top + 20
    if stage.look.view.is_flat:
        return "".join(
            rect("v", x + side * 46 - 5, -2, 10, top) + rect("vs", x + side * 46 - 1, -2, 2, top)
            for side in (-1, 1)
        )
    return rect("vs", x + 5, 0, 9, top) + rect("v", x, 0, 8, top)


def table(thing: Thing, stage: Stage) -> str:
    height, width = thing.number("height"), thing.number("width")
    left = thing.at.x if thing.word("side") == "right" else thing.at.x - width
    legs = [Point(left + 7, 0), Point(left + width - 7, 0)]
    far = "".join(line("ps", 3.4, p + FAR, Point(p.x, height - 3) + FAR) for p in legs)
    near = "".join(line("p", 4, p, Point(p.x, height - 3)) for p in legs)
    return far + near + rect("p", left, height - 5, width, 5, 2)


def worktop(thing: Thing, stage: Stage) -> str:
    height, width = thing.number("height"), thing.number("width")
    left = thing.at.x if thing.word("side") == "right" else thing.at.x - width
    return (
        rect("v", left + 4, 0, width - 4, height - 5)
        + rect("vs", left + 4, 0, width - 4, 7)
        + line("vs", 1.4, Point(left + width * 0.55, 10), Point(left + width * 0.55, height - 8))
        + line("ps", 2, Point(left + 10, height - 14), Point(left + 18, height - 14))
        + rect("p", left, height - 5, width + 2, 5, 2)
    )


def step(thing: Thing, stage: Stage) -> str:
    height, width = thing.number("height"), thing.number("width")
    left = thing.at.x - width / 2
    return rect("ps", left + 5, 0, width, height + 2.6, 2) + rect(
        "p", left, -1.5, width, height + 1.5, 2
    )


def rail(thing: Thing, stage: Stage) -> str:
    x, height = thing.at.x, thing.number("height")
    return (
        disc("k", Point(x, 0), 7, 2.2)
        + line("k", 3.4, Point(x, 0), Point(x, height - 2))
        + line("k", 4.4, Point(x - 9, height - 2), Point(x + 9, height - 2))
    )
