"""Texts whose fate is unknown: the provider is asked whether it has them, until that is settled.

It has no name of ours for a text, so a text is found by its number, its words and its time, among
those that are nobody else's. One that it does not have after the last look is sent again if its
time has not passed.
"""

import logging
import re
from asyncio import Future
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import DeliveryState, OutboundMessage
from rehab.notifications.senders import Line, Sender, Sent
from rehab.programs.library import Library
from rehab.services import consequences, lapses, outcomes, receipts, tallies
from rehab.services.flight import Flight
from rehab.services.outcomes import LOOKS
from rehab.services.transactions import transaction
from rehab.services.wording import Words, words_for

log = logging.getLogger(__name__)

AT_ONCE = 32
FARTHEST = timedelta(days=1)
"""A look that lies farther ahead was set by a clock that ran ahead."""

LOOKED_AFTER_FOR = timedelta(minutes=2)
"""How long one worker has for a look before another may take it up."""

EARLIER = timedelta(hours=2)
"""How far the provider's clock may be behind ours: ours may be wrong by an hour and some."""

ASK_AGAIN_AFTER = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=72)
"""A provider that does not answer is asked again; after three days nobody will know."""

MOST_LOSSES = 5
"""A text that gets lost this often is not sent again: something about it stops the workers."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One text to ask about, and how often it was asked about before."""

    id: UUID
    phone: str
    since: datetime
    looks: int


LINK = re.compile(r"https?://\S+")
"""A link may be made anew each time a text is worded, so two texts are compared without theirs."""


def reconcile(
    sender: Sender,
    library: Library,
    public_url: str,
    now: datetime,
    looks: Sequence[timedelta] = LOOKS,
    carry_on: Callable[[], bool] = lambda: True,
) -> int:
    """Ask about every unknown text that is due for a look; how many were settled either way.

    Once `carry_on` says no, those that were not heard of are left for another look.
    """
    doubts = _take_up(library, public_url, now)
    if not doubts:
        return 0
    calls = {doubt: partial(_ask, doubt) for doubt in doubts}
    with Flight[Doubt, list[Sent]](sender) as flight:
        heard = flight.each(calls, AT_ONCE, carry_on)
        answers = [(doubt, _heard(done)) for doubt, done in heard]
    return settle(answers, now, looks)


async def _ask(doubt: Doubt, line: Line) -> list[Sent]:
    return await line.sent_to(doubt.phone, doubt.since)


def _heard(done: Future[list[Sent]]) -> list[Sent] | None:
    """None when the provider did not answer: that says nothing about the text."""
    if done.exception() is not None:
        log.warning("the provider could not be asked: %s", done.exception())
        return None
    return done.result()


@transaction()
def _take_up(library: Library, public_url: str, now: datetime) -> list[Doubt]:
    """The texts to ask about now, kept from other workers for a while."""
    due = (
        select(OutboundMessage)
        .where(
            OutboundMessage.state == DeliveryState.UNKNOWN,
            OutboundMessage.settled_at.is_(None),
            ~((OutboundMessage.look_at > now) & (OutboundMessage.look_at <= now + FARTHEST)),
        )
        .order_by(OutboundMessage.look_at)
        .limit(500)
        .with_for_update(skip_locked=True, of=OutboundMessage)
    )
    messages = db.session.scalars(due).all()
    words = words_for(messages, library, public_url)
    doubts = [
        Doubt(m.id, m.phone, (m.offered_at or m.due_at) - EARLIER, m.looks)
        for m in messages
        if _has_words(m, words, now)
    ]
    words.keep_links()
    return doubts


def _has_words(message: OutboundMessage, words: Words, now: datetime) -> bool:
    """Words to look for; also those of a text that only a lost past may have sent."""
    message.look_at = now + LOOKED_AFTER_FOR
    with consequences.giving_up(message, now):
        message.body = words.of(message)
        return True
    return False


@transaction()
def settle(
    answers: Sequence[tuple[Doubt, list[Sent] | None]],
    now: datetime,
    looks: Sequence[timedelta] = LOOKS,
) -> int:
    """Accept what the provider has, look again or give back what it has not; how many are done.

    What another worker has settled, or looked for, in the meantime is left as it is.
    """
    ids = [doubt.id for doubt, _ in answers]
    query = (
        select(OutboundMessage)
        .where(OutboundMessage.id.in_(ids), OutboundMessage.state == DeliveryState.UNKNOWN)
        .order_by(OutboundMessage.offered_at, OutboundMessage.id)
        .with_for_update(of=OutboundMessage)
    )
    asked = {doubt.id: (doubt.looks, sent) for doubt, sent in answers}
    taken = _known_sids(answers)
    done = []
    for message in db.session.scalars(query).all():
        looks_before, sent = asked[message.id]
        if message.looks != looks_before:
            continue
        if sent is None:
            _ask_later(message, now)
        elif (found := _found(message, sent, taken)) is not None:
            taken.add(found.provider_sid)
            message.offered_at = message.offered_at or found.created_at
            arrives = found.status not in receipts.NOT_DELIVERED
            outcomes.accept(message, found.provider_sid, now, arrives)
            receipts.move_on(message, found.status, found.code, found.reason, now)
            done.append("found")
        elif message.looks + 1 < len(looks):
            message.look_at = now + looks[message.looks + 1] - looks[message.looks]
            message.looks += 1
        else:
            done.append(_absent(message, now))
    if DeliveryState.EXPIRED in done:
        lapses.tell(now)
    tallies.add(tallies.RECONCILED, {each: done.count(each) for each in set(done)})
    return len(done)


def _known_sids(answers: Sequence[tuple[Doubt, list[Sent] | None]]) -> set[str]:
    """Those of the listed texts that are known to be another text of ours."""
    listed = {each.provider_sid for _, sent in answers for each in sent or ()}
    known = select(OutboundMessage.provider_sid).where(OutboundMessage.provider_sid.in_(listed))
    return {sid for sid in db.session.scalars(known) if sid}


def _found(message: OutboundMessage, sent: list[Sent], taken: set[str]) -> Sent | None:
    """The oldest listed text with these words that is nobody's yet."""
    words = _without_links(message.body or "")
    free = (each for each in reversed(sent) if each.provider_sid not in taken)
    return next((each for each in free if _without_links(each.body) == words), None)


def _without_links(text: str) -> str:
    return LINK.sub("", text)


def _ask_later(message: OutboundMessage, now: datetime) -> None:
    """Asking failed: the text stays unknown; it is never sent again on a guess."""
    if now - (message.offered_at or message.due_at) > GIVE_UP_AFTER:
        message.settle(DeliveryState.UNKNOWN, "the provider never said", now)
    else:
        message.look_at = now + ASK_AGAIN_AFTER


def _absent(message: OutboundMessage, now: datetime) -> str:
    """The provider does not have it: anybody's again, or too late."""
    message.look_at, message.claimed_by, message.lease_until = None, None, None
    message.losses += 1
    if message.losses >= MOST_LOSSES:
        consequences.give_up(message, "too many tries", now)
    elif message.expires_at <= now:
        message.settle(DeliveryState.EXPIRED, lapses.NOT_IN_TIME, now)
    else:
        message.state, message.state_reason = DeliveryState.PENDING, "the provider does not have it"
        message.body = None if message.template else message.body
    return str(message.state)
