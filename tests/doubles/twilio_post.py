"""What Twilio posts to a clinic, and how it signs it."""

import base64
import hashlib
import hmac
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

ACCOUNT = "AC" + "0" * 32
TOKEN = "a token that only Twilio and the clinic know"
NUMBER = "+15005550006"


def signature(token: str, url: str, form: dict[str, str]) -> str:
    """HMAC-SHA1 over the address and the sorted form, as Twilio's guide describes it."""
    text = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def signed(token: str, url: str, form: dict[str, str]) -> dict[str, str]:
    return {"X-Twilio-Signature": signature(token, url, form)}


def post(token: str, url: str, form: dict[str, str]) -> int:
    """Post it, signed; the status of the answer, 0 where nobody answers."""
    request = urllib.request.Request(  # noqa: S310
        url, urlencode(form).encode(), signed(token, url, form)
    )
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def status_form(message: dict[str, Any], status: str, error_code: int | None) -> dict[str, str]:
    form = {
        "MessageSid": message["sid"],
        "SmsSid": message["sid"],
        "MessageStatus": status,
        "SmsStatus": status,
        "To": message["to"],
        "From": message["from"] or NUMBER,
        "AccountSid": message["account_sid"],
        "ApiVersion": "2010-04-01",
    }
    return form if error_code is None else {**form, "ErrorCode": str(error_code)}


def inbound_form(sid: str, sender: str, body: str, opt_out_type: str = "") -> dict[str, str]:
    form = {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": sender,
        "To": NUMBER,
        "Body": body,
        "NumMedia": "0",
        "NumSegments": "1",
        "ApiVersion": "2010-04-01",
    }
    return {**form, "OptOutType": opt_out_type} if opt_out_type else form
