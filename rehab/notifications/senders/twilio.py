"""Texts by Twilio, through its own client, and its codes put into our words in one table."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from rehab.notifications.senders import Kind, Outcome, Outgoing, Reason
from rehab.settings import Settings

TIMEOUT = 10.0
"""Seconds that Twilio has to answer; its client alone would wait for ever."""

SECONDS_TO_MEND = 300.0
"""How long to leave Twilio alone when the fault is ours: keys, sender or registration."""

STATUS_PATH = "/webhooks/twilio/status/"

WORDS = {
    21610: Reason.OPTED_OUT,
    **dict.fromkeys((21211, 21214, 21612, 21614, 30005, 30006), Reason.BAD_NUMBER),
    30004: Reason.BLOCKED,
    **dict.fromkeys(
        (20003, 20404, 21212, 21408, 21603, 21606, 21703, 21704, 21705),
        Reason.OURS_IS_BROKEN,
    ),
    **dict.fromkeys((30002, 30007, 30032, 30034, 63038), Reason.OURS_IS_BROKEN),
    **dict.fromkeys((20429, 21611), Reason.NOT_ACCEPTED),
    **dict.fromkeys((30001, 30003, 30008, 30017, 30022, 30023, 30027), Reason.UNDELIVERED),
}
"""Twilio's codes in our words. A code that is not here is refused: never tried again unseen."""

CAN_BE_SENT_AGAIN = {Reason.NOT_ACCEPTED: None, Reason.OURS_IS_BROKEN: SECONDS_TO_MEND}
"""What Twilio certainly did not take, and the seconds to wait before it is offered again."""


def reason_for(code: int | None) -> Reason:
    """Our word for one of Twilio's error codes."""
    return WORDS.get(code, Reason.REFUSED) if code is not None else Reason.REFUSED


@dataclass(frozen=True)
class TwilioSender:
    """Sends as one number or one Messaging Service; each text carries its own callback address."""

    client: Any
    origin: dict[str, str]
    public_url: str

    @classmethod
    def from_settings(cls, settings: Settings, timeout: float = TIMEOUT) -> "TwilioSender":
        from twilio.rest import Client

        client = Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            http_client=http_client(settings.twilio_api_url, timeout),
        )
        service = settings.twilio_messaging_service_sid
        origin = {"messaging_service_sid": service} if service else {"from_": settings.twilio_from}
        return cls(client, origin, settings.public_url)

    def send(self, message: Outgoing) -> Outcome:
        """Offer one text to Twilio, once. Whatever goes wrong is an Outcome, never an exception."""
        try:
            created = self.client.messages.create(
                to=message.to,
                body=message.body,
                validity_period=message.validity_seconds,
                status_callback=f"{self.public_url}{STATUS_PATH}{message.id}",
                **self.origin,
            )
        except Exception as error:
            return outcome_of(error)
        return Outcome(Kind.ACCEPTED, provider_sid=created.sid, status=str(created.status))


def outcome_of(error: Exception) -> Outcome:
    """What an exception of Twilio's client, or of the network below it, says of the message."""
    from twilio.base.exceptions import TwilioRestException

    if isinstance(error, TwilioRestException):
        return _answered(error.status, error.code, getattr(error, "retry_after", None))
    if _never_left(error):
        return Outcome(Kind.RETRY, reason=Reason.NOT_ACCEPTED)
    return Outcome(Kind.UNKNOWN, reason=Reason.AMBIGUOUS)


def _answered(status: int, code: int | None, retry_after: float | None) -> Outcome:
    if status >= 500:
        return Outcome(Kind.UNKNOWN, code=code, reason=Reason.AMBIGUOUS)
    reason = Reason.NOT_ACCEPTED if status == 429 else reason_for(code)
    if reason not in CAN_BE_SENT_AGAIN:
        return Outcome(Kind.FAILED, code=code, reason=reason)
    wait = retry_after or CAN_BE_SENT_AGAIN[reason]
    return Outcome(Kind.RETRY, code=code, reason=reason, retry_after=wait)


def _never_left(error: Exception) -> bool:
    """Whether Twilio cannot have read the request: refused, no such host, not its certificate."""
    from ssl import SSLCertVerificationError

    from requests.exceptions import ConnectTimeout, RequestException
    from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError

    if isinstance(error, ConnectTimeout):
        return True
    if not isinstance(error, RequestException):
        return False
    cause = error.args[0] if error.args else None
    why = cause.reason if isinstance(cause, MaxRetryError) else None
    if isinstance(why, SSLError):
        return isinstance(why.args[0], SSLCertVerificationError)
    return isinstance(why, NewConnectionError)


def http_client(api_url: str, timeout: float) -> Any:
    """Twilio's HTTP client, with a time-out, speaking to `api_url` in place of its own host."""
    from twilio.base.exceptions import TwilioRestException
    from twilio.http.http_client import TwilioHttpClient

    class Elsewhere(TwilioHttpClient):  # type: ignore[misc]
        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            answer = super().request(method, _at(api_url, url), *args, **kwargs)
            if answer.status_code == 429:
                busy = TwilioRestException(429, url, "too many requests", 20429, method)
                busy.retry_after = _seconds(answer.headers.get("Retry-After"))
                raise busy
            return answer

    return Elsewhere(timeout=timeout)


def _at(api_url: str, url: str) -> str:
    there, asked = urlsplit(api_url), urlsplit(url)
    path = there.path.rstrip("/") + asked.path
    return urlunsplit((there.scheme, there.netloc, path, asked.query, ""))


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdecimal() else None
