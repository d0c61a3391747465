"""The kinds of value a library file may hold, read strictly: "2" is not 2, and neither is 2.0."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from marshmallow import RAISE, Schema, fields, post_load
from marshmallow.exceptions import ValidationError

LONGEST_TEXT = 500
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of characters that cannot be seen in an editor and have no business here."""

MESSAGES: dict[str, Any] = {"required": "is missing", "null": "is empty"}


class StrictSchema(Schema):
    """A mapping with these fields and no others; `makes` is what they are the fields of."""

    class Meta:
        unknown = RAISE

    makes: Callable[..., Any] | None = None

    error_messages = {  # noqa: RUF012 (marshmallow's own convention)
        "unknown": "is not a field here",
        "type": "must be a mapping of fields to values",
    }

    @post_load
    def _made_whole(self, data: dict[str, Any], **_: Any) -> Any:
        value = type(self).makes
        return data if value is None else value(**data)


class Text(fields.Field[str]):
    """One line of text that shows as it is written."""

    default_error_messages = MESSAGES

    def __init__(self, longest: int = LONGEST_TEXT, **options: Any) -> None:
        self.longest = longest
        super().__init__(**options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str):
            raise ValidationError(f"must be text, not {_shown(value)}; put it in quotes")
        if not value.strip():
            raise ValidationError("is empty")
        if value != value.strip():
            raise ValidationError("begins or ends with a space or line break")
        if any(unicodedata.category(character) in UNSEEN for character in value):
            raise ValidationError("holds a line break or another character that cannot be seen")
        if len(value) > self.longest:
            raise ValidationError(f"is {len(value)} characters long; {self.longest} at most")
        return value


class Id(Text):
    """Small letters, digits and hyphens, as in `lb-pelvic-tilt`."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs)
        if not ID.fullmatch(text) or len(text) > 60:
            raise ValidationError(f"must be small letters, digits and hyphens, not {_shown(text)}")
        return text


class Whole(fields.Field[int]):
    """A whole number between two bounds."""

    default_error_messages = MESSAGES

    def __init__(self, low: int, high: int, **options: Any) -> None:
        self.low, self.high = low, high
        super().__init__(**options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if type(value) is not int or not self.low <= value <= self.high:
            allowed = f"a whole number from {self.low} to {self.high}"
            raise ValidationError(f"must be {allowed}, not {_shown(value)}")
        return value


class Factor(fields.Field[float]):
    """A number between two bounds."""

    default_error_messages = MESSAGES

    def __init__(self, low: float, high: float, **options: Any) -> None:
        self.low, self.high = low, high
        super().__init__(**options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> float:
        if type(value) not in (int, float) or not self.low <= value <= self.high:
            allowed = f"a number from {self.low:g} to {self.high:g}"
            raise ValidationError(f"must be {allowed}, not {_shown(value)}")
        return float(value)


class TrueOrFalse(fields.Field[bool]):
    """`true` or `false`, nothing that merely resembles them."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise ValidationError(f"must be true or false, not {_shown(value)}")
        return value


class Choice(fields.Field[StrEnum]):
    """One of the words of a list."""

    default_error_messages = MESSAGES

    def __init__(self, words: type[StrEnum], **options: Any) -> None:
        self.words = words
        super().__init__(**options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> StrEnum:
        if not isinstance(value, str) or value not in {word.value for word in self.words}:
            allowed = ", ".join(word.value for word in self.words)
            raise ValidationError(f"must be one of {allowed}, not {_shown(value)}")
        return self.words(value)


class Several(fields.List[Any]):
    """A list of `at_least` to `at_most` items; none of them twice if they are `unique`."""

    default_error_messages = {**MESSAGES, "invalid": "must be a list"}  # noqa: RUF012

    def __init__(
        self, item: Any, at_least: int = 0, at_most: int = 99, unique: bool = True, **options: Any
    ) -> None:
        self.at_least, self.at_most, self.unique = at_least, at_most, unique
        super().__init__(item, **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        items = super()._deserialize(value, *args, **kwargs)
        if self.at_least and not items:
            raise ValidationError("must not be empty")
        if not self.at_least <= len(items) <= self.at_most:
            allowed = f"{self.at_least} to {self.at_most}"
            raise ValidationError(f"must hold {allowed} items, not {len(items)}")
        for index, item in enumerate(items):
            if self.unique and item in items[:index]:
                raise ValidationError({index: ["is in the list already"]})
        return items


def nested(schema: type[Schema], **options: Any) -> fields.Nested:
    """A mapping inside a file, with the messages of this library."""
    return fields.Nested(schema, error_messages=MESSAGES, **options)


def entries(key: fields.Field[Any], value: fields.Field[Any], **options: Any) -> fields.Dict:
    """A mapping from ids to entries."""
    messages: dict[str, Any] = {**MESSAGES, "invalid": "must be a mapping of ids to entries"}
    return fields.Dict(keys=key, values=value, error_messages=messages, **options)


def _shown(value: object) -> str:
    """The value as a person would name it, cut short."""
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:37] + "...")
    if isinstance(value, float) or (isinstance(value, int) and abs(value) < 10**12):
        return str(value)
    named = {int: "a very large number", list: "a list", dict: "a mapping"}
    return named.get(type(value), f"a {type(value).__name__}")
