"""The way from a row to its clinic, read off the tables: its own column, or whom it hangs on."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Uuid, bindparam, exists, or_

from rehab.tenancy import open_clinic_id

CLINIC, CLINIC_ID = "clinic", "clinic_id"

SHARED = {
    "challenge": "made for a number before anybody knows whose it is, and for numbers of nobody",
    "gate": "stands before the provider, which all clinics share",
    "heartbeat": "the pulse of a worker, which works for all",
    "kept_answer": "found only by a hash of who asked and what for",
    "keyring": "the keys of the whole database, locked",
    "rate_bucket": "found only by a hash of who knocks, before they are known",
    "suppression": "a number that said STOP said it to all who write to it",
    "tally": "counts of texts; nothing in it is of a clinic or a person",
}
"""Tables that are of no clinic, and why."""

Columns = Callable[[str], ColumnElement[Any]]

OPEN_CLINIC: ColumnElement[Any] = bindparam(
    "open_clinic_id", callable_=open_clinic_id, type_=Uuid()
)
"""The clinic that is open when the statement runs, not when it was written."""


def is_shared(table: FromClause) -> bool:
    return getattr(table, "name", None) in SHARED


def own_column(table: Any) -> str | None:
    """The column that names the row's clinic outright."""
    if table.name == CLINIC:
        return "id"
    return CLINIC_ID if CLINIC_ID in table.c else None


@cache
def links(table: Any) -> tuple[Column[Any], ...]:
    """The columns that lead to a row's clinic through other rows: the one that is never null on
    the shortest way, else all that may be given. Raises LookupError for a table without any."""
    leading = sorted(_leading(table, ()), key=lambda c: (c.nullable, _length(c), c.name))
    if not leading:
        raise LookupError(f"no way leads from {table.name} to a clinic: add one, or name it shared")
    return tuple(leading) if leading[0].nullable else (leading[0],)


def _leading(table: Any, seen: tuple[str, ...]) -> list[Column[Any]]:
    return [
        column
        for column in table.columns
        if column.foreign_keys and _leads(parent_of(column), (*seen, table.name))
    ]


def _leads(table: Any, seen: tuple[str, ...]) -> bool:
    if table.name in seen or is_shared(table):
        return False
    return own_column(table) is not None or bool(_leading(table, seen))


def _length(column: Column[Any]) -> int:
    parent = parent_of(column)
    return 1 if own_column(parent) else 1 + min(map(_length, links(parent)))


def parent_of(column: Column[Any]) -> Any:
    """The table that a column points to."""
    return next(iter(column.foreign_keys)).column.table


def is_open(table: Any, columns: Columns) -> ColumnElement[bool]:
    """That a row is of the clinic that is open; `columns` gives the row's columns by name."""
    own = own_column(table)
    if own is not None:
        return columns(own) == OPEN_CLINIC
    return or_(*(_hangs_on_open(link, columns(link.name)) for link in links(table)))


def _hangs_on_open(link: Column[Any], value: ColumnElement[Any]) -> ColumnElement[bool]:
    """One look by primary key a step, whatever the size of the clinic."""
    table = parent_of(link)
    rows = table.alias()
    key = rows.c[next(iter(link.foreign_keys)).column.name]
    return exists().where(key == value, is_open(table, rows.c.__getitem__)).correlate_except(rows)
