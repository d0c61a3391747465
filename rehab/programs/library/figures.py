"""Reading a pose file: figures/ID.yaml, strictly, into the figure that it draws."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from rehab.figures.geometry import Point
from rehab.figures.muscles import MUSCLES
from rehab.figures.palette import PEOPLE
from rehab.figures.pose import LIMBS, Figure, Keyframe, Loop, Prop, View
from rehab.figures.props.catalogue import CATALOGUE, Flag, Number, Shift, Spot, Spots, Word
from rehab.figures.props.placing import handles
from rehab.figures.skeleton import joints
from rehab.programs.library.fields import (
    MESSAGES,
    Choice,
    Factor,
    Id,
    Several,
    StrictSchema,
    TrueOrFalse,
    Whole,
    nested,
)
from rehab.programs.library.frames import (
    ANCHORS,
    contacts_of,
    limbs_named,
    pose_of,
    side_of,
)

ANGLE = {"low": -400, "high": 400}
UNITS = {"low": -60, "high": 60}
PLACES = ("at", "under", "between", "along")
"""Where a prop is told to be."""


class OneOf(fields.Field[str]):
    """One of a few words."""

    default_error_messages = MESSAGES

    def __init__(self, words: Any, **options: Any) -> None:
        self.words = tuple(words)
        super().__init__(**options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if value not in self.words:
            raise ValidationError(f"must be one of {', '.join(self.words)}, not {value!r}")
        return str(value)


class Place(fields.Field[Any]):
    """A part of the body or a handle by name, or `[x, y]`."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            return side_of(value)
        return tuple(Several(Factor(-400, 400), 2, 2, unique=False).deserialize(value))


def limb_fields(field: fields.Field[Any]) -> dict[str, fields.Field[Any]]:
    """The same for arms, for legs, and for each of the four by any of its names."""
    return {name: field for kind in ("arm", "leg") for name in limbs_named(kind)}


ANGLES = Several(Factor(**ANGLE), 2, 3, unique=False)
LENGTHS = Several(Factor(0.15, 1.1), 2, 2, unique=False)
SHIFT = Several(Factor(**UNITS), 2, 2, unique=False)
TOUCHES = fields.Dict(
    keys=fields.String(),
    values=fields.String(error_messages={"invalid": "must be the name of what is touched"}),
    error_messages={**MESSAGES, "invalid": "must be a mapping of parts to what they touch"},
)

FrameSchema = StrictSchema.from_dict(
    {
        "from": fields.String(),
        **{part: Factor(**ANGLE) for part in ("trunk", "lumbar", "thorax", "neck", "head")},
        **limb_fields(ANGLES),
        "reach": nested(StrictSchema.from_dict(limb_fields(LENGTHS))),
        **{name.replace("arm", "shoulder"): SHIFT for name in limbs_named("arm")},
        **{name.replace("leg", "hip"): SHIFT for name in limbs_named("leg")},
        "turn": Factor(-1, 1),
        "nod": Factor(-60, 60),
        "twist": Factor(-80, 80),
        "breath": Factor(0, 1.5),
        "crank": Factor(**ANGLE),
        "along": Factor(0, 1),
        "effort": Factor(0, 1),
        "pelvis": Several(Factor(-300, 300), 2, 2, unique=False),
        "contacts": TOUCHES,
        "slides": TOUCHES,
        "seconds": Factor(0.1, 30),
        "back": Factor(0.1, 30),
        "hold": Factor(0, 30),
    },
    name="FrameSchema",
)


