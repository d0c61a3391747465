"""Whether a row that is held, made or changed is of the clinic that is open."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Table, inspect
from sqlalchemy.orm import Mapper, ORMExecuteState, registry

from rehab.tenancy import ForeignRow, NoClinic, Scope, scope
from rehab.tenancy.ways import is_shared, links, own_column, parent_of

Values = Callable[[str], Iterable[Any]]
"""What a row says in a column: once, or as it was and as it is to be. An id, or the row itself
where that has no id yet."""


def check_flush(session: Any, *_: Any) -> None:
    """Raises ForeignRow for a new, changed or deleted row of another clinic, and NoClinic."""
    opened = scope()
    if opened is not None and opened.clinic_id is None:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if not row_is_open(session, row):
            raise ForeignRow(f"a row of {inspect(row).mapper.local_table} of another clinic")


def row_is_open(session: Any, row: Any) -> bool:
    """Whether this row may be found and written. Raises NoClinic where nobody said whose."""
    opened, mapper = scope(), inspect(row).mapper
    if is_shared(mapper.local_table) or (opened is not None and opened.clinic_id is None):
        return True
    if opened is None:
        raise NoClinic(f"a row of {mapper.local_table}, and nobody has said of which clinic")
    return _is_open(session, mapper, _said_by(row), opened)


def check_inserted(state: ORMExecuteState, mapper: Mapper[Any], opened: Scope) -> None:
    """Rows on their way to the table without a unit of work. Raises ForeignRow."""
    for given in () if is_shared(mapper.local_table) else _given(state):
        if not _is_open(state.session, mapper, _said_in(given), opened):
            raise ForeignRow(f"a row of {mapper.local_table} of another clinic")


def check_updated(state: ORMExecuteState, mapper: Mapper[Any], opened: Scope) -> None:
    """An UPDATE that would give rows to another clinic. Raises ForeignRow."""
    table = mapper.local_table
    if is_shared(table):
        return
    own = own_column(table)
    leading = {own} if own else {link.name for link in links(table)}
    for given in _given(state):
        moved = leading & set(given)
        if moved and not _is_open(state.session, mapper, _said_in(given), opened):
            raise ForeignRow(f"rows of {table} would go to another clinic")


def _is_open(session: Any, mapper: Mapper[Any], said: Values, opened: Scope) -> bool:
    table = mapper.local_table
    own = own_column(table)
    if own is not None:
        named = list(said(own))
        return bool(named) and all(value == opened.clinic_id for value in named)
    parents = [
        _parent(session, mapper, parent_of(link), value)
        for link in links(table)
        for value in said(link.name)
        if value is not None
    ]
    return bool(parents) and all(
        parent is not None and row_is_open(session, parent) for parent in parents
    )


def _parent(session: Any, mapper: Mapper[Any], table: Any, value: Any) -> Any:
    """The row that another hangs on: made in this unit of work, held, or read."""
    if inspect(value, raiseerr=False) is not None:
        return value
    above = _mapper_of(table, mapper.registry)
    made = (row for row in session.new if type(row) is above.class_)
    made_now = next((row for row in made if above.primary_key_from_instance(row) == [value]), None)
    return made_now or session.get(above.class_, value)


@cache
def _mapper_of(table: Table, known: registry) -> Mapper[Any]:
    return next(mapper for mapper in known.mappers if mapper.local_table is table)


def _said_by(row: Any) -> Values:
    state = inspect(row)

    def said(column: str) -> Iterator[Any]:
        value = getattr(row, column)
        yield _related(row, column) if value is None else value
        yield from state.attrs[column].history.deleted or ()

    return said


def _related(row: Any, column: str) -> Any:
    """Whom a new row hangs on where that was said by a relationship and no id is known yet."""
    for relation in inspect(row).mapper.relationships:
        if not relation.viewonly and column in {local.name for local in relation.local_columns}:
            related = getattr(row, relation.key)
            return getattr(related, "id", None) or related
    return None


def _said_in(given: Mapping[str, Any]) -> Values:
    return lambda column: [given[column]] if column in given else []


def _given(state: ORMExecuteState) -> Iterator[dict[str, Any]]:
    """The rows of an INSERT, or what an UPDATE sets, by column."""
    statement: Any = state.statement
    several = [row for rows in statement._multi_values for row in rows]
    written = several or [statement._values or {}]
    handed: Any = state.parameters or {}
    for row in handed if isinstance(handed, list | tuple) else [handed]:
        for values in written:
            yield {**{_name(c): _value(v) for c, v in values.items()}, **row}


def _name(column: Any) -> str:
    return column if isinstance(column, str) else str(column.key)


def _value(value: Any) -> Any:
    """What stands there; an expression stays one, and is no clinic."""
    return value.effective_value if isinstance(value, BindParameter) else value
