"""How much room a prop needs in a picture."""

from rehab.figures.geometry import Box, Point, box_around
from rehab.figures.pose import View
from rehab.figures.surroundings import Thing

MACHINES = {"bike": (-28, 74, 124), "elliptical": (-50, 92, 140)}


def extent(thing: Thing, view: View) -> Box | None:
    """The box that a picture must hold for a prop to be understood; none for a mere background."""
    x = thing.at.x
    height = float(thing.told.get("height") or 0)
    half = 25 if view.is_flat else 22
    if thing.kind in ("chair", "stool"):
        back = 48 if thing.kind == "chair" and thing.told["back"] != "none" else 0
        return Box(x - half, 0, x + half, height + back)
    if thing.kind in MACHINES:
        left, right, top = MACHINES[thing.kind]
        return Box(x + left, 0, x + right, top)
    if thing.kind in ("table", "worktop"):
        width = min(thing.number("width"), 60)
        low, high = (0, width) if thing.told["side"] == "right" else (-width, 0)
        return Box(x + low, 0, x + high, height)
    if thing.kind == "step":
        return Box(x - thing.number("width") / 2, 0, x + thing.number("width") / 2, height)
    if thing.kind in ("wall", "doorway", "rail", "plant", "lamp", "window"):
        reach = {"wall": 6, "doorway": 14 if not view.is_flat else 54}.get(thing.kind, 22)
        return Box(x - reach, 0, x + reach, max(height, 40))
    if thing.kind == "anchor" and isinstance(thing.told["at"], list | tuple):
        px, py = thing.told["at"]
        return box_around([(Point(float(px), float(py)), 10)])
    return None
