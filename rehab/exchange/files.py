"""A patient's record as one file: everything as JSON, as tables (CSV), or as a FHIR bundle."""

from dataclasses import dataclass
from datetime import datetime

from rehab.exchange.fhir.chart import chart
from rehab.exchange.fhir.clinicians import clinicians_of
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.programs.library import Library
from rehab.services.access import limits
from rehab.services.actors import acting
from rehab.services.privacy.export import EXPORTS, Export, export
from rehab.services.privacy.own_copy import OWN_COPIES, own_copy
from rehab.services.privacy.tables import as_json, as_zip

JSON, CSV, FHIR = "json", "csv", "fhir"
FORMATS = (JSON, CSV, FHIR)
MEDIA_TYPES = {
    JSON: "application/json",
    CSV: "application/zip",
    FHIR: "application/fhir+json",
}
SUFFIXES = {JSON: "json", CSV: "zip", FHIR: "fhir.json"}


@dataclass(frozen=True, slots=True)
class File:
    """A file to be saved under `name`."""

    name: str
    media_type: str
    content: bytes

    @property
    def headers(self) -> dict[str, str]:
        """The name is of letters, digits, dots and hyphens alone, and needs no escaping."""
        return {"Content-Disposition": f'attachment; filename="{self.name}"'}


def hand_over(patient: Patient, by: Clinician, form: str, library: Library, now: datetime) -> File:
    """Everything about a patient for a clinician; on the audit. Raises TooMany."""
    limits.take(EXPORTS, str(by.id), now)
    content = written(export(patient, acting(), now), form, library)
    return File(f"patient-{patient.id}.{SUFFIXES[form]}", MEDIA_TYPES[form], content)


def take_along(patient: Patient, form: str, library: Library, now: datetime) -> File:
    """The patient's own copy, named by their own day; on the audit. Raises TooMany."""
    limits.take(OWN_COPIES, str(patient.id), now)
    content = written(own_copy(patient, now), form, library)
    return File(f"rehab-{patient.today(now)}.{SUFFIXES[form]}", MEDIA_TYPES[form], content)


def written(export: Export, form: str, library: Library) -> bytes:
    """The export, or a patient's own copy of it, as the bytes of one file."""
    if form == CSV:
        return as_zip(export)
    is_fhir = form == FHIR
    return as_json(chart(export, library, clinicians_of(export)) if is_fhir else export)
