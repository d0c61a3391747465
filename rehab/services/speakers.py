"""Who is talking: on a phone that two patients share, nobody's pain is guessed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.message import (
    ABOUT_TODAYS_SESSION,
    Conversation,
    DeliveryState,
    OutboundMessage,
)
from rehab.models.patient import Patient
from rehab.notifications.intents import ASKS_A_NUMBER, UNASKED, Expects, Intent, Means
from rehab.services import conversations

REMINDED_FOR = timedelta(hours=12)
"""How long a DONE is taken to be about the exercise reminder that came before it."""

GONE_OUT = (DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)

FOR_ANYBODY = frozenset(
    {
        Means.OPT_OUT,
        Means.OPT_IN,
        Means.HELP,
        Means.SAFETY,
        Means.ACKNOWLEDGEMENT,
        Means.MAYBE_OPT_OUT,
    }
)
"""What holds for the phone, whoever of those who share it wrote it."""

ABOUT_A_REMINDER = frozenset({Means.DONE, Means.LATER, Means.SKIP})


@dataclass(frozen=True, slots=True)
class Speaker:
    """A patient with the question that is open with them. `is_known` is false when it may as well
    be somebody else who shares the phone: then nothing may be recorded of them."""

    patient: Patient
    conversation: Conversation | None = None
    expecting: Expects = Expects.NOTHING
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """Everybody at a number at one moment, and whether the number has said STOP."""

    patients: Sequence[Patient]
    at: datetime
    is_suppressed: bool = False

    @property
    def expecting(self) -> Expects:
        """What the number is expected to say, whoever it is: after a STOP nothing but START."""
        return Expects.START if self.is_suppressed else Expects.NOTHING

    def speaker(self, patient: Patient) -> Speaker:
        conversation = conversations.current(patient.id, self.at)
        expecting = conversations.expected(conversation, self.at)
        return Speaker(patient, conversation, self.expecting if self.is_suppressed else expecting)


def heard(line: Line, read: Callable[[Expects, str], Intent]) -> tuple[Speaker | None, Intent]:
    """Who is talking, and what they mean by `read`; None where the number is nobody's."""
    if not line.patients:
        return None, read(line.expecting, "en")
    asked = _the_one_asked(line)
    likely = asked or Speaker(max(line.patients, key=_last_texted), expecting=line.expecting)
    intent = read(likely.expecting, likely.patient.language)
    if len(line.patients) == 1 or intent.means in FOR_ANYBODY:
        return likely, intent
    known = _of_several(intent, asked, line)
    return known or Speaker(likely.patient, is_known=False), intent


def _the_one_asked(line: Line) -> Speaker | None:
    """The only one at the phone, or the only one with an open question; else the only one who has
    just answered one."""
    speakers = [line.speaker(patient) for patient in line.patients]
    if len(speakers) == 1:
        return speakers[0]
    waited_for = [s for s in speakers if s.expecting not in UNASKED]
    answered = [s for s in speakers if s.expecting is Expects.CORRECTION]
    possible = waited_for or answered
    return possible[0] if len(possible) == 1 else None


def _of_several(intent: Intent, asked: Speaker | None, line: Line) -> Speaker | None:
    if intent.means in ABOUT_A_REMINDER and not _answers_a_question(intent, asked):
        reminded = [p for p in line.patients if _was_reminded(p.id, line.at)]
        if reminded:
            return line.speaker(reminded[0]) if len(reminded) == 1 else None
    if asked is not None and asked.expecting is Expects.CORRECTION:
        return asked if intent.why == "worded" else None
    return asked


def _answers_a_question(intent: Intent, asked: Speaker | None) -> bool:
    """DONE answers a question about a session, SKIP any for a number."""
    if asked is None:
        return False
    if intent.means is Means.SKIP:
        return asked.expecting in ASKS_A_NUMBER
    return asked.expecting in (Expects.AFTER, Expects.DURING_AND_AFTER)


def _was_reminded(patient_id: UUID, at: datetime) -> bool:
    sent = select(OutboundMessage.id).where(
        OutboundMessage.patient_id == patient_id,
        OutboundMessage.kind.in_(ABOUT_TODAYS_SESSION),
        OutboundMessage.state.in_(GONE_OUT),
        OutboundMessage.claimed_at.between(at - REMINDED_FOR, at),
    )
    return db.session.scalar(sent.limit(1)) is not None


def _last_texted(patient: Patient) -> datetime:
    latest = db.session.scalar(
        select(func.max(OutboundMessage.claimed_at)).filter_by(patient_id=patient.id)
    )
    return latest or patient.created_at
