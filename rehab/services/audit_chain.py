"""Walking the audit from its first entry to its head, to see whether anybody has changed it.

Found are a changed entry, one removed, added or moved, and a removed end. Not found, because what
is left is what once was, is a chain wound back together with its head to a copy of an earlier day,
or removed whole: for that the head has to be noted elsewhere now and then, and expected here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.keyring import vault
from rehab.services.audit import ENTRIES, HEAD_NOT_OURS, HEADS
from rehab.vault.chain import START, head_mark, link

BATCH = 1000

SAID = [c for c in ENTRIES.columns if c.name not in ("prev_hash", "hash")]


@dataclass(frozen=True, slots=True)
class End:
    """Where a chain ends: the number of its last entry, and that entry's hash."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a clinic's chain does not hold, and what is wrong there."""

    clinic_id: UUID
    seq: int
    why: str


def ends() -> dict[UUID, End]:
    """The end of each clinic's chain: what to note outside of this database."""
    rows = _rows(select(HEADS).order_by(HEADS.c.clinic_id))
    return {row.clinic_id: End(row.count, row.hash) for row in rows}


def chains() -> list[UUID]:
    """The clinics that have entries or a head."""
    either = select(HEADS.c.clinic_id).union(select(ENTRIES.c.clinic_id))
    return sorted(row.clinic_id for row in _rows(either))


def verify(clinic_id: UUID, expected: End | None = None, batch: int = BATCH) -> Break | None:
    """The first break of a clinic's chain, or None.

    `expected` is an end that was noted before: the chain must still hold it. Others may write
    meanwhile; unless a transaction is running, nothing is held from them for longer than it takes
    to read `batch` entries.
    """
    seq, last_hash = 0, START
    while True:
        rows = _after(clinic_id, seq, batch)
        for row in rows:
            why = _fault(row, seq + 1, last_hash) or _surprise(row.seq, row.hash, expected)
            if why is not None:
                return Break(clinic_id, min(seq + 1, row.seq), why)
            seq, last_hash = row.seq, row.hash
        if rows:
            continue
        head = _head(clinic_id)
        if head is None or head.count <= seq or not _after(clinic_id, seq, 1):
            return _break_at_the_end(clinic_id, head, End(seq, last_hash), expected)


def verify_all(expected: dict[UUID, End] | None = None) -> Iterator[Break]:
    """The first break of each chain that has one."""
    noted = expected or {}
    for clinic_id in sorted({*chains(), *noted}):
        found = verify(clinic_id, noted.get(clinic_id))
        if found is not None:
            yield found


def _fault(row: Any, seq: int, prev_hash: str) -> str | None:
    if row.seq != seq:
        return f"the entry is missing: next is {row.seq}"
    if row.prev_hash != prev_hash:
        return "the entry does not follow from the one before"
    said = {column.name: row._mapping[column] for column in SAID}
    if row.hash != link(vault().audit_key, said, prev_hash):
        return "the entry is not as it was written"
    if row.action == HEAD_NOT_OURS:
        return "the entries before this one had been cut off or wound back"
    return None


def _surprise(seq: int, found: str, expected: End | None) -> str | None:
    if expected is None or seq != expected.count or found == expected.hash:
        return None
    return "the entry is not the one that was noted"


def _break_at_the_end(clinic_id: UUID, head: Any, end: End, expected: End | None) -> Break | None:
    if expected is not None and end.count < expected.count:
        return Break(clinic_id, end.count + 1, f"{expected.count} entries were noted")
    if head is None:
        return Break(clinic_id, end.count + 1, "the chain has no head") if end.count else None
    if head.count > end.count:
        return Break(clinic_id, end.count + 1, f"the head knows of {head.count} entries")
    if head.count < end.count:
        return Break(clinic_id, head.count + 1, "the head does not know of this entry")
    ours = head_mark(vault().audit_key, clinic_id, head.count, head.hash)
    if (head.hash, head.mark) != (end.hash, ours):
        return Break(clinic_id, end.count + 1, "the head is not as it was written")
    return None


def _after(clinic_id: UUID, seq: int, batch: int) -> list[Any]:
    mine = select(ENTRIES).where(ENTRIES.c.clinic_id == clinic_id, ENTRIES.c.seq > seq)
    return _rows(mine.order_by(ENTRIES.c.seq).limit(batch))


def _head(clinic_id: UUID) -> Any:
    rows = _rows(select(HEADS).where(HEADS.c.clinic_id == clinic_id))
    return rows[0] if rows else None


def _rows(query: Any) -> list[Any]:
    """In the transaction that runs, or, when none does, in one that ends with the reading."""
    joins = db.session().in_transaction()
    rows = list(db.session.connection().execute(query))
    if not joins:
        db.session.rollback()
    return rows
