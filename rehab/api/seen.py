"""Patients and plans that a clinician looks at: found, and that they looked put on record."""

from uuid import UUID

from rehab import clock
from rehab.api.bearer import (
    actor,
    asker,
    clinician,
    plan_in_reach,
    plan_mark,
    session_in_reach,
)
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.services import enrolment
from rehab.services.actors import looked, saw
from rehab.services.audit import ActorKind, Subject
from rehab.services.plan_marks import PlanMark
from rehab.tenancy import open_clinic_id


def patient_seen(id_: UUID) -> Patient:
    """A patient of the clinician's clinic. Raises NotFound."""
    patient = enrolment.find_patient(clinician().clinic_id, id_)
    _note(patient)
    return patient


def plan_seen(id_: UUID) -> Plan:
    """A plan of the clinician's clinic, or of the patient's own. Raises NotFound."""
    plan = plan_in_reach(id_)
    _note(plan.patient)
    return plan


def mark_seen(id_: UUID) -> PlanMark:
    """The mark of a plan of the clinician's clinic, or of the patient's own. Raises NotFound."""
    mark, who = plan_mark(id_), actor()
    if who.kind is ActorKind.CLINICIAN and who.id is not None:
        looked(
            who.id, Subject(Patient.__tablename__, mark.patient_id, open_clinic_id()), clock.now()
        )
    return mark


def session_seen(id_: UUID) -> Session:
    """A session of a plan within reach. Raises NotFound."""
    session, plan = session_in_reach(id_)
    _note(plan.patient)
    return session


def _note(patient: Patient) -> None:
    """Patients may look at themselves unrecorded."""
    person = asker()
    if isinstance(person, Clinician):
        saw(person, patient, clock.now())
