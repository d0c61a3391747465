"""The people of the clinic whom a record names."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from rehab.extensions import db
from rehab.models import clinic
from rehab.services.audit import ActorKind
from rehab.services.privacy.export import Export

NAMED_IN = {
    "decisions": ("clinician_id", "undone_by_id"),
    "plan_terms": ("clinician_id",),
    "alerts": ("closed_by_id",),
    "notes": ("clinician_id",),
    "session_versions": ("corrected_by",),
}
"""Where rows name somebody of the clinic, by an id or an address."""

ANSWERS = ("measurements", "screenings")
AT_THE_CLINIC = ("clinic", "desk")
"""Sources of answers that somebody of the clinic put in for the patient."""


@dataclass(frozen=True, slots=True)
class Clinician:
    """Somebody whom the record names."""

    id: str
    name: str
    email: str


def clinicians_of(export: Export) -> Mapping[str, Clinician]:
    """Who is named in an export, by id; the rest of the clinic is not."""
    everybody = select(clinic.Clinician).where(
        clinic.Clinician.clinic_id == UUID(export["clinic"]["id"])
    )
    named = _named(export)
    rows = db.session.scalars(everybody.order_by(clinic.Clinician.id))
    known = [Clinician(str(row.id), row.name, row.email) for row in rows]
    return {each.id: each for each in known if named & {each.id, each.email}}


def entered_by(export: Export) -> Mapping[str, str | None]:
    """The rows of answers that were put in at the clinic, and by whom, where the audit tells it."""
    rows = (row for noun in ANSWERS for row in export[noun])
    entered = {row["id"]: None for row in rows if row["source"] in AT_THE_CLINIC}
    by = {
        entry["subject_id"]: entry["actor_id"]
        for entry in export["audit"]
        if entry["actor_kind"] == ActorKind.CLINICIAN and entry["subject_id"] in entered
    }
    return entered | by


def _named(export: Export) -> set[str]:
    in_rows = {
        row[column]
        for noun, columns in NAMED_IN.items()
        for row in export.get(noun, [])
        for column in columns
        if row.get(column)
    }
    return in_rows | {id_ for id_ in entered_by(export).values() if id_}
