"""Alerts: what a person must look at."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from rehab import clock
from rehab.api.bearer import clinician
from rehab.api.http import Blueprint
from rehab.api.pages import PageIn, page, page_of
from rehab.api.schemas import In, choice, text
from rehab.models.alert import Alert
from rehab.services import alerts, clinician_acts
from rehab.wiring import library

blueprint = Blueprint("alerts", "What a person must look at, until a person closes it")


class AlertsQuery(PageIn):
    state = choice("open", "closed", "all", load_default="open")


class AlertOut(Schema):
    """`level` 3 is now, 2 within two working days, 1 information. `patient_id` is null where it
    is about the clinic itself."""

    id = fields.UUID()
    patient_id = fields.UUID(allow_none=True)
    plan_id = fields.UUID(allow_none=True)
    level = fields.Integer()
    kind = fields.String()
    about = fields.String()
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    note = fields.String()


class CloseIn(In):
    note = text(1, 2000, required=True)


@blueprint.get("/alerts")
@blueprint.arguments(AlertsQuery, location="query")
@blueprint.response(200, page_of(AlertOut))
def list_alerts(wanted: dict[str, Any]) -> dict[str, Any]:
    """The clinic's alerts, newest first; the open ones unless `state` says otherwise."""
    state = wanted.pop("state")
    query = alerts.alerts_of(clinician().clinic_id)
    if state != "all":
        is_open = Alert.closed_at.is_(None)
        query = query.where(is_open if state == "open" else ~is_open)
    return page((query, Alert.opened_at, Alert.id), **wanted)


@blueprint.post("/alerts/<uuid:id>/close")
@blueprint.arguments(CloseIn)
@blueprint.response(200, AlertOut)
def close(said: dict[str, str], id: UUID) -> Alert:
    """Close an alert with a note of what was done."""
    return clinician_acts.close_alert(id, said["note"], clinician(), library(), clock.now())
