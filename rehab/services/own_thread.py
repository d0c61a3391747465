"""The texts of the last weeks, both ways, as the patient may read them again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.message import DeliveryState, InboundMessage, Kind, OutboundMessage
from rehab.models.patient import Patient

LATELY = timedelta(days=30)
PLANNED_AHEAD = timedelta(days=4)
"""A text is queued so long before it leaves, at the most."""

MOST = 200
"""Texts each way that are shown: more than anybody has in a month, and no more than fit."""

WENT = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.FAILED)


@dataclass(frozen=True, slots=True)
class Said:
    """One text; `words` is None once they are no longer kept, and of a code to sign in.

    `arrived` is False where it did not, and None where nobody knows.
    """

    at: datetime
    by_patient: bool
    words: str | None
    is_code: bool = False
    arrived: bool | None = True


def lately(patient: Patient, now: datetime) -> list[Said]:
    """What was texted in the last 30 days, the newest first."""
    said = [*_sent(patient, now - LATELY), *_received(patient, now - LATELY)]
    return sorted(said, key=lambda text: text.at, reverse=True)


def _sent(patient: Patient, since: datetime) -> Iterator[Said]:
    left_at = func.coalesce(OutboundMessage.accepted_at, OutboundMessage.offered_at)
    texts = select(OutboundMessage).where(
        OutboundMessage.patient_id == patient.id,
        OutboundMessage.created_at > since - PLANNED_AHEAD,
        OutboundMessage.state.in_(WENT),
        left_at >= since,
    )
    for text in db.session.scalars(texts.order_by(left_at.desc()).limit(MOST)):
        yield Said(
            text.accepted_at or text.offered_at or text.due_at,
            by_patient=False,
            words=None if text.kind == Kind.SIGN_IN else text.body,
            is_code=text.kind == Kind.SIGN_IN,
            arrived=ARRIVED[text.state],
        )


ARRIVED = {
    DeliveryState.ACCEPTED: True,
    DeliveryState.UNKNOWN: None,
    DeliveryState.FAILED: False,
}


def _received(patient: Patient, since: datetime) -> Iterator[Said]:
    texts = select(InboundMessage).where(
        InboundMessage.patient_id == patient.id, InboundMessage.received_at >= since
    )
    newest = texts.order_by(InboundMessage.received_at.desc()).limit(MOST)
    for text in db.session.scalars(newest):
        yield Said(text.received_at, by_patient=True, words=text.body or None)
