"""Runs the migrations against the app's database, whichever of the two it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import JSON, Connection

from rehab.models.types import UtcDateTime
from rehab.vault.columns import EncryptedJson, EncryptedText, PhoneKey

db = current_app.extensions["migrate"].db


def written_plainly(kind: str, value: Any, autogen: Any) -> str | bool:
    """A migration names no type of ours, so that it still runs when ours has changed."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, EncryptedText | EncryptedJson):
        return "sa.Text()"
    if kind == "type" and isinstance(value, PhoneKey):
        return "sa.LargeBinary(16)"
    if kind == "type" and isinstance(value, JSON):
        autogen.imports.add("from sqlalchemy.dialects.postgresql import JSONB")
        none = "none_as_null=True"
        return f'sa.JSON({none}).with_variant(JSONB({none}), "postgresql")'
    return False


@contextmanager
def tables_may_be_copied(connection: Connection) -> Iterator[None]:
    """SQLite changes a column by copying its table, and other rows hang on the one that goes.

    What hangs on what is not checked meanwhile, but afterwards; then nothing that was overwritten
    is left in the log beside the file.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        connection.commit()
        if driver.execute("PRAGMA foreign_key_check").fetchone():
            raise RuntimeError("a row hangs on none after the migration: restore the backup")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        driver.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def main() -> None:
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection, tables_may_be_copied(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=written_plainly,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()


main()
