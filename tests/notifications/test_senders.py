"""Texts out: offered once, through Twilio's own client, to a double that keeps what it is told."""

import asyncio
import logging
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from hypothesis import given
from hypothesis import strategies as st

from rehab.notifications.senders import (
    Kind,
    Outcome,
    Outgoing,
    ProviderSilent,
    Reason,
    Sender,
    sender_for,
)
from rehab.notifications.senders.console import ConsoleSender
from rehab.notifications.senders.twilio import TwilioSender, outcome_of, why
from rehab.notifications.senders.twilio_codes import outcome_for, reason_for
from rehab.settings import Settings
from tests.conftest import NOON
from tests.doubles import twilio

ADA = "+15005550101"
TEXT = Outgoing(UUID(int=7), ADA, "Riverside: your session is ready.", 3600)
SETTINGS = Settings(
    public_url="https://rehab.example",
    sms="twilio",
    twilio_account_sid=twilio.ACCOUNT,
    twilio_auth_token=twilio.TOKEN,
    twilio_from=twilio.NUMBER,
)
UNKNOWN = Outcome(Kind.UNKNOWN, reason=Reason.AMBIGUOUS)
NEVER_LEFT = Outcome(Kind.RETRY, reason=Reason.NOT_ACCEPTED)


@pytest.fixture
def server() -> Iterator[twilio.Server]:
    with twilio.Server(twilio.Double()) as server:
        yield server


@pytest.fixture
def sender(server: twilio.Server) -> TwilioSender:
    return sender_at(server.url)


def sender_at(url: str, timeout: float = 10.0, **settings: Any) -> TwilioSender:
    return TwilioSender.from_settings(replace(SETTINGS, twilio_api_url=url, **settings), timeout)


def offer(sender: Sender, *texts: Outgoing) -> list[Outcome]:
    """Offer these texts one after another over one line."""

    async def work() -> list[Outcome]:
        async with sender.connect() as line:
            return [await line.send(text) for text in texts]

    return asyncio.run(work())


def test_an_accepted_text_comes_back_with_its_sid(server: twilio.Server, sender: Sender) -> None:
    (outcome,) = offer(sender, TEXT)
    (message,) = server.double.messages
    assert outcome == Outcome(Kind.ACCEPTED, provider_sid=message["sid"], status="queued")
    assert server.double.asked == [
        {
            "To": ADA,
            "From": twilio.NUMBER,
            "Body": "Riverside: your session is ready.",
            "ValidityPeriod": "3600",
            "StatusCallback": f"https://rehab.example/webhooks/twilio/status/{TEXT.id}",
        }
    ]


def test_a_messaging_service_takes_the_place_of_a_number(server: twilio.Server) -> None:
    service = "MG" + "0" * 32
    sender = sender_at(server.url, twilio_from="", twilio_messaging_service_sid=service)
    assert offer(sender, TEXT)[0].status == "accepted"
    assert server.double.asked[0]["MessagingServiceSid"] == service
    assert "From" not in server.double.asked[0]


