"""Who is on a stage: staff have an e-mail, patients a phone and perhaps a plan."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services import clinics, enrolment, plans
from rehab.services.demo import open_demo
from rehab.services.plans import Assignment
from rehab.wiring import Wiring
from tests.conftest import NOON

CLINIC_PHONE = "+442079460100"


@dataclass(frozen=True, slots=True)
class Person:
    """One of them, as a test speaks of them; `plan_id` is their newest plan."""

    id: UUID
    name: str
    phone: str = ""
    email: str = ""
    plan_id: UUID | None = None


def riverside(built: Wiring) -> None:
    """Ana's clinic on the day on which Maya begins."""
    clinic = clinics.open_clinic("Riverside", "Europe/London", NOON, phone=CLINIC_PHONE)
    ana = clinics.add_clinician(clinic.id, "ana@riverside.example", "Ana Ruiz", NOON)
    said = {
        "id": UUID("41630862-93c7-5ad8-9dd4-27746148501e"),
        "given_name": "Maya",
        "family_name": "Lindqvist",
        "phone": "+442079460123",
        "zone": "Europe/London",
        "sms_consent": True,
    }
    maya = enrolment.enrol(clinic.id, said, ana.email, NOON)
    plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), built.library, NOON)


def demo_clinic(built: Wiring) -> None:
    """The demo's dozen, with weeks behind them."""
    open_demo(built.library, NOON)


def everybody() -> list[Person]:
    """Patients by their given names, and staff by the whole name."""
    patients = map(_patient, db.session.scalars(select(Patient).order_by(Patient.created_at)))
    return [*patients, *map(_clinician, db.session.scalars(select(Clinician)))]


def row_of(person: Person) -> Clinician | Patient:
    """The row of one of them."""
    if person.email:
        return db.session.get_one(Clinician, person.id)
    return db.session.get_one(Patient, person.id)


def _patient(row: Patient) -> Person:
    newest = select(Plan.id).filter_by(patient_id=row.id).order_by(Plan.created_at.desc())
    return Person(row.id, row.given_name, row.phone, plan_id=db.session.scalar(newest.limit(1)))


def _clinician(row: Clinician) -> Person:
    return Person(row.id, row.name, email=row.email)
