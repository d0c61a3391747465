"""Texts that a person has to read: what was not understood, asks for help, or may mean stop.

One that an open alert tells of waits with that alert and is closed with it; the others wait by
themselves. A text of an unknown number is nobody's, and waits nowhere.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from rehab.errors import Conflict, Invalid, NotFound
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.message import InboundMessage
from rehab.models.patient import Patient
from rehab.notifications.intents import Means
from rehab.services.actors import acted
from rehab.services.transactions import hold, transaction

WANTED = (Means.HELP, Means.MAYBE_OPT_OUT, Means.SAFETY, Means.UNREADABLE)
"""The readings after which a person reads the text too: the server has at most asked back."""

TOLD_BY = {Means.SAFETY: "danger_words", Means.UNREADABLE: "unread_text"}
"""The kind of alert that tells of a text that was read so."""

READ_AS = {kind: means for means, kind in TOLD_BY.items()}


def is_unread() -> ColumnElement[bool]:
    """That a text wants reading, and nobody has said yet that they have."""
    return InboundMessage.closed_at.is_(None) & InboundMessage.intent.in_(WANTED)


def is_told() -> ColumnElement[bool]:
    """That an open alert tells of a text of this meaning of this patient."""
    told = ((InboundMessage.intent == m) & _has_open(k) for m, k in TOLD_BY.items())
    return or_(*told)


def _has_open(kind: str) -> ColumnElement[bool]:
    """One list of patients for the whole query: a look at each text's own alerts takes longer."""
    whose = select(Alert.patient_id).where(
        Alert.kind == kind, Alert.closed_at.is_(None), Alert.patient_id.is_not(None)
    )
    return InboundMessage.patient_id.in_(whose)


def of_clinic(clinic_id: UUID) -> Select[InboundMessage]:
    """The unread texts of a clinic that no open alert tells of."""
    return select(InboundMessage).where(is_unread(), _is_of(clinic_id), ~is_told())


def counts_of(clinic_id: UUID) -> dict[UUID, int]:
    """How many of them each patient has sent; who has sent none is not there."""
    whose = InboundMessage.patient_id
    counted = select(whose, func.count()).where(is_unread(), _is_of(clinic_id), ~is_told())
    found = db.session.execute(counted.group_by(whose))
    return {patient_id: count for patient_id, count in found if patient_id is not None}


def _is_of(clinic_id: UUID) -> ColumnElement[bool]:
    """That a text came from one of the clinic's patients. Unread texts are few and found by their
    meaning; a join would begin with all patients."""
    return exists().where(Patient.id == InboundMessage.patient_id, Patient.clinic_id == clinic_id)


def told_by(alerts: Iterable[Alert]) -> dict[UUID, list[InboundMessage]]:
    """The unread texts that each of these alerts tells of, by the alert's id, the oldest first."""
    telling = [alert for alert in alerts if alert.kind in READ_AS and alert.closed_at is None]
    if not telling:
        return {}
    theirs = select(InboundMessage).where(
        is_unread(), InboundMessage.patient_id.in_({alert.patient_id for alert in telling})
    )
    texts = list(db.session.scalars(theirs.order_by(InboundMessage.received_at)))
    return {
        alert.id: [
            text
            for text in texts
            if text.patient_id == alert.patient_id and text.intent == READ_AS[alert.kind]
        ]
        for alert in telling
    }


def close_with(texts: Iterable[InboundMessage], clinician_id: UUID, now: datetime) -> None:
    """What an alert told of was read by whoever has closed it."""
    for text in texts:
        text.closed_at, text.closed_by_id = now, clinician_id


def find(clinic_id: UUID, text_id: UUID) -> InboundMessage:
    """A text from one of the clinic's patients that wants reading, or did. Raises NotFound."""
    text = db.session.scalar(
        select(InboundMessage).where(
            _is_of(clinic_id),
            InboundMessage.id == text_id,
            InboundMessage.intent.in_(WANTED),
        )
    )
    if text is None:
        raise NotFound("there is no such text")
    return text


@transaction()
def close_reply(
    clinic_id: UUID, text_id: UUID, clinician_id: UUID, note: str, now: datetime
) -> InboundMessage:
    """Say that a text was read, and what was done. Raises NotFound, Invalid (no note) and Conflict
    (closed already)."""
    text = find(clinic_id, text_id)
    hold(text)
    if not note.strip():
        raise Invalid({"note": ["say what was done"]})
    if text.closed_at is not None:
        raise Conflict("the text was closed already")
    text.closed_at, text.closed_by_id, text.closing_note = now, clinician_id, note.strip()
    acted("reply.closed", text, now)
    return text
