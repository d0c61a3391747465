"""Writes that may be asked for twice: done once, and answered the same each time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from rehab.errors import Invalid
from rehab.extensions import db, insert_into
from rehab.models.kept_answer import KeptAnswer
from rehab.services.transactions import transaction

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
    """What `do` answers, done only if this key was not seen in the last day.

    The key and what is done are committed together; a second request with the same key waits for
    the first. Raises Invalid when the key comes with another request.
    """
    db.session.execute(delete(KeptAnswer).where(KeptAnswer.at < now - KEPT_FOR))
    blank = {"key": key, "request": request, "status": 0, "body": "", "content_type": "", "at": now}
    claimed = db.session.execute(
        insert_into(KeptAnswer)
        .values(**blank)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(KeptAnswer.key)
    ).first()
    kept = db.session.get_one(KeptAnswer, key)
    if claimed is None:
        if kept.request != request:
            raise Invalid({"Idempotency-Key": ["was used for another request"]})
        return Said(kept.status, kept.body, kept.content_type, kept.etag)
    said = do()
    kept.status, kept.body = said.status, said.body
    kept.content_type, kept.etag = said.content_type, said.etag
    return said
