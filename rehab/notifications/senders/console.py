"""Texts on the console: for a first look, a demo and a clinic that has no provider yet."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TextIO

from rehab.notifications.senders import (
    Kind,
    Outcome,
    Outgoing,
    ProviderSilent,
    Received,
    Sent,
)


@dataclass(frozen=True)
class ConsoleSender:
    """One line a text. The number is masked but for its last two digits, unless it is a demo's.

    Nothing is kept and nothing comes in, so it is its own line and cannot say what it has printed.
    """

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    demo: bool = False

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["ConsoleSender"]:
        yield self

    async def send(self, message: Outgoing) -> Outcome:
        to = message.to if self.demo else masked(message.to)
        words = " ".join(message.body.split())
        self.stream.write(f"SMS to {to}: {words}\n")
        self.stream.flush()
        return Outcome(Kind.ACCEPTED, provider_sid=f"console-{message.id}", status="sent")

    async def sent_to(self, phone: str, since: datetime) -> list[Sent]:
        raise ProviderSilent("the console keeps nothing of what it has printed")

    async def fetch(self, provider_sid: str) -> Sent | None:
        return None

    async def received(self, since: datetime) -> list[Received]:
        return []


def masked(phone: str) -> str:
    """A number that a log may hold: all but its last two digits hidden."""
    return "*" * (len(phone) - 2) + phone[-2:]
