"""The ledger of erasures: who must stay gone even when an older backup is put back.

It lies beside the database, not in it, and holds nothing but hashes of ids. The audit names the
same people by their ids; what the ledger has missed is taken from there.
"""

import hashlib
import logging
import os
import re
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import Session as Work
from sqlalchemy.orm import SessionTransaction

from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.settings import Settings

log = logging.getLogger(__name__)

ERASED = "patient.erased"
"""The act of an entry in the audit."""

NAME, PENDING = "erasures", "erasures"
SHADOW = re.compile("[0-9a-f]{64}")


def path_of(settings: Settings) -> Path:
    """Beside the SQLite database, or in the data folder of this machine."""
    if settings.is_sqlite:
        database = Path(settings.database_url.removeprefix("sqlite:///"))
        return database.with_name(f"{database.name}.{NAME}")
    return settings.data_dir / NAME


def shadow_of(patient_id: UUID) -> str:
    """SHA-256 of a patient's id, in hex: tells of somebody only to who has the id already."""
    return hashlib.sha256(patient_id.bytes).hexdigest()


def noted(path: Path) -> frozenset[str]:
    """The shadows in the ledger; none when there is no ledger yet."""
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return frozenset()
    return frozenset(line for line in lines if SHADOW.fullmatch(line))


def note_on_commit(path: Path, patient_id: UUID) -> None:
    """Write an erasure down once, and only if, the running transaction commits."""
    db.session().info.setdefault(PENDING, []).append((path, shadow_of(patient_id)))


def in_audit() -> frozenset[str]:
    """The shadows of all whom this database knows to be erased."""
    erased = select(AuditEntry.subject_id).where(AuditEntry.action == ERASED)
    return frozenset(shadow_of(found) for found in db.session.scalars(erased) if found)


def catch_up(path: Path) -> int:
    """Write down what the audit knows and the ledger does not; the number of erasures."""
    return note(path, in_audit())


def note(path: Path, shadows: frozenset[str]) -> int:
    """Write down those of the shadows that the ledger does not have; how many they were."""
    missed = shadows - noted(path)
    _write(path, sorted(missed))
    return len(missed)


def _write(path: Path, shadows: Iterable[str]) -> None:
    """A line that was cut off by a crash is ended first, so that it spoils no other."""
    lines = "".join(f"{shadow}\n" for shadow in shadows)
    if not lines:
        return
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"\n{lines}".encode("ascii"))
        os.fsync(file)
    finally:
        os.close(file)


@event.listens_for(db.session, "after_commit")
def _write_down(work: Work) -> None:
    if work.in_nested_transaction():
        return
    for path, shadow in work.info.pop(PENDING, []):
        try:
            _write(path, [shadow])
        except OSError:
            log.exception("the ledger of erasures lags behind the audit")


@event.listens_for(db.session, "after_transaction_end")
def _forget(work: Work, ended: SessionTransaction) -> None:
    if ended.parent is None:
        work.info.pop(PENDING, None)
