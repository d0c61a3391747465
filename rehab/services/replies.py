"""A patient's text, from the webhook to the answer: kept once, read, acted on, all or nothing."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from rehab.extensions import db, insert_into
from rehab.models.message import Conversation, InboundMessage, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.notifications.replies import Expects, Intent, Means, parse
from rehab.programs.library import Library
from rehab.services import answers, consent, conversations, outbox
from rehab.services.outbox import Intention
from rehab.services.texted import Answer, Texted
from rehab.services.transactions import transaction

ANSWER_WITHIN = timedelta(hours=1)
CONFIRM_WITHIN = timedelta(minutes=5)
"""A confirmation of STOP is presumed fine within 5 minutes (47 CFR 64.1200(a)(12)), not later."""

MOST_ANSWERS, IN = 3, timedelta(minutes=10)
"""So that two machines never talk to each other for long."""

TWILIO_MEANS = {"STOP": Means.OPT_OUT, "START": Means.OPT_IN, "HELP": Means.HELP}
"""Twilio's OptOutType: what it has understood, and answered, itself."""

UNKNOWN_NUMBER = "unknown_number"


@dataclass(frozen=True, slots=True)
class Inbound:
    """One text as it came in: `sid` names it for ever, `opt_out_type` is Twilio's own reading."""

    sid: str
    sender: str
    recipient: str
    body: str
    opt_out_type: str = ""


@transaction()
def receive(inbound: Inbound, library: Library, now: datetime) -> InboundMessage | None:
    """Keep a text, do what it says and queue the answer. None when it was received before.

    A text from a number that belongs to no patient is kept and not answered; its STOP counts.
    """
    kept = _keep(inbound, now)
    if kept is None:
        return None
    patients = patients_with(inbound.sender)
    patient, conversation = _speaker(patients, now)
    intent = _understood(inbound, patient, conversation)
    kept.intent = intent.means if patient else UNKNOWN_NUMBER
    kept.interpretation = asdict(intent) | {"expecting": _expecting(inbound, conversation)}
    if intent.means is Means.OPT_OUT:
        consent.suppress(inbound.sender, "sms", now, intent.why)
    if patient is not None:
        kept.patient_id = patient.id
        texted = Texted(kept, patient, patients, conversation, intent, library, now)
        _answer(texted, answers.to(texted), answered=bool(inbound.opt_out_type))
        kept.handled_at = now
    return kept


def patients_with(phone: str) -> list[Patient]:
    """Everybody who can be reached at this number."""
    return list(
        db.session.scalars(select(Patient).filter_by(phone=phone).order_by(Patient.created_at))
    )


def _keep(inbound: Inbound, now: datetime) -> InboundMessage | None:
    statement = (
        insert_into(InboundMessage)
        .values(
            provider_sid=inbound.sid,
            sender=inbound.sender,
            recipient=inbound.recipient,
            body=inbound.body,
            received_at=now,
        )
        .on_conflict_do_nothing(index_elements=["provider_sid"])
        .returning(InboundMessage)
    )
    kept: InboundMessage | None = db.session.scalar(statement)
    return kept


def _speaker(patients: list[Patient], now: datetime) -> tuple[Patient | None, Conversation | None]:
    """Who is talking: on a shared phone, whoever was asked last, else was texted last."""
    open_ones = [c for p in patients if (c := conversations.current(p.id, now)) is not None]
    if open_ones:
        latest = max(open_ones, key=lambda conversation: conversation.asked_at)
        return next(p for p in patients if p.id == latest.patient_id), latest
    return max(patients, key=_last_texted, default=None), None


def _last_texted(patient: Patient) -> datetime:
    latest = db.session.scalar(
        select(func.max(OutboundMessage.claimed_at)).filter_by(patient_id=patient.id)
    )
    return latest or patient.created_at


def _expecting(inbound: Inbound, conversation: Conversation | None) -> Expects:
    if consent.is_suppressed(inbound.sender):
        return Expects.START
    return Expects(conversation.expects) if conversation else Expects.NOTHING


def _understood(
    inbound: Inbound, patient: Patient | None, conversation: Conversation | None
) -> Intent:
    if inbound.opt_out_type in TWILIO_MEANS:
        return Intent(TWILIO_MEANS[inbound.opt_out_type], why="twilio")
    language = patient.language if patient else "en"
    return parse(inbound.body, _expecting(inbound, conversation), language)


def _answer(texted: Texted, answer: Answer | None, answered: bool) -> None:
    if answer is None or answered or _is_talking_too_much(texted, answer):
        return
    confirms = answer.kind is Kind.CONFIRMATION
    intention = Intention(
        patient=texted.patient,
        plan=answer.plan,
        kind=answer.kind,
        template=answer.template,
        values=answer.values,
        dedupe_key=f"reply:{texted.kept.provider_sid}",
        due_at=texted.now,
        expires_at=texted.now + (CONFIRM_WITHIN if confirms else ANSWER_WITHIN),
        priority=outbox.REPLIES_FIRST,
    )
    outbox.enqueue([intention], texted.now)


def _is_talking_too_much(texted: Texted, answer: Answer) -> bool:
    if answer.always:
        return False
    recent = db.session.scalar(
        select(func.count()).where(
            OutboundMessage.phone == texted.patient.phone,
            OutboundMessage.kind == Kind.REPLY,
            OutboundMessage.created_at > texted.now - IN,
        )
    )
    return bool(recent is not None and recent >= MOST_ANSWERS)