class PropField(fields.Field[Prop]):
    """A prop by its name, or its name with what is told of it."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Prop:
        told: Any = {}
        if isinstance(value, dict) and len(value) == 1:
            value, told = next(iter(value.items()))
        kind = OneOf(CATALOGUE).deserialize(value)
        return Prop(kind, _told_schema(kind).load(told if told is not None else {}))


def _told_schema(kind: str) -> Schema:
    schema = {name: _told_field(told) for name, told in CATALOGUE[kind].items()}
    return StrictSchema.from_dict(schema, name="PropSchema")()


def _told_field(told: Any) -> fields.Field[Any]:
    if isinstance(told, Number):
        return Factor(told.low, told.high)
    if isinstance(told, Word):
        return OneOf(told.words)
    if isinstance(told, Flag):
        return TrueOrFalse()
    if isinstance(told, Shift):
        return SHIFT
    if isinstance(told, Spots):
        return Several(Place(), 2, 12, required=True, unique=False)
    assert isinstance(told, Spot)  # noqa: S101 - the catalogue knows no other kind
    return Place()


class FigureSchema(StrictSchema):
    """The whole file."""

    id = Id(required=True)
    view = Choice(View, required=True)
    loop = Choice(Loop)
    person = Whole(1, len(PEOPLE))
    props = Several(PropField(), at_most=8, unique=False)
    tint = Several(OneOf(MUSCLES), at_most=6)
    contacts = TOUCHES
    slides = TOUCHES
    behind = Several(OneOf([*limbs_named("arm"), *limbs_named("leg")]))
    still = Several(Whole(1, 12), 1, 3)
    ring = OneOf(sorted(ANCHORS))
    calm = TrueOrFalse()
    frames = Several(nested(FrameSchema), 2, 12, required=True, unique=False)


def load_figure(content: dict[str, Any]) -> Figure:
    """The figure of a file; raises ValidationError with everything that is wrong in it."""
    told = FigureSchema().load(content)
    figure = Figure(
        id=told["id"],
        view=told["view"],
        frames=_keyframes(told),
        loop=told.get("loop", Loop.BACK),
        props=tuple(told.get("props", ())),
        tint=tuple(told["tint"]) if "tint" in told else None,
        person=told.get("person", _somebody(told["id"])),
        behind=tuple(limb for name in told.get("behind", ()) for limb in _limbs(name)),
        still=tuple(number - 1 for number in _shown(told)),
        ring=side_of(told["ring"]) if "ring" in told else None,
        calm=told.get("calm", False),
    )
    _check_places(figure)
    return figure


def _check_places(figure: Figure) -> None:
    """Raises ValidationError for a prop that is told to be where there is nothing."""
    known = {*joints(figure.view, figure.frames[0].pose), *handles(figure.props)}
    lost = {
        number: {prop.kind: f"there is no {name} here"}
        for number, prop in enumerate(figure.props)
        for told in map(prop.told.get, PLACES)
        for name in (told if isinstance(told, list | tuple) else [told])
        if isinstance(name, str) and name not in known
    }
    if lost:
        raise ValidationError({"props": lost})


def _somebody(id_: str) -> int:
    """Who shows an exercise when nobody is named: always the same person for the same id."""
    return sum(id_.encode()) % len(PEOPLE) + 1


def _limbs(name: str) -> tuple[str, ...]:
    return tuple(limb for limb in LIMBS if limb in limbs_named(name[:3])[name])


def _shown(told: Mapping[str, Any]) -> list[int]:
    shown: list[int] = told.get("still", [])
    for number in shown:
        if number > len(told["frames"]):
            raise ValidationError({"still": f"there is no frame {number}"})
    return shown


def _keyframes(told: Mapping[str, Any]) -> tuple[Keyframe, ...]:
    """The frames, each with what it takes over from the one before."""
    offered = handles(told.get("props", ()))
    found: list[Keyframe] = []
    faults: dict[int, Any] = {}
    for number, frame in enumerate(told["frames"]):
        before = found[-1].pose if found else None
        try:
            pose = pose_of(told["view"], frame, before)
            contacts = contacts_of({**_touches(told), **_touches(frame)}, offered)
        except ValidationError as error:
            faults[number] = error.messages
            continue
        seconds = frame.get("seconds", 1.6)
        back = frame.get("back", seconds)
        pelvis = Point(*frame["pelvis"]) if "pelvis" in frame else None
        found.append(Keyframe(pose, contacts, seconds, back, frame.get("hold", 0.5), pelvis))
    if faults:
        raise ValidationError({"frames": faults})
    return tuple(found)


def _touches(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("contacts", "slides") if name in told}
