"""The audit: every act recorded in the transaction that does it, in a chain that shows a change.

An entry takes its place when the transaction commits, after all else: the chain is then held for
no longer than the commit takes, and nobody waits for it while holding something else.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from itertools import groupby
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, Table, bindparam, event, select
from sqlalchemy.orm import Session as Work
from sqlalchemy.orm import SessionTransaction

from rehab.extensions import db, insert_into
from rehab.models.audit import NO_CLINIC, AuditEntry, AuditHead
from rehab.models.keyring import vault
from rehab.vault.chain import START, head_mark, link

ENTRIES, HEADS = cast(Table, AuditEntry.__table__), cast(Table, AuditHead.__table__)

log = logging.getLogger(__name__)

PENDING = "audit"
SLUG = re.compile(r"[a-z][a-z0-9_.:-]{0,39}")
DIGITS = re.compile(r"[0-9]{7}")
LARGEST = 1_000_000
"""No number that rings has so few digits."""

HEAD_NOT_OURS = "audit.head_not_ours"
"""The act of an entry that was added after a head that nobody with the key had made."""


class ActorKind(StrEnum):
    CLINICIAN = "clinician"
    PATIENT = "patient"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted, and with which API token, if with one."""

    kind: ActorKind
    id: UUID | None = None
    token_id: str | None = None


SYSTEM = Actor(ActorKind.SYSTEM)
"""The server itself: the worker, a timer, a rule."""


@dataclass(frozen=True, slots=True)
class Subject:
    """To what it was done, in whose clinic; `clinic_id` is None for what belongs to none."""

    kind: str
    id: UUID | None = None
    clinic_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Pending:
    clinic_id: UUID
    said: Mapping[str, Any]
    inside: SessionTransaction | None


def record(
    action: str, subject: Subject, actor: Actor, detail: Mapping[str, Any], now: datetime
) -> None:
    """Record an act: it is kept if, and only if, the running transaction commits.

    `action` is a slug such as `patient.opened`. `detail` holds ids, enum members, whole numbers
    under a million, slugs and lists of these, never what a person is called or can be reached by:
    raises ValueError for anything else, and for a time without a zone.
    """
    if now.tzinfo is None:
        raise ValueError("an act has an instant: a naive time is none")
    clinic_id = subject.clinic_id or NO_CLINIC
    said = {
        "clinic_id": clinic_id,
        "at": now,
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "token_id": actor.token_id,
        "action": _slug("action", action),
        "subject_kind": _slug("subject", subject.kind),
        "subject_id": subject.id,
        "detail": {_slug("detail", name): _allowed(name, v) for name, v in detail.items()},
    }
    work = db.session()
    if not work.in_transaction():
        work.begin()
    entry = _Pending(clinic_id, said, work.get_nested_transaction())
    work.info.setdefault(PENDING, []).append(entry)


def _slug(name: str, text: str) -> str:
    if not SLUG.fullmatch(text) or DIGITS.search(text):
        raise ValueError(f"{name}: the audit takes ids, not such a text")
    return text


def _allowed(name: str, value: Any) -> Any:
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, int) and abs(value) < LARGEST:
        return value
    if isinstance(value, str):
        return _slug(name, value)
    if isinstance(value, list | tuple):
        return [_allowed(name, part) for part in value]
    raise ValueError(f"{name}: the audit takes ids, not this {type(value).__name__}")


@event.listens_for(db.session, "before_commit")
def _append_pending(work: Work) -> None:
    if work.in_nested_transaction():
        return
    pending: list[_Pending] = work.info.pop(PENDING, [])
    if not pending:
        return
    work.flush()
    connection = work.connection()
    # In one order for everybody, so that two commits never wait for each other.
    pending.sort(key=lambda entry: entry.clinic_id)
    for clinic_id, entries in groupby(pending, key=lambda entry: entry.clinic_id):
        _append(connection, clinic_id, [entry.said for entry in entries])


@event.listens_for(db.session, "after_soft_rollback")
def _forget_undone(work: Work, undone: SessionTransaction) -> None:
    """What was recorded inside a savepoint goes with it."""
    pending: list[_Pending] = work.info.get(PENDING, [])
    pending[:] = [entry for entry in pending if not _lies_in(entry.inside, undone)]


@event.listens_for(db.session, "after_transaction_end")
def _forget_all(work: Work, ended: SessionTransaction) -> None:
    if ended.parent is None:
        work.info.pop(PENDING, None)


def _lies_in(inner: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while inner is not None and inner is not outer:
        inner = inner.parent
    return inner is outer


def _append(connection: Connection, clinic_id: UUID, said: list[Mapping[str, Any]]) -> None:
    key = vault().audit_key
    head = _held_head(connection, clinic_id)
    if head.mark != head_mark(key, clinic_id, head.count, head.hash):
        log.error("the audit of clinic %s was changed by somebody without its key", clinic_id)
        said = [_witness(said[0]), *said]
    rows, prev = [], head.hash
    for seq, entry in enumerate(said, head.count + 1):
        placed = {**entry, "seq": seq}
        rows.append({**placed, "prev_hash": prev, "hash": link(key, placed, prev)})
        prev = rows[-1]["hash"]
    connection.execute(ENTRIES.insert(), rows)
    _move_head(connection, clinic_id, head.count + len(rows), prev, key)


def _held_head(connection: Connection, clinic_id: UUID) -> Any:
    """The head of a clinic's chain, kept from others until the commit; made when there is none."""
    head = connection.execute(_HEAD, {"of_clinic": clinic_id}).one_or_none()
    if head is not None:
        return head
    mark = head_mark(vault().audit_key, clinic_id, 0, START)
    new = insert_into(AuditHead).values(clinic_id=clinic_id, count=0, hash=START, mark=mark)
    connection.execute(new.on_conflict_do_nothing())
    return connection.execute(_HEAD, {"of_clinic": clinic_id}).one()


_OF_CLINIC = HEADS.c.clinic_id == bindparam("of_clinic", type_=HEADS.c.clinic_id.type)
_HEAD = select(HEADS).where(_OF_CLINIC).with_for_update()
_END: dict[str, Any] = {name: bindparam(name) for name in ("count", "hash", "mark")}
_MOVED = HEADS.update().where(_OF_CLINIC).values(_END)


def _move_head(
    connection: Connection, clinic_id: UUID, count: int, last_hash: str, key: bytes
) -> None:
    mark = head_mark(key, clinic_id, count, last_hash)
    end = {"count": count, "hash": last_hash, "mark": mark}
    connection.execute(_MOVED, {"of_clinic": clinic_id, **end})


def _witness(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """An entry that lasts: whatever is added now would make the head look right again."""
    own = {"actor_kind": SYSTEM.kind.value, "actor_id": None, "token_id": None}
    about: dict[str, Any] = {
        "action": HEAD_NOT_OURS,
        "subject_kind": "audit",
        "subject_id": None,
        "detail": {},
    }
    return {**entry, **own, **about}
