"""Consent to texts: given and taken back on the record, and numbers that must be left alone."""

from datetime import datetime, timedelta

from rehab.extensions import db
from rehab.models.message import (
    DeliveryState,
    Kind,
    OutboundMessage,
    SmsConsent,
    Suppression,
)
from rehab.models.patient import Patient
from rehab.services import conversations, outbox
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction

GRANTED, REVOKED = "granted", "revoked"

SHOWN = (
    "Exercise reminders and check-ins by text, up to 2 a day. Message and data rates may apply. "
    "Reply HELP for help, STOP to end."
)
"""What a patient is told before agreeing in the clinic; kept with each consent."""

WELCOME_WITHIN = timedelta(hours=24)


@transaction()
def grant(patient: Patient, channel: str, actor: str, now: datetime, wording: str = SHOWN) -> None:
    """Put consent on the record, and confirm it by text when the patient gave it in the clinic.

    A STOP from the phone itself still stands: only a START from it takes that back.
    """
    _record(patient, GRANTED, channel, actor, wording, now)
    patient.sms_consent = True
    if channel != "sms":
        outbox.enqueue([_welcome(patient, now)], now)


@transaction()
def revoke(patient: Patient, channel: str, actor: str, now: datetime, wording: str = "") -> None:
    """Put the revocation on the record and take back every text that was to come."""
    _record(patient, REVOKED, channel, actor, wording, now)
    patient.sms_consent = False
    conversations.close(patient.id)
    outbox.withdraw(
        OutboundMessage.patient_id == patient.id, DeliveryState.SUPPRESSED, "no consent", now
    )


@transaction()
def suppress(phone: str, source: str, now: datetime, note: str = "") -> bool:
    """Send nothing more to this number, whoever it belongs to. False when that was so already."""
    known = is_suppressed(phone)
    if not known:
        db.session.add(Suppression(phone=phone, since=now, source=source, note=note))
        db.session.flush()
    outbox.withdraw(
        OutboundMessage.phone == phone, DeliveryState.SUPPRESSED, f"number: {source}", now
    )
    return not known


@transaction()
def lift(phone: str) -> None:
    """The number may be texted again."""
    suppression = db.session.get(Suppression, phone)
    if suppression is not None:
        db.session.delete(suppression)
        db.session.flush()


def is_suppressed(phone: str) -> bool:
    return db.session.get(Suppression, phone) is not None


def _record(
    patient: Patient, action: str, channel: str, actor: str, wording: str, now: datetime
) -> None:
    db.session.add(
        SmsConsent(
            patient_id=patient.id,
            phone=patient.phone,
            action=action,
            wording=wording,
            channel=channel,
            actor=actor,
            at=now,
        )
    )


def _welcome(patient: Patient, now: datetime) -> Intention:
    return Intention(
        patient=patient,
        kind=Kind.WELCOME,
        template="rp.consent",
        dedupe_key=f"welcome:{patient.id}:{now:%Y-%m-%dT%H:%M:%S}",
        due_at=now,
        expires_at=now + WELCOME_WITHIN,
    )
