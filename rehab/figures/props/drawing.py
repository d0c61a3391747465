"""Every prop drawn, behind the body or before it."""

from collections.abc import Callable

from rehab.figures.props import furniture, machines, outdoors, small
from rehab.figures.props.stage import Stage
from rehab.figures.surroundings import Thing

Drawn = str | tuple[str, str]

DRAWN: dict[str, Callable[[Thing, Stage], Drawn]] = {
    "landscape": outdoors.landscape,
    "window": outdoors.window,
    "trees": outdoors.trees,
    "path": outdoors.walkway,
    "wall": furniture.wall,
    "anchor": small.anchor,
    "doorway": furniture.doorway,
    "plant": outdoors.plant,
    "lamp": outdoors.lamp,
    "mat": furniture.mat,
    "bed": furniture.bed,
    "step": furniture.step,
    "rail": furniture.rail,
    "worktop": furniture.worktop,
    "table": furniture.table,
    "chair": furniture.chair,
    "stool": furniture.stool,
    "bike": machines.bike,
    "elliptical": machines.elliptical,
    "pool": outdoors.pool,
    "pillow": small.pillow,
    "towel": small.towel,
    "cushion": small.cushion,
    "glow": small.glow,
    "ball": small.ball,
    "pack": small.pack,
    "book": small.book,
    "stick": small.stretched,
    "strap": small.stretched,
    "band": small.stretched,
    "dumbbells": small.dumbbells,
}
"""What is further away comes first."""


def drawn(stage: Stage) -> tuple[str, str]:
    """What is seen of the props behind the body, and what before it."""
    behind, front = "", ""
    order = list(DRAWN)
    for thing in sorted(stage.around.things, key=lambda thing: order.index(thing.kind)):
        seen = DRAWN[thing.kind](thing, stage)
        if isinstance(seen, str):
            seen = ("", seen) if thing.told.get("layer") == "front" else (seen, "")
        behind, front = behind + seen[0], front + seen[1]
    return behind, front
