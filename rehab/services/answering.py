"""Queueing the answer to a text, unless a machine seems to be at the other end."""

import re
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from rehab.extensions import db
from rehab.models.message import InboundMessage, Kind, OutboundMessage
from rehab.models.number import key_of
from rehab.services import outbox
from rehab.services.outbox import Intention
from rehab.services.texted import Answer, Texted

ANSWER_WITHIN = timedelta(hours=1)
CONFIRM_WITHIN = timedelta(minutes=5)
"""A confirmation of STOP is presumed fine within 5 minutes (47 CFR 64.1200(a)(12)), not later."""

MOST_ANSWERS, IN = 3, timedelta(minutes=10)
SAME_TEXTS = 3
"""So many answers in ten minutes, and no answer to the same text for the third time in them."""

SAME_ANSWERS, IN_A_DAY = 5, timedelta(hours=24)
"""So that two machines that take their time do not talk to each other all day."""

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def can_be_answered(sender: str) -> bool:
    """Whether a sender is a phone (E.164), not a short code or a name: those are machines."""
    return NUMBER.fullmatch(sender) is not None


def queue(answer: Answer, texted: Texted, unsure: bool) -> None:
    """Put the answer at the head of the queue; `unsure` where it may have been sent already."""
    if _seems_a_machine(answer, texted):
        return
    confirms = answer.kind is Kind.CONFIRMATION
    intention = Intention(
        patient=texted.patient,
        plan=answer.plan,
        kind=answer.kind,
        template=answer.template,
        values=answer.values,
        dedupe_key=f"reply:{texted.kept.provider_sid}",
        due_at=texted.at if unsure else texted.now,
        expires_at=texted.now + (CONFIRM_WITHIN if confirms else ANSWER_WITHIN),
        priority=outbox.REPLIES_FIRST,
    )
    outbox.enqueue([intention], texted.now, unsure=unsure)


def _seems_a_machine(answer: Answer, texted: Texted) -> bool:
    """A STOP is always confirmed: it is what ends every loop."""
    if answer.kind is Kind.CONFIRMATION:
        return False
    if not answer.always and _answers(texted, IN) >= MOST_ANSWERS:
        return True
    same = OutboundMessage.template == answer.template
    return _answers(texted, IN_A_DAY, same) >= SAME_ANSWERS or _same_texts(texted) >= SAME_TEXTS


def _answers(texted: Texted, within: timedelta, *which: ColumnElement[bool]) -> int:
    """How many answers this number was lately given."""
    return _count(
        OutboundMessage.phone_key == key_of(texted.patient.phone),
        OutboundMessage.kind == Kind.REPLY,
        OutboundMessage.created_at > texted.now - within,
        *which,
    )


def _same_texts(texted: Texted) -> int:
    """How often this number has lately sent these very words, this time included."""
    lately = select(InboundMessage.body).where(
        InboundMessage.sender_key == key_of(texted.kept.sender),
        InboundMessage.received_at > texted.at - IN,
        InboundMessage.received_at <= texted.at,
    )
    return list(db.session.scalars(lately)).count(texted.kept.body)


def _count(*which: ColumnElement[bool]) -> int:
    return db.session.scalars(select(func.count()).where(*which)).one()