@given(body=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_every_word_arrives_as_it_was_written(body: str) -> None:
    with twilio.Server(twilio.Double()) as server:
        offer(sender_at(server.url), replace(TEXT, body=body))
        assert server.double.messages[0]["body"] == body


RETRY_LATER = Outcome(Kind.RETRY, None, None, 20429, Reason.NOT_ACCEPTED, 7.0)
OURS = Outcome(Kind.RETRY, None, None, 20003, Reason.OURS_IS_BROKEN, 300.0)


@pytest.mark.parametrize(
    ("trouble", "outcome", "accepted"),
    [
        ("429", RETRY_LATER, 0),
        ("401", OURS, 0),
        ("500_before", replace(UNKNOWN, code=20500), 0),
        ("503_before", replace(UNKNOWN, code=20500), 0),
        ("reset_before", UNKNOWN, 0),
        ("500_after", replace(UNKNOWN, code=20500), 1),
        ("503_after", replace(UNKNOWN, code=20500), 1),
        ("reset_after", UNKNOWN, 1),
        ("garbled_after", UNKNOWN, 1),
    ],
)
def test_what_may_have_been_accepted_is_unknown_and_what_was_not_may_be_retried(
    server: twilio.Server, sender: Sender, trouble: str, outcome: Outcome, accepted: int
) -> None:
    """Each text is offered once: a client that tried again would meet no second fault."""
    server.double.faults.extend(["", trouble])
    first, second = offer(sender, TEXT, TEXT)
    assert (first.kind, second) == (Kind.ACCEPTED, outcome)
    assert len(server.double.messages) == 1 + accepted


@pytest.mark.parametrize("trouble", ["hang_after", "slow"])
def test_an_answer_that_does_not_come_in_time_is_unknown(
    server: twilio.Server, trouble: str
) -> None:
    server.double.faults.append(trouble)
    assert offer(sender_at(server.url, timeout=0.3), TEXT) == [UNKNOWN]
    assert len(server.double.messages) == 1


def test_an_answer_that_comes_late_but_in_time_counts(
    server: twilio.Server, sender: Sender
) -> None:
    server.double.faults.append("slow")
    server.double.slowness = 0.2
    assert offer(sender, TEXT)[0].kind is Kind.ACCEPTED


@pytest.mark.parametrize(
    "nowhere", ["http://127.0.0.1:1", "http://twilio.invalid", "https://nobody.invalid"]
)
def test_a_connection_that_was_never_made_may_be_retried(nowhere: str) -> None:
    assert offer(sender_at(nowhere), TEXT) == [NEVER_LEFT]


def test_a_connection_that_nobody_picks_up_may_be_retried() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        port = deaf.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for caller in waiting:
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.1", port))
        assert offer(sender_at(f"http://127.0.0.1:{port}", timeout=0.4), TEXT) == [NEVER_LEFT]
        for caller in waiting:
            caller.close()


def test_a_handshake_that_fails_may_be_retried(server: twilio.Server) -> None:
    assert offer(sender_at(server.url.replace("http:", "https:")), TEXT) == [NEVER_LEFT]
    assert server.double.messages == []


KEY = ConnectionKey("api.twilio.com", 443, True, True, None, None, None)
LOST = OSError(104, "reset")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (aiohttp.ClientConnectorError(KEY, LOST), NEVER_LEFT),
        (aiohttp.ClientConnectorDNSError(KEY, LOST), NEVER_LEFT),
        (aiohttp.ClientConnectorSSLError(KEY, LOST), NEVER_LEFT),
        (
            aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError("expired")),
            NEVER_LEFT,
        ),
        (aiohttp.ConnectionTimeoutError(), NEVER_LEFT),
        (aiohttp.ClientOSError(104, "reset"), UNKNOWN),
        (aiohttp.ClientConnectionResetError(), UNKNOWN),
        (aiohttp.ServerDisconnectedError(), UNKNOWN),
        (aiohttp.SocketTimeoutError(), UNKNOWN),
        (aiohttp.ClientPayloadError(), UNKNOWN),
        (aiohttp.ClientError(), UNKNOWN),
        (TimeoutError(), UNKNOWN),
        (ssl.SSLError("bad record mac"), UNKNOWN),
        (ValueError("no JSON"), UNKNOWN),
        (RuntimeError("whatever else"), UNKNOWN),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value.kind),
)
def test_only_what_certainly_never_left_may_be_retried(error: Exception, outcome: Outcome) -> None:
    assert outcome_of(error) == outcome


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server that says these bytes to whoever calls, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        called = threading.Thread(target=_answer_one, args=(listening, answer), daemon=True)
        called.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        called.join(5)


def _answer_one(listening: socket.socket, answer: bytes) -> None:
    line, _ = listening.accept()
    with line:
        line.settimeout(5)
        while b"StatusCallback" not in line.recv(65536):
            pass
        line.sendall(answer)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", UNKNOWN),
        (b'HTTP/1.1 201 Created\r\nContent-Length: 90\r\n\r\n{"sid": "SM1"', UNKNOWN),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}", UNKNOWN),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\n\xff\xfe\xfd\xfc", UNKNOWN),
        (b"220 mail.example ESMTP\r\n", UNKNOWN),
        (b"", UNKNOWN),
        (
            b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>",
            replace(UNKNOWN, code=502),
        ),
        (
            b"HTTP/1.1 429 Busy\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n",
            replace(RETRY_LATER, retry_after=None),
        ),
    ],
)
def test_an_answer_that_makes_no_sense_proves_nothing(answer: bytes, outcome: Outcome) -> None:
    with answering(answer) as url:
        assert offer(sender_at(url), TEXT) == [outcome]


def test_a_redirect_is_not_followed(server: twilio.Server) -> None:
    there = server.url.encode()
    redirect = b"HTTP/1.1 307 Away\r\nLocation: " + there + b"\r\nContent-Length: 0\r\n\r\n"
    with answering(redirect) as url:
        assert offer(sender_at(url), TEXT)[0].kind is not Kind.ACCEPTED
    assert server.double.asked == []


