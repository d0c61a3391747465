"""A legal hold: while a court or an authority may ask for it, nothing of a patient's is removed."""

from datetime import datetime

from rehab.errors import Conflict, Invalid
from rehab.models.patient import Patient
from rehab.services.audit import Actor, Subject, record
from rehab.services.transactions import hold, transaction

LONGEST = 500


@transaction()
def hold_patient(patient: Patient, because: str, actor: Actor, now: datetime) -> Patient:
    """Put a patient under a hold. Raises Invalid without a reason, Conflict if they are already."""
    hold(patient)
    if not 1 <= len(because.strip()) <= LONGEST:
        raise Invalid({"because": [f"say why, in 1 to {LONGEST} characters"]})
    if patient.held_since is not None:
        raise Conflict("the patient is under a legal hold already")
    patient.held_since, patient.held_because = now, because.strip()
    record("patient.held", Subject("patient", patient.id, patient.clinic_id), actor, {}, now)
    return patient


@transaction()
def release_patient(patient: Patient, actor: Actor, now: datetime) -> Patient:
    """End the hold. Raises Conflict when there is none."""
    hold(patient)
    if patient.held_since is None:
        raise Conflict("the patient is under no legal hold")
    patient.held_since = patient.held_because = None
    record("patient.released", Subject("patient", patient.id, patient.clinic_id), actor, {}, now)
    return patient
