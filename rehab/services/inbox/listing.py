"""What lies in a clinic's inbox until a person closes it: alerts, and replies that want reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.message import InboundMessage
from rehab.models.patient import Patient
from rehab.services.alerts import REVIEW, URGENT
from rehab.services.inbox import unread
from rehab.services.inbox.matters import Form, Key, Matter, matters

A_PAGE = 50
"""Matters on a page of the inbox."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many open alerts there are, how many of them are urgent, and how many unread replies."""

    alerts: int
    urgent: int
    replies: int = 0

    @property
    def all(self) -> int:
        return self.alerts + self.replies


@dataclass(frozen=True, slots=True)
class Page:
    """One page of matters, of how many in all; None where they are not counted."""

    matters: list[Matter]
    number: int
    has_more: bool
    total: int | None = None


def waiting(clinic_id: UUID) -> Waiting:
    """What lies in the inbox now."""
    counted = select(Alert.level, func.count()).where(*_open(clinic_id)).group_by(Alert.level)
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    texts = unread.of_clinic(clinic_id).with_only_columns(func.count(InboundMessage.id))
    replies = db.session.scalar(texts) or 0
    return Waiting(sum(found.values()), found.get(URGENT, 0), replies)


def open_matters(clinic_id: UUID, number: int = 1, patient_id: UUID | None = None) -> Page:
    """What waits, the most urgent first and of these the oldest; of one patient, if given."""
    alerts = select(Alert.level, Alert.opened_at, Alert.id).where(*_open(clinic_id))
    texts = unread.of_clinic(clinic_id).with_only_columns(
        InboundMessage.received_at, InboundMessage.id
    )
    if patient_id is not None:
        alerts = alerts.where(Alert.patient_id == patient_id)
        texts = texts.where(InboundMessage.patient_id == patient_id)
    found = [(-level, at, Form.ALERT, id_) for level, at, id_ in db.session.execute(alerts)]
    found += [(-REVIEW, at, Form.REPLY, id_) for at, id_ in db.session.execute(texts)]
    keys: list[Key] = [(form, id_) for _, _, form, id_ in sorted(found)]
    return _page(clinic_id, keys, number, len(keys))


def closed_matters(clinic_id: UUID, number: int = 1, patient_id: UUID | None = None) -> Page:
    """What was closed, the last one first."""
    alerts = select(Alert.closed_at, Alert.id).where(
        Alert.clinic_id == clinic_id, Alert.closed_at.is_not(None)
    )
    texts = (
        select(InboundMessage.closed_at, InboundMessage.id)
        .join(Patient, Patient.id == InboundMessage.patient_id)
        .where(Patient.clinic_id == clinic_id, InboundMessage.closing_note.is_not(None))
    )
    if patient_id is not None:
        alerts = alerts.where(Alert.patient_id == patient_id)
        texts = texts.where(InboundMessage.patient_id == patient_id)
    enough = number * A_PAGE + 1
    last_alerts = alerts.order_by(Alert.closed_at.desc(), Alert.id.desc()).limit(enough)
    last_texts = texts.order_by(InboundMessage.closed_at.desc(), InboundMessage.id.desc())
    found = [(at, Form.ALERT, id_) for at, id_ in db.session.execute(last_alerts)]
    found += [(at, Form.REPLY, id_) for at, id_ in db.session.execute(last_texts.limit(enough))]
    keys: list[Key] = [(form, id_) for _, form, id_ in sorted(found, reverse=True)]
    return _page(clinic_id, keys, number, None)


def _open(clinic_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (Alert.clinic_id == clinic_id, Alert.closed_at.is_(None))


def _page(clinic_id: UUID, keys: Sequence[Key], number: int, total: int | None) -> Page:
    first = (number - 1) * A_PAGE
    shown = keys[first : first + A_PAGE]
    return Page(matters(clinic_id, shown), number, len(keys) > first + A_PAGE, total)
