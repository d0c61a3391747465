"""A transfer: every row of one database taken into another, empty one, SQLite or PostgreSQL.

Rows go as they are stored, what is sealed stays sealed, and both sides are held against each other
before anything is committed. The source is only read; nobody writes to it meanwhile.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Table,
    Text,
    bindparam,
    select,
    text,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from rehab.errors import Conflict
from rehab.extensions import db
from rehab.vault.columns import EncryptedJson, EncryptedText

BATCH = 1000
"""Rows that are in memory at a time."""

LARGEST = 1 << 128

PATIENCE = "10s"
"""A server that still runs holds locks: better no transfer than one that waits for ever."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds: how many rows, and a digest of all of them, whatever their order."""

    rows: int
    digest: str


def tables() -> list[Table]:
    """Every table, each after those that its rows hang on."""
    return list(db.metadata.sorted_tables)


def keep_writers_out(connection: Connection) -> None:
    """Hold every table until the transaction ends: others may read, nobody else may write.

    On SQLite the transaction does so by itself, from its beginning.
    """
    connection.execute(text("SELECT 1"))
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables())
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def check_empty(connection: Connection) -> None:
    """Raises Conflict, naming a table that is not."""
    for table in tables():
        if connection.execute(select(1).select_from(table).limit(1)).first() is not None:
            raise Conflict(f"the target is not empty: there are rows in {table.name}")


def take(source: Connection, target: Connection) -> Iterator[tuple[str, Content]]:
    """Copy table by table, and tell each one's name and content once both sides are the same.

    Both are in transactions of the caller's. Raises Conflict where they differ.
    """
    for table in tables():
        _copy(source, target, table)
        here, there = content(source, table), content(target, table)
        if here != there:
            raise Conflict(
                f"{table.name}: {here.rows} rows became {there.rows}, or are not what they were"
            )
        yield table.name, there


def content(connection: Connection, table: Table) -> Content:
    """How many rows, and the sum of their hashes: two databases sort in different ways."""
    rows = total = 0
    for batch in _batches(connection, table):
        rows += len(batch)
        total += sum(_hash(row) for row in batch)
    return Content(rows, f"{total % LARGEST:032x}")


def _copy(source: Connection, target: Connection, table: Table) -> None:
    """Rows that hang on others of their own table are tied to them once all are there."""
    links = [c for c in table.columns if any(key.references(table) for key in c.foreign_keys)]
    plain = [c for c in table.columns if c not in links]
    insert = table.insert().values({c.name: _given(c) for c in plain})
    for batch in _batches(source, table, plain):
        target.execute(insert, [dict(row._mapping) for row in batch])
    for link in links:
        _tie(source, target, table, link)


def _tie(source: Connection, target: Connection, table: Table, link: Column[Any]) -> None:
    primary = list(table.primary_key)
    this_row = [key == bindparam(f"row_{key.name}", type_=key.type) for key in primary]
    update = table.update().where(*this_row).values({link.name: _given(link)})
    for batch in _batches(source, table, [*primary, link], link.is_not(None)):
        target.execute(update, [_tied(row, primary, link) for row in batch])


def _tied(row: Row[Any], primary: Iterable[Column[Any]], link: Column[Any]) -> dict[str, Any]:
    values = row._mapping
    return {
        link.name: values[link.name],
        **{f"row_{key.name}": values[key.name] for key in primary},
    }


def _batches(
    connection: Connection,
    table: Table,
    columns: Iterable[Column[Any]] | None = None,
    *only: ColumnElement[bool],
) -> Iterator[list[Row[Any]]]:
    """The rows of a table as they are stored, a batch at a time."""
    wanted = table.columns if columns is None else columns
    stored = [type_coerce(column, _stored(column)).label(column.name) for column in wanted]
    rows = connection.execute(
        select(*stored).select_from(table).where(*only), execution_options={"yield_per": BATCH}
    )
    for batch in rows.partitions():
        yield list(batch)


def _given(column: Column[Any]) -> ColumnElement[Any]:
    return bindparam(column.name, type_=_stored(column))


def _stored(column: Column[Any]) -> TypeEngine[Any]:
    """The type by which a value is neither opened nor sealed on its way."""
    return Text() if isinstance(column.type, EncryptedText | EncryptedJson) else column.type


def _hash(row: Row[Any]) -> int:
    said = repr([_in_order(value) for value in row]).encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=16).digest(), "big")


def _in_order(value: Any) -> Any:
    """PostgreSQL keeps the names inside a JSON value in an order of its own."""
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value
