"""Our own door, as patients and Twilio find it: through the name, the certificate and the proxy."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from rehab.notifications.senders.twilio import STATUS_PATH
from rehab.notifications.senders.twilio_signature import SIGNATURE, signature
from rehab.services.doctor.asking import Unreached, ask
from rehab.services.doctor.examination import Verdict, fail, ok
from rehab.settings import Settings

NOBODY = "00000000-0000-4000-8000-000000000000"
"""A text that there is not: what is said of it is refused, and changes nothing."""


def look(settings: Settings) -> Iterator[Verdict]:
    """REHAB_PUBLIC_URL leads here, and a webhook that Twilio signed would be heard."""
    url = settings.public_url
    try:
        answer = ask(f"{url}/healthz", {})
        body = answer.body if isinstance(answer.body, dict) else {}
        if answer.status == 503 and "why" in body:
            yield fail(f"{url} answers, but is not well: {body['why']}")
        elif answer.status != 200 or body.get("status") != "ok":
            yield fail(f"{url} leads to something else ({answer.status}): see the proxy")
        else:
            how = "with a valid certificate" if urlsplit(url).scheme == "https" else "without https"
            yield ok(f"{url} answers, {how}")
            yield from _signed(settings)
    except Unreached as error:
        yield fail(f"{url}: {error}; see the name, the proxy and `rehab serve`")


def _signed(settings: Settings) -> Iterator[Verdict]:
    if settings.sms != "twilio":
        return
    url = f"{settings.public_url}{STATUS_PATH}{NOBODY}"
    form = {"MessageSid": "SM" + "0" * 32, "MessageStatus": "sent"}
    signed = {SIGNATURE: signature(settings.twilio_auth_token, url, form)}
    status = ask(url, signed, form).status
    if status == 404:
        yield ok("a webhook that is signed as Twilio does is heard")
    elif status == 403:
        yield fail("a signed webhook is refused: the server runs with another token or address")
    else:
        yield fail(f"a signed webhook is answered {status}: see that the proxy lets POST through")
