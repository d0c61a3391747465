"""The colours of the figures: a few people, by day, by night and in print."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """How somebody looks: hair, skin, the colour of the top."""

    hair: str
    skin: str
    skin_shade: str
    hair_colour: str
    hair_at_night: str
    top: str
    top_shade: str


PEOPLE = (
    Person("short", "#e0ac85", "#c48c66", "#4a3a32", "#6b5547", "#3f8a7e", "#2f6d63"),
    Person("bun", "#a86f4c", "#8a5738", "#2e2623", "#51433c", "#4f7ea6", "#3c6387"),
    Person("short", "#f0c3a2", "#d6a07c", "#b3aca3", "#cfc8bf", "#7b6a9b", "#61527e"),
    Person("bun", "#e9b994", "#cc946e", "#8c5a3b", "#a8714c", "#3f8a7e", "#2f6d63"),
)

DAY = {
    "w": "#e9f0ea",  # the wall of the room
    "g": "#d5e2d8",  # the floor
    "sh": "#bdd0c3",  # shadow
    "v": "#f8f4ec",  # furniture, painted walls
    "vs": "#ddd2c0",
    "b": "#46566b",  # trousers
    "bs": "#364355",
    "o": "#f7f2e8",  # shoes
    "os": "#c8bda9",
    "m": "#f0895a",  # a muscle at work
    "l": "#35302b",  # the lines of a face
    "y": "#e6d3b3",  # sand
    "ys": "#cdb48c",
    "p": "#c79a6b",  # wood
    "ps": "#a67a4e",
    "q": "#9db4c4",  # cloth, mat, cushion
    "qs": "#7f99ab",
    "e": "#d9694a",  # rubber
    "k": "#8b958f",  # metal
    "a": "#5aa9c9",  # water
    "n": "#8fb58a",  # leaves
    "r": "#ffffff",  # light
    "i": "#fffdf9",  # what parts the panels of a strip, and its arrows
    "j": "#2b675f",
}

NIGHT = {
    "w": "#26312f",
    "g": "#1d2624",
    "sh": "#141b19",
    "v": "#4a4a45",
    "vs": "#5f5d55",
    "b": "#7486a0",
    "bs": "#5b6b82",
    "o": "#efe9dc",
    "os": "#a99f8e",
    "m": "#ff9d6c",
    "l": "#2a2521",
    "y": "#5a4f3f",
    "ys": "#75674f",
    "p": "#a98257",
    "ps": "#86643f",
    "q": "#5d7585",
    "qs": "#495e6c",
    "e": "#e07c5c",
    "k": "#7d8883",
    "a": "#3f83a3",
    "n": "#55795a",
    "r": "#dfe3dc",
    "i": "#191815",
    "j": "#86cabd",
}

FILLED = frozenset(
    [
        "s",
        "ss",
        "h",
        "t",
        "b",
        "bs",
        "o",
        "os",
        "m",
        "w",
        "g",
        "sh",
        "v",
        "vs",
        "y",
        "ys",
        "p",
        "ps",
        "q",
        "qs",
        "e",
        "k",
        "a",
        "n",
        "r",
        "i",
    ]
)
FAR = {"s": "ss", "t": "ts", "b": "bs", "o": "os"}
"""What is further away is a little darker."""


def style(person: int, drawing: str) -> str:
    """The style sheet of a figure: the rules and colours of what its drawing shows, no more."""
    who = PEOPLE[(person - 1) % len(PEOPLE)]
    own = {"s": who.skin, "ss": who.skin_shade, "t": who.top, "ts": who.top_shade}
    rules, colours = _rules(drawing)
    day = {**own, "h": who.hair_colour, **DAY}
    night = {"h": who.hair_at_night, **NIGHT}
    return (
        f"svg{{{_told(day, colours)}}}@media screen and (prefers-color-scheme:dark)"
        f"{{svg{{{_told(night, colours)}}}}}{rules}"
    )


def _rules(drawing: str) -> tuple[str, set[str]]:
    """The rules for the classes in a drawing, and the colours that they name."""
    classes = set(re.findall(r'class="([^"]+)"', drawing))
    rules = ""
    colours: set[str] = set()
    for name in sorted(classes & FILLED):
        rules, colours = f"{rules}.{name}{{fill:var(--{name})}}", colours | {name}
    if "f" in classes:
        for name, shade in FAR.items():
            rules, colours = f"{rules}.f .{name}{{fill:var(--{shade})}}", colours | {shade}
    strokes = sorted(name.removeprefix("c ") for name in classes if name.startswith("c "))
    for name in strokes:
        colour = STROKED.get(name, name)
        rules, colours = f"{rules}.c.{name}{{stroke:var(--{colour})}}", colours | {colour}
    if strokes:
        rules = f"{rules}.c{{fill:none!important;{ROUND}}}"
    if "l" in classes:
        rules, colours = (
            f"{rules}.l{{fill:none;stroke:var(--l);stroke-width:1.1;{ROUND}}}",
            {
                *colours,
                "l",
            },
        )
    return rules, colours


STROKED = {"t": "ts", "b": "bs"}
ROUND = "stroke-linecap:round;stroke-linejoin:round"


def _told(palette: dict[str, str], colours: set[str]) -> str:
    return ";".join(f"--{name}:{palette[name]}" for name in sorted(colours & palette.keys()))
