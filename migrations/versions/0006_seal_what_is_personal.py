"""Seal what is personal: names, numbers and whatever somebody wrote in words of their own.

A number is found by a keyed hash from now on. What was readable before is sealed in batches, and
leading down opens it again.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from rehab.vault.columns import vault_of

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BATCH = 500
KEY = sa.LargeBinary(16)

TEXTS = {
    "alert": {"about": sa.Text(), "note": sa.Text()},
    "authenticator": {"candidate": sa.Text(), "secret": sa.Text()},
    "decision": {
        "why": sa.Text(),
        "why_patient": sa.Text(),
        "reason": sa.Text(),
        "undone_because": sa.Text(),
    },
    "inbound_message": {"sender": sa.String(32), "body": sa.String()},
    "kept_answer": {"body": sa.Text()},
    "outbound_message": {"phone": sa.String(16), "body": sa.String()},
    "patient": {
        "given_name": sa.String(80),
        "family_name": sa.String(80),
        "phone": sa.String(16),
    },
    "plan_terms": {"reason": sa.String(500)},
    "session": {"note": sa.Text()},
    "sms_consent": {"phone": sa.String(16), "wording": sa.String()},
}
"""Text as it was kept before."""

JSONS = {
    "inbound_message": ("interpretation",),
    "measurement": ("answers",),
    "outbound_message": ("values",),
    "session_version": ("said",),
}
NULLABLE = {
    "authenticator.candidate",
    "authenticator.secret",
    "inbound_message.interpretation",
    "outbound_message.body",
}

NUMBERS = {
    "inbound_message": ("sender", "sender_key"),
    "outbound_message": ("phone", "phone_key"),
    "patient": ("phone", "phone_key"),
    "sms_consent": ("phone", "phone_key"),
}
INDEXED_BEFORE = ("inbound_message", "outbound_message", "patient")

PRIMARY: dict[str, tuple[str, Any]] = {
    "authenticator": ("clinician_id", sa.Uuid()),
    "kept_answer": ("key", sa.LargeBinary(32)),
}
"""The primary keys that are not a UUID called `id`."""

SUPPRESSIONS = sa.table(
    "suppression",
    sa.column("id", sa.Uuid()),
    sa.column("phone", sa.Text()),
    sa.column("phone_key", KEY),
    sa.column("since", sa.DateTime(timezone=True)),
    sa.column("source", sa.String()),
    sa.column("note", sa.Text()),
)

Change = Callable[[str, str], str]


def upgrade() -> None:
    for table in _tables():
        _widen(table)
        _rewrite(table, _vault().seal, keyed=True)
        _find_by_key(table)
    _seal_suppressions()


def downgrade() -> None:
    _open_suppressions()
    for table in _tables():
        _find_by_number(table)
        _rewrite(table, _vault().unseal, keyed=False)
        _narrow(table)


def _tables() -> list[str]:
    return sorted({*TEXTS, *JSONS})


def _columns(table: str) -> list[str]:
    return [*TEXTS.get(table, {}), *JSONS.get(table, ())]


def _widen(table: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column, kind in TEXTS.get(table, {}).items():
            if not isinstance(kind, sa.Text):
                batch_op.alter_column(
                    column,
                    existing_type=kind,
                    type_=sa.Text(),
                    existing_nullable=_is_nullable(table, column),
                )
        for column in JSONS.get(table, ()):
            batch_op.alter_column(
                column,
                existing_type=_json(),
                type_=sa.Text(),
                existing_nullable=_is_nullable(table, column),
                postgresql_using=f'"{column}"::text',
            )
        if table in NUMBERS:
            batch_op.add_column(sa.Column(NUMBERS[table][1], KEY, nullable=True))


def _narrow(table: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column, kind in TEXTS.get(table, {}).items():
            if not isinstance(kind, sa.Text):
                batch_op.alter_column(
                    column,
                    existing_type=sa.Text(),
                    type_=kind,
                    existing_nullable=_is_nullable(table, column),
                )
        for column in JSONS.get(table, ()):
            batch_op.alter_column(
                column,
                existing_type=sa.Text(),
                type_=_json(),
                existing_nullable=_is_nullable(table, column),
                postgresql_using=f'"{column}"::jsonb',
            )


def _find_by_key(table: str) -> None:
    if table not in NUMBERS:
        return
    number, key = NUMBERS[table]
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.alter_column(key, existing_type=KEY, nullable=False)
        if table in INDEXED_BEFORE:
            batch_op.drop_index(batch_op.f(f"ix_{table}_{number}"))
        batch_op.create_index(batch_op.f(f"ix_{table}_{key}"), [key], unique=False)


def _find_by_number(table: str) -> None:
    if table not in NUMBERS:
        return
    number, key = NUMBERS[table]
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_index(batch_op.f(f"ix_{table}_{key}"))
        batch_op.drop_column(key)
        if table in INDEXED_BEFORE:
            batch_op.create_index(batch_op.f(f"ix_{table}_{number}"), [number], unique=False)


def _rewrite(table: str, change: Change, keyed: bool) -> None:
    """Seal or open every cell of a table, a batch of rows at a time."""
    primary, kind = PRIMARY.get(table, ("id", sa.Uuid()))
    columns = _columns(table)
    texts = [sa.column(column, sa.Text()) for column in columns]
    keys = [NUMBERS[table]] if keyed and table in NUMBERS else []
    rows = sa.table(
        table, sa.column(primary, kind), *texts, *(sa.column(key, KEY) for _, key in keys)
    )
    update = rows.update().where(rows.c[primary] == sa.bindparam("row"))
    update = update.values({c: sa.bindparam(f"new_{c}") for c in [*columns, *(k for _, k in keys)]})
    for batch in _batches(rows, primary, columns):
        changes = []
        for row, *cells in batch:
            said = dict(zip(columns, cells, strict=True))
            new = {c: None if v is None else change(v, f"{table}.{c}") for c, v in said.items()}
            new |= {key: _vault().phone_key(said[number]) for number, key in keys}
            changes.append({"row": row, **{f"new_{c}": v for c, v in new.items()}})
        op.get_bind().execute(update, changes)


def _batches(rows: sa.TableClause, primary: str, columns: list[str]) -> Iterator[list[Any]]:
    order, after = rows.c[primary], None
    while True:
        query = sa.select(order, *(rows.c[column] for column in columns)).order_by(order)
        if after is not None:
            query = query.where(order > after)
        batch = list(op.get_bind().execute(query.limit(BATCH)))
        if batch:
            yield batch
            after = batch[-1][0]
        if len(batch) < BATCH:
            return


def _seal_suppressions() -> None:
    """The number was the primary key: the table is made anew."""
    kept = _suppressions("phone", "since", "source", "note")
    op.drop_table("suppression")
    op.create_table(
        "suppression",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("phone_key", KEY, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
        sa.UniqueConstraint("phone_key", name=op.f("uq_suppression_phone_key")),
    )
    _put_suppressions([_sealed(row) for row in kept])


def _sealed(row: dict[str, Any]) -> dict[str, Any]:
    note = row["note"]
    return row | {
        "id": uuid4(),
        "phone": _vault().seal(row["phone"], "suppression.phone"),
        "phone_key": _vault().phone_key(row["phone"]),
        "note": None if note is None else _vault().seal(note, "suppression.note"),
    }


def _open_suppressions() -> None:
    kept = _suppressions("phone", "since", "source", "note")
    op.drop_table("suppression")
    op.create_table(
        "suppression",
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_suppression")),
    )
    _put_suppressions([_opened(row) for row in kept])


def _opened(row: dict[str, Any]) -> dict[str, Any]:
    note = row["note"]
    return row | {
        "phone": _vault().unseal(row["phone"], "suppression.phone"),
        "note": None if note is None else _vault().unseal(note, "suppression.note"),
    }


def _suppressions(*columns: str) -> list[dict[str, Any]]:
    found = op.get_bind().execute(sa.select(*(SUPPRESSIONS.c[name] for name in columns)))
    return [dict(row) for row in found.mappings()]


def _put_suppressions(rows: list[dict[str, Any]]) -> None:
    if rows:
        op.get_bind().execute(SUPPRESSIONS.insert(), rows)


def _vault() -> Any:
    return vault_of(op.get_bind().dialect)


def _is_nullable(table: str, column: str) -> bool:
    return f"{table}.{column}" in NULLABLE


def _json() -> Any:
    return sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
