"""Consent on the record, and numbers that are left alone."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from rehab.errors import Invalid
from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.models.message import UNASKED, DeliveryState, Kind, OutboundMessage, SmsConsent
from rehab.models.patient import Patient
from rehab.programs.library import Library
from rehab.services import consent, enrolment, plan_changes, plans, queued, reminders
from rehab.services.plans import Assignment

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


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
    assert (kept.patient_id, kept.phone, kept.at) == (maya.id, maya.phone, NOW)
    assert kept.wording == consent.SHOWN["en"]
    assert (kept.zone, kept.language) == ("Europe/London", "en")
    assert (kept.most_a_day, kept.hours) == (2, "08:00-21:00")
    assert {"exercise", "follow_up", "morning", "news"} <= set(kept.kinds)
    assert "sleep" not in kept.kinds
    assert welcome().template == "rp.consent"


def test_consent_is_in_the_words_of_the_patients_language(riverside: Clinic) -> None:
    said = {
        "given_name": "Noor",
        "phone": "+34912345678",
        "zone": "Europe/Madrid",
        "language": "es",
        "sms_consent": True,
    }
    noor = enrolment.enrol(riverside.id, said, "ana@riverside.example", NOW)
    kept = db.session.scalars(consent.history_of(noor)).one()
    assert (kept.wording, kept.language) == (consent.SHOWN["es"], "es")
    assert (kept.zone, kept.phone) == ("Europe/Madrid", "+34912345678")


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_words_shown_say_what_how_often_when_and_the_ways_out(language: str) -> None:
    words = consent.SHOWN[language]
    for told in ("2", "08:00", "21:00", "STOP", "HELP" if language == "en" else "AYUDA"):
        assert told in words
    assert ("rates" if language == "en" else "tarifas") in words


def test_every_text_that_a_plan_sends_is_allowed_by_the_words_or_by_a_bedtime() -> None:
    assert set(UNASKED) - set(consent.ALLOWED) == {Kind.SLEEP}
    assert set(queued.PLANNED) <= {*consent.ALLOWED, Kind.SLEEP}


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


def test_what_is_said_to_the_clinic_stops_what_is_pending_in_the_same_transaction(
    maya: Patient, library: Library
) -> None:
    plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, NOW)
    enrolment.amend(maya, {"sms_consent": False}, "ana@riverside.example", LATER)
    (kept, _) = db.session.scalars(consent.history_of(maya).order_by(SmsConsent.at.desc()))
    assert (kept.action, kept.channel, kept.actor) == ("revoked", "clinic", "ana@riverside.example")
    assert kept.wording == "asked the clinic for no more texts"
    assert (kept.kinds, kept.most_a_day, kept.hours) == ([], None, None)
    states = set(db.session.scalars(select(OutboundMessage.state)))
    assert states == {DeliveryState.SUPPRESSED}


def test_a_clinic_cannot_take_back_a_stop_from_the_phone(maya: Patient, library: Library) -> None:
    plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, NOW)
    consent.suppress(maya.phone, "sms", NOW)
    consent.revoke(maya, "sms", "patient", NOW, "STOP")
    enrolment.amend(maya, {"sms_consent": True}, "ana@riverside.example", LATER)
    assert maya.sms_consent
    assert reminders.plan_ahead(LATER) == 0
    pending = select(OutboundMessage).filter_by(state=DeliveryState.PENDING)
    assert db.session.scalar(pending.limit(1)) is None


def test_a_new_number_needs_its_own_consent(maya: Patient) -> None:
    old = maya.phone
    enrolment.amend(maya, {"phone": "+442079460188"}, "ana", LATER)
    assert not maya.sms_consent
    kept = db.session.scalars(consent.history_of(maya).filter_by(action="revoked")).one()
    assert (kept.phone, kept.wording) == (old, "the number has changed")
    enrolment.amend(maya, {"sms_consent": True}, "ana", LATER + timedelta(hours=1))
    kept = db.session.scalars(consent.history_of(maya).order_by(SmsConsent.at.desc())).first()
    assert kept is not None
    assert (kept.action, kept.phone) == ("granted", "+442079460188")


def bedtimes(patient: Patient) -> list[tuple[str, str | None, list[str], str]]:
    """Action, hours, kinds and actor of each choice of a bedtime, the first one first."""
    query = consent.history_of(patient).where(SmsConsent.action.in_(("bedtime", "daytime")))
    rows = db.session.scalars(query.order_by(SmsConsent.at))
    return [(row.action, row.hours, row.kinds, row.actor) for row in rows]


def test_a_bedtime_is_a_choice_of_its_own_on_the_record(
    maya: Patient, library: Library, ana: Clinician
) -> None:
    wish = Assignment("lb-subacute-6w", usual_pain=4, bedtime=time(22, 30))
    plan = plans.assign(maya, wish, library, NOW, ana)
    said = [("bedtime", "21:30-22:30", ["sleep"], ana.email)]
    assert bedtimes(maya) == said
    kept = db.session.scalars(consent.history_of(maya).filter_by(action="bedtime")).one()
    assert kept.wording == (
        "Text me about sleep in the hour before 22:30, once an evening at most."
    )
    assert (kept.most_a_day, kept.channel) == (1, "clinic")
    for hours, changes in enumerate(
        [{"bedtime": time(22, 30)}, {"bedtime": time(0, 15)}, {"weekdays": [1]}, {"bedtime": None}]
    ):
        at = NOW + timedelta(hours=1 + hours)
        plan_changes.amend(plan, changes, ana, "", library, at)
    assert bedtimes(maya) == [
        *said,
        ("bedtime", "23:15-00:15", ["sleep"], ana.email),
        ("daytime", None, [], ana.email),
    ]


def test_a_plan_without_a_bedtime_puts_no_choice_on_the_record(
    maya: Patient, library: Library, ana: Clinician
) -> None:
    plan = plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, NOW, ana)
    plan_changes.amend(plan, {"bedtime": None}, ana, "", library, LATER)
    assert bedtimes(maya) == []


def test_a_choice_that_is_refused_leaves_nothing_on_the_record(
    maya: Patient, library: Library, ana: Clinician
) -> None:
    plan = plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, NOW, ana)
    with pytest.raises(Invalid):
        plan_changes.amend(
            plan, {"bedtime": time(22), "pins": {"no-such": 1}}, ana, "", library, LATER
        )
    assert bedtimes(maya) == []


def test_a_number_is_suppressed_once_and_lifted(maya: Patient) -> None:
    assert consent.suppress(maya.phone, "sms", NOW) is True
    assert consent.suppress(maya.phone, "provider", NOW) is False
    assert consent.is_suppressed(maya.phone)
    consent.lift(maya.phone)
    consent.lift(maya.phone)
    assert not consent.is_suppressed(maya.phone)
