"""Finding where each prop stands, and what it offers to a body."""

from collections.abc import Iterable, Mapping
from typing import Any

from rehab.figures.geometry import ORIGIN, Point
from rehab.figures.pose import Contact, Figure, Keyframe, Prop
from rehab.figures.props.catalogue import CATALOGUE, HANDLES, SURFACES, Flag, Number, Spot, Word
from rehab.figures.settle import Hold, State, settled
from rehab.figures.skeleton import Joints
from rehab.figures.surroundings import Ride, Surroundings, Thing
from rehab.figures.touch import FLOOR, Surface, touching

CRANK, STRIDE = 13.0, (26.0, 9.0)
"""How far a pedal is from its axle; how far and how high an elliptical's plate goes."""


def surroundings(figure: Figure) -> Surroundings:
    """The props of a figure in their places: told, met by a first contact, or beside the body."""
    placed: dict[int, Thing] = {
        number: _thing(prop, Point(float(prop.told.get("x", 0.0)), 0.0))
        for number, prop in enumerate(figure.props)
        if "x" in prop.told or "x" not in CATALOGUE[prop.kind]
    }
    for number, prop in enumerate(figure.props):
        if number not in placed:
            around = _around(placed.values())
            x = _met_at(figure, prop, around)
            placed[number] = _thing(prop, Point(x, 0.0))
    return _around(placed[number] for number in sorted(placed))


def _thing(prop: Prop, at: Point) -> Thing:
    defaults = {
        name: told.default
        for name, told in CATALOGUE[prop.kind].items()
        if isinstance(told, Number | Word | Flag | Spot)
    }
    return Thing(prop.kind, at, {**defaults, **prop.told})


def _around(things: Iterable[Thing]) -> Surroundings:
    known = tuple(things)
    surfaces: dict[str, Surface] = {"floor": FLOOR}
    rides: dict[str, Ride] = {}
    for thing in known:
        surfaces |= surfaces_of(thing)
        rides |= rides_of(thing)
    return Surroundings(known, surfaces, rides)


def _met_at(figure: Figure, prop: Prop, around: Surroundings) -> float:
    """Where the prop must stand for its first contact, else under the pelvis of the first frame."""
    trial = _thing(prop, Point(0.0, 0.0))
    offered = {*SURFACES.get(prop.kind, ()), *HANDLES.get(prop.kind, ())}
    for frame in figure.frames:
        for number, contact in enumerate(frame.contacts):
            if contact.on in offered:
                return _met(figure, frame, number, trial, around)
    return _before(figure, figure.frames[0], (), around).pelvis.x


def _met(figure: Figure, frame: Keyframe, number: int, trial: Thing, around: Surroundings) -> float:
    contact = frame.contacts[number]
    state = _before(figure, frame, frame.contacts[:number], around)
    found = state.joints(figure.view)
    surface = surfaces_of(trial).get(contact.on)
    touch = touching(figure.view, state.pose, found, contact.part, surface)
    if surface is not None and surface.normal == 90.0:
        return touch.x + _reach_in(trial)
    origin = surface.through if surface is not None else rides_of(trial)[contact.on].at(0)
    return touch.x - origin.x


def _reach_in(thing: Thing) -> float:
    """From what touches a table's top to the table's near edge."""
    if thing.kind not in ("table", "worktop"):
        return 0.0
    return -10.0 if thing.told["side"] == "right" else 10.0


def _before(
    figure: Figure, frame: Keyframe, contacts: tuple[Contact, ...], around: Surroundings
) -> State:
    known = contacts or frame.contacts
    holds = [
        Hold(contact.part, around.surfaces[contact.on])
        for contact in known
        if contact.on in around.surfaces
    ]
    is_placed = frame.pelvis is not None
    return settled(figure.view, frame.pose, holds, frame.pelvis or ORIGIN, is_placed)


def surfaces_of(thing: Thing) -> Mapping[str, Surface]:
    """What a thing offers to rest on."""
    top = Surface(thing.at + Point(0, float(thing.told.get("height") or 0)), 90.0)
    if thing.kind == "wall":
        return {"wall": Surface(thing.at, 180.0 if thing.told["side"] == "right" else 0.0)}
    if thing.kind == "doorway":
        return {"doorway": Surface(thing.at, 180.0)}
    if thing.kind == "worktop":
        return {"worktop": top, "worktop_edge": Surface(thing.at, 180.0)}
    if thing.kind == "chair":
        leans = -1.0 if thing.told["back"] == "left" else 1.0
        rest = Surface(thing.at + Point(leans * 17, 0), 0.0 if leans < 0 else 180.0)
        return {"chair": top, "chair_back": rest}
    return dict.fromkeys(SURFACES.get(thing.kind, ()), top)


def rides_of(thing: Thing) -> Mapping[str, Ride]:
    """What a thing offers to hold or to step on."""
    at, told = thing.at, thing.told
    height = float(told.get("height") or 0)
    if thing.kind == "chair":
        leans = -1.0 if told["back"] == "left" else 1.0
        return {
            "chair_top": Ride(at + Point(leans * 19, height + 44)),
            "chair_edge": Ride(at + Point(2, height - 2)),
        }
    if thing.kind == "stool":
        return {"stool_edge": Ride(at + Point(4, height - 2))}
    if thing.kind == "rail":
        return {"rail_top": Ride(at + Point(0, height))}
    if thing.kind == "anchor":
        spot = told.get("at")
        return {"anchor": Ride(_fixed(spot))}
    return _machine(thing)


def _fixed(spot: Any) -> Point:
    return Point(float(spot[0]), float(spot[1])) if isinstance(spot, list | tuple) else Point(0, 0)


def _machine(thing: Thing) -> Mapping[str, Ride]:
    at = thing.at
    if thing.kind == "bike":
        axle = at + Point(18, 26)
        return {
            "pedal_near": Ride(axle, CRANK, CRANK),
            "pedal_far": Ride(axle, CRANK, CRANK, 180),
            "handlebar": Ride(at + Point(52, 118)),
            "saddle": Ride(at + Point(0, 92)),
        }
    if thing.kind == "elliptical":
        plate, lever = at + Point(4, 18), at + Point(44, 124)
        return {
            "plate_near": Ride(plate, *STRIDE),
            "plate_far": Ride(plate, *STRIDE, 180),
            "lever_near": Ride(lever, 13, 1, 180),
            "lever_far": Ride(lever, 13, 1),
        }
    return {}


def spot(told: Any, found: Joints, around: Surroundings, crank: float) -> Point:
    """A place that a prop is told: a part of the body, a handle, or two numbers."""
    if isinstance(told, list | tuple):
        return _fixed(told)
    if told in around.rides:
        return around.rides[told].at(crank)
    return found[told]


def handles(props: Iterable[Prop]) -> set[str]:
    """The names of all surfaces and handles that `props` offer."""
    kinds = [prop.kind for prop in props]
    return {name for kind in kinds for name in (*SURFACES.get(kind, ()), *HANDLES.get(kind, ()))}
