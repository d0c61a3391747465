"""The one question that is open with a patient, so that a bare number can be understood.

An answered question stays for a while: the number that answered it may be corrected.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from rehab.extensions import db
from rehab.models.message import Conversation, Kind, OutboundMessage
from rehab.notifications.intents import ASKS_A_NUMBER, Expects

ASKING: dict[str, Expects] = {
    Kind.MORNING: Expects.MORNING,
    Kind.SLEEP_QUESTION: Expects.SLEEP,
    Kind.MISSED: Expects.REASON,
}
"""The texts that ask something, and what."""

OPEN_FOR = timedelta(hours=12)
"""How long an answer is waited for; after that a number alone means nothing."""

TO_THE_CLINIC, SILENT_FOR = 2, timedelta(hours=12)
"""The unreadable text in a row that a person is asked to read, and how long none is answered."""

CORRECTABLE_FOR = timedelta(minutes=10)
"""How long after a number another one may take its place."""


def expected(conversation: Conversation | None, at: datetime) -> Expects:
    """What a text of this moment may be the answer to."""
    if conversation is None or at < conversation.asked_at:
        return Expects.NOTHING
    asked, answered_at = Expects(conversation.expects), conversation.answered_at
    if answered_at is None:
        return asked if at < conversation.asked_at + OPEN_FOR else Expects.NOTHING
    soon = answered_at <= at < answered_at + CORRECTABLE_FOR
    return Expects.CORRECTION if soon and asked in ASKS_A_NUMBER else Expects.NOTHING


def current(patient_id: UUID, at: datetime) -> Conversation | None:
    """The question that is open with the patient, or was just answered; None without one."""
    conversation = db.session.get(Conversation, patient_id)
    return conversation if expected(conversation, at) is not Expects.NOTHING else None


def is_overtaken(patient_id: UUID, at: datetime) -> bool:
    """Whether something else was asked after this moment, as of a text that is found late."""
    conversation = db.session.get(Conversation, patient_id)
    return conversation is not None and conversation.asked_at > at


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
    conversation.answered_at, conversation.reask_count = None, 0
    db.session.add(conversation)
    db.session.flush()
    return conversation


def answer(conversation: Conversation, at: datetime) -> None:
    """The question was answered at this moment, or the answer corrected."""
    conversation.answered_at = at
    db.session.flush()


def close(patient_id: UUID) -> None:
    """Expect no answer from this patient any more, and no correction."""
    conversation = db.session.get(Conversation, patient_id)
    if conversation is not None:
        db.session.delete(conversation)
        db.session.flush()


def ask(message: OutboundMessage, now: datetime) -> None:
    """A text has left, or may have: when it asks something, an answer is expected.

    Asked once: whoever hears late that it has left does not open an answered question again, nor
    this one where another was asked since.
    """
    expects = ASKING.get(message.kind)
    if expects is None or message.plan_id is None or message.about_on is None:
        return
    known = db.session.get(Conversation, message.patient_id)
    if known is not None and known.asked_at > now:
        return
    question = (message.plan_id, expects, message.about_on)
    if known is None or (known.plan_id, known.expects, known.about_on) != question:
        open_question(message.patient_id, *question, now)


def count_miss(patient_id: UUID, plan_id: UUID, on: date, now: datetime) -> int:
    """One more text that could not be read; how many there were in a row.

    The row begins anew with a question, with a text that is understood, 12 hours after it began,
    or 12 hours after the clinic was asked to read it.
    """
    conversation = db.session.get(Conversation, patient_id)
    if conversation is None or conversation.expires_at <= now:
        conversation = open_question(patient_id, plan_id, Expects.NOTHING, on, now)
    conversation.reask_count += 1
    if conversation.reask_count == TO_THE_CLINIC:
        conversation.expires_at = now + SILENT_FOR
    db.session.flush()
    return conversation.reask_count


def forget_misses(patient_id: UUID) -> None:
    """A text was understood."""
    conversation = db.session.get(Conversation, patient_id)
    if conversation is not None:
        conversation.reask_count = 0
