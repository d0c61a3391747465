"""A scene: the room, the things behind the body, the body in its layers, the things before it."""

from dataclasses import dataclass

from rehab.figures.clock import Clock, group, told
from rehab.figures.frame import body_box
from rehab.figures.geometry import Box, Point, box_of
from rehab.figures.heads import head
from rehab.figures.limbs import Look, limb
from rehab.figures.motion import Moment
from rehab.figures.pose import LIMBS, Figure
from rehab.figures.props.drawing import drawn
from rehab.figures.props.extent import extent
from rehab.figures.props.stage import Stage, disc, rect
from rehab.figures.surroundings import Surroundings
from rehab.figures.tints import on_pelvis
from rehab.figures.trunk import neck, trunk

HORIZON = 12.0
"""How far above the line of the feet the floor ends, as if seen a little from above."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A figure at some moments among its things."""

    figure: Figure
    moments: tuple[Moment, ...]
    around: Surroundings
    tint: tuple[str, ...]

    def look(self, clock: Clock) -> Look:
        view = self.figure.view
        poses = tuple(moment.state.pose for moment in self.moments)
        joints = tuple(moment.state.joints(view) for moment in self.moments)
        return Look(view, poses, joints, clock, self.tint)


def box(scene: Scene) -> Box:
    """The room that the body and its things need."""
    view = scene.figure.view
    body = body_box([moment.state.joints(view) for moment in scene.moments])
    if any(thing.kind == "mat" for thing in scene.around.things):
        room_to_see = 8 if view.is_from_above else 0
        body = Box(
            body.left - 12, body.bottom - room_to_see, body.right + 12, body.top + room_to_see
        )
    things = [extent(thing, view) for thing in scene.around.things]
    return box_of([body, *(thing for thing in things if thing is not None)])


def played(scene: Scene, clock: Clock, edge: Box) -> str:
    """The scene by the clock, inside `edge`."""
    look = scene.look(clock)
    stage = Stage(look, scene.around, body_box(look.joints), edge)
    behind, front = drawn(stage)
    ring = _ring(look, scene.figure.ring) if scene.figure.ring else ""
    return room(scene, stage) + behind + ring + _body(scene.figure, look) + front


def room(scene: Scene, stage: Stage) -> str:
    """The wall and the floor of the room, and the body's shadow."""
    edge = stage.edge
    if scene.figure.view.is_from_above:
        return rect("g", edge.left - 2, edge.bottom - 2, edge.width + 4, edge.height + 4)
    back = rect("w", edge.left - 2, edge.bottom - 2, edge.width + 4, edge.height + 4)
    floor = rect("g", edge.left - 2, edge.bottom - 2, edge.width + 4, HORIZON - edge.bottom + 2)
    on_mat = any(thing.kind in ("mat", "pool", "path") for thing in scene.around.things)
    return back + floor + ("" if on_mat else _shadow(stage))


def _shadow(stage: Stage) -> str:
    """A soft shadow under whatever comes near the floor."""
    low = [place.x for found in stage.look.joints for place in found.values() if place.y < 30]
    if not low:
        return ""
    left, right = min(low), max(low)
    return disc("sh", Point((left + right) / 2, 0.5), round((right - left) / 2 + 10), 5)


def _ring(look: Look, anchor: str) -> str:
    """A ring that widens with the breath."""
    sizes = [26 + 20 * pose.breath for pose in look.poses]
    rings = ""
    for size, name in (
        (1.0, '<circle class="m" opacity=".16"'),
        (0.78, '<circle class="m" opacity=".2"'),
    ):
        radii = [told(r * size) for r in sizes]
        moving = look.clock.animate("r", radii) if len(set(radii)) > 1 else ""
        rings += f'{name} r="{radii[0]}">{moving}</circle>'
    places = look.places(anchor)
    return group(look.clock, rings, [places[0]] * len(places))


def _body(figure: Figure, look: Look) -> str:
    """The body from behind to before; what the figure puts behind is drawn behind the trunk."""
    arms_and_legs = {name: limb(look, name) for name in LIMBS}
    behind = "".join(
        arms_and_legs[name]
        for name in ("leg_far", "leg_near", "arm_far", "arm_near")
        if name in figure.behind
    )
    shown = {name: art for name, art in arms_and_legs.items() if name not in figure.behind}
    trunk_and_neck = neck(look) + trunk(look)
    face = head(look, figure.person, figure.calm)
    near = shown.get("leg_near", "") + on_pelvis(look) + shown.get("arm_near", "")
    if look.view.is_flat:
        legs = shown.get("leg_far", "") + shown.get("leg_near", "")
        arms = shown.get("arm_far", "") + shown.get("arm_near", "")
        return behind + legs + trunk_and_neck + on_pelvis(look) + face + arms
    far = shown.get("arm_far", "") + shown.get("leg_far", "")
    return behind + far + trunk_and_neck + face + near
