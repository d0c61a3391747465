"""The sender of the tests: what it says afterwards is what it took."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from rehab.notifications.senders import (
    Kind,
    Outcome,
    Outgoing,
    ProviderSilent,
    Reason,
    Received,
    Sent,
)
from tests.doubles.sender import RecordingSender

ADA = "+15005550101"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = Outgoing(UUID(int=7), ADA, "ready", 60)
UNKNOWN = Outcome(Kind.UNKNOWN, reason=Reason.AMBIGUOUS)


def told(answer: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(answer)


@pytest.fixture
def sender() -> RecordingSender:
    return RecordingSender(now=lambda: NOW)


@pytest.mark.parametrize(
    ("outcome", "taken"),
    [
        (None, 1),
        (UNKNOWN, 1),
        (Outcome(Kind.RETRY, reason=Reason.NOT_ACCEPTED), 0),
        (Outcome(Kind.FAILED, reason=Reason.REFUSED), 0),
    ],
)
def test_it_lists_what_it_accepted_or_may_have(
    sender: RecordingSender, outcome: Outcome | None, taken: int
) -> None:
    sender.outcomes = [outcome] if outcome else []
    assert told(sender.send(TEXT)) == (outcome or Outcome(Kind.ACCEPTED, f"SM{7:032x}", "queued"))
    assert sender.sent == [TEXT]
    assert len(told(sender.sent_to(ADA, NOW))) == taken
    assert told(sender.sent_to(ADA, NOW + timedelta(seconds=1))) == []
    assert told(sender.sent_to("+15005550102", NOW)) == []


def test_an_unknown_text_may_not_have_been_taken(sender: RecordingSender) -> None:
    sender.outcomes, sender.takes_unknown = [UNKNOWN], False
    told(sender.send(TEXT))
    assert told(sender.sent_to(ADA, NOW)) == []


def test_the_same_text_taken_twice_is_two_texts_newest_first(sender: RecordingSender) -> None:
    sender.outcomes = [UNKNOWN, UNKNOWN]
    for _ in range(2):
        told(sender.send(TEXT))
    newest, oldest = told(sender.sent_to(ADA, NOW))
    assert newest.provider_sid != oldest.provider_sid
    assert told(sender.fetch(oldest.provider_sid)) == oldest
    assert oldest == Sent(oldest.provider_sid, "ready", "queued", NOW)


def test_what_is_hidden_is_listed_once_it_is_shown(sender: RecordingSender) -> None:
    sender.hiding = True
    told(sender.send(TEXT))
    assert told(sender.sent_to(ADA, NOW)) == []
    assert told(sender.fetch(f"SM{7:032x}")) is None
    sender.show()
    assert len(told(sender.sent_to(ADA, NOW))) == 1


def test_while_it_is_silent_nothing_can_be_asked(sender: RecordingSender) -> None:
    sender.silent = True
    for question in (sender.sent_to(ADA, NOW), sender.fetch("SM1"), sender.received(NOW)):
        with pytest.raises(ProviderSilent):
            told(question)
    assert told(sender.send(TEXT)).kind is Kind.ACCEPTED


def test_what_came_in_is_told(sender: RecordingSender) -> None:
    sender.inbound = [Received("SM1", ADA, "+15005550006", "DONE", NOW)]
    assert told(sender.received(NOW)) == sender.inbound
    assert told(sender.received(NOW + timedelta(seconds=1))) == []


def test_its_lines_are_counted(sender: RecordingSender) -> None:
    async def work() -> None:
        async with sender.connect() as line:
            assert (line, sender.open) == (sender, 1)

    told(work())
    assert (sender.opened, sender.open) == (1, 0)
