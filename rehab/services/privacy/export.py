"""Everything that is kept about one person, opened and handed over: as JSON, or as a table a noun.

Left out is what proves somebody's identity or finds a row, since it tells nothing about a person:
hashes, and the words of a text with a code to sign in.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Mapper

from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.message import OutboundMessage, Suppression
from rehab.models.number import key_of
from rehab.models.patient import Patient
from rehab.models.types import UtcDateTime
from rehab.services import thread
from rehab.services.access.limits import Limit
from rehab.services.audit import Actor, Subject, record
from rehab.services.privacy.belongings import Belonging, belongings, texts_of_nobody
from rehab.services.transactions import transaction
from rehab.vault.columns import PhoneKey

FORMAT = "rehab-export-1"
EXPORTS = Limit("export", burst=20, per=timedelta(hours=1))
"""What one clinician may ask for: a clinic that moves away takes longer than a thief has."""

NOT_TOLD = (LargeBinary, PhoneKey)
"""Column types that hold hashes: of tokens, of numbers."""

AT_ONCE = 500

Row = dict[str, Any]
Export = dict[str, Any]
"""`format`, `exported_at`, `clinic`, `patient`, then a list of rows for each noun."""


@transaction()
def export(patient: Patient, actor: Actor, now: datetime) -> Export:
    """All rows about a patient, decrypted, in an order that never changes; on the audit."""
    record("patient.exported", Subject("patient", patient.id, patient.clinic_id), actor, {}, now)
    found = {kind.noun: rows_of(kind, patient) for kind in belongings()}
    ids = [row["id"] for rows in found.values() for row in rows if "id" in row]
    return {
        "format": FORMAT,
        "exported_at": now.isoformat(),
        "clinic": {"id": str(patient.clinic_id), "name": patient.clinic.name},
        **found,
        "patient": found["patient"][0],
        "messages_of_nobody": [_told(row) for row in texts_of_nobody(patient)],
        "suppressions": _suppressions(patient),
        "audit": _audit(patient.clinic_id, ids),
    }


def rows_of(kind: Belonging, patient: Patient) -> list[Row]:
    """The rows of one table about a patient, the earliest first."""
    at = _instant_of(kind.mapper)
    query = select(kind.model).where(kind.of(patient.id)).order_by(at, *kind.key)
    return [_told(row) for row in db.session.scalars(query)]


def _instant_of(mapper: Mapper[Any]) -> Any:
    """The first instant that every row of a table has."""
    instants = (c for c in mapper.columns if isinstance(c.type, UtcDateTime) and not c.nullable)
    return next(instants)


def _told(row: Any) -> Row:
    columns = type(row).__mapper__.column_attrs
    told = (c for c in columns if not isinstance(c.columns[0].type, NOT_TOLD))
    values = {column.key: plain(getattr(row, column.key)) for column in told}
    return values | {"body": thread.shown(row)} if isinstance(row, OutboundMessage) else values


def plain(value: Any) -> Any:
    """A value as JSON has it: instants and dates in ISO 8601, ids as text."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _suppressions(patient: Patient) -> list[Row]:
    number = select(Suppression).where(Suppression.phone_key == key_of(patient.phone))
    return [_told(row) for row in db.session.scalars(number)]


def _audit(clinic_id: UUID, ids: Iterable[str]) -> list[Row]:
    """The acts on anything of theirs."""
    subjects = [UUID(text) for text in ids]
    found: list[AuditEntry] = []
    for n in range(0, len(subjects), AT_ONCE):
        of_theirs = select(AuditEntry).where(
            AuditEntry.clinic_id == clinic_id,
            AuditEntry.subject_id.in_(subjects[n : n + AT_ONCE]),
        )
        found += db.session.scalars(of_theirs)
    return [_told(entry) for entry in sorted(found, key=lambda entry: entry.seq)]
