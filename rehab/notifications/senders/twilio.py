"""Texts by Twilio, through its own client: offered once, and looked up where that went unheard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from rehab.notifications.senders import Kind, Outcome, Outgoing, ProviderSilent, Received, Sent
from rehab.notifications.senders.twilio_codes import AMBIGUOUS, NEVER_LEFT, outcome_for, reason_for
from rehab.notifications.senders.twilio_wire import client, never_left
from rehab.settings import Settings

TIMEOUT = 10.0
"""Seconds that Twilio has to answer; its client alone would wait for ever."""

STATUS_PATH = "/webhooks/twilio/status/"

PAGE, MOST_PAGES = 200, 5
"""How far back the texts to one number are read: no patient has had a thousand in a few days."""

LARGEST_PAGE, MOST_LARGE_PAGES = 1000, 100
"""The same for what came in; with a service these are all the texts of the account."""

NO_SUCH_TEXT = (404, 20404)


@dataclass(frozen=True)
class TwilioSender:
    """Sends as one number or one Messaging Service; each text carries its own callback address."""

    account: str
    token: str = field(repr=False)
    number: str
    service: str
    api_url: str
    public_url: str
    timeout: float = TIMEOUT

    @classmethod
    def from_settings(cls, settings: Settings, timeout: float = TIMEOUT) -> "TwilioSender":
        return cls(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            settings.twilio_from,
            settings.twilio_messaging_service_sid,
            settings.twilio_api_url,
            settings.public_url,
            timeout,
        )

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["TwilioLine"]:
        """A line that serves any number of calls at once, in the event loop that opened it."""
        async with client(self.account, self.token, self.api_url, self.timeout) as twilio:
            yield TwilioLine(twilio, self.number, self.service, self.public_url)


@dataclass(frozen=True)
class TwilioLine:
    """An open line to Twilio."""

    client: Any
    number: str
    service: str
    public_url: str

    async def send(self, message: Outgoing) -> Outcome:
        """Offer one text to Twilio, once. Whatever goes wrong is an Outcome, never an exception."""
        origin = {"messaging_service_sid": self.service} if self.service else {"from_": self.number}
        try:
            created = await self.client.messages.create_async(
                to=message.to,
                body=message.body,
                validity_period=message.validity_seconds,
                status_callback=f"{self.public_url}{STATUS_PATH}{message.id}",
                **origin,
            )
        except Exception as error:
            return outcome_of(error)
        if not created.sid:
            return AMBIGUOUS
        return Outcome(Kind.ACCEPTED, provider_sid=created.sid, status=str(created.status))

    async def sent_to(self, phone: str, since: datetime) -> list[Sent]:
        """What Twilio took from us for this number since then, newest first.

        It is asked for all texts to the number, and their `date_created`, in whole seconds, is
        compared here: its own filter goes by the day of sending, which a text that waits has not.
        Raises ProviderSilent, also when there are too many to have seen them all.
        """
        texts = await self._texts(since, MOST_PAGES, to=phone, page_size=PAGE)
        return [sent(text) for text in texts if str(text.direction).startswith("outbound")]

    async def fetch(self, provider_sid: str) -> Sent | None:
        """One text by Twilio's id; None when it knows none. Raises ProviderSilent."""
        try:
            return sent(await self.client.messages(provider_sid).fetch_async())
        except Exception as error:
            if refusal(error) == NO_SUCH_TEXT:
                return None
            raise ProviderSilent(why(error)) from None

    async def received(self, since: datetime) -> list[Received]:
        """What came in since then, newest first: to our number, or to any of the service's.

        Raises ProviderSilent.
        """
        to = {} if self.service else {"to": self.number}
        day = datetime.combine(since.astimezone(UTC), time(), UTC)
        query = {"date_sent_after": day, "page_size": LARGEST_PAGE, **to}
        texts = await self._texts(since, MOST_LARGE_PAGES, **query)
        return [received(text) for text in texts if text.direction == "inbound"]

    async def _texts(self, since: datetime, most: int, **query: Any) -> list[Any]:
        """The texts since then, from the newest page on to the first that has none of them."""
        found: list[Any] = []
        try:
            page = await self.client.messages.page_async(**query)
            for _ in range(most):
                young = [t for t in page if t.date_created >= since.replace(microsecond=0)]
                found += young
                page = await page.next_page_async() if young else None
                if page is None:
                    return found
        except Exception as error:
            raise ProviderSilent(why(error)) from None
        raise ProviderSilent("it has more texts than were read")


def sent(text: Any) -> Sent:
    code = text.error_code
    reason = reason_for(code) if code else None
    return Sent(text.sid, text.body or "", str(text.status), text.date_created, code, reason)


def received(text: Any) -> Received:
    return Received(text.sid, text.from_ or "", text.to or "", text.body or "", text.date_created)


def outcome_of(error: Exception) -> Outcome:
    """What an exception of Twilio's client, or of the network below it, says of the text."""
    status, code = refusal(error)
    if status:
        return outcome_for(status, code, getattr(error, "retry_after", None))
    return NEVER_LEFT if never_left(error) else AMBIGUOUS


def why(error: Exception) -> str:
    """Why there was no answer, for a log: its kind and Twilio's numbers, never what was asked."""
    numbers = zip(("status", "code"), refusal(error), strict=True)
    return ", ".join([type(error).__name__, *(f"{name} {n}" for name, n in numbers if n)])


def refusal(error: Exception) -> tuple[int | None, int | None]:
    """The HTTP status and Twilio's code of a refusal; nothing of any other error."""
    from twilio.base.exceptions import (
        TwilioException,
        TwilioRestException,
        TwilioServiceException,
    )

    if isinstance(error, TwilioRestException | TwilioServiceException):
        return error.status, error.code
    page = error.args[1:] if isinstance(error, TwilioException) else ()
    return (page[0].status_code if page else None), None
