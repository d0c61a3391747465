"""Twilio's door, knocked on by Twilio and by others."""

import hashlib
import hmac
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.serving import make_server

from rehab.extensions import db
from rehab.models.message import DeliveryState, InboundMessage, MessageEvent, OutboundMessage
from rehab.models.patient import Patient
from rehab.notifications.senders.twilio import TwilioSender
from rehab.services.delivery import Desk, dispatch
from rehab.wiring import Wiring, wire
from tests.doubles import twilio
from tests.doubles.clock import SetClock

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://rehab.example:8443/base"
INBOUND = "/webhooks/twilio/inbound"
MAYA = "+442079460123"
OLD = "the token before"
NOBODYS = "00000000-0000-4000-8000-000000000000"

Show = Callable[[datetime], None]


@pytest.fixture
def client(app: Flask, maya: Patient, at: Show) -> FlaskClient:
    """A server behind a proxy whose public address is not the one that it sees."""
    built: Wiring = app.extensions["rehab"]
    settings = replace(
        built.settings,
        public_url=URL,
        sms="twilio",
        twilio_account_sid=twilio.ACCOUNT,
        twilio_auth_token=twilio.TOKEN,
        twilio_from=twilio.NUMBER,
    )
    wire(app, replace(built, settings=settings))
    return app.test_client()


def knock(
    client: FlaskClient,
    path: str,
    form: dict[str, str],
    url: str = URL,
    token: str = twilio.TOKEN,
    **kwargs: Any,
) -> Any:
    headers = {"X-Twilio-Signature": twilio.signature(token, url + path, form)}
    return client.post(path, data=form, headers=headers, **kwargs)


def text(body: str, sid: str = "SM1") -> dict[str, str]:
    return twilio.inbound_form(sid, MAYA, body)


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(InboundMessage)) or 0


def test_a_signed_text_is_received_and_answered_through_the_queue(client: FlaskClient) -> None:
    answer = knock(client, INBOUND, text("HELP"))
    assert (answer.status_code, answer.content_type) == (200, "text/xml")
    assert answer.get_data(as_text=True).endswith("<Response/>")
    reply = db.session.scalars(select(OutboundMessage).filter_by(template="rp.help")).one()
    assert reply.state is DeliveryState.PENDING


def test_a_text_of_any_alphabet_is_received(client: FlaskClient) -> None:
    assert knock(client, INBOUND, text("Añejo ☕ & 50% + más =?")).status_code == 200
    assert db.session.scalar(select(InboundMessage.body)) == "Añejo ☕ & 50% + más =?"


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "another token"},
        {"url": "http://localhost"},
        {"url": "https://rehab.example:8443"},
        {"url": URL, "query_string": {"a": "1"}},
    ],
)
def test_a_signature_that_does_not_fit_is_refused(
    client: FlaskClient, wrong: dict[str, Any]
) -> None:
    assert knock(client, INBOUND, text("STOP"), **wrong).status_code == 403
    assert kept() == 0


def rotated(app: Flask, old: str) -> None:
    """The token is being changed: `old` is the one before."""
    built: Wiring = app.extensions["rehab"]
    wire(app, replace(built, settings=replace(built.settings, twilio_auth_token_old=old)))


@pytest.mark.parametrize(
    ("old", "token", "answer"),
    [
        (OLD, twilio.TOKEN, 200),
        (OLD, OLD, 200),
        (OLD, "another token", 403),
        (OLD, "", 403),
        ("", twilio.TOKEN, 200),
        ("", OLD, 403),
        ("", "", 403),
    ],
)
def test_while_the_token_is_changed_the_one_before_signs_too(
    app: Flask, client: FlaskClient, old: str, token: str, answer: int
) -> None:
    rotated(app, old)
    assert knock(client, INBOUND, text("HELP"), token=token).status_code == answer
    message = db.session.scalars(select(OutboundMessage).order_by("created_at")).first()
    assert message is not None
    form = {"MessageSid": "SM5", "MessageStatus": "sent"}
    told = knock(client, f"/webhooks/twilio/status/{message.id}", form, token=token)
    assert told.status_code == (204 if answer == 200 else 403)


