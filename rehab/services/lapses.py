"""Lapses: texts whose time passed before they could leave. The clinic learns how many, once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from rehab.extensions import db
from rehab.models.message import DeliveryState, OutboundMessage
from rehab.services.alerts import INFORMATION, open_clinic_alert
from rehab.services.transactions import transaction

NOT_IN_TIME = "not sent in time"
KIND = "texts_missed"


@transaction()
def tell(now: datetime) -> None:
    """Open or renew each clinic's alert about the texts that lapsed at `now`."""
    lapsed = select(OutboundMessage.clinic_id).where(*_lapsed(now)).distinct()
    for clinic_id in db.session.scalars(lapsed).all():
        alert = open_clinic_alert(clinic_id, KIND, INFORMATION, "", now)
        alert.about = _about(clinic_id, alert.opened_at)


def _about(clinic_id: UUID, since: datetime) -> str:
    counted = select(
        func.count(),
        func.count(OutboundMessage.patient_id.distinct()),
        func.min(OutboundMessage.due_at),
        func.max(OutboundMessage.due_at),
    ).where(OutboundMessage.clinic_id == clinic_id, *_lapsed(since))
    texts, patients, first, last = db.session.execute(counted).one()
    return (
        f"{texts} texts to {patients} patients could not be sent in time; they were due from"
        f" {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC."
    )


def _lapsed(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboundMessage.state == DeliveryState.EXPIRED,
        OutboundMessage.state_reason == NOT_IN_TIME,
        OutboundMessage.settled_at >= since,
    )
