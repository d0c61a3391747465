"""Numbers change hands: what comes from an old one is nobody's, and a new one needs its own yes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import DeliveryState, InboundMessage, OutboundMessage, SmsConsent
from rehab.models.number import key_of
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session
from rehab.notifications.intents import Expects
from rehab.programs.library import Library
from rehab.services import consent, enrolment
from tests.services.phone import Phone, alerts, ask, open_question_of

TUESDAY = datetime(2026, 3, 3, 8, 40, tzinfo=UTC)
ANA = "ana@riverside.example"
OLD, NEW = "+442079460123", "+442079460199"


@pytest.fixture
def old_phone(maya: Patient, library: Library) -> Phone:
    return Phone(library, OLD)


@pytest.fixture
def new_phone(maya: Patient, library: Library) -> Phone:
    return Phone(library, NEW)


def pending(phone: str) -> list[str]:
    query = select(OutboundMessage.kind).filter_by(state=DeliveryState.PENDING)
    return list(db.session.scalars(query.filter_by(phone_key=key_of(phone))))


def move(patient: Patient, **said: object) -> None:
    enrolment.amend(patient, {"phone": NEW, **said}, ANA, TUESDAY)


@pytest.mark.parametrize("body", ["Wrong number", "who is this?", "Número equivocado"])
def test_a_stranger_at_the_number_stops_the_texts_and_the_clinic_checks_it(
    plan: Plan, maya: Patient, old_phone: Phone, body: str
) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    assert old_phone.text(body, TUESDAY) == "rp.stopped"
    assert alerts() == [("wrong_number", 2)]
    assert not maya.sms_consent
    assert pending(OLD) == ["confirmation"]
    assert open_question_of(plan) is None


@pytest.mark.parametrize("body", ["5", "done 3", "pain 4", "later", "what?", "chest pain"])
def test_a_text_from_the_old_number_is_nobodys(
    plan: Plan, maya: Patient, old_phone: Phone, body: str
) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    move(maya, sms_consent=True)
    assert old_phone.text(body, TUESDAY) is None
    kept = old_phone.last()
    assert (kept.body, kept.patient_id, kept.intent) == (body, None, "unknown_number")
    assert db.session.scalar(select(Session)) is None
    assert db.session.scalar(select(Morning)) is None


def test_the_question_at_the_old_number_is_closed(
    plan: Plan, maya: Patient, new_phone: Phone
) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    move(maya, sms_consent=True)
    assert open_question_of(plan) is None
    assert new_phone.text("5", TUESDAY) == "rp.again"
    assert db.session.scalar(select(Morning)) is None


def test_a_correction_does_not_come_from_another_phone(
    plan: Plan, maya: Patient, new_phone: Phone, old_phone: Phone
) -> None:
    old_phone.text("done 5", TUESDAY)
    move(maya, sms_consent=True)
    new_phone.text("sorry 6", TUESDAY + timedelta(minutes=1))
    assert db.session.scalars(select(Session.after)).one() == 5


def test_a_new_number_needs_its_own_consent(plan: Plan, maya: Patient) -> None:
    move(maya)
    assert not maya.sms_consent
    assert pending(OLD) == []
    assert pending(NEW) == []


def test_consent_for_the_new_number_is_on_record_with_it(plan: Plan, maya: Patient) -> None:
    move(maya, sms_consent=True)
    rows = db.session.scalars(select(SmsConsent).order_by(SmsConsent.at)).all()
    assert [(row.action, row.phone) for row in rows] == [
        ("granted", OLD),
        ("revoked", OLD),
        ("granted", NEW),
    ]
    assert "welcome" in pending(NEW)


def test_a_stop_from_the_old_number_does_not_stop_the_new_one(
    plan: Plan, maya: Patient, old_phone: Phone
) -> None:
    move(maya, sms_consent=True)
    old_phone.text("STOP", TUESDAY)
    assert consent.is_suppressed(OLD)
    assert maya.sms_consent
    assert not consent.is_suppressed(NEW)


def test_the_new_number_speaks_for_the_patient(plan: Plan, maya: Patient, new_phone: Phone) -> None:
    move(maya, sms_consent=True)
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    assert new_phone.text("5", TUESDAY) == "rp.noted_morning"


def test_a_number_that_nobody_has_is_kept(plan: Plan, library: Library) -> None:
    stranger = Phone(library, "+442079460177")
    assert stranger.text("Is this the taxi?", TUESDAY) is None
    assert db.session.scalars(select(InboundMessage.body)).all() == ["Is this the taxi?"]


def test_a_number_passed_on_to_another_patient_is_theirs(
    plan: Plan, maya: Patient, old_phone: Phone
) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    move(maya)
    said = {"given_name": "Noor", "phone": OLD, "zone": "Europe/London", "sms_consent": True}
    noor = enrolment.enrol(maya.clinic_id, said, ANA, TUESDAY)
    old_phone.text("5", TUESDAY)
    assert old_phone.last().patient_id == noor.id
    assert db.session.scalar(select(Morning)) is None
