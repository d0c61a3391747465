"""The thread of texts with a patient, and a message that a clinician writes by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Select, select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.message import DeliveryState, InboundMessage, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.notifications.gsm7 import septets
from rehab.notifications.plain_words import Fate, in_words
from rehab.services import outbox
from rehab.services.actors import acted
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction

BY_HAND_WITHIN = timedelta(hours=24)
LONGEST = 3 * 153
"""Septets of three joined texts: more is a letter, not a text."""

MOST = 60
"""Texts of a thread that are looked at together."""

Text = OutboundMessage | InboundMessage


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a thread, the oldest first; `earlier_than` is where the one before it ends, None
    where there is none. `coming` are the texts that have not left yet."""

    texts: Sequence[Text]
    coming: Sequence[OutboundMessage]
    earlier_than: datetime | None


def stretch(patient: Patient, before: datetime | None = None) -> Stretch:
    """The last texts with a patient, or those before a moment; with the last ones, what is to
    come."""
    waits = OutboundMessage.state == DeliveryState.PENDING
    sent, received = sent_to(patient).where(~waits), received_from(patient)
    if before is not None:
        sent = sent.where(OutboundMessage.due_at < before)
        received = received.where(InboundMessage.received_at < before)
    found: list[Text] = [
        *db.session.scalars(sent.order_by(OutboundMessage.due_at.desc()).limit(MOST + 1)),
        *db.session.scalars(received.order_by(InboundMessage.received_at.desc()).limit(MOST + 1)),
    ]
    texts = sorted(found, key=_in_order)[-MOST:]
    coming = sent_to(patient).where(waits).order_by(OutboundMessage.due_at)
    return Stretch(
        texts,
        [] if before is not None else list(db.session.scalars(coming)),
        moment(texts[0]) if len(found) > MOST else None,
    )


def _in_order(text: Text) -> tuple[datetime, bool]:
    """A text comes before the answer that was queued at the same moment."""
    return moment(text), isinstance(text, OutboundMessage)


def moment(text: Text) -> datetime:
    """When a text came in, or was due to leave."""
    return text.received_at if isinstance(text, InboundMessage) else text.due_at


def shown(message: Text) -> str | None:
    """The words, as the clinic may read them: a sign-in code is for the patient alone."""
    if isinstance(message, OutboundMessage) and message.kind == Kind.SIGN_IN:
        return None
    return message.body


def sent_to(patient: Patient) -> Select[OutboundMessage]:
    return select(OutboundMessage).filter_by(patient_id=patient.id)


def received_from(patient: Patient) -> Select[InboundMessage]:
    return select(InboundMessage).filter_by(patient_id=patient.id)


def says(message: Text) -> str:
    """What became of a text, in a clinician's words and by the patient's clock."""
    if isinstance(message, InboundMessage):
        return "Received."
    zone = message.patient.tz
    moments = ("due_at", "accepted_at", "look_at", "settled_at")
    known = {name: getattr(message, name) for name in moments}
    local = {name: at.astimezone(zone) for name, at in known.items() if at is not None}
    fate = Fate(
        state=message.state,
        reason=message.state_reason,
        provider_status=message.provider_status,
        **local,
    )
    return in_words(fate)


@transaction()
def write(patient: Patient, body: str, now: datetime, key: UUID | None = None) -> OutboundMessage:
    """Queue a text in the clinician's own words, under the clinic's name, within texting hours.

    The same words with the same `key`, which is the form's own, are one text however often they
    are sent. Raises Invalid (empty, too long, characters that a text cannot hold) and Conflict
    without the patient's consent.
    """
    words = f"{patient.clinic.name}: {body.strip()}"
    length = septets(words)
    if not body.strip():
        raise Invalid({"body": ["say something"]})
    if length is None:
        raise Invalid({"body": ["holds characters that a plain text cannot (GSM-7)"]})
    if length > LONGEST:
        raise Invalid({"body": [f"is {length - LONGEST} characters too long"]})
    if not patient.sms_consent:
        raise Conflict("the patient has not agreed to texts")
    dedupe_key = f"by-hand:{uuid5(patient.id, f'{key or uuid4()} {words}')}"
    intention = Intention(
        patient=patient,
        kind=Kind.BY_HAND,
        template="",
        body=words,
        dedupe_key=dedupe_key,
        due_at=now,
        expires_at=now + BY_HAND_WITHIN,
    )
    is_new = outbox.enqueue([intention], now) > 0
    written = db.session.scalars(select(OutboundMessage).filter_by(dedupe_key=dedupe_key)).one()
    if is_new:
        acted("message.written", written, now)
    return written
