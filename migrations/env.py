"""Runs the migrations against the app's database, whichever of the two it is."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import JSON

from rehab.models.types import UtcDateTime

db = current_app.extensions["migrate"].db


def written_plainly(kind: str, value: Any, autogen: Any) -> str | bool:
    """A migration names no type of ours, so that it still runs when ours has changed."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, JSON):
        autogen.imports.add("from sqlalchemy.dialects.postgresql import JSONB")
        none = "none_as_null=True"
        return f'sa.JSON({none}).with_variant(JSONB({none}), "postgresql")'
    return False


def main() -> None:
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=written_plainly,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()


main()