@pytest.mark.parametrize("token", [twilio.TOKEN, OLD])
def test_the_token_before_opens_no_other_door(app: Flask, client: FlaskClient, token: str) -> None:
    rotated(app, OLD)
    assert knock(client, INBOUND, text("STOP"), "http://localhost", token).status_code == 403
    asked = knock(client, INBOUND, text("STOP"), token=token, query_string={"a": "1"})
    assert asked.status_code == 403
    headers = {"X-Twilio-Signature": twilio.signature(token, URL + INBOUND, text("STOP"))}
    assert client.post(INBOUND, data=text("START"), headers=headers).status_code == 403
    assert kept() == 0


def test_a_token_from_before_means_nothing_on_the_console(
    app: Flask, maya: Patient, at: Show
) -> None:
    rotated(app, OLD)
    url = app.extensions["rehab"].settings.public_url
    assert knock(app.test_client(), INBOUND, text("STOP"), url, token=OLD).status_code == 403


def test_a_path_that_is_escaped_is_not_the_path_that_was_signed(client: FlaskClient) -> None:
    """The server sees `%2F` undone; only the address that was configured is ever signed."""
    escaped = "/webhooks/twilio%2Finbound"
    assert knock(client, escaped, text("STOP")).status_code == 403
    assert kept() == 0


def test_a_field_that_comes_twice_is_signed_twice(client: FlaskClient) -> None:
    form = {**{name: [value] for name, value in text("HELP").items()}, "MediaUrl": ["one", "two"]}
    pairs = "".join(name + value for name in sorted(form) for value in form[name])
    digest = hmac.new(twilio.TOKEN.encode(), (URL + INBOUND + pairs).encode(), hashlib.sha1)
    headers = {"X-Twilio-Signature": b64encode(digest.digest()).decode()}
    assert client.post(INBOUND, data=form, headers=headers).status_code == 200
    assert client.post(INBOUND, data={**form, "Body": "STOP"}, headers=headers).status_code == 403


def test_a_text_that_was_tampered_with_is_refused(client: FlaskClient) -> None:
    headers = {"X-Twilio-Signature": twilio.signature(twilio.TOKEN, URL + INBOUND, text("STOP"))}
    assert client.post(INBOUND, data=text("START"), headers=headers).status_code == 403


@pytest.mark.parametrize("signature", [None, "", "x", "ä" * 28, b64encode(b"0" * 20).decode()])
@pytest.mark.parametrize("path", [INBOUND, f"/webhooks/twilio/status/{NOBODYS}"])
def test_without_a_signature_nothing_is_looked_at(
    client: FlaskClient, path: str, signature: str | None
) -> None:
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    assert client.post(path, data=text("STOP"), headers=headers).status_code == 403
    assert client.post(path, json={"Body": "STOP"}, headers=headers).status_code == 403


def test_with_texts_on_the_console_nothing_is_ever_signed(
    app: Flask, maya: Patient, at: Show
) -> None:
    form = text("STOP")
    for token in ("", twilio.TOKEN):
        signature = b64encode(hmac.new(token.encode(), b"", hashlib.sha1).digest()).decode()
        headers = {"X-Twilio-Signature": signature}
        assert app.test_client().post(INBOUND, data=form, headers=headers).status_code == 403
    url = app.extensions["rehab"].settings.public_url
    assert knock(app.test_client(), INBOUND, form, url, token="").status_code == 403


@pytest.mark.parametrize("missing", ["MessageSid", "From", "To"])
def test_a_signed_text_without_its_particulars_is_a_bad_request(
    client: FlaskClient, missing: str
) -> None:
    form = {name: value for name, value in text("done").items() if name != missing}
    assert knock(client, INBOUND, form).status_code == 400


def test_a_text_that_is_delivered_twice_is_answered_the_same_and_counts_once(
    client: FlaskClient,
) -> None:
    first, second = (knock(client, INBOUND, text("HELP")) for _ in range(2))
    assert first.data == second.data
    assert kept() == 1


def test_a_nul_in_a_text_harms_nobody(client: FlaskClient) -> None:
    assert knock(client, INBOUND, text("do\0ne")).status_code == 200
    assert db.session.scalar(select(InboundMessage.body)) == "done"


