"""What Twilio is asked about texts whose fate is unknown, and how it says that it cannot tell."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import pytest

from rehab.notifications.senders import (
    Kind,
    Line,
    Outgoing,
    ProviderSilent,
    Reason,
    Received,
    Sent,
)
from rehab.notifications.senders.twilio import TwilioSender
from rehab.settings import Settings
from tests.doubles import twilio

ADA, BEA = "+15005550101", "+15005550102"
SERVICE = "MG" + "0" * 32
SETTINGS = Settings(
    public_url="https://rehab.example",
    sms="twilio",
    twilio_account_sid=twilio.ACCOUNT,
    twilio_auth_token=twilio.TOKEN,
    twilio_from=twilio.NUMBER,
)
EARLIER = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[twilio.Server]:
    with twilio.Server(twilio.Double()) as server:
        yield server


@pytest.fixture
def double(server: twilio.Server) -> twilio.Double:
    return server.double


@pytest.fixture
def ask(server: twilio.Server) -> Callable[[Callable[[Line], Awaitable[Any]]], Any]:
    """Ask something over a line of its own."""
    return asking(replace(SETTINGS, twilio_api_url=server.url))


def asking(settings: Settings) -> Callable[[Callable[[Line], Awaitable[Any]]], Any]:
    def ask(question: Callable[[Line], Awaitable[Any]]) -> Any:
        async def work() -> Any:
            async with TwilioSender.from_settings(settings, timeout=1.0).connect() as line:
                return await question(line)

        return asyncio.run(work())

    return ask


def take(double: twilio.Double, to: str = ADA, body: str = "hello", at: datetime = EARLIER) -> str:
    """Have the double accept a text at this time; its sid."""
    _, message = double.create({"To": to, "From": twilio.NUMBER, "Body": body})
    message["date_created"] = format_datetime(at)
    return str(message["sid"])


def test_what_was_sent_can_be_looked_up_by_its_number_newest_first(
    double: twilio.Double, ask: Any
) -> None:
    first = take(double, body="one")
    take(double, to=BEA)
    second = take(double, body="two", at=EARLIER + timedelta(minutes=1))
    double.move(double.by_sid[first], "undelivered", 30003)
    assert ask(lambda line: line.sent_to(ADA, EARLIER)) == [
        Sent(second, "two", "queued", EARLIER + timedelta(minutes=1)),
        Sent(first, "one", "undelivered", EARLIER, 30003, Reason.UNDELIVERED),
    ]


def test_a_text_that_went_unheard_is_found(double: twilio.Double, ask: Any) -> None:
    double.faults.append("reset_after")

    async def send_and_look(line: Line) -> list[Sent]:
        text = Outgoing(UUID(int=7), ADA, "Riverside: ready", 3600)
        assert (await line.send(text)).kind is Kind.UNKNOWN
        return await line.sent_to(ADA, LONG_AGO)

    (found,) = ask(send_and_look)
    assert (found.provider_sid, found.body) == (double.messages[0]["sid"], "Riverside: ready")


def test_what_twilio_dates_in_whole_seconds_is_not_missed_by_a_fraction_of_one(
    double: twilio.Double, ask: Any
) -> None:
    take(double)
    for since, found in ((timedelta(seconds=0.9), 1), (timedelta(seconds=1), 0)):
        assert len(ask(lambda line, since=since: line.sent_to(ADA, EARLIER + since))) == found


def test_a_text_that_still_waits_is_found_though_it_has_no_day_of_sending(
    double: twilio.Double, ask: Any
) -> None:
    take(double)
    assert double.messages[0]["date_sent"] is None
    assert double.listed({"DateSent>": "2026-03-02"})[1]["messages"] == []
    assert len(ask(lambda line: line.sent_to(ADA, EARLIER))) == 1


def test_only_what_we_sent_counts_as_sent(double: twilio.Double, ask: Any) -> None:
    double.take_in(ADA, "a text to us")
    assert ask(lambda line: line.sent_to(twilio.NUMBER, LONG_AGO)) == []


def test_a_hidden_text_is_not_seen_until_twilio_shows_it(double: twilio.Double, ask: Any) -> None:
    double.hidden_for = twilio.UNTIL_SHOWN
    sid = take(double)
    assert ask(lambda line: line.sent_to(ADA, EARLIER)) == []
    assert ask(lambda line: line.fetch(sid)) is None
    double.show()
    assert [t.provider_sid for t in ask(lambda line: line.sent_to(ADA, EARLIER))] == [sid]
    assert ask(lambda line: line.fetch(sid)).provider_sid == sid


def test_many_texts_are_read_page_by_page(double: twilio.Double, ask: Any) -> None:
    sids = [take(double, body=str(n)) for n in range(450)]
    found = ask(lambda line: line.sent_to(ADA, EARLIER))
    assert [t.provider_sid for t in found] == sids[::-1]
    assert [q["PageSize"] for q in double.questions] == ["200"] * 3
    assert {q["To"] for q in double.questions} == {ADA}


def test_pages_older_than_asked_for_are_not_read(double: twilio.Double, ask: Any) -> None:
    for hours in range(700):
        take(double, at=EARLIER + timedelta(hours=hours))
    found = ask(lambda line: line.sent_to(ADA, EARLIER + timedelta(hours=600)))
    assert (len(found), len(double.questions)) == (100, 2)


def test_a_list_too_long_to_be_read_is_no_answer(double: twilio.Double, ask: Any) -> None:
    """What was not read might hold the text, so nobody may conclude that it is absent."""
    for _ in range(1001):
        take(double)
    with pytest.raises(ProviderSilent, match="more texts than were read"):
        ask(lambda line: line.sent_to(ADA, EARLIER))


def test_one_text_is_fetched_by_its_sid(double: twilio.Double, ask: Any) -> None:
    sid = take(double)
    assert ask(lambda line: line.fetch(sid)) == Sent(sid, "hello", "queued", EARLIER)
    assert ask(lambda line: line.fetch("SM" + "0" * 32)) is None


@pytest.mark.parametrize("service", [False, True])
def test_what_came_in_is_listed_for_our_number_or_for_the_service(
    server: twilio.Server, double: twilio.Double, service: bool
) -> None:
    at_service = {"twilio_from": "", "twilio_messaging_service_sid": SERVICE}
    settings = replace(SETTINGS, twilio_api_url=server.url, **(at_service if service else {}))
    double.take_in(BEA, "long ago")["date_created"] = format_datetime(LONG_AGO)
    message = double.take_in(ADA, "DONE 3")
    double.move(double.by_sid[take(double)], "delivered")
    since = datetime.now(UTC) - timedelta(hours=1)
    found = asking(settings)(lambda line: line.received(since))
    assert [(t.provider_sid, t.sender, t.recipient, t.body) for t in found] == [
        (message["sid"], ADA, twilio.NUMBER, "DONE 3")
    ]
    assert isinstance(found[0], Received)
    assert abs(found[0].created_at - datetime.now(UTC)) < timedelta(minutes=1)
    (query,) = double.questions
    assert query.get("To") == (None if service else twilio.NUMBER)
    assert query["DateSent>"] == since.strftime("%Y-%m-%dT00:00:00Z")


@pytest.mark.parametrize("trouble", ["429", "401", "500", "503", "reset", "hang", "garbled"])
@pytest.mark.parametrize("question", ["sent_to", "fetch", "received"])
def test_no_answer_is_never_taken_for_an_empty_one(
    server: twilio.Server, double: twilio.Double, trouble: str, question: str
) -> None:
    """A list that is read again over a reused connection is the client's right; a fault a time."""
    double.question_faults.extend([trouble] * 3)
    questions: dict[str, Callable[[Line], Awaitable[Any]]] = {
        "sent_to": lambda line: line.sent_to(ADA, EARLIER),
        "fetch": lambda line: line.fetch("SM1"),
        "received": lambda line: line.received(EARLIER),
    }
    with pytest.raises(ProviderSilent) as silence:
        asking(replace(SETTINGS, twilio_api_url=server.url))(questions[question])
    assert ADA not in str(silence.value)
    assert twilio.TOKEN not in str(silence.value)


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(ProviderSilent, match="ClientConnectorError"):
        asking(replace(SETTINGS, twilio_api_url="http://127.0.0.1:1"))(lambda line: line.fetch("S"))


def test_another_servers_404_is_no_answer(server: twilio.Server) -> None:
    """The address of the API is wrong: whether the text is known is not."""
    settings = replace(SETTINGS, twilio_api_url=f"{server.url}/double/elsewhere")
    with pytest.raises(ProviderSilent):
        asking(settings)(lambda line: line.sent_to(ADA, EARLIER))
