"""The fields that every noun's schemas are built from: strict about types, ranges and lengths."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

UNPRINTABLE = frozenset({"Cc", "Cs"})
"""Control characters, and halves of characters (lone surrogates) that no database takes."""


class In(Schema):
    """What a caller may say; a name that is not listed is an error."""

    class Meta:
        unknown = "raise"


class Whole(fields.Integer):
    """A JSON number without a fraction: 2 and 2.0, never "2" or true."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or value % 1:
            raise self.make_error("invalid", input=value)
        return super()._deserialize(int(value), *args, **kwargs)


class Number(fields.Float):
    """A JSON number; neither "2" nor true nor NaN."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, *args, **kwargs)


class Tick(fields.Boolean):
    """true or false, no word or number that stands for them."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def instant(**kwargs: Any) -> fields.AwareDateTime:
    """A moment with its offset, within a century that has clocks and calendars for it."""
    return fields.AwareDateTime(validate=validate.Range(EARLIEST, LATEST), **kwargs)


def local_date(**kwargs: Any) -> fields.Date:
    """A date of the patient's own calendar, within the same century."""
    return fields.Date(validate=validate.Range(EARLIEST.date(), LATEST.date()), **kwargs)


class ClockTime(fields.Time):
    """A local wall time, HH:MM."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


def _printable(value: str) -> None:
    if any(unicodedata.category(c) in UNPRINTABLE and c not in "\n\t" for c in value):
        raise ValidationError("Must not contain control characters.")


def _not_blank(value: str) -> None:
    if value and not value.strip():
        raise ValidationError("Must not be blank.")


def text(least: int = 0, most: int = 80, **kwargs: Any) -> fields.String:
    """Text of `least` to `most` characters; what must be there must not be blank."""
    checks: list[Callable[[Any], Any]] = [validate.Length(least, most), _printable]
    if least:
        checks.append(_not_blank)
    return fields.String(validate=checks, **kwargs)


def rating(most: int = 10, **kwargs: Any) -> Whole:
    """A whole number from 0 to `most`; where it may be left out, null means not said."""
    return Whole(validate=validate.Range(0, most), strict=True, **kwargs)


def choice(*words: str, **kwargs: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(words), **kwargs)
