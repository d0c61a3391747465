"""The one question that is open with a patient, so that a bare number can be understood."""

from datetime import date, datetime, timedelta
from uuid import UUID

from rehab.extensions import db
from rehab.models.message import Conversation, Kind, OutboundMessage
from rehab.notifications.replies import Expects

ASKING: dict[str, Expects] = {Kind.MORNING: Expects.MORNING, Kind.MISSED: Expects.REASON}
"""The texts that ask something, and what."""

OPEN_FOR = timedelta(hours=12)
"""How long an answer is waited for; after that a number alone means nothing."""


def current(patient_id: UUID, now: datetime) -> Conversation | None:
    """The patient's open question, if there is one and it is not too old."""
    conversation = db.session.get(Conversation, patient_id)
    if conversation is None or conversation.expires_at <= now:
        return None
    return conversation


def open_question(
    patient_id: UUID,
    plan_id: UUID,
    expects: Expects,
    about_on: date,
    now: datetime,
    session_id: UUID | None = None,
) -> Conversation:
    """Expect this answer from now on, in place of any other."""
    conversation = db.session.get(Conversation, patient_id) or Conversation(patient_id=patient_id)
    conversation.plan_id, conversation.expects = plan_id, expects
    conversation.about_on, conversation.session_id = about_on, session_id
    conversation.asked_at, conversation.expires_at = now, now + OPEN_FOR
    conversation.reask_count = 0
    db.session.add(conversation)
    db.session.flush()
    return conversation


def close(patient_id: UUID) -> None:
    """Expect no answer from this patient any more."""
    conversation = db.session.get(Conversation, patient_id)
    if conversation is not None:
        db.session.delete(conversation)
        db.session.flush()


def ask(message: OutboundMessage, now: datetime) -> None:
    """A text has left, or may have: when it asks something, an answer is expected."""
    expects = ASKING.get(message.kind)
    if expects is not None and message.plan_id and message.about_on:
        open_question(message.patient_id, message.plan_id, expects, message.about_on, now)
