"""Twilio's door, knocked on by forgers: whatever is not signed for this address is not heard."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.message import InboundMessage
from rehab.services import consent
from rehab.wiring import Wiring, wire
from tests.doubles.twilio_post import ACCOUNT, NUMBER, TOKEN, inbound_form, signature

URL = "https://rehab.example"
INBOUND = "/webhooks/twilio/inbound"
MAYA = "+442079460123"
STOP = inbound_form("SM1", MAYA, "STOP")
RIGHT = signature(TOKEN, URL + INBOUND, STOP)


@pytest.fixture
def door(app: Flask, maya: Any, at: Callable[[datetime], None]) -> Iterator[FlaskClient]:
    built: Wiring = app.extensions["rehab"]
    twilio = replace(
        built.settings,
        public_url=URL,
        sms="twilio",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_from=NUMBER,
    )
    wire(app, replace(built, settings=twilio))
    yield app.test_client()
    wire(app, built)


def knock(
    door: FlaskClient, signed: str | None, form: dict[str, str] = STOP, path: str = INBOUND
) -> int:
    headers = {} if signed is None else {"X-Twilio-Signature": signed}
    return door.post(path, data=form, headers=headers).status_code


def heard() -> int:
    return db.session.scalar(select(func.count()).select_from(InboundMessage)) or 0


def test_what_is_signed_is_heard(door: FlaskClient) -> None:
    assert knock(door, RIGHT) == 200
    assert heard() == 1
    assert consent.is_suppressed(MAYA)


FORGED = {
    "none": None,
    "empty": "",
    "another token's": signature("not the token", URL + INBOUND, STOP),
    "an empty token's": signature("", URL + INBOUND, STOP),
    "another host's": signature(TOKEN, "https://evil.example" + INBOUND, STOP),
    "plain http's": signature(TOKEN, "http://rehab.example" + INBOUND, STOP),
    "another port's": signature(TOKEN, f"{URL}:8443{INBOUND}", STOP),
    "the other door's": signature(TOKEN, f"{URL}/webhooks/twilio/status/{uuid4()}", STOP),
    "of other words": signature(TOKEN, URL + INBOUND, inbound_form("SM1", MAYA, "START")),
    "of another number": signature(TOKEN, URL + INBOUND, inbound_form("SM1", NUMBER, "STOP")),
    "of nothing": signature(TOKEN, URL + INBOUND, {}),
    "a part": RIGHT[:-4],
    "and more": RIGHT + "AAAA",
    "in lower case": RIGHT.lower(),
    "twice": f"{RIGHT}, {RIGHT}",
    "the token itself": TOKEN,
}


@pytest.mark.parametrize("signed", FORGED.values(), ids=FORGED)
def test_a_forged_signature_is_not_heard(door: FlaskClient, signed: str | None) -> None:
    assert knock(door, signed) == 403
    assert knock(door, signed, path=f"/webhooks/twilio/status/{uuid4()}") == 403
    assert heard() == 0
    assert not consent.is_suppressed(MAYA)


def test_a_host_header_makes_no_address_ours(door: FlaskClient) -> None:
    forged = signature(TOKEN, "https://evil.example" + INBOUND, STOP)
    headers = {
        "X-Twilio-Signature": forged,
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Original-URL": INBOUND,
    }
    assert door.post(INBOUND, data=STOP, headers=headers).status_code == 403


@given(st.integers(0, 19), st.integers(1, 255))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_signature_with_one_byte_changed_is_not_heard(
    door: FlaskClient, place: int, flip: int
) -> None:
    raw = bytearray(base64.b64decode(RIGHT))
    raw[place] ^= flip
    assert knock(door, base64.b64encode(raw).decode()) == 403


def test_words_that_were_added_on_the_way_are_not_heard(door: FlaskClient) -> None:
    assert knock(door, RIGHT, {**STOP, "OptOutType": "START"}) == 403
    assert (
        door.post(
            f"{INBOUND}?Body=START", data=STOP, headers={"X-Twilio-Signature": RIGHT}
        ).status_code
        == 403
    )


def test_a_text_that_is_replayed_is_heard_once(door: FlaskClient) -> None:
    assert [knock(door, RIGHT) for _ in range(3)] == [200, 200, 200]
    assert heard() == 1
