"""What Twilio tells us later about a text: in any order, more than once, or never."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from rehab.errors import NotFound
from rehab.extensions import db
from rehab.models.message import DeliveryState, MessageEvent, OutboundMessage
from rehab.notifications.senders import Reason
from rehab.services import consequences, outcomes, tallies
from rehab.services.transactions import persistent, transaction

RANKS = {
    "accepted": 0,
    "scheduled": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    **dict.fromkeys(("delivered", "undelivered", "failed", "canceled", "read"), 5),
}
"""How far a text has come. A status counts only when it is further than the last."""

UNHEARD_OF = -1
FINAL = 5
NOT_DELIVERED = frozenset({"undelivered", "failed", "canceled"})
OPEN_STATES = frozenset(
    {DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.EXPIRED}
)
"""States of a text that Twilio turns out to have accepted all the same."""


@persistent
@transaction()
def receive_status(
    message_id: UUID,
    provider_sid: str,
    status: str,
    code: int | None,
    reason: Reason | None,
    now: datetime,
) -> None:
    """Keep one status callback, and move the text on if it tells something new.

    A callback proves acceptance, whatever became of the answer to our request. Raises NotFound
    for a text that is not ours.
    """
    message = db.session.get(OutboundMessage, message_id, with_for_update=True)
    if message is None:
        raise NotFound("there is no such message")
    db.session.add(
        MessageEvent(
            message_id=message.id,
            at=now,
            provider_status=status,
            rank=RANKS.get(status, UNHEARD_OF),
            error_code=code,
        )
    )
    if message.provider_sid not in (None, provider_sid) or _is_anothers(provider_sid, message):
        return
    if message.state in OPEN_STATES:
        if message.state is DeliveryState.UNKNOWN:
            tallies.add(tallies.RECONCILED, {"told": 1})
        outcomes.accept(message, provider_sid, now, arrives=status not in NOT_DELIVERED)
    message.provider_sid = provider_sid
    move_on(message, status, code, reason, now)


def _is_anothers(provider_sid: str, message: OutboundMessage) -> bool:
    """Of two equal texts to one number, one was taken for the other when they were looked up."""
    same = select(OutboundMessage.id).filter_by(provider_sid=provider_sid)
    return db.session.scalar(same.where(OutboundMessage.id != message.id)) is not None


def move_on(
    message: OutboundMessage, status: str, code: int | None, reason: Reason | None, now: datetime
) -> None:
    """Take a status into account, if it is further than what is known of an accepted text."""
    rank = RANKS.get(status, UNHEARD_OF)
    if rank <= message.status_rank:
        return
    message.provider_status, message.status_rank = status, rank
    message.error_code = code if code is not None else message.error_code
    if message.provider_status in NOT_DELIVERED:
        message.settle(DeliveryState.FAILED, reason or message.provider_status, now)
        consequences.of_failure(message, reason, now)
    elif message.status_rank == FINAL:
        message.settled_at = now
