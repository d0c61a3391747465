"""A patient's text, from the webhook to the answer: kept once, read, acted on, all or nothing."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import Select, select

from rehab.extensions import db, insert_into
from rehab.models.message import InboundMessage, SmsConsent, Suppression
from rehab.models.number import key_of
from rehab.models.patient import Patient
from rehab.notifications.intents import Expects, Intent, Means
from rehab.notifications.replies import parse
from rehab.programs.library import Library
from rehab.services import answering, answers, consent
from rehab.services.actors import acting_as
from rehab.services.alerts import REVIEW, open_alert
from rehab.services.audit import Actor, ActorKind
from rehab.services.speakers import Line, Speaker, heard
from rehab.services.texted import SOURCE, Answer, Texted
from rehab.services.transactions import persistent, transaction

TWILIO_MEANS = {"STOP": Means.OPT_OUT, "START": Means.OPT_IN, "HELP": Means.HELP}
"""Twilio's OptOutType: what it has understood, and answered, itself."""

UNKNOWN_NUMBER, SHARED_PHONE, OVERTAKEN = "unknown_number", "shared_phone", "overtaken"
"""Readings that lead to nothing: nobody's number, one of two people's, a text found too late."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One text as it came in: `sid` names it for ever, `opt_out_type` is Twilio's own reading.

    `received_at` is when the provider got it, where that is known.
    """

    sid: str
    sender: str
    recipient: str
    body: str
    opt_out_type: str = ""
    received_at: datetime | None = None


@persistent
@transaction()
def receive(
    inbound: Inbound, library: Library, now: datetime, swept: bool = False
) -> InboundMessage | None:
    """Keep a text, do what it says and queue the answer. None when it was received before.

    A text from a number that belongs to no patient is kept and not answered; its STOP counts.
    A `swept` text was found late, by asking the provider: it is judged by the moment at which that
    had got it, and its answer may have been sent already.
    """
    at = min(inbound.received_at or now, now) if swept else now
    kept = _keep(inbound, at)
    if kept is None:
        return None
    is_suppressed = consent.is_suppressed(inbound.sender)
    line = Line(patients_with(inbound.sender), at, is_suppressed)
    speaker, intent = heard(line, _reader(inbound))
    if speaker is not None and speaker.is_known:
        kept.patient_id = speaker.patient.id
    kept.intent = _reading(speaker, intent, kept)
    expecting = speaker.expecting if speaker else line.expecting
    kept.interpretation = asdict(intent) | {"expecting": expecting}
    if kept.intent == OVERTAKEN:
        return kept
    if intent.means is Means.OPT_OUT and answering.can_be_answered(inbound.sender):
        consent.suppress(inbound.sender, SOURCE, at, intent.why)
    if speaker is not None:
        texted = Texted(kept, speaker, list(line.patients), intent, library, at, now)
        with acting_as(Actor(ActorKind.PATIENT, kept.patient_id)):
            answer = answers.to(texted) if speaker.is_known else _of_nobody_known(texted)
        if answer is not None and not inbound.opt_out_type:
            answering.queue(answer, texted, unsure=swept)
        kept.handled_at = now
    return kept


def patients_with(phone: str) -> list[Patient]:
    """Everybody who can be reached at this number."""
    theirs = select(Patient).where(Patient.phone_key == key_of(phone))
    return list(db.session.scalars(theirs.order_by(Patient.created_at)))


def _keep(inbound: Inbound, at: datetime) -> InboundMessage | None:
    statement = (
        insert_into(InboundMessage)
        .values(
            provider_sid=inbound.sid,
            sender=inbound.sender,
            recipient=inbound.recipient,
            body=inbound.body,
            received_at=at,
        )
        .on_conflict_do_nothing(index_elements=["provider_sid"])
        .returning(InboundMessage)
    )
    kept: InboundMessage | None = db.session.scalar(statement)
    return kept


def _reader(inbound: Inbound) -> Callable[[Expects, str], Intent]:
    """How the text is read, given what was asked and the patient's language."""
    if inbound.opt_out_type in TWILIO_MEANS:
        by_twilio = Intent(TWILIO_MEANS[inbound.opt_out_type], why="twilio")
        return lambda expecting, language: by_twilio
    return partial(parse, inbound.body)


def _reading(speaker: Speaker | None, intent: Intent, kept: InboundMessage) -> str:
    """What is written beside a text: its meaning, or why it has none here."""
    if speaker is None:
        return UNKNOWN_NUMBER
    if not speaker.is_known:
        return SHARED_PHONE
    return OVERTAKEN if _is_overtaken(intent, kept) else intent.means


def _is_overtaken(intent: Intent, kept: InboundMessage) -> bool:
    """Whether a START or STOP that was found late was taken back by something later."""
    number = key_of(kept.sender)
    if intent.means is Means.OPT_IN:
        stopped = select(Suppression.id).where(
            Suppression.phone_key == number, Suppression.since > kept.received_at
        )
        revoked = select(SmsConsent.id).where(
            SmsConsent.phone_key == number,
            SmsConsent.action == consent.REVOKED,
            SmsConsent.at > kept.received_at,
        )
        return _exists(stopped) or _exists(revoked)
    started = select(InboundMessage.id).where(
        InboundMessage.sender_key == number,
        InboundMessage.intent == Means.OPT_IN,
        InboundMessage.received_at > kept.received_at,
    )
    return intent.means is Means.OPT_OUT and _exists(started)


def _exists(query: Select[UUID]) -> bool:
    return db.session.scalar(query.limit(1)) is not None


def _of_nobody_known(texted: Texted) -> Answer | None:
    """Kept, recorded of nobody, and shown to a person, who can ask whose it is."""
    about = "A text came from a phone that patients share, and may be of any of them. Please ask."
    for patient in texted.sharing:
        open_alert(patient, SHARED_PHONE, REVIEW, about, texted.now)
    return Answer("rp.clinic")
