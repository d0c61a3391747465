"""Twilio: whether it knows us, will send for us, and brings what patients answer to our door."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from rehab.services.doctor.asking import Answer, Unreached, ask
from rehab.services.doctor.clocks import apart
from rehab.services.doctor.examination import Verdict, fail, ok, warn
from rehab.settings import Settings

INBOUND = "/webhooks/twilio/inbound"


def look(settings: Settings, now: Callable[[], datetime]) -> Iterator[Verdict]:
    """The account, its clock, and the number or the service that texts leave by."""
    if settings.sms != "twilio":
        return
    home = f"/2010-04-01/Accounts/{settings.twilio_account_sid}"
    try:
        answer = _asked(settings, f"{settings.twilio_api_url}{home}.json")
        yield from _account(answer)
        if answer.date is not None:
            yield apart(now() - answer.date, "Twilio")
        if answer.status == 200:
            service = settings.twilio_messaging_service_sid
            yield from _service(settings, service) if service else _number(settings, home)
    except Unreached as error:
        yield fail(f"{settings.twilio_api_url}: {error}; see the network, and whether Twilio is up")


def _asked(settings: Settings, url: str) -> Answer:
    pair = f"{settings.twilio_account_sid}:{settings.twilio_auth_token}"
    return ask(url, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"})


def _account(answer: Answer) -> Iterator[Verdict]:
    if answer.status == 401:
        yield fail("it does not take REHAB_TWILIO_ACCOUNT_SID and the auth token: copy them anew")
    elif answer.status != 200 or not isinstance(answer.body, dict):
        yield fail(f"it answers {answer.status} when asked for the account: try again in a while")
    elif (status := answer.body.get("status")) != "active":
        yield fail(f"the account is {status}: see the balance and the notices in Twilio's console")
    elif answer.body.get("type") == "Trial":
        yield warn("a trial account texts only numbers that are verified: upgrade it")
    else:
        yield ok("the account is active")


def _number(settings: Settings, home: str) -> Iterator[Verdict]:
    query = urlencode({"PhoneNumber": settings.twilio_from})
    url = f"{settings.twilio_api_url}{home}/IncomingPhoneNumbers.json?{query}"
    answer = _asked(settings, url)
    numbers = _rows(answer, "incoming_phone_numbers")
    mine = [n for n in numbers if n.get("phone_number") == settings.twilio_from]
    if not mine:
        yield fail("REHAB_TWILIO_FROM is not a number of this account: buy it, or set another")
        return
    if not (mine[0].get("capabilities") or {}).get("sms", True):
        yield fail("REHAB_TWILIO_FROM cannot send texts: choose a number that can")
    yield _hook(mine[0].get("sms_url"), mine[0].get("sms_method"), "the number", settings)


def _service(settings: Settings, service: str) -> Iterator[Verdict]:
    url = f"{_messaging(settings.twilio_api_url)}/v1/Services/{service}"
    answer = _asked(settings, url)
    if answer.status != 200 or not isinstance(answer.body, dict):
        yield fail("REHAB_TWILIO_MESSAGING_SERVICE_SID is not a service of this account: copy it")
        return
    if not _rows(_asked(settings, f"{url}/PhoneNumbers"), "phone_numbers"):
        yield fail("the Messaging Service has no number to send by: add one in Twilio's console")
    if answer.body.get("use_inbound_webhook_on_number"):
        yield warn("the Messaging Service leaves texts that come in to each number's own address")
        return
    hook, method = answer.body.get("inbound_request_url"), answer.body.get("inbound_method")
    yield _hook(hook, method, "the Messaging Service", settings)


def _messaging(api_url: str) -> str:
    """Twilio keeps its services on a host beside the API's; an emulator has one for all."""
    parts = urlsplit(api_url)
    host = parts.netloc
    if host.endswith(".twilio.com"):
        host = host.replace("api.", "messaging.", 1)
    return f"{parts.scheme}://{host}{parts.path}"


def _rows(answer: Answer, name: str) -> list[dict[str, Any]]:
    rows = answer.body.get(name) if isinstance(answer.body, dict) else None
    return [row for row in rows or [] if isinstance(row, dict)]


def _hook(hook: str | None, method: str | None, whose: str, settings: Settings) -> Verdict:
    wanted = f"{settings.public_url}{INBOUND}"
    if hook != wanted:
        return fail(f"{whose} brings patients' texts to {hook or 'nobody'}: point it to {wanted}")
    if method not in (None, "POST"):
        return fail(f"{whose} brings patients' texts by {method}: set it to POST")
    return ok(f"{whose} is ours, and brings patients' texts to {wanted}")
