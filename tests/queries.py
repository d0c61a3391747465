"""What is asked of the database while something is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from rehab.extensions import db

READS = ("SELECT", "WITH")
WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def counted(kinds: tuple[str, ...] = READS) -> Iterator[list[str]]:
    """Every question, in order: no page may ask more of them for more rows."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(kinds):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
