"""Newcomers: who is told of at an intake and is not on file yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.models.number import key_of
from rehab.models.patient import Patient
from rehab.services import enrolment


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody new. `shares_phone`: the number is on file for somebody else, who is another."""

    given_name: str
    family_name: str
    phone: str
    zone: str
    language: str
    shares_phone: bool = False


def known_by(clinic: Clinic, phone: str) -> Sequence[Patient]:
    """The clinic's patients who have this number (E.164)."""
    known = enrolment.patients_of(clinic.id).where(Patient.phone_key == key_of(phone))
    return db.session.scalars(known.order_by(Patient.created_at)).all()


def faults(clinic: Clinic, who: Newcomer) -> dict[str, list[str]]:
    """A number that is on file for somebody else, unless it is said to be shared."""
    if who.shares_phone or not known_by(clinic, who.phone):
        return {}
    return {"phone": ["is on file already: is it the same person?"]}


def enrolled(clinic: Clinic, who: Newcomer, id_: UUID, by: Clinician, now: datetime) -> Patient:
    """The patient whom they become."""
    return enrolment.enrol(clinic.id, {**_details(who), "id": id_}, by.email, now)


def drafted(clinic: Clinic, who: Newcomer, id_: UUID, now: datetime) -> Patient:
    """Nobody yet: under the id that they will have, since the seconds of their texts hang on it."""
    return Patient(
        id=id_,
        clinic_id=clinic.id,
        clinic=clinic,
        sms_consent=False,
        created_at=now,
        **_details(who),
    )


def _details(who: Newcomer) -> dict[str, str]:
    return {
        "given_name": who.given_name,
        "family_name": who.family_name,
        "phone": who.phone,
        "zone": who.zone,
        "language": who.language,
    }
