"""Texts out, through Twilio's own client, to a double that keeps what it is told."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from uuid import UUID

import pytest

from rehab.notifications.senders import Kind, Outcome, Outgoing, Reason, Sender, sender_for
from rehab.notifications.senders.console import ConsoleSender
from rehab.notifications.senders.twilio import TwilioSender, reason_for
from rehab.settings import Settings
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


@pytest.fixture
def server() -> Iterator[twilio.Server]:
    with twilio.Server(twilio.Double()) as server:
        yield server


@pytest.fixture
def sender(server: twilio.Server) -> Iterator[TwilioSender]:
    yield from closing(TwilioSender.from_settings(replace(SETTINGS, twilio_api_url=server.url)))


def closing(sender: TwilioSender) -> Iterator[TwilioSender]:
    yield sender
    sender.client.http_client.session.close()


def test_an_accepted_text_comes_back_with_its_sid(server: twilio.Server, sender: Sender) -> None:
    outcome = sender.send(TEXT)
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
    settings = replace(
        SETTINGS,
        twilio_api_url=server.url,
        twilio_from="",
        twilio_messaging_service_sid=service,
    )
    for sender in closing(TwilioSender.from_settings(settings)):
        assert sender.send(TEXT).status == "accepted"
    assert server.double.asked[0]["MessagingServiceSid"] == service
    assert "From" not in server.double.asked[0]


@pytest.mark.parametrize(
    ("trouble", "outcome", "accepted"),
    [
        ("429", Outcome(Kind.RETRY, None, None, 20429, Reason.NOT_ACCEPTED, 7.0), 0),
        ("500_before", Outcome(Kind.UNKNOWN, None, None, 20500, Reason.AMBIGUOUS), 0),
        ("500_after", Outcome(Kind.UNKNOWN, None, None, 20500, Reason.AMBIGUOUS), 1),
        ("reset_after", Outcome(Kind.UNKNOWN, reason=Reason.AMBIGUOUS), 1),
    ],
)
def test_what_may_have_been_accepted_is_unknown_and_what_was_not_may_be_retried(
    server: twilio.Server, sender: Sender, trouble: str, outcome: Outcome, accepted: int
) -> None:
    server.double.faults.append(trouble)
    assert sender.send(TEXT) == outcome
    assert len(server.double.messages) == accepted


def test_an_answer_that_never_comes_is_unknown(server: twilio.Server) -> None:
    server.double.faults.append("hang_after")
    settings = replace(SETTINGS, twilio_api_url=server.url)
    for sender in closing(TwilioSender.from_settings(settings, timeout=0.2)):
        assert sender.send(TEXT) == Outcome(Kind.UNKNOWN, reason=Reason.AMBIGUOUS)
    assert len(server.double.messages) == 1


@pytest.mark.parametrize(
    "nowhere", ["http://127.0.0.1:1", "http://twilio.invalid", "https://nobody.invalid"]
)
def test_a_connection_that_was_never_made_may_be_retried(nowhere: str) -> None:
    settings = replace(SETTINGS, twilio_api_url=nowhere)
    for sender in closing(TwilioSender.from_settings(settings)):
        assert sender.send(TEXT) == Outcome(Kind.RETRY, reason=Reason.NOT_ACCEPTED)


def test_an_opted_out_number_is_said_to_be_one(server: twilio.Server, sender: Sender) -> None:
    server.double.opted_out.add(ADA)
    assert sender.send(TEXT) == Outcome(Kind.FAILED, code=21610, reason=Reason.OPTED_OUT)


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        (21211, Kind.FAILED, Reason.BAD_NUMBER),
        (21614, Kind.FAILED, Reason.BAD_NUMBER),
        (30004, Kind.FAILED, Reason.BLOCKED),
        (21606, Kind.RETRY, Reason.OURS_IS_BROKEN),
        (30034, Kind.RETRY, Reason.OURS_IS_BROKEN),
        (21611, Kind.RETRY, Reason.NOT_ACCEPTED),
        (21602, Kind.FAILED, Reason.REFUSED),
        (99999, Kind.FAILED, Reason.REFUSED),
    ],
)
def test_a_refusal_is_put_into_our_words(
    server: twilio.Server, sender: Sender, code: int, kind: Kind, reason: Reason
) -> None:
    server.double.refusing[ADA] = code
    outcome = sender.send(TEXT)
    assert (outcome.kind, outcome.code, outcome.reason) == (kind, code, reason)


def test_a_wrong_token_is_our_own_fault_and_waits_to_be_mended(server: twilio.Server) -> None:
    settings = replace(SETTINGS, twilio_api_url=server.url, twilio_auth_token="not it")
    for sender in closing(TwilioSender.from_settings(settings)):
        outcome = sender.send(TEXT)
    assert (outcome.kind, outcome.reason) == (Kind.RETRY, Reason.OURS_IS_BROKEN)
    assert outcome.retry_after == 300


@pytest.mark.parametrize("code", [21610, 30003, 30008, None, 12345])
def test_every_code_has_a_word(code: int | None) -> None:
    assert reason_for(code) in Reason


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": "07700 900123"}, 21211),
        ({"ValidityPeriod": "36001"}, 21623),
        ({"ValidityPeriod": "0"}, 21623),
        ({"IdempotencyKey": "1"}, 20001),
        ({"From": ""}, 21603),
    ],
)
def test_the_double_refuses_what_twilio_refuses(form: dict[str, str], code: int) -> None:
    good = {"To": ADA, "From": twilio.NUMBER, "Body": "hello"}
    assert twilio.Double().create(good)[0] == 201
    assert twilio.Double().create({**good, **form})[1]["code"] == code


def test_the_double_lists_by_number_and_fetches_by_sid(
    server: twilio.Server, sender: TwilioSender
) -> None:
    sids = [sender.send(replace(TEXT, to=to)).provider_sid for to in (ADA, "+15005550102", ADA)]
    listed = [m.sid for m in sender.client.messages.list(to=ADA)]
    assert listed == [sids[2], sids[0]]
    assert sender.client.messages(sids[1]).fetch().to == "+15005550102"


def test_the_console_shows_one_line_and_hides_the_number() -> None:
    stream = StringIO()
    outcome = ConsoleSender(stream).send(replace(TEXT, body="Riverside: one\ntwo"))
    assert stream.getvalue() == "SMS to **********01: Riverside: one two\n"
    assert outcome == Outcome(Kind.ACCEPTED, provider_sid=f"console-{TEXT.id}", status="sent")


def test_a_demo_shows_whose_phone_it_is() -> None:
    stream = StringIO()
    ConsoleSender(stream, demo=True).send(TEXT)
    assert f"SMS to {ADA}: " in stream.getvalue()


def test_the_setting_names_the_sender() -> None:
    assert isinstance(sender_for(Settings()), ConsoleSender)
    assert isinstance(sender_for(SETTINGS), TwilioSender)


def test_a_process_that_sends_nothing_never_loads_the_twilio_client() -> None:
    code = (
        "import sys; from rehab.settings import Settings;"
        "from rehab.notifications import senders; senders.sender_for(Settings());"
        "import rehab.notifications.senders.twilio; assert 'twilio.rest' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
