"""Turning the keys: a new one seals from now on, and what the older ones sealed is sealed anew.

Works on every column whose type seals, with SQL that never shows the database a plain text. A
rotation that was killed goes on where it stopped.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, MetaData, Text, bindparam, func, select, tuple_, type_coerce

from rehab.extensions import db, insert_into
from rehab.models.keyring import ONLY, KeptKeyring, vault
from rehab.services.transactions import transaction
from rehab.vault import Key, Keyring, Unsealable
from rehab.vault.columns import EncryptedJson, EncryptedText
from rehab.vault.sealing import sealed_with

BATCH = 500
"""Rows sealed anew in one transaction: on SQLite nobody else writes meanwhile."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """How far a rotation came: `left` cells still hang on an older key, those in `unreadable`
    (`table.column` and the row's primary key) because no key opens them."""

    key_id: str
    resealed: int
    left: int
    unreadable: tuple[str, ...]
    retired: tuple[str, ...]


def sealed_columns(metadata: MetaData | None = None) -> list[Column[Any]]:
    """Every column that seals. Raises ValueError for one that is bound to another's place."""
    tables = (metadata or db.metadata).sorted_tables
    found = [
        c for t in tables for c in t.columns if isinstance(c.type, EncryptedText | EncryptedJson)
    ]
    for column in found:
        if _place(column) != str(column):
            raise ValueError(f"{column} is sealed for {_place(column)}")
    return found


@transaction()
def keep_keyring(now: datetime, metadata: MetaData | None = None) -> None:
    """Keep the first keyring where there is none; to be called when a server starts.

    Raises Unsealable, one line for the operator, when the secret is not that of this database.
    """
    locked = db.session.scalar(select(KeptKeyring.locked))
    if locked is not None:
        vault().unlock(locked)
        return
    for column in sealed_columns(metadata):
        _open_one(column)
    ring = vault().lock_with(vault().ring)
    kept = insert_into(KeptKeyring).values(id=ONLY, locked=ring, changed_at=now)
    db.session.execute(kept.on_conflict_do_nothing())


def take_over(old_secret: str, now: datetime) -> None:
    """Lock the keyring with the present secret in place of `old_secret`; no other row changes.

    Raises Unsealable when `old_secret` is not what it is locked with.
    """
    with transaction():
        row = _kept()
        ring = Keyring.unlocked(row.locked, old_secret) if row else Keyring.first(old_secret)
        _keep(row, ring, now)
    vault().refresh()


def rotate(now: datetime, metadata: MetaData | None = None, batch: int = BATCH) -> Rotation:
    """Add a key unless a rotation is under way, seal everything with the newest, retire the rest.

    Keys are retired when nothing in the database hangs on them. A retired key still opens: a
    server that has not heard of the new one yet may seal with it for a moment, and the next
    rotation finds that too.
    """
    newest = _turn(now).newest.id
    columns = sealed_columns(metadata)
    done = [_reseal(column, newest, batch) for column in columns]
    left = sum(_left(column, newest) for column in columns)
    retired = () if left else tuple(key.id for key in _settle(now))
    unreadable = tuple(cell for _, cells in done for cell in cells)
    return Rotation(newest, sum(n for n, _ in done), left, unreadable, retired)


def _turn(now: datetime) -> Keyring:
    with transaction():
        row = _kept()
        ring = vault().unlock(row.locked) if row else vault().ring
        if not ring.is_turning:
            ring = ring.turned(now)
            _keep(row, ring, now)
    vault().refresh()
    return ring


def _settle(now: datetime) -> tuple[Key, ...]:
    """Retire all keys but the newest; the ones that were not retired before."""
    with transaction():
        row = _kept()
        ring = vault().unlock(row.locked) if row else vault().ring
        _keep(row, ring.settled(now), now)
    vault().refresh()
    return ring.in_use[:-1]


def _kept() -> KeptKeyring | None:
    """The row of the keyring, anew and kept from others until the transaction ends."""
    only = select(KeptKeyring).with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(only)


def _keep(row: KeptKeyring | None, ring: Keyring, now: datetime) -> None:
    row = row or KeptKeyring(id=ONLY)
    row.locked, row.changed_at = vault().lock_with(ring), now
    db.session.add(row)


def _reseal(column: Column[Any], key_id: str, batch: int) -> tuple[int, list[str]]:
    """How many cells of a column were sealed anew, and which could not be opened."""
    resealed, unreadable, after = 0, list[str](), None
    while True:
        with transaction():
            rows = _cells(column, key_id, after, batch)
            changes = [_change(column, row, unreadable) for row in rows]
            resealed += _write(column, [change for change in changes if change])
        if len(rows) < batch:
            return resealed, unreadable
        after = rows[-1][:-1]


def _cells(column: Column[Any], key_id: str, after: Any, batch: int) -> list[Any]:
    """The next cells under an older key: the row's primary key, then what is stored."""
    stored, primary = type_coerce(column, Text), list(column.table.primary_key)
    query = select(*primary, stored).where(_is_older(column, key_id))
    if after is not None:
        query = query.where(tuple_(*primary) > tuple_(*after, types=[c.type for c in primary]))
    return list(db.session.execute(query.order_by(*primary).limit(batch)))


def _is_older(column: Column[Any], key_id: str) -> Any:
    """NULL NOT LIKE is neither true nor false: an empty cell is no cell of any key."""
    return type_coerce(column, Text).not_like(f"{sealed_with(key_id)}%")


def _change(column: Column[Any], row: Any, unreadable: list[str]) -> dict[str, Any] | None:
    """What is written in place of a cell; None, and a line more in `unreadable`, if it is shut."""
    *key, cell = row
    try:
        text = vault().unseal(cell, _place(column))
    except Unsealable:
        unreadable.append(f"{column} of {', '.join(map(str, key))}")
        return None
    anew = vault().seal(text, _place(column))
    return {"was": cell, "anew": anew, **{f"key_{n}": part for n, part in enumerate(key)}}


def _write(column: Column[Any], changes: list[dict[str, Any]]) -> int:
    """How many were written: a cell that somebody wrote after it was read is theirs."""
    if not changes:
        return 0
    primary = enumerate(column.table.primary_key)
    where = [part == bindparam(f"key_{n}", type_=part.type) for n, part in primary]
    same = type_coerce(column, Text) == bindparam("was", type_=Text())
    update = column.table.update().where(*where, same)
    update = update.values({column: bindparam("anew", type_=Text())})
    return int(db.session.connection().execute(update, changes).rowcount)


def _left(column: Column[Any], key_id: str) -> int:
    query = select(func.count()).select_from(column.table).where(_is_older(column, key_id))
    with transaction():
        return db.session.scalar(query) or 0


def _open_one(column: Column[Any]) -> None:
    cell = db.session.scalar(select(type_coerce(column, Text)).where(column.is_not(None)).limit(1))
    if cell is not None:
        vault().unseal(cell, _place(column))


def _place(column: Column[Any]) -> str:
    place: str = column.type.place  # type: ignore[attr-defined]
    return place
