"""What is asked of the database passes here: no statement without a clinic, none beyond it.

A second wall. The use cases start from the clinic themselves.
"""

from functools import cache, partial
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Table, TextClause, inspect
from sqlalchemy.orm import LoaderCriteriaOption, Mapper, ORMExecuteState
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlalchemy.sql import visitors

from rehab.tenancy import NoClinic, Scope, scope
from rehab.tenancy.rows import check_inserted, check_updated, row_is_open
from rehab.tenancy.ways import is_open, is_shared


class Walls(CriteriaOption):
    """Every model's way to the clinic that is open, put in front of each place that names it.

    One option whose cache key never changes: the criteria are compiled into a statement once, and
    the clinic is read when it runs.
    """

    __slots__ = ("registry",)

    inherit_cache = False
    propagate_to_loaders = False
    _cache_key_traversal: Any = ()

    def __init__(self, registry: Any) -> None:
        self.registry = registry

    def process_compile_state(self, compile_state: Any) -> None:
        self.get_global_criteria(compile_state.global_attributes)

    def process_compile_state_replaced_entities(
        self, compile_state: Any, mapper_entities: Any
    ) -> None:
        self.process_compile_state(compile_state)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        for mapper in self.registry.mappers:
            if not is_shared(mapper.local_table):
                _wall(mapper).get_global_criteria(attributes)


@cache
def _wall(mapper: Mapper[Any]) -> LoaderCriteriaOption:
    criterion: Any = is_open(mapper.local_table, partial(getattr, mapper.class_))
    return LoaderCriteriaOption(mapper.class_, criterion, include_aliases=True)


@cache
def _walls(registry: Any) -> Walls:
    return Walls(registry)


def before_statement(state: ORMExecuteState) -> None:
    """Hold a statement to what is open. Raises NoClinic, and ForeignRow for a row put elsewhere."""
    opened = scope()
    if opened is None or opened.clinic_id is None or not state.is_orm_statement:
        check_unwalled(state.statement)
    else:
        _hold_to_one(state, opened)


def check_unwalled(statement: Any) -> None:
    """What is asked without a unit of work has no walls put into it: it may name a clinic's rows
    only while all clinics are open. Raises NoClinic."""
    opened = scope()
    if opened is None or opened.clinic_id is not None:
        _refuse_tenants(statement)


def _hold_to_one(state: ORMExecuteState, opened: Scope) -> None:
    mapper = state.bind_mapper
    if mapper is None:
        _refuse_tenants(state.statement)
    elif state.is_insert:
        check_inserted(state, mapper, opened)
    else:
        if state.is_update:
            check_updated(state, mapper, opened)
        state.statement = _walled(state, mapper)


def _walled(state: ORMExecuteState, mapper: Mapper[Any]) -> Any:
    """The statement with the walls in it; they do not reach where a row is read anew."""
    statement: Any = state.statement
    if not state.is_column_load:
        return _within_walls(statement, mapper.registry)
    if is_shared(mapper.local_table):
        return statement
    return statement.where(_wall(mapper).where_criteria)


_KNOWN: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
"""What is asked again and again, with its walls: the key to what was compiled is made once."""


def _within_walls(statement: Any, registry: Any) -> Any:
    walled = _KNOWN.get(statement)
    if walled is None:
        walled = _KNOWN[statement] = statement.options(_walls(registry))
    return walled


def _refuse_tenants(statement: Any) -> None:
    """Raises NoClinic for what names a clinic's table, and for SQL that cannot be read."""
    for element in visitors.iterate(statement):
        if isinstance(element, TextClause):
            raise NoClinic("SQL as text, and no telling whose rows it means")
        table = element if isinstance(element, Table) else getattr(element, "table", None)
        if isinstance(table, Table) and not is_shared(table):
            raise NoClinic(f"rows of {table.name}, and nobody has said of which clinic")


class Apart:
    """What a unit of work does so that a row which it holds already is found by no other clinic."""

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """As SQLAlchemy's, and None for a row of another clinic. Raises NoClinic."""
        mapper = inspect(entity).mapper
        held = _is_held(self, mapper, ident)
        row = super().get(entity, ident, **options)  # type: ignore[misc]
        if held and row is not None and not row_is_open(self, row):
            return None
        return row


def _is_held(session: Any, mapper: Mapper[Any], ident: Any) -> bool:
    key = ident if isinstance(ident, tuple | list) else (ident,)
    return mapper.identity_key_from_primary_key(tuple(key)) in session.identity_map
