"""Lists, a page at a time: `{"items": […], "next": cursor|null}`, stable while rows are added."""

import base64
import binascii
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate
from sqlalchemy import Select, literal, tuple_

from rehab.api.schemas import In
from rehab.errors import Invalid
from rehab.extensions import db

Stream = tuple[Select[Any], Any, Any]
Key = tuple[datetime, UUID]


class PageIn(In):
    """Where a list goes on, and how much of it is wanted."""

    cursor = fields.String(load_default=None, validate=validate.Length(max=200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


@cache
def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of `item`."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(required=True, allow_none=True),
        },
        name=item.__name__.removesuffix("Out") + "PageOut",
    )


def page(*streams: Stream, cursor: str | None, limit: int) -> dict[str, Any]:
    """One page of the streams together, newest first.

    A stream is a query with the two columns that order it: an instant and an id. Raises Invalid
    for a cursor that no page gave out.
    """
    found = sorted(
        (entry for stream in streams for entry in _newest(stream, cursor, limit + 1)),
        key=lambda entry: entry[0],
        reverse=True,
    )
    shown = found[:limit]
    more = len(found) > limit
    return {"items": [row for _, row in shown], "next": _cursor(*shown[-1][0]) if more else None}


def _newest(stream: Stream, cursor: str | None, limit: int) -> list[tuple[Key, Any]]:
    query, at, id_ = stream
    if cursor is not None:
        query = query.where(tuple_(at, id_) < tuple_(*_read(cursor, at, id_)))
    rows = db.session.scalars(query.order_by(at.desc(), id_.desc()).limit(limit))
    return [((getattr(row, at.key), getattr(row, id_.key)), row) for row in rows]


def _cursor(at: datetime, id_: UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), id_.hex]).encode()).decode()


def _read(cursor: str, at: Any, id_: Any) -> tuple[Any, Any]:
    try:
        when, which = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        instant = datetime.fromisoformat(when).astimezone(UTC)
        return literal(instant, at.type), literal(UUID(which), id_.type)
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error) as error:
        raise Invalid({"cursor": ["is not one that a page gave"]}) from error
