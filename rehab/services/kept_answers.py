"""Writes that may be asked for twice: done once, and answered the same each time."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam

from rehab.errors import Invalid
from rehab.extensions import db, insert_into
from rehab.models.kept_answer import KeptAnswer
from rehab.services.transactions import transaction

KEPT = cast(Table, KeptAnswer.__table__)
"""Shared by all clinics, and so asked for without a wall."""

KEPT_FOR = timedelta(hours=24)
"""A client asks again within minutes; a day leaves room for a phone without a network."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it left."""

    status: int
    body: str
    content_type: str
    etag: str | None = None


@transaction()
def once(key: bytes, request: bytes, do: Callable[[], Said], now: datetime) -> Said:
    """What `do` answers, done only if this key was not seen in the last day; older answers are let
    go of by the retention of each day.

    The key and what is done are committed together; a second request with the same key waits for
    the first. Raises Invalid when the key comes with another request.
    """
    connection = db.session.connection()
    blank = {"request": request, "status": 0, "body": "", "content_type": "", "at": now}
    given = {"key": key, **blank, "over": now - KEPT_FOR}
    claimed = connection.execute(_claim(connection.dialect.name), given).first()
    if claimed is None:
        return _kept(key, request)
    said = do()
    connection.execute(_ANSWERED, {"of_key": key, **asdict(said)})
    return said


@cache
def _claim(_dialect: str) -> Any:
    """A key put down, or taken over from an answer that is over; a row where either was done."""
    claim = insert_into(KeptAnswer).values(
        {
            name: bindparam(name)
            for name in ("key", "request", "status", "body", "content_type", "at")
        }
    )
    return claim.on_conflict_do_update(
        index_elements=["key"],
        set_={column.name: column for column in claim.excluded if column.name != "key"},
        where=KEPT.c.at < bindparam("over"),
    ).returning(KEPT.c.key)


_ANSWERED = (
    KEPT.update()
    .where(KEPT.c.key == bindparam("of_key"))
    .values({field.name: bindparam(field.name) for field in fields(Said)})
)


def _kept(key: bytes, request: bytes) -> Said:
    kept = db.session.get_one(KeptAnswer, key)
    if kept.request != request:
        raise Invalid({"Idempotency-Key": ["was used for another request"]})
    return Said(kept.status, kept.body, kept.content_type, kept.etag)