def test_a_proxy_in_the_environment_is_not_used(
    server: twilio.Server, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert offer(sender, TEXT)[0].kind is Kind.ACCEPTED


def test_who_gives_up_waiting_is_let_go(server: twilio.Server, sender: Sender) -> None:
    server.double.faults.append("hang_after")

    async def work() -> None:
        async with sender.connect() as line:
            await asyncio.wait_for(line.send(TEXT), 0.2)

    with pytest.raises(TimeoutError):
        asyncio.run(work())


def test_a_line_carries_as_many_texts_at_once_as_it_is_given(
    server: twilio.Server, sender: Sender
) -> None:
    server.double.delay = 0.2

    async def work() -> list[Outcome]:
        async with sender.connect() as line:
            return await asyncio.gather(*(line.send(TEXT) for _ in range(200)))

    outcomes = asyncio.run(asyncio.wait_for(work(), 20))
    assert {outcome.kind for outcome in outcomes} == {Kind.ACCEPTED}
    assert len({outcome.provider_sid for outcome in outcomes}) == 200


def test_an_opted_out_number_is_said_to_be_one(server: twilio.Server, sender: Sender) -> None:
    server.double.opted_out.add(ADA)
    assert offer(sender, TEXT) == [Outcome(Kind.FAILED, code=21610, reason=Reason.OPTED_OUT)]


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        (21211, Kind.FAILED, Reason.BAD_NUMBER),
        (21614, Kind.FAILED, Reason.BAD_NUMBER),
        (30004, Kind.FAILED, Reason.BLOCKED),
        (21606, Kind.RETRY, Reason.OURS_IS_BROKEN),
        (30034, Kind.RETRY, Reason.OURS_IS_BROKEN),
        (30007, Kind.RETRY, Reason.FILTERED),
        (21611, Kind.RETRY, Reason.NOT_ACCEPTED),
        (21602, Kind.FAILED, Reason.REFUSED),
        (30008, Kind.FAILED, Reason.UNDELIVERED),
        (99999, Kind.FAILED, Reason.REFUSED),
    ],
)
def test_a_refusal_is_put_into_our_words(
    server: twilio.Server, sender: Sender, code: int, kind: Kind, reason: Reason
) -> None:
    server.double.refusing[ADA] = code
    (outcome,) = offer(sender, TEXT)
    assert (outcome.kind, outcome.code, outcome.reason) == (kind, code, reason)


def test_a_wrong_token_is_our_own_fault_and_waits_to_be_mended(server: twilio.Server) -> None:
    assert offer(sender_at(server.url, twilio_auth_token="not it"), TEXT) == [OURS]


@pytest.mark.parametrize("code", [21610, 30003, 30008, None, 12345])
def test_every_code_has_a_word(code: int | None) -> None:
    assert reason_for(code) in Reason


@given(status=st.integers(300, 599), code=st.none() | st.integers(1, 99_999))
def test_no_error_of_the_server_is_ever_taken_for_certain(status: int, code: int | None) -> None:
    outcome = outcome_for(status, code, None)
    assert (outcome.kind is Kind.UNKNOWN) == (status >= 500)
    assert outcome.kind is not Kind.ACCEPTED


def test_no_secret_and_no_number_is_shown(sender: TwilioSender) -> None:
    assert twilio.TOKEN not in repr(sender)
    error = aiohttp.ClientResponseError(None, (), status=400, message=ADA)  # type: ignore[arg-type]
    assert why(error) == "ClientResponseError"


def test_nothing_of_a_text_is_logged(
    server: twilio.Server, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.double.faults.extend(["", "500_before", "reset_after"])
    offer(sender, TEXT, TEXT, TEXT)
    logging.getLogger("here").info("the log is listened to")
    assert "listened to" in caplog.text
    for secret in (ADA, ADA[1:], TEXT.body, twilio.TOKEN):
        assert secret not in caplog.text


def test_the_console_shows_one_line_and_hides_the_number() -> None:
    stream = StringIO()
    (outcome,) = offer(ConsoleSender(stream), replace(TEXT, body="Riverside: one\ntwo"))
    assert stream.getvalue() == "SMS to **********01: Riverside: one two\n"
    assert outcome == Outcome(Kind.ACCEPTED, provider_sid=f"console-{TEXT.id}", status="sent")


def test_a_demo_shows_whose_phone_it_is() -> None:
    stream = StringIO()
    offer(ConsoleSender(stream, demo=True), TEXT)
    assert f"SMS to {ADA}: " in stream.getvalue()


def test_a_console_does_not_claim_to_know_what_it_has_printed() -> None:
    """An empty list would say that a text was not sent, and it would be printed again."""
    console = ConsoleSender(StringIO())
    offer(console, TEXT)
    with pytest.raises(ProviderSilent):
        asyncio.run(console.sent_to(ADA, NOON))


def test_the_setting_names_the_sender() -> None:
    assert isinstance(sender_for(Settings()), ConsoleSender)
    assert isinstance(sender_for(SETTINGS), TwilioSender)


@pytest.mark.parametrize(
    ("sms", "absent"), [("console", "aiohttp"), ("console", "twilio"), ("twilio", "aiohttp")]
)
def test_a_process_that_sends_nothing_never_loads_the_twilio_client(sms: str, absent: str) -> None:
    code = (
        "import sys; from rehab.settings import Settings;"
        "from rehab.notifications import senders;"
        f"senders.sender_for(Settings(sms={sms!r}, twilio_account_sid='AC', twilio_auth_token='t',"
        "twilio_from='+15005550006'));"
        f"import rehab.notifications.senders.twilio; assert {absent!r} not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
