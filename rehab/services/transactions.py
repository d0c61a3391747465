"""One use case, one transaction: returning commits, raising rolls back."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Select, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session as Work
from sqlalchemy.orm import SessionTransaction

from rehab.extensions import Model, db

Given = ParamSpec("Given")
Result = TypeVar("Result")
Row = TypeVar("Row", bound=Model)

DEPTH = "transaction_depth"


@contextmanager
def transaction() -> Iterator[None]:
    """Commit when the outermost block is left; also a decorator: `@transaction()`.

    A use case that calls another joins its transaction, so that a reply by text is stored,
    understood, acted on and answered all together or not at all.
    """
    info = db.session().info
    depth = info.get(DEPTH, 0)
    info[DEPTH] = depth + 1
    try:
        yield
        if depth == 0:
            db.session.commit()
    except BaseException:
        if depth == 0:
            db.session.rollback()
        raise
    finally:
        info[DEPTH] = depth


def in_transaction() -> bool:
    """Whether a use case is under way, so that all that was done may yet be undone."""
    return bool(db.session().info.get(DEPTH, 0))


TRIES = 3


def persistent(use_case: Callable[Given, Result]) -> Callable[Given, Result]:
    """A use case that begins again when it has lost a race with another one.

    Two texts of one moment may both want to make the same row, and PostgreSQL ends one of two
    transactions that wait for each other.
    """

    @wraps(use_case)
    def tried(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        for _ in range(TRIES - 1):
            try:
                return use_case(*args, **kwargs)
            except DBAPIError:
                if db.session().info.get(DEPTH, 0):
                    raise
                db.session.rollback()
        return use_case(*args, **kwargs)

    return tried


HELD = "held_rows"


def hold(row: Model) -> None:
    """Keep everybody else off a row until this transaction ends, and read it anew.

    Two reports on one plan are settled one after the other. SQLite lets one writer in at a time
    anyway; PostgreSQL locks the row, but not against rows that only point to it. A row that is
    held already is as it was read.
    """
    db.session.flush()
    if not is_held(row):
        db.session.refresh(row, with_for_update={"of": type(row), "key_share": True})
        _held_rows().add(row)


def to_hold(question: Select[Row], of: type[Row]) -> Select[Row]:
    """A question after a row that is to be `held`, as `hold` would hold it."""
    return question.with_for_update(of=of, key_share=True)


def held(question: Select[Row], given: Mapping[str, Any]) -> Row | None:
    """The one row that a question `to_hold` finds, held from the reading on; None where there is
    none."""
    anew = {"populate_existing": True}
    row = db.session.scalar(question, given, execution_options=anew)
    if row is not None:
        _held_rows().add(row)
    return row


def is_held(row: Model) -> bool:
    """Whether this transaction keeps everybody else off a row."""
    return row in _held_rows()


def _held_rows() -> set[Model]:
    rows: set[Model] = db.session().info.setdefault(HELD, set())
    return rows


@event.listens_for(db.session, "after_transaction_end")
def _let_go(work: Work, ended: SessionTransaction) -> None:
    """A savepoint that is rolled back lets go of what was held in it: then all is read anew."""
    if ended.nested or ended.parent is None:
        work.info.pop(HELD, None)
