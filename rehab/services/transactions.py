"""One use case, one transaction: returning commits, raising rolls back."""

from collections.abc import Iterator
from contextlib import contextmanager

from rehab.extensions import Model, db

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


def hold(row: Model) -> None:
    """Keep everybody else off a row until this transaction ends, and read it anew.

    Two reports on one plan are settled one after the other. SQLite lets one writer in at a time
    anyway; PostgreSQL locks the row.
    """
    db.session.flush()
    db.session.refresh(row, with_for_update={"of": type(row)})
