"""Consent on the record, and numbers that are left alone."""

from datetime import UTC, datetime

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage, SmsConsent
from rehab.models.patient import Patient
from rehab.services import consent

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def record() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(SmsConsent).order_by(SmsConsent.at, SmsConsent.action))
    return [(row.action, row.channel, row.actor) for row in rows]


def welcome() -> OutboundMessage:
    return db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.WELCOME)).one()


def test_consent_in_the_clinic_is_kept_with_its_words_and_confirmed_by_text(
    maya: Patient,
) -> None:
    assert record() == [("granted", "clinic", "ana@riverside.example")]
    kept = db.session.scalars(select(SmsConsent)).one()
    assert (kept.phone, kept.wording) == (maya.phone, consent.SHOWN)
    assert welcome().template == "rp.consent"


def test_consent_taken_back_is_added_to_the_record_and_holds_every_text(maya: Patient) -> None:
    consent.revoke(maya, "clinic", "ana", NOW, "said so on the phone")
    assert record() == [
        ("granted", "clinic", "ana@riverside.example"),
        ("revoked", "clinic", "ana"),
    ]
    assert maya.sms_consent is False
    assert welcome().state is DeliveryState.SUPPRESSED


def test_a_consent_by_text_needs_no_other_confirmation(maya: Patient) -> None:
    db.session.delete(welcome())
    consent.grant(maya, "sms", "patient", NOW, "START")
    assert db.session.scalar(select(OutboundMessage)) is None


def test_a_number_is_suppressed_once_and_lifted(maya: Patient) -> None:
    assert consent.suppress(maya.phone, "sms", NOW) is True
    assert consent.suppress(maya.phone, "provider", NOW) is False
    assert consent.is_suppressed(maya.phone)
    consent.lift(maya.phone)
    consent.lift(maya.phone)
    assert not consent.is_suppressed(maya.phone)
