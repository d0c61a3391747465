"""Column types that cannot hold what they should not."""

import uuid
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import JSON, Date, DateTime, Dialect, String, Time, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import JSONB


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on the way in, UTC on the way out; a naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time is not an instant")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

COLUMN_TYPES: dict[Any, Any] = {
    datetime: UtcDateTime(),
    date: Date(),
    time: Time(),
    uuid.UUID: Uuid(),
    str: String(),
    dict[str, Any]: Json,
    list[Any]: Json,
    list[int]: Json,
    list[str]: Json,
}
