"""How the night was, asked by text: one number, which is never taken for pain."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session
from rehab.notifications.intents import Expects
from rehab.programs.library import Library
from rehab.services import conversations, outbox
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction
from tests.services.phone import Phone, alerts, ask, open_question_of

TUESDAY = datetime(2026, 3, 3, 8, 40, tzinfo=UTC)
TODAY = date(2026, 3, 3)


@pytest.fixture
def phone(maya: Patient, library: Library) -> Phone:
    return Phone(library, maya.phone)


def text_of(plan: Plan, kind: Kind) -> OutboundMessage:
    """A text of this kind as it has just left."""
    key = f"{plan.id}:{TODAY}:sent:{kind}"
    until = TUESDAY + timedelta(hours=3)
    intention = Intention(
        plan.patient, kind, "sl.q", key, TUESDAY, until, plan=plan, about_on=TODAY
    )
    outbox.enqueue([intention], TUESDAY)
    message = db.session.scalars(select(OutboundMessage).filter_by(dedupe_key=key)).one()
    message.state = DeliveryState.ACCEPTED
    return message


@pytest.mark.parametrize(
    ("kind", "expects"),
    [
        (Kind.SLEEP_QUESTION, Expects.SLEEP),
        (Kind.MORNING, Expects.MORNING),
        (Kind.MISSED, Expects.REASON),
        (Kind.EXERCISE, None),
        (Kind.FOLLOW_UP, None),
        (Kind.MISSED_ONE, None),
        (Kind.SLEEP, None),
        (Kind.NEWS, None),
    ],
)
def test_each_kind_of_text_asks_what_it_asks(
    plan: Plan, kind: Kind, expects: Expects | None
) -> None:
    with transaction():
        conversations.ask(text_of(plan, kind), TUESDAY)
    opened = open_question_of(plan)
    assert (opened.expects if opened else None) == expects


@pytest.mark.parametrize(
    ("body", "rating"), [("7", 7), ("0", 0), ("eight/10", 8), ("sueño 6", 6), ("siete de diez", 7)]
)
def test_the_number_is_the_rating_of_the_night(
    plan: Plan, phone: Phone, body: str, rating: int
) -> None:
    ask(plan, Expects.SLEEP, TODAY, TUESDAY)
    assert phone.text(body, TUESDAY) == "rp.noted_morning"
    morning = db.session.scalars(select(Morning)).one()
    assert (morning.on, morning.sleep, morning.pain) == (TODAY, rating, None)
    assert morning.source == "sms"


@pytest.mark.parametrize("body", ["7 hours", "badly", "slept 7", "11", "6-7", "it hurts 6"])
def test_what_is_not_a_rating_of_sleep_is_asked_again(plan: Plan, phone: Phone, body: str) -> None:
    ask(plan, Expects.SLEEP, TODAY, TUESDAY)
    assert phone.text(body, TUESDAY) == "ck.bad"
    assert db.session.scalar(select(Morning)) is None


def test_a_labelled_pain_is_of_the_session_and_leaves_the_question_open(
    plan: Plan, phone: Phone
) -> None:
    phone.text("done", TUESDAY - timedelta(hours=1))
    ask(plan, Expects.SLEEP, TODAY, TUESDAY)
    assert phone.text("pain 2", TUESDAY) == "rp.thanks"
    assert db.session.scalars(select(Session.after)).one() == 2
    assert db.session.scalar(select(Morning)) is None


def test_a_labelled_pain_without_a_session_leaves_the_question_open(
    plan: Plan, phone: Phone
) -> None:
    ask(plan, Expects.SLEEP, TODAY, TUESDAY)
    assert phone.text("pain 6", TUESDAY) == "rp.nothing_due"
    assert phone.text("6", TUESDAY) == "rp.noted_morning"
    assert db.session.scalars(select(Morning.sleep)).one() == 6


def test_the_question_may_be_skipped(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.SLEEP, TODAY, TUESDAY)
    assert phone.text("skip", TUESDAY) == "rp.thanks"
    assert open_question_of(plan) is None


def test_words_of_danger_go_before_the_number(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.SLEEP, TODAY, TUESDAY)
    assert phone.text("3, chest pain all night", TUESDAY) == "rp.safety"
    assert alerts() == [("danger_words", 3)]


def test_a_rating_of_sleep_does_not_touch_the_pain_of_that_morning(
    plan: Plan, phone: Phone
) -> None:
    ask(plan, Expects.MORNING, TODAY, TUESDAY)
    phone.text("4", TUESDAY)
    ask(plan, Expects.SLEEP, TODAY, TUESDAY)
    phone.text("7", TUESDAY)
    morning = db.session.scalars(select(Morning)).one()
    assert (morning.pain, morning.sleep) == (4, 7)
