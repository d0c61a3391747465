"""How Twilio signs what it posts to us, for whoever must try our own door."""

from collections.abc import Mapping

SIGNATURE = "X-Twilio-Signature"


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """What stands in SIGNATURE when Twilio posts `form` to `url`."""
    from twilio.request_validator import RequestValidator

    signed: str = RequestValidator(token).compute_signature(url, form)
    return signed
