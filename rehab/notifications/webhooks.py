"""Twilio's door: signed requests only, for a text that came in and for what became of one sent."""

from uuid import UUID

from flask import Blueprint, Response, abort, request
from twilio.request_validator import RequestValidator

from rehab import clock
from rehab.errors import NotFound
from rehab.notifications.senders.twilio_codes import reason_for
from rehab.services import receipts, replies
from rehab.services.replies import Inbound
from rehab.tenancy import across_clinics
from rehab.wiring import wiring

blueprint = Blueprint("twilio", __name__, url_prefix="/webhooks/twilio")

SIGNATURE = "X-Twilio-Signature"
LONGEST_ADDRESS = 32
NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""Answers go out through the queue, so Twilio is told to say nothing itself."""


@blueprint.before_request
def only_twilio() -> None:
    """Refuse whatever Twilio has not signed.

    The signature covers the public address, which behind a proxy is not the one in the request:
    it is put together from REHAB_PUBLIC_URL and the path. While the auth token is being changed,
    the one before signs as well; both are always tried, so that the time taken tells nothing.
    """
    settings = wiring().settings
    signature = request.headers.get(SIGNATURE)
    if not signature or settings.sms != "twilio" or request.query_string:
        abort(403)
    url = settings.public_url + request.path
    tokens = [t for t in (settings.twilio_auth_token, settings.twilio_auth_token_old) if t]
    fits = [RequestValidator(t).validate(url, request.form, signature) for t in tokens]
    if not any(fits):
        abort(403)


@blueprint.post("/inbound")
@across_clinics("a text names a phone, not a clinic")
def inbound() -> Response:
    """A patient's text: kept, acted on, answered through the queue."""
    text = Inbound(
        sid=_field("MessageSid"),
        sender=_field("From")[:LONGEST_ADDRESS],
        recipient=_field("To")[:LONGEST_ADDRESS],
        body=request.form.get("Body", "").replace("\0", ""),
        opt_out_type=request.form.get("OptOutType", ""),
    )
    replies.receive(text, wiring().library, clock.now())
    return Response(NO_ANSWER, content_type="text/xml")


@blueprint.post("/status/<uuid:message_id>")
@across_clinics("a receipt names a text, not a clinic")
def status(message_id: UUID) -> Response:
    """What became of one of our texts; the id in the path is ours."""
    code = _code()
    reason = reason_for(code) if code else None
    told = (_field("MessageSid"), _field("MessageStatus"), code, reason)
    try:
        receipts.receive_status(message_id, *told, clock.now())
    except NotFound:
        abort(404)
    return Response(status=204)


def _field(name: str) -> str:
    value = request.form.get(name, "")
    if not value or len(value) > 64 or "\0" in value:
        abort(400)
    return value


def _code() -> int | None:
    code = request.form.get("ErrorCode", "")
    return int(code) if code.isascii() and code.isdecimal() and len(code) < 9 else None
