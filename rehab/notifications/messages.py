"""The words of a text message: a library text with its blanks filled, in one plain message.

Every text begins with the clinic's name, so that whoever reads it knows who writes.
"""

from collections.abc import Mapping
from string import Formatter

from rehab.notifications.gsm7 import plain, shortened

LONGEST = {
    "name": 12,
    "time": 5,
    "n": 2,
    "min": 2,
    "link": 24,
    "clinic": 14,
    "tel": 15,
    "code": 6,
}
"""Septets that the library's check allows for each blank; a text may use no other blanks."""

CUT = frozenset({"name", "clinic"})
"""What is cut at its longest. A cut link or number leads nowhere, so those stay whole and an
unusually long one costs a second part."""

PREFIX = "{clinic}: "


def blanks(text: str) -> list[str]:
    """The blanks of a text in order, as they are written between the braces.

    Raises ValueError when the braces do not match.
    """
    return [
        field + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        for _, field, spec, conversion in Formatter().parse(text)
        if field is not None
    ]


def render(texts: Mapping[str, str], key: str, *, clinic: str, **values: object) -> str:
    """The text `key` as it is sent: the clinic's name, then the words with their blanks filled.

    Values are put into the alphabet of a plain message, and a long name is cut, so no patient's
    name can fail it; a name with no letter of that alphabet is left out with its comma. Raises
    KeyError for an unknown key or a blank without a value.
    """
    words = texts[key]
    filled = {blank: _value(blank, value) for blank, value in {**values, "clinic": clinic}.items()}
    if not filled.get("name", "-"):
        words = _capital(words.replace("{name}, ", ""))
    return (PREFIX + words).format_map(filled)


def longest(text: str) -> str:
    """The text with the clinic's name in front and every blank as long as it gets."""
    return (PREFIX + text).format_map({blank: "x" * size for blank, size in LONGEST.items()})


def _value(blank: str, value: object) -> str:
    text = plain(str(value))
    return shortened(text, LONGEST[blank]) if blank in CUT else text


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
