"""The trail: the audit as somebody reads it, of one patient or of the whole clinic."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, union_all

from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services.audit import ActorKind
from rehab.services.privacy.belongings import PATIENT, Belonging, belongings

A_PAGE = 50
"""Entries that are read together."""

GROUPS = {
    "looks": ("patient.seen", "patient.exported"),
    "patients": ("patient.", "consent.", "data.", "erasure.", "calendar."),
    "plans": ("plan.", "decision."),
    "reports": ("session.", "morning.", "measure.", "screening."),
    "inbox": ("alert.", "reply.", "message.", "note."),
    "sign-in": ("sign_in.", "second_factor.", "password.", "recovery_codes.", "token."),
    "clinic": ("clinic.", "clinician.", "backup.", "database.", "keys.", "audit."),
}
"""Acts of a kind, by how their slugs begin."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which acts the trail is wanted: of a patient, by a clinician or a kind of actor, of one
    of the GROUPS, before an entry's number. What is None is not asked for."""

    patient_id: UUID | None = None
    actor: UUID | ActorKind | None = None
    group: str | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """Entries, the newest first, and whom each is about where that is a patient who is still
    known; `goes_on_before` is the number to ask for next, None at the end."""

    entries: Sequence[AuditEntry]
    patients: Mapping[int, Patient]
    goes_on_before: int | None


def trail(clinic_id: UUID, asked: Asked) -> Trail:
    """Some of a clinic's entries, in a fixed number of queries for each kind of subject."""
    newest = _entries(clinic_id, asked).order_by(AuditEntry.seq.desc()).limit(A_PAGE + 1)
    found = list(db.session.scalars(newest))
    shown = found[:A_PAGE]
    goes_on = shown[-1].seq if len(found) > A_PAGE else None
    return Trail(shown, {} if asked.patient_id else _patients(shown), goes_on)


def staff(clinic_id: UUID) -> dict[UUID, str]:
    """The names of everybody who works in a clinic or has, by id, in the order of their names."""
    theirs = select(Clinician.id, Clinician.name).where(Clinician.clinic_id == clinic_id)
    return {row[0]: row[1] for row in db.session.execute(theirs.order_by(Clinician.name))}


def _entries(clinic_id: UUID, asked: Asked) -> Select[AuditEntry]:
    theirs = select(AuditEntry).where(AuditEntry.clinic_id == clinic_id)
    if asked.patient_id is not None:
        theirs = theirs.where(AuditEntry.subject_id.in_(_everything_of(asked.patient_id)))
    if isinstance(asked.actor, UUID):
        theirs = theirs.where(AuditEntry.actor_id == asked.actor)
    elif asked.actor is not None:
        theirs = theirs.where(AuditEntry.actor_kind == asked.actor)
    if asked.group is not None:
        theirs = theirs.where(_in_group(asked.group))
    return theirs if asked.before is None else theirs.where(AuditEntry.seq < asked.before)


def _in_group(group: str) -> ColumnElement[bool]:
    begins = GROUPS[group]
    return or_(*(AuditEntry.action.startswith(slug, autoescape=True) for slug in begins))


def _everything_of(patient_id: UUID) -> Any:
    """The ids of all rows about a person."""
    return union_all(*(select(kind.model.id).where(kind.of(patient_id)) for kind in _with_ids()))


def _with_ids() -> Iterator[Belonging]:
    return (kind for kind in belongings() if [c.name for c in kind.key] == ["id"])


def _patients(entries: Iterable[AuditEntry]) -> dict[int, Patient]:
    """Whom each entry is about, by its number."""
    subjects: dict[str, set[UUID]] = {}
    for entry in entries:
        if entry.subject_id is not None:
            subjects.setdefault(entry.subject_kind, set()).add(entry.subject_id)
    whose: dict[UUID, UUID] = {}
    for kind in _with_ids():
        whose |= _whose(kind, subjects.get(kind.table.name, set()))
    people = select(Patient).where(Patient.id.in_(set(whose.values())))
    known = {patient.id: patient for patient in db.session.scalars(people)} if whose else {}
    return {
        entry.seq: known[whose[entry.subject_id]]
        for entry in entries
        if entry.subject_id is not None and whose.get(entry.subject_id) in known
    }


def _whose(kind: Belonging, ids: set[UUID]) -> dict[UUID, UUID]:
    """The patients that rows of one table hang on, by the row's id."""
    model, columns = kind.model, kind.table.c
    if not ids:
        return {}
    if kind.table.name == PATIENT:
        return {id_: id_ for id_ in ids}
    if "patient_id" in columns:
        rows = select(model.id, model.patient_id)
    elif "plan_id" in columns:
        rows = select(model.id, Plan.patient_id).join(Plan, Plan.id == model.plan_id)
    else:
        return {}
    found = db.session.execute(rows.where(model.id.in_(ids)))
    return {row[0]: row[1] for row in found if row[1] is not None}
