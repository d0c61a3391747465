"""What follows when a text could not be delivered: the number is left alone, the clinic is told."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from rehab.extensions import db
from rehab.models.message import DeliveryState, OutboundMessage
from rehab.models.number import key_of
from rehab.notifications.senders import Kind, Outcome, Reason
from rehab.services import consent, gates
from rehab.services.alerts import INFORMATION, REVIEW, open_alert

log = logging.getLogger(__name__)

ABOUT = {
    Reason.OPTED_OUT: (INFORMATION, "The patient has opted out of texts with the provider."),
    Reason.BAD_NUMBER: (REVIEW, "Texts do not reach this number. Please check it."),
    Reason.BLOCKED: (REVIEW, "The phone company blocks texts to this number."),
    Reason.REFUSED: (REVIEW, "The provider refused a text. Please look at its error code."),
}
"""The level and the words of the alert that each reason opens."""

LEFT_ALONE = {Reason.OPTED_OUT: "provider", Reason.BAD_NUMBER: "bad_number"}
"""Why a number gets nothing more, by the reason for which a text to it failed."""


BLOCKS_IN_A_ROW = 2
"""Blocked twice in a row, a number is left alone (messaging.md 3.1)."""


def give_up(message: OutboundMessage, reason: str, now: datetime) -> None:
    """Bring a text to rest that cannot be sent, for a reason that a person has to look into."""
    message.settle(DeliveryState.FAILED, reason[:200], now)
    about = f"A text could not be sent: {reason}"
    open_alert(message.patient, "text_failed", REVIEW, about, now)


@contextmanager
def giving_up(message: OutboundMessage, now: datetime) -> Iterator[None]:
    """Bring the text to rest when its words cannot be made, whatever is wrong with it: it must not
    hold up the others. What is wrong with the database is not the text's fault."""
    try:
        yield
    except SQLAlchemyError:
        raise
    except Exception as error:
        log.exception("text %s cannot be made", message.id)
        give_up(message, f"no words: {error}", now)


def of_failure(message: OutboundMessage, reason: Reason | None, now: datetime) -> None:
    """Leave the number alone and open an alert, as the reason demands."""
    if reason in LEFT_ALONE:
        consent.suppress(message.phone, LEFT_ALONE[reason], now)
    if reason is Reason.BLOCKED and _was_blocked(message):
        consent.suppress(message.phone, "blocked", now)
    if reason is Reason.FILTERED and message.template:
        gates.hold_template(message.template, now)
    if reason is Reason.OURS_IS_BROKEN:
        gates.heed([Outcome(Kind.FAILED, reason=reason)], now)
    if reason is Reason.OPTED_OUT and message.patient.sms_consent:
        consent.revoke(message.patient, "provider", "provider", now)
    if reason in ABOUT:
        level, about = ABOUT[reason]
        open_alert(message.patient, f"text_{reason}", level, about, now)


def _was_blocked(message: OutboundMessage) -> bool:
    """Whether the last text to this number before this one was blocked too."""
    before = (
        select(OutboundMessage.state_reason)
        .where(
            OutboundMessage.phone_key == key_of(message.phone),
            OutboundMessage.id != message.id,
            OutboundMessage.offered_at.is_not(None),
        )
        .order_by(OutboundMessage.offered_at.desc())
        .limit(BLOCKS_IN_A_ROW - 1)
    )
    return db.session.scalars(before).all() == [Reason.BLOCKED] * (BLOCKS_IN_A_ROW - 1)
