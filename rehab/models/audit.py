"""Who did what to whom, and when: rows that are added and never changed.

Each clinic has a chain of its own. An entry's hash covers all that it says and the hash before it;
the head knows how long the chain is and how it ends. Triggers of the migration refuse every change.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from rehab.extensions import Model

NO_CLINIC = uuid.UUID(int=0)
"""The chain of what belongs to no clinic: the operator's own acts."""

COUNTED = BigInteger().with_variant(Integer, "sqlite")


class AuditEntry(Model):
    """One act, in ids alone. No foreign keys: it outlives the rows that it names."""

    __tablename__ = "audit_entry"

    clinic_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(COUNTED, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[uuid.UUID | None]
    token_id: Mapped[str | None] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Model):
    """The end of a clinic's chain: `count` entries, the last of which has `hash`.

    `mark` is keyed: without the key nobody makes a head for a shorter chain.
    """

    __tablename__ = "audit_head"

    clinic_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(COUNTED)
    hash: Mapped[str] = mapped_column(String(64))
    mark: Mapped[str] = mapped_column(String(64))
