"""The thread of texts with a patient: what was sent and what came back; and a message by hand."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from rehab import clock
from rehab.api.bearer import clinician
from rehab.api.http import Blueprint
from rehab.api.pages import PageIn, page, page_of
from rehab.api.schemas import In, text
from rehab.api.seen import patient_seen
from rehab.models.message import InboundMessage, OutboundMessage
from rehab.services import enrolment, thread

blueprint = Blueprint("messages", "Texts with a patient")


class MessageOut(Schema):
    """One text. `state` is the delivery's for one that we send, and `received` for the patient's;
    `says` is what became of it, in a sentence and by the patient's clock; `at` is when it was or
    will be due, or came in; `body` is null until it is worded."""

    id = fields.UUID()
    direction = fields.Function(
        lambda m: "in" if isinstance(m, InboundMessage) else "out", metadata={"type": "string"}
    )
    at = fields.Function(
        lambda m: (m.received_at if isinstance(m, InboundMessage) else m.due_at).isoformat(),
        metadata={"type": "string", "format": "date-time"},
    )
    kind = fields.String(dump_default=None)
    body = fields.Function(thread.shown, metadata={"type": ["string", "null"]})
    state = fields.String(dump_default="received")
    state_reason = fields.String(dump_default=None, allow_none=True)
    says = fields.Function(thread.says, metadata={"type": "string"})
    intent = fields.String(dump_default=None, allow_none=True)


class MessageIn(In):
    body = text(1, 480, required=True)


@blueprint.get("/patients/<uuid:id>/messages")
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, page_of(MessageOut))
def messages(wanted: dict[str, Any], id: UUID) -> dict[str, Any]:
    """The thread, newest first, with what is still to be sent."""
    patient = patient_seen(id)
    return page(
        (thread.sent_to(patient), OutboundMessage.due_at, OutboundMessage.id),
        (thread.received_from(patient), InboundMessage.received_at, InboundMessage.id),
        **wanted,
    )


@blueprint.post("/patients/<uuid:id>/messages")
@blueprint.arguments(MessageIn)
@blueprint.response(201, MessageOut)
def write(said: dict[str, str], id: UUID) -> OutboundMessage:
    """Send a text in the clinician's own words."""
    patient = enrolment.find_patient(clinician().clinic_id, id)
    return thread.write(patient, said["body"], clock.now())
