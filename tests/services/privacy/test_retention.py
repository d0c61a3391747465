"""What time takes away, and what it never touches."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.kept_answer import KeptAnswer
from rehab.models.message import DeliveryState, InboundMessage, MessageEvent, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.sending import Heartbeat
from rehab.services import pulse
from rehab.services.access import links, sign_ins
from rehab.services.privacy import holds, retention
from rehab.services.privacy.retention import PERIODS, retain
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.services.privacy.conftest import OPERATOR, SECRET_WORDS, contents, received

QUARTER, DAY, SECOND = timedelta(days=90), timedelta(days=1), timedelta(seconds=1)
Live = Callable[[Patient], Plan]

CLINICAL = {
    "patient",
    "plan",
    "plan_terms",
    "session",
    "session_version",
    "morning",
    "measurement",
    "screening",
    "decision",
    "alert",
    "note",
    "sms_consent",
    "conversation",
    "audit_entry",
}


@pytest.fixture
def lived(maya: Patient, live: Live) -> Patient:
    """Maya's story, told; nothing waits for a person, and every text has come to rest."""
    live(maya)
    with transaction():
        for text in db.session.scalars(select(OutboundMessage)):
            text.body, text.values = SECRET_WORDS, {"said": SECRET_WORDS}
            text.settle(DeliveryState.ACCEPTED, None, NOON)
            text.expires_at = NOON
        for alert in db.session.scalars(select(Alert)):
            alert.closed_at = NOON
    return maya


def rows(model: Any, **which: Any) -> list[Any]:
    db.session.expire_all()
    return list(db.session.scalars(select(model).filter_by(**which)))


def gone(now: datetime) -> dict[str, int]:
    return {what: count for what, count in retain(now).items() if count}


def test_nothing_goes_before_its_time(app: Flask, lived: Patient) -> None:
    before = contents(app)
    assert gone(NOON) == {}
    assert contents(app) == before


def test_whatever_goes_the_record_stands(app: Flask, lived: Patient) -> None:
    before, texts = contents(app), len(rows(OutboundMessage))
    assert gone(NOON + 10 * QUARTER) != {}
    after = contents(app)
    assert {name: after[name] for name in CLINICAL} == {name: before[name] for name in CLINICAL}
    assert len(rows(OutboundMessage)) == texts


@pytest.mark.parametrize("age", [QUARTER, QUARTER + SECOND], ids=["a quarter", "a second more"])
def test_words_stay_a_quarter_to_the_second(lived: Patient, age: timedelta) -> None:
    past = age > QUARTER
    retain(NOON + age)
    assert {text.body for text in rows(OutboundMessage)} == {None if past else SECRET_WORDS}
    assert [bool(text.values) for text in rows(OutboundMessage)].count(past) == 0
    (text,) = rows(InboundMessage, patient_id=lived.id)
    assert text.body == ("" if past else SECRET_WORDS)
    assert (text.interpretation is None, text.intent) == (past, "pain")
    assert len(rows(InboundMessage, patient_id=None)) == (0 if past else 1)
    assert len(rows(MessageEvent)) == (0 if past else 1)


def test_doing_it_again_finds_nothing(app: Flask, lived: Patient) -> None:
    assert gone(NOON + 2 * QUARTER) != {}
    before = contents(app)
    assert gone(NOON + 2 * QUARTER) == {}
    assert contents(app) == before


def test_a_text_that_a_person_still_has_to_look_at_keeps_its_words(lived: Patient) -> None:
    with transaction():
        rows(Alert)[0].closed_at = None
    retain(NOON + 2 * QUARTER)
    assert rows(InboundMessage, patient_id=lived.id)[0].body == SECRET_WORDS
    with transaction():
        rows(Alert)[0].closed_at = NOON
    retain(NOON + 2 * QUARTER)
    assert rows(InboundMessage, patient_id=lived.id)[0].body == ""


def test_a_text_that_lies_unread_in_the_inbox_keeps_its_words(lived: Patient) -> None:
    with transaction():
        rows(InboundMessage, patient_id=lived.id)[0].intent = "unreadable"
    retain(NOON + 2 * QUARTER)
    (text,) = rows(InboundMessage, patient_id=lived.id)
    assert text.body == SECRET_WORDS
    with transaction():
        text.closed_at = NOON
    retain(NOON + 2 * QUARTER)
    assert rows(InboundMessage, patient_id=lived.id)[0].body == ""


def test_of_whoever_is_under_a_legal_hold_nothing_goes(app: Flask, lived: Patient) -> None:
    holds.hold_patient(lived, "a claim", OPERATOR, NOON)
    names = ("outbound_message", "inbound_message", "message_event")
    before = {name: contents(app)[name] for name in names}
    retain(NOON + 2 * QUARTER)
    assert {name: contents(app)[name] for name in names} == before


@pytest.mark.parametrize("state", [DeliveryState.PENDING, DeliveryState.SENDING])
def test_a_text_that_has_not_come_to_rest_keeps_its_words(
    lived: Patient, state: DeliveryState
) -> None:
    with transaction():
        rows(OutboundMessage)[0].state = state
    retain(NOON + 2 * QUARTER)
    kept = [text.state for text in rows(OutboundMessage) if text.body]
    assert kept == [state]


def test_answers_heartbeats_and_old_doors_last_a_day_or_their_own_life(lived: Patient) -> None:
    pulse.beat("w1", NOON)
    sign_ins.sweep(NOON)
    assert gone(NOON + DAY) == {"leftovers of sign-in": 3}
    assert gone(NOON + DAY + SECOND) == {"answers kept": 1, "heartbeats": 1}
    assert rows(KeptAnswer) + rows(Heartbeat) == []
    assert links.sweep(NOON + 2 * DAY) == 1


@pytest.mark.parametrize("count", [0, 1, 6, 7, 8, 21])
def test_it_goes_in_batches_however_many_there_are(app: Flask, maya: Patient, count: int) -> None:
    with transaction():
        for n in range(count):
            db.session.add(received(maya, f"SM{n}", maya.id))
    assert retain(NOON + 2 * QUARTER, batch=7)["words of texts received"] == count
    assert [text for text in rows(InboundMessage) if text.body] == []


def test_killed_between_two_batches_it_goes_on_where_it_stopped(app: Flask, maya: Patient) -> None:
    with transaction():
        for n in range(20):
            db.session.add(received(maya, f"SM{n}", maya.id))
    words = next(period for period in PERIODS if period.what == "words of texts received")
    assert retention._let_go_some(words, NOON + 2 * QUARTER, 5) == 5
    assert retain(NOON + 2 * QUARTER, batch=5)["words of texts received"] == 15


def test_every_period_says_why_and_none_is_of_the_clinical_record() -> None:
    assert all(period.why for period in PERIODS)
    assert not {period.model.__tablename__ for period in PERIODS} & CLINICAL
