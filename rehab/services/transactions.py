"""One use case, one transaction: returning commits, raising rolls back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError

from rehab.extensions import Model, db

Given = ParamSpec("Given")
Result = TypeVar("Result")

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


def hold(row: Model) -> None:
    """Keep everybody else off a row until this transaction ends, and read it anew.

    Two reports on one plan are settled one after the other. SQLite lets one writer in at a time
    anyway; PostgreSQL locks the row, but not against rows that only point to it.
    """
    db.session.flush()
    db.session.refresh(row, with_for_update={"of": type(row), "key_share": True})
