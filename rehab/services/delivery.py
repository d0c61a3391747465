"""Sending: claim and commit, hand to the sender with no transaction open, record what became of it.

A crash between two of these steps leaves a text `sending`; its lease runs out and it is `unknown`,
never sent again blindly. Many texts are under way at a time, and what has landed is recorded
together in one transaction.
"""

import logging
from asyncio import Future
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from rehab.models.message import DeliveryState, Kind
from rehab.notifications import senders
from rehab.notifications.senders import Line, Outcome, Reason, Sender
from rehab.programs.library import Library
from rehab.services import claims, outbox, outcomes
from rehab.services.agreed_time import Clock
from rehab.services.breaker import goes_well
from rehab.services.claims import LEASE, NOTHING, SHORTEST_VALIDITY, Batch, Claim, Claimed
from rehab.services.flight import Flight
from rehab.services.last_look import suppressed
from rehab.services.transactions import transaction

log = logging.getLogger(__name__)

PATIENCE = 0.5
"""Seconds to wait for a call to land before looking at the queue again."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is under way at a time, and how long a text is a worker's.

    `slowest` is a sender's time-out and some: with less of the lease left, nothing is begun.
    """

    window: int = 128
    lease: timedelta = LEASE
    slowest: timedelta = timedelta(seconds=15)

    @property
    def enough(self) -> int:
        """How many are claimed, or handed over, at the least: each such step asks the database."""
        return max(self.window // 4, 1)

    def most(self, calm: bool) -> int:
        """How many a worker holds. While all goes well, as many again as may be under way, so that
        the provider does not wait for the next claim; else each is to pass the gate first."""
        return self.window * 2 if calm else self.window


@dataclass(frozen=True, slots=True)
class Desk:
    """What a worker sends with, and the name under which it claims; `rate` is texts a second."""

    sender: Sender
    library: Library
    public_url: str
    clock: Clock
    worker: str
    rate: float = 0.0
    pace: Pace = field(default_factory=Pace)


def dispatch(desk: Desk, carry_on: Callable[[], bool] = lambda: True) -> Counter[str]:
    """Send until nothing more is due; how many texts ended in which state.

    `carry_on` is asked before more is claimed; once it says no, what is under way is finished and
    the rest of what was claimed is anybody's again.
    """
    if not outbox.is_due(desk.clock.now()):
        return Counter()
    outbox.expire(desk.clock.now())
    first = _claim(desk, desk.pace.window) if carry_on() else NOTHING
    if not first.texts and not first.more:
        return Counter()
    with Flight[Claimed, Outcome](desk.sender) as flight:
        return _sent(desk, flight, first, carry_on)


def _sent(
    desk: Desk, flight: Flight[Claimed, Outcome], batch: Batch, carry_on: Callable[[], bool]
) -> Counter[str]:
    tally: Counter[str] = Counter()
    landed: list[tuple[Claimed, Outcome]] = []
    ready, more, calm = _begun(batch.texts, flight, desk), batch.more, False
    while ready or more or flight.aloft or landed:
        if flight.aloft or landed:
            down = [(mine, _outcome(done)) for mine, done in flight.landed(PATIENCE)]
            calm = all(goes_well(outcome) for _, outcome in down) if down else calm
            landed += down
        if not carry_on():
            more = calm = False
        if not calm:
            landed += [(mine, outcomes.NOT_BEGUN) for mine in ready]
            ready = []
        ready = _begun(ready, flight, desk)
        tally += _recorded(landed, desk)
        room = desk.pace.most(calm) - flight.aloft - len(ready)
        if more and room >= desk.pace.enough:
            batch = _claim(desk, min(room, desk.pace.window))
            ready, more = _begun(ready + batch.texts, flight, desk), batch.more
    return tally


def _begun(ready: list[Claimed], flight: Flight[Claimed, Outcome], desk: Desk) -> list[Claimed]:
    """Hand over as many as there is room for, once there is enough; those that are still to go."""
    room = desk.pace.window - flight.aloft
    if room < desk.pace.enough:
        return ready
    going = _still_wanted(ready[:room], desk)
    flight.begin({mine: partial(_offer, mine, desk) for mine in going})
    return ready[room:]


def _claim(desk: Desk, limit: int) -> Batch:
    """More texts to send; none when the database does not answer: what is aloft must still land."""
    ends = desk.clock.monotonic() + (desk.pace.lease - desk.pace.slowest).total_seconds()
    wish = Claim(desk.worker, limit, desk.rate, desk.pace.lease, ends)
    try:
        return claims.claim(desk.library, desk.public_url, desk.clock.now(), wish)
    except SQLAlchemyError:
        log.exception("nothing could be claimed")
        return NOTHING


def _still_wanted(texts: Sequence[Claimed], desk: Desk) -> list[Claimed]:
    try:
        return still_wanted(texts, desk.clock.now()) if texts else []
    except SQLAlchemyError:
        log.exception("%d claimed texts are left until their lease runs out", len(texts))
        return []


@transaction()
def still_wanted(texts: Sequence[Claimed], now: datetime) -> list[Claimed]:
    """Those of a claim that may leave this moment: a STOP may have come in since."""
    opted_out = suppressed({mine.to for mine in texts})
    going = []
    for mine in texts:
        if mine.kind != Kind.CONFIRMATION and mine.to in opted_out:
            outcomes.settle(mine, DeliveryState.SUPPRESSED, "opted out meanwhile", now)
        elif mine.seconds_left(now) <= SHORTEST_VALIDITY:
            outcomes.settle(mine, DeliveryState.EXPIRED, "not sent in time", now)
        else:
            going.append(mine)
    return going


async def _offer(mine: Claimed, desk: Desk, line: Line) -> Outcome:
    """Hand one text to the provider, unless this worker has slept on it too long."""
    if desk.clock.monotonic() > mine.ends:
        return outcomes.NOT_BEGUN
    return await line.send(mine.outgoing(desk.clock.now()))


def _outcome(done: Future[Outcome]) -> Outcome:
    """A sender does not raise; if one does, nobody knows what it did."""
    if done.exception() is not None:
        log.error("the sender failed", exc_info=done.exception())
        return Outcome(senders.Kind.UNKNOWN, reason=Reason.AMBIGUOUS)
    return done.result()


def _recorded(landed: list[tuple[Claimed, Outcome]], desk: Desk) -> Counter[str]:
    """Write down what has landed and take it off the list; how many ended in which state.

    What cannot be written down stays on the list, to be tried again until its lease runs out; then
    it is found `unknown`.
    """
    tally: Counter[str] = Counter()
    for some in _together_or_alone(landed):
        try:
            tally.update(outcomes.record(some, desk.worker, desk.clock.now()))
        except OperationalError:
            log.exception("what became of %d texts cannot be recorded now", len(some))
            break
        except Exception:
            log.exception("what became of %d texts could not be recorded", len(some))
        else:
            done = {id(pair) for pair in some}
            landed[:] = [pair for pair in landed if id(pair) not in done]
    _let_go(landed, desk)
    return tally


def _let_go(landed: list[tuple[Claimed, Outcome]], desk: Desk) -> None:
    """Of what could not be written down: that whose lease has run out is looked up instead."""
    given_up = desk.clock.monotonic() - desk.pace.slowest.total_seconds()
    held = [pair for pair in landed if pair[0].ends >= given_up]
    if len(held) < len(landed):
        log.error("%d texts are left to be looked up", len(landed) - len(held))
    landed[:] = held


def _together_or_alone(
    landed: list[tuple[Claimed, Outcome]],
) -> Iterator[list[tuple[Claimed, Outcome]]]:
    """All at once; then, if that failed, each by itself: one must not cost the others theirs.

    When it is the database that fails, the next round begins with all at once again.
    """
    if landed:
        yield list(landed)
    if landed:
        yield from [[pair] for pair in list(landed)]
