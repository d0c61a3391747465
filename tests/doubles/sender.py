"""A sender that keeps what it was handed, and tells the truth about it when it is asked."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from rehab import clock
from rehab.notifications.senders import Kind, Outcome, Outgoing, ProviderSilent, Received, Sent


def by_the_servers_clock() -> datetime:
    return clock.now()


@dataclass
class RecordingSender:
    """Answers with `outcomes` from the left, then with acceptance.

    Of what it was handed it "took" each text that it accepted, and each that it answered `unknown`
    to while `takes_unknown` is set: those are in `texts`, by number, and `sent_to` and `fetch` know
    them. `now` dates them. What it takes while `hiding` is set is not listed until `show()`; while
    `silent` is set every question raises ProviderSilent. A subclass may change `send`, and call
    `took` itself.
    """

    sent: list[Outgoing] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    texts: dict[str, list[Sent]] = field(default_factory=dict)
    inbound: list[Received] = field(default_factory=list)
    takes_unknown: bool = True
    hiding: bool = False
    silent: bool = False
    now: Callable[[], datetime] = by_the_servers_clock
    hidden: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    opened: int = 0
    open: int = 0

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["RecordingSender"]:
        self.opened += 1
        self.open += 1
        try:
            yield self
        finally:
            self.open -= 1

    async def send(self, message: Outgoing) -> Outcome:
        self.sent.append(message)
        outcome = self._outcome(message)
        if outcome.kind is Kind.ACCEPTED or (outcome.kind is Kind.UNKNOWN and self.takes_unknown):
            self.took(message, outcome)
        return outcome

    def _outcome(self, message: Outgoing) -> Outcome:
        if self.outcomes:
            return self.outcomes.pop(0)
        return Outcome(Kind.ACCEPTED, provider_sid=f"SM{message.id.hex}", status="queued")

    def took(self, message: Outgoing, outcome: Outcome | None = None) -> Sent:
        """Keep a text as one that the provider has, whatever the caller was told."""
        known = outcome or Outcome(Kind.UNKNOWN)
        count = len(self.texts.get(message.to, []))
        sid = known.provider_sid or f"SM{message.id.hex[:28]}{count:04x}"
        text = Sent(sid, message.body, known.status or "queued", self.now())
        self.texts.setdefault(message.to, []).append(text)
        if self.hiding:
            self.hidden.add(sid)
        return text

    def show(self) -> None:
        """List from now on what was hidden."""
        self.hiding = False
        self.hidden.clear()

    async def sent_to(self, phone: str, since: datetime) -> list[Sent]:
        self.asked.append(phone)
        self._speak()
        return [t for t in self._listed(phone) if t.created_at >= since]

    async def fetch(self, provider_sid: str) -> Sent | None:
        self.asked.append(provider_sid)
        self._speak()
        known = (t for phone in self.texts for t in self._listed(phone))
        return next((t for t in known if t.provider_sid == provider_sid), None)

    async def received(self, since: datetime) -> list[Received]:
        self._speak()
        return [t for t in reversed(self.inbound) if t.created_at >= since]

    def _listed(self, phone: str) -> list[Sent]:
        known = self.texts.get(phone, [])
        return [t for t in reversed(known) if t.provider_sid not in self.hidden]

    def _speak(self) -> None:
        if self.silent:
            raise ProviderSilent("it was told to be silent")