def test_a_status_of_our_text_is_kept(client: FlaskClient) -> None:
    message = db.session.scalars(select(OutboundMessage)).one()
    form = {"MessageSid": "SM5", "MessageStatus": "undelivered", "ErrorCode": "30003"}
    answer = knock(client, f"/webhooks/twilio/status/{message.id}", form)
    assert (answer.status_code, answer.data) == (204, b"")
    db.session.refresh(message)
    assert (message.provider_sid, message.state_reason) == ("SM5", "undelivered")
    assert db.session.scalars(select(MessageEvent)).one().error_code == 30003


def test_a_status_of_a_text_that_is_not_ours_is_not_found(client: FlaskClient) -> None:
    form = {"MessageSid": "SM5", "MessageStatus": "sent"}
    assert knock(client, f"/webhooks/twilio/status/{uuid4()}", form).status_code == 404


@pytest.mark.parametrize("path", [INBOUND, f"/webhooks/twilio/status/{NOBODYS}"])
def test_only_a_post_is_heard(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 405


@pytest.fixture
def both_ways(app: Flask, maya: Patient, at: Show) -> Iterator[twilio.Server]:
    """The server and the double, each listening on a port of its own."""
    web = make_server("127.0.0.1", 0, app, threaded=True)
    web.log_startup = lambda: None  # type: ignore[method-assign]
    threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{web.server_port}"
    with twilio.Server(twilio.Double(web=url)) as server:
        built: Wiring = app.extensions["rehab"]
        settings = replace(
            built.settings,
            public_url=url,
            sms="twilio",
            twilio_account_sid=twilio.ACCOUNT,
            twilio_auth_token=twilio.TOKEN,
            twilio_from=twilio.NUMBER,
            twilio_api_url=server.url,
        )
        sender = TwilioSender.from_settings(settings)
        wire(app, replace(built, settings=settings, sender=sender))
        yield server
    web.shutdown()
    web.server_close()


def test_a_conversation_over_the_wire(app: Flask, both_ways: twilio.Server) -> None:
    double, built = both_ways.double, app.extensions["rehab"]
    double.keeps_opt_outs = False
    desk = Desk(built.sender, built.library, built.settings.public_url, SetClock(NOW), "w1")
    db.session.rollback()
    assert dispatch(desk) == {"accepted": 1}
    (welcome,) = double.messages
    assert double.report(welcome["sid"], ["delivered", "sent", "sent"]) == [204, 204, 204]
    assert double.text(MAYA, "help") == 200
    assert dispatch(desk) == {"accepted": 1}
    assert "Reply STOP to end" in double.messages[1]["body"]
    assert double.text(MAYA, "STOP") == 200
    assert dispatch(desk) == {"accepted": 1}
    assert "no more texts" in double.messages[2]["body"]
    db.session.rollback()
    first = db.session.scalars(select(OutboundMessage).filter_by(template="rp.consent")).one()
    assert (first.provider_sid, first.provider_status) == (welcome["sid"], "delivered")


def test_a_stop_that_twilio_keeps_itself_needs_no_second_confirmation(
    app: Flask, both_ways: twilio.Server
) -> None:
    """It has answered, and refuses ours: that is taken in, and no text leaves to the number."""
    double, built = both_ways.double, app.extensions["rehab"]
    desk = Desk(built.sender, built.library, built.settings.public_url, SetClock(NOW), "w1")
    db.session.rollback()
    dispatch(desk)
    assert double.text(MAYA, "STOP") == 200
    assert dispatch(desk) == {"failed": 1}
    assert len(double.messages) == 1


def test_with_advanced_opt_out_twilio_says_what_it_understood_and_answers_itself(
    app: Flask, both_ways: twilio.Server
) -> None:
    double, built = both_ways.double, app.extensions["rehab"]
    double.advanced_opt_out = True
    desk = Desk(built.sender, built.library, built.settings.public_url, SetClock(NOW), "w1")
    db.session.rollback()
    dispatch(desk)
    assert double.text(MAYA, "stop") == 200
    assert dispatch(desk) == {}
    assert len(double.asked) == 1
