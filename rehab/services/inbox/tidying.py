"""Tidying the inbox: what was only to know is closed together, under one note."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from rehab.errors import Invalid
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.services import alerts
from rehab.services.alerts import INFORMATION
from rehab.services.transactions import transaction

MOST = 200


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many alerts were closed, and how many were left: closed by somebody else meanwhile, or
    of a level at which each is for a person to look at by itself."""

    closed: int
    left: int


@transaction()
def close_several(ids: Collection[UUID], note: str, by: Clinician, now: datetime) -> Tidied:
    """Close those of the clinic's open alerts that are only to know. Raises Invalid (no note, or
    none named)."""
    errors = {}
    if not note.strip():
        errors["note"] = ["say what was done"]
    if not 0 < len(ids) <= MOST:
        errors["ids"] = [f"tick 1 to {MOST}"]
    if errors:
        raise Invalid(errors)
    mine = select(Alert.id).where(
        Alert.clinic_id == by.clinic_id,
        Alert.id.in_(ids),
        Alert.level == INFORMATION,
        Alert.closed_at.is_(None),
    )
    # In one order for everybody, so that two who tidy up never wait for each other.
    found = db.session.scalars(mine.order_by(Alert.id).with_for_update()).all()
    for alert_id in found:
        alerts.close_alert(by.clinic_id, alert_id, by.id, note, now)
    return Tidied(len(found), len(ids) - len(found))
