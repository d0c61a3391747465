"""How a text leaves: a sender is handed one message and says, in our words, what became of it."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from rehab.settings import Settings


class Kind(StrEnum):
    """What became of one attempt. After `unknown` the patient may or may not have the text."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    UNKNOWN = "unknown"
    RETRY = "retry"


class Reason(StrEnum):
    """Why a text did not go, whatever the provider calls it."""

    OPTED_OUT = "opted_out"
    BAD_NUMBER = "bad_number"
    BLOCKED = "blocked"
    OURS_IS_BROKEN = "ours_is_broken"
    FILTERED = "filtered"
    NOT_ACCEPTED = "not_accepted"
    UNDELIVERED = "undelivered"
    REFUSED = "refused"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text, ready to go: `to` is E.164; after `validity_seconds` nobody wants it any more."""

    id: UUID
    to: str
    body: str
    validity_seconds: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it; `retry_after` is in seconds, `code` the provider's own number."""

    kind: Kind
    provider_sid: str | None = None
    status: str | None = None
    code: int | None = None
    reason: Reason | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """One text as the provider knows it: `status` and `code` are its own words, `reason` ours."""

    provider_sid: str
    body: str
    status: str
    created_at: datetime
    code: int | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """One text that came in, as the provider knows it."""

    provider_sid: str
    sender: str
    recipient: str
    body: str
    created_at: datetime


class ProviderSilent(Exception):
    """The provider gave no answer to a question; whatever was asked is still open."""


class Line(Protocol):
    """An open line to the provider. Each call takes at most some ten seconds."""

    async def send(self, message: Outgoing) -> Outcome:
        """Offer one text, once. Never raises: whatever goes wrong is an Outcome."""

    async def sent_to(self, phone: str, since: datetime) -> list[Sent]:
        """What the provider took from us for this number since then. Raises ProviderSilent."""

    async def fetch(self, provider_sid: str) -> Sent | None:
        """One text that it took; None when it knows none. Raises ProviderSilent."""

    async def received(self, since: datetime) -> list[Received]:
        """What came in for us since then. Raises ProviderSilent."""


class Sender(Protocol):
    """Anything that can send: a line is opened for as long as there is something to say."""

    def connect(self) -> AbstractAsyncContextManager[Line]: ...


def sender_for(settings: Settings) -> Sender:
    """The sender that REHAB_SMS names."""
    if settings.sms == "twilio":
        from rehab.notifications.senders.twilio import TwilioSender

        return TwilioSender.from_settings(settings)
    from rehab.notifications.senders.console import ConsoleSender

    return ConsoleSender()
