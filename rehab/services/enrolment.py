"""Patients of a clinic: enrolled, found and amended, always by way of the clinic itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from rehab.errors import Invalid, NotFound
from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.programs.timezones import is_zone
from rehab.services import consent, reminders
from rehab.services.access import links, sign_ins
from rehab.services.access.links import Purpose
from rehab.services.actors import acted
from rehab.services.phones import as_e164
from rehab.services.transactions import transaction

LANGUAGES = ("en", "es")


def patients_of(clinic_id: UUID) -> Select[Patient]:
    return select(Patient).where(Patient.clinic_id == clinic_id)


def find_patient(clinic_id: UUID, patient_id: UUID) -> Patient:
    """The clinic's patient. Raises NotFound, also for another clinic's."""
    patient = db.session.scalar(patients_of(clinic_id).where(Patient.id == patient_id))
    if patient is None:
        raise NotFound("there is no such patient")
    return patient


@transaction()
def enrol(clinic_id: UUID, said: Mapping[str, Any], actor: str, now: datetime) -> Patient:
    """A new patient. Raises Invalid by field: phone (E.164), zone (IANA), language."""
    values = _checked(said)
    agreed = values.pop("sms_consent", False)
    patient = Patient(clinic_id=clinic_id, created_at=now, **values)
    db.session.add(patient)
    db.session.flush()
    acted("patient.enrolled", patient, now)
    if agreed:
        consent.grant(patient, channel=consent.CLINIC, actor=actor, now=now)
    return patient


@transaction()
def amend(patient: Patient, said: Mapping[str, Any], actor: str, now: datetime) -> Patient:
    """Change what `said` names. A new zone, phone, language or consent re-plans texts to come.

    Consent is for a number: a new one needs its own. Consent that is taken back by word of mouth
    takes back what is pending in the same transaction, with `actor` on the record. Whoever signed
    in by the old number is signed out.
    """
    values = _checked(said)
    reminders.hold_plans_of(patient)
    agreed = values.pop("sms_consent", None)
    if values.get("phone", patient.phone) != patient.phone:
        _leave_number(patient, actor, now)
    for name, value in values.items():
        setattr(patient, name, value)
    if agreed is not None and agreed != patient.sms_consent:
        if agreed:
            consent.grant(patient, consent.CLINIC, actor, now)
        else:
            consent.revoke(
                patient, consent.CLINIC, actor, now, "asked the clinic for no more texts"
            )
    acted("patient.amended", patient, now, fields=sorted(said))
    reminders.replan_patient(patient, now)
    return patient


def _leave_number(patient: Patient, actor: str, now: datetime) -> None:
    """What was agreed to and signed in by a number does not go with the patient to the next."""
    if patient.sms_consent:
        consent.revoke(patient, consent.CLINIC, actor, now, "the number has changed")
    sign_ins.end_all(patient)
    links.void(Purpose.ENTRY, patient)


def _checked(said: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(said)
    errors: dict[str, list[str]] = {}
    if "zone" in values and not is_zone(values["zone"]):
        errors["zone"] = [f"{values['zone']} is not an IANA time zone"]
    if "language" in values and values["language"] not in LANGUAGES:
        errors["language"] = [f"must be one of {', '.join(LANGUAGES)}"]
    if "phone" in values:
        try:
            as_e164(values["phone"])
        except Invalid as error:
            errors |= error.errors
    if errors:
        raise Invalid(errors)
    return values
