"""How a text leaves: a sender is handed one message and says, in our words, what became of it."""

from dataclasses import dataclass
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


class Sender(Protocol):
    """Anything that can send: it never raises, and it takes at most some ten seconds."""

    def send(self, message: Outgoing) -> Outcome: ...


def sender_for(settings: Settings) -> Sender:
    """The sender that REHAB_SMS names."""
    if settings.sms == "twilio":
        from rehab.notifications.senders.twilio import TwilioSender

        return TwilioSender.from_settings(settings)
    from rehab.notifications.senders.console import ConsoleSender

    return ConsoleSender()
