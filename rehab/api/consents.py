"""What a patient has allowed and taken back about texts, as it was said."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from rehab.api.http import Blueprint
from rehab.api.pages import PageIn, page, page_of
from rehab.api.seen import patient_seen
from rehab.models.message import SmsConsent
from rehab.services import consent

blueprint = Blueprint("consents", "Consent to texts")


class ConsentOut(Schema):
    """One row of the record. `action` is `granted`, `revoked`, `bedtime` (texts about sleep in the
    hour before it) or `daytime` (none of those any more); `wording` what the patient was shown or
    said. `kinds`, `most_a_day` and `hours` (local) are what it allows: nothing when taken back."""

    id = fields.UUID()
    action = fields.String()
    at = fields.AwareDateTime()
    wording = fields.String()
    kinds = fields.List(fields.String())
    most_a_day = fields.Integer(allow_none=True)
    hours = fields.String(allow_none=True)
    phone = fields.String()
    zone = fields.String()
    language = fields.String()
    channel = fields.String()
    actor = fields.String()


@blueprint.get("/patients/<uuid:id>/consents")
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, page_of(ConsentOut))
def consents(wanted: dict[str, Any], id: UUID) -> dict[str, Any]:
    """A patient's record of consent to texts, newest first."""
    patient = patient_seen(id)
    return page((consent.history_of(patient), SmsConsent.at, SmsConsent.id), **wanted)
