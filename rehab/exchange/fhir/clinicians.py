"""The people of the clinic whom a record names."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from rehab.extensions import db
from rehab.models import clinic
from rehab.services.privacy.export import Export

NAMED_IN = {
    "decisions": ("clinician_id", "undone_by_id"),
    "plan_terms": ("clinician_id",),
    "alerts": ("closed_by_id",),
    "notes": ("clinician_id",),
    "session_versions": ("corrected_by",),
}
"""Where rows name somebody of the clinic, by an id or an address."""


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


def _named(export: Export) -> set[str]:
    return {
        row[column]
        for noun, columns in NAMED_IN.items()
        for row in export.get(noun, [])
        for column in columns
        if row.get(column)
    }
