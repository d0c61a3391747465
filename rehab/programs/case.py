"""A case to replay: one person's log in one category of exercise, read strictly from JSON."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehab.programs.program import Category, Track
from rehab.programs.state import Bounds, State
from rehab.programs.zones import Report

HIGHEST_STEP = 20
TRACKS = (Track.ACUTE.value, Track.CHRONIC.value)


class Malformed(Exception):
    """A field of a case that makes no sense, and what is wrong with it."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(f"{field}: {what}")
        self.field = field
        self.what = what


@dataclass(frozen=True, slots=True)
class Case:
    """One log: a person, a category of exercise, where it stood, and every completed session."""

    id: str
    track: str
    category: Category
    usual_pain: float
    state: State
    bounds: Bounds
    weekly: bool
    sessions: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class _Field:
    """What a field must be, and its value when the case leaves it out."""

    allows: Callable[[Any], bool]
    what: str
    default: Any = None
    required: bool = False


def _whole(lowest: int, highest: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and lowest <= value <= highest


def _number(lowest: int, highest: int) -> Callable[[Any], bool]:
    return lambda value: type(value) in (int, float) and lowest <= value <= highest


def _or_null(allows: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or allows(value)


def _flag(value: Any) -> bool:
    return type(value) is bool


def _text(value: Any) -> bool:
    return type(value) is str


def _texts(value: Any) -> bool:
    return type(value) is list and all(type(item) is str for item in value)


def _among(*values: str) -> Callable[[Any], bool]:
    return lambda value: type(value) is str and value in values


RATING = _whole(0, 10)
RATING_WORDS = "must be a whole number from 0 to 10"
STEP_WORDS = f"must be a whole number from 1 to {HIGHEST_STEP}"
FLAG_WORDS = "must be true or false"

CASE_FIELDS = {
    "id": _Field(_text, "must be a text", required=True),
    "track": _Field(_among(*TRACKS), f"must be one of {', '.join(TRACKS)}", required=True),
    "category": _Field(_among(*Category), f"must be one of {', '.join(Category)}", required=True),
    "usual_pain": _Field(_number(0, 10), "must be a number from 0 to 10", required=True),
    "floor": _Field(_whole(1, HIGHEST_STEP), STEP_WORDS, 1),
    "ceiling": _Field(_whole(1, HIGHEST_STEP), STEP_WORDS, 5),
    "step": _Field(_whole(1, HIGHEST_STEP), STEP_WORDS, required=True),
    "dose": _Field(_number(0, 1), "must be a number from 0 to 1", 1.0),
    "locked": _Field(_flag, FLAG_WORDS, False),
    "weekly": _Field(_flag, FLAG_WORDS, True),
    "sessions": _Field(lambda value: type(value) is list, "must be a list", required=True),
}

SESSION_FIELDS = {
    "day": _Field(
        lambda value: type(value) is int and value >= 0,
        "must be a whole number, 0 or more",
        required=True,
    ),
    "before": _Field(RATING, RATING_WORDS, required=True),
    "during": _Field(RATING, RATING_WORDS, required=True),
    "after": _Field(RATING, RATING_WORDS, required=True),
    "morning": _Field(_or_null(RATING), f"{RATING_WORDS}, or null"),
    "effort": _Field(RATING, RATING_WORDS, 5),
    "completion": _Field(_whole(0, 100), "must be a whole number from 0 to 100", 100),
    "hard": _Field(_flag, FLAG_WORDS, False),
    "spread": _Field(_flag, FLAG_WORDS, False),
    "red_flags": _Field(_texts, "must be a list of texts", ()),
    "sleep": _Field(_or_null(RATING), f"{RATING_WORDS}, or null", 7),
    "doms": _Field(_flag, FLAG_WORDS, False),
}


def _defaults(fields: Mapping[str, _Field]) -> dict[str, Any]:
    return {name: field.default for name, field in fields.items() if not field.required}


CASE_DEFAULTS = _defaults(CASE_FIELDS)
SESSION_DEFAULTS = _defaults(SESSION_FIELDS)


def read_case(line: str | bytes, tiers: Mapping[str, str]) -> Case:
    """The case that a line of JSON holds; Malformed names the first field that is wrong.

    `tiers` maps the red-flag ids that a session may name to their tier.
    """
    values = _checked(_parsed(line), CASE_FIELDS, CASE_DEFAULTS)
    floor, ceiling, step = values["floor"], values["ceiling"], values["step"]
    if floor > ceiling:
        raise Malformed("floor", f"must not be above the ceiling, {ceiling}")
    if not floor <= step <= ceiling:
        raise Malformed("step", f"must lie between the floor, {floor}, and the ceiling, {ceiling}")
    return Case(
        id=values["id"],
        track=values["track"],
        category=Category(values["category"]),
        usual_pain=values["usual_pain"],
        state=State(step, dose=float(values["dose"])),
        bounds=Bounds(floor, ceiling, values["locked"]),
        weekly=values["weekly"],
        sessions=tuple(_read_sessions(values["sessions"], tiers)),
    )


def _parsed(line: str | bytes) -> dict[str, Any]:
    try:
        text = line.decode("utf-8-sig") if isinstance(line, bytes) else line
        values = json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        what = error.msg if isinstance(error, json.JSONDecodeError) else "cannot be read"
        raise Malformed("json", what) from error
    if type(values) is not dict:
        raise Malformed("json", "must be an object")
    return values


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise Malformed("json", "a field stands twice in one object")
    return values


def _checked(
    values: dict[str, Any],
    fields: Mapping[str, _Field],
    defaults: Mapping[str, Any],
    where: str = "",
) -> dict[str, Any]:
    """The values with defaults filled in; the first that is unknown, wrong or missing raises."""
    for name, value in values.items():
        field = fields.get(name)
        if field is None:
            raise Malformed(f"{where}{_shown(name)}", "unknown field")
        if not field.allows(value):
            raise Malformed(f"{where}{name}", field.what)
    filled = {**defaults, **values}
    for name in fields:
        if name not in filled:
            raise Malformed(f"{where}{name}", "is required")
    return filled


def _read_sessions(sessions: list[Any], tiers: Mapping[str, str]) -> Iterator[Report]:
    last_day = -1
    for index, session in enumerate(sessions):
        where = f"sessions[{index}]"
        if type(session) is not dict:
            raise Malformed(where, "must be an object")
        values = _checked(session, SESSION_FIELDS, SESSION_DEFAULTS, f"{where}.")
        if values["day"] <= last_day:
            raise Malformed(f"{where}.day", f"must be after day {last_day}")
        last_day = values["day"]
        values["red_flags"] = tuple(values["red_flags"])
        for flag in values["red_flags"]:
            if flag not in tiers:
                raise Malformed(f"{where}.red_flags", f"unknown red flag {_shown(flag)}")
        yield Report(**values)


def _shown(name: str) -> str:
    """A name from outside, fit for one line of plain text."""
    return name if name.isascii() and name.isidentifier() else ascii(name[:60])
