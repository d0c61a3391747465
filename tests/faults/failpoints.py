"""Places at which a worker may end itself without a word, as when the power goes.

Nothing of this is in the worker: the functions that it calls are wrapped from outside, before it
begins.
"""

import os
import signal
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any

from sqlalchemy import event

from rehab.extensions import db
from rehab.notifications.senders import Kind, Line, Outcome, Outgoing, Received, Sender, Sent
from rehab.services import claims, outcomes, reconciliation

BEFORE_CLAIM_COMMIT, AFTER_CLAIM_COMMIT = "before_claim_commit", "after_claim_commit"
BEFORE_POST, AFTER_ACCEPT = "before_post", "after_accept_before_record"
DURING_RECORD, DURING_RECONCILE = "during_record", "during_reconcile"
POINTS = (
    BEFORE_CLAIM_COMMIT,
    AFTER_CLAIM_COMMIT,
    BEFORE_POST,
    AFTER_ACCEPT,
    DURING_RECORD,
    DURING_RECONCILE,
)
EVERY_TEXT = frozenset({BEFORE_POST, AFTER_ACCEPT})
"""Points that are passed once a text; the others are passed once a batch."""


@dataclass
class Mine:
    """Ends this process when `point` is passed for the `nth` time."""

    point: str
    nth: int = 1
    inside: list[str] = field(default_factory=list)
    took: bool = False

    def passed(self, point: str) -> None:
        if point == self.point:
            self.nth -= 1
            if self.nth <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def about_to_commit(self, *_: Any) -> None:
        """A claim that took nothing has nothing to lose."""
        if not self.inside:
            return
        if self.inside[-1] != BEFORE_CLAIM_COMMIT or self.took or db.session.dirty:
            self.passed(self.inside[-1])


def lay(mine: Mine) -> None:
    """Wrap what the worker calls, in this process alone."""
    claims._take = _seen(claims._take, mine)
    claims.claim = _then(_around(claims.claim, BEFORE_CLAIM_COMMIT, mine), mine)
    outcomes.record = _around(outcomes.record, DURING_RECORD, mine)
    reconciliation.settle = _around(reconciliation.settle, DURING_RECONCILE, mine)
    event.listen(db.session, "before_commit", mine.about_to_commit)


def _seen(take: Callable[..., Any], mine: Mine) -> Callable[..., Any]:
    """What a claim marks as its own goes past the unit of work."""

    def mined(texts: Sequence[Any], *rest: Any) -> Any:
        mine.took = bool(texts)
        return take(texts, *rest)

    return mined


def _around(work: Callable[..., Any], point: str, mine: Mine) -> Callable[..., Any]:
    """`work`, whose commit passes `point`."""

    @wraps(work)
    def mined(*args: Any, **kwargs: Any) -> Any:
        mine.inside.append(point)
        try:
            return work(*args, **kwargs)
        finally:
            mine.inside.pop()

    return mined


def _then(claim: Callable[..., claims.Batch], mine: Mine) -> Callable[..., claims.Batch]:
    def mined(*args: Any, **kwargs: Any) -> claims.Batch:
        batch = claim(*args, **kwargs)
        if batch.texts:
            mine.passed(AFTER_CLAIM_COMMIT)
        return batch

    return mined


@dataclass(frozen=True)
class MinedSender:
    """A sender with a mine before and after the provider."""

    sender: Sender
    mine: Mine

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["MinedLine"]:
        async with self.sender.connect() as line:
            yield MinedLine(line, self.mine)


@dataclass(frozen=True)
class MinedLine:
    line: Line
    mine: Mine
    heard: Collection[Kind] = (Kind.ACCEPTED,)

    async def send(self, message: Outgoing) -> Outcome:
        self.mine.passed(BEFORE_POST)
        outcome = await self.line.send(message)
        if outcome.kind in self.heard:
            self.mine.passed(AFTER_ACCEPT)
        return outcome

    async def sent_to(self, phone: str, since: datetime) -> list[Sent]:
        return await self.line.sent_to(phone, since)

    async def fetch(self, provider_sid: str) -> Sent | None:
        return await self.line.fetch(provider_sid)

    async def received(self, since: datetime) -> list[Received]:
        return await self.line.received(since)
