"""Consent to texts: given and taken back on the record, and numbers that must be left alone."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select

from rehab.extensions import db
from rehab.models.message import (
    ROUTINE,
    DeliveryState,
    Kind,
    OutboundMessage,
    SmsConsent,
    Suppression,
)
from rehab.models.number import key_of
from rehab.models.patient import Patient
from rehab.programs.schedule import TEXTS_FROM, TEXTS_UNTIL
from rehab.services import conversations, outbox
from rehab.services.actors import acted
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction

GRANTED, REVOKED = "granted", "revoked"
BEDTIME, DAYTIME = "bedtime", "daytime"
"""Texts about sleep, chosen for the hour before bedtime and so for the night too; given up."""

CLINIC, APP = "clinic", "app"
"""The channels of what was said to a person of the clinic, by word of mouth or in writing, and of
what a patient who is signed in said on a page."""

PHONE = "phone"
"""The channel of what a person of the clinic was told on the telephone."""

SHOWN = {
    "en": (
        "Exercise reminders and check-ins by text, up to 2 a day, and news of your plan when it "
        "changes, between 08:00 and 21:00. A safety message may come at any hour. Message and "
        "data rates may apply. Reply HELP for help, STOP to end."
    ),
    "es": (
        "Avisos de ejercicios y preguntas por mensaje, hasta 2 al día, y novedades de tu plan "
        "cuando cambie, entre las 08:00 y las 21:00. Un mensaje de seguridad puede llegar a "
        "cualquier hora. Pueden aplicarse tarifas de mensajes y datos. Responde AYUDA para "
        "ayuda, STOP para la baja."
    ),
}
"""What a patient is told before agreeing, in the clinic or on a page; kept with each consent."""

ALLOWED = (*ROUTINE, Kind.MISSED, Kind.NEWS, Kind.ADVICE, Kind.SAFETY, Kind.BY_HAND)
MOST_A_DAY = 2
HOURS = f"{TEXTS_FROM:%H:%M}-{TEXTS_UNTIL:%H:%M}"
"""What those words allow: kinds of texts, reminders and check-ins a day, local times."""

BEFORE_BED = {
    "en": "Text me about sleep in the hour before {bedtime}, once an evening at most.",
    "es": "Mensajes sobre el sueño en la hora antes de las {bedtime}, uno por noche como mucho.",
}
NOT_BEFORE_BED = {
    "en": "No more texts about sleep before bedtime.",
    "es": "Sin más mensajes sobre el sueño antes de dormir.",
}
MOST_AN_EVENING = 1

WELCOME_WITHIN = timedelta(hours=24)


@transaction()
def grant(
    patient: Patient, channel: str, actor: str, now: datetime, wording: str | None = None
) -> None:
    """Put consent on the record, and confirm it by text when it was not given by one.

    `wording` is what the patient said; without it, what they were shown. A STOP from the phone
    itself still stands: only a START from it takes that back.
    """
    _record(
        patient,
        GRANTED,
        (channel, actor),
        shown_to(patient) if wording is None else wording,
        now,
        kinds=ALLOWED,
        most_a_day=MOST_A_DAY,
        hours=HOURS,
    )
    patient.sms_consent = True
    if channel != "sms" and not is_suppressed(patient.phone):
        outbox.enqueue([welcome(patient, now)], now)


def shown_to(patient: Patient) -> str:
    """What this patient has to be told before they agree to texts, in their language."""
    return _in_language(SHOWN, patient)


@transaction()
def revoke(patient: Patient, channel: str, actor: str, now: datetime, wording: str = "") -> None:
    """Put the revocation on the record and take back every text that was to come.

    One scope: texts before bedtime have to be chosen anew as well.
    """
    _record(patient, REVOKED, (channel, actor), wording, now)
    patient.sms_consent = False
    conversations.close(patient.id)
    outbox.withdraw(
        OutboundMessage.patient_id == patient.id, DeliveryState.SUPPRESSED, "no consent", now
    )


def was_refused_in_own_name(patient: Patient) -> bool:
    """Whether the patient gets no texts because they themselves said so, to a person of the clinic
    or signed in, and not by a phone that others may share."""
    if patient.sms_consent:
        return False
    refusals = select(SmsConsent.channel).filter_by(patient_id=patient.id, action=REVOKED)
    last = db.session.scalar(refusals.order_by(SmsConsent.at.desc()).limit(1))
    return last in (CLINIC, APP)


@transaction()
def choose_bedtime(
    patient: Patient, bedtime: time | None, actor: str, now: datetime, channel: str = CLINIC
) -> None:
    """Put on the record that texts about sleep may come in the hour before `bedtime`, which may be
    at night; None takes it back. `actor` said it, or wrote down what was said in the clinic."""
    if bedtime is None:
        _record(patient, DAYTIME, (channel, actor), _in_language(NOT_BEFORE_BED, patient), now)
        return
    in_bed = datetime.combine(now.date(), bedtime)
    _record(
        patient,
        BEDTIME,
        (channel, actor),
        _in_language(BEFORE_BED, patient).format(bedtime=f"{bedtime:%H:%M}"),
        now,
        kinds=(Kind.SLEEP,),
        most_a_day=MOST_AN_EVENING,
        hours=f"{in_bed - timedelta(hours=1):%H:%M}-{bedtime:%H:%M}",
    )


def history_of(patient: Patient) -> Select[SmsConsent]:
    """All that the patient has ever allowed and taken back."""
    return select(SmsConsent).filter_by(patient_id=patient.id)


@transaction()
def suppress(phone: str, source: str, now: datetime, note: str = "") -> bool:
    """Send nothing more to this number, whoever it belongs to. False when that was so already."""
    known = is_suppressed(phone)
    if not known:
        db.session.add(Suppression(phone=phone, since=now, source=source, note=note))
        db.session.flush()
    theirs = OutboundMessage.phone_key == key_of(phone)
    outbox.withdraw(theirs, DeliveryState.SUPPRESSED, f"number: {source}", now)
    return not known


@transaction()
def lift(phone: str) -> None:
    """The number may be texted again."""
    suppression = _suppression_of(phone)
    if suppression is not None:
        db.session.delete(suppression)
        db.session.flush()


def is_suppressed(phone: str) -> bool:
    return _suppression_of(phone) is not None


def stopped_by(phone: str) -> str | None:
    """Who or what has it that this number gets no texts: the patient's own word, or that texts do
    not reach it; None when it is texted."""
    suppression = _suppression_of(phone)
    return None if suppression is None else suppression.source


def _suppression_of(phone: str) -> Suppression | None:
    return db.session.scalar(select(Suppression).where(Suppression.phone_key == key_of(phone)))


def _record(
    patient: Patient,
    action: str,
    by: tuple[str, str],
    wording: str,
    now: datetime,
    kinds: Sequence[Kind] = (),
    **allowed: Any,
) -> None:
    """One more row, of the patient as they are now; `by` is the channel and the actor."""
    channel, actor = by
    db.session.add(
        SmsConsent(
            patient_id=patient.id,
            phone=patient.phone,
            zone=patient.zone,
            language=patient.language,
            action=action,
            wording=wording,
            channel=channel,
            actor=actor,
            kinds=[str(kind) for kind in kinds],
            at=now,
            **allowed,
        )
    )
    acted(f"consent.{action}", patient, now, channel=channel)


def _in_language(words: dict[str, str], patient: Patient) -> str:
    return words.get(patient.language, words["en"])


def welcome(patient: Patient, now: datetime) -> Intention:
    """The text that confirms consent which was not given by text."""
    return Intention(
        patient=patient,
        kind=Kind.WELCOME,
        template="rp.consent",
        dedupe_key=f"welcome:{patient.id}:{now:%Y-%m-%dT%H:%M:%S}",
        due_at=now,
        expires_at=now + WELCOME_WITHIN,
    )
