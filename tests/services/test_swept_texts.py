"""A text that was lost on its way is found later, and judged by the moment at which it was sent."""

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
from rehab.services import consent
from tests.services.phone import Phone, alerts, ask, open_question_of

EVENING = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 8, 40, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def phone(maya: Patient, library: Library) -> Phone:
    return Phone(library, maya.phone)


def session() -> Session:
    return db.session.scalars(select(Session)).one()


def test_done_is_of_the_day_on_which_it_was_said(plan: Plan, phone: Phone) -> None:
    phone.text("done 4 3", TUESDAY, got_at=EVENING)
    assert (session().on, session().performed_at) == (date(2026, 3, 2), EVENING)
    assert phone.last().received_at == EVENING
    assert phone.last().handled_at == TUESDAY


def test_its_answer_may_have_been_sent_already_so_the_provider_is_asked_first(
    plan: Plan, phone: Phone
) -> None:
    phone.text("done 4 3", TUESDAY, got_at=EVENING)
    message = phone.answer()
    assert message is not None
    assert (message.state, message.look_at) == (DeliveryState.UNKNOWN, TUESDAY)


def test_any_other_answer_simply_waits(plan: Plan, phone: Phone) -> None:
    phone.text("done 4 3", EVENING)
    message = phone.answer()
    assert message is not None
    assert (message.state, message.look_at) == (DeliveryState.PENDING, None)


def test_a_number_answers_the_question_that_was_open_then(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    phone.text("5", TUESDAY + 20 * HOUR, got_at=TUESDAY + HOUR)
    morning = db.session.scalars(select(Morning)).one()
    assert (morning.on, morning.pain) == (date(2026, 3, 3), 5)


@pytest.mark.parametrize(
    "got_at", [TUESDAY - MINUTE, TUESDAY + 12 * HOUR], ids=["before", "too late"]
)
def test_a_number_does_not_answer_a_question_that_was_not_open_then(
    plan: Plan, phone: Phone, got_at: datetime
) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    phone.text("5", TUESDAY + 13 * HOUR, got_at=got_at)
    assert db.session.scalar(select(Morning)) is None


def test_a_number_from_before_the_answer_does_not_correct_it(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    phone.text("6", TUESDAY + 2 * MINUTE)
    phone.text("5", TUESDAY + 3 * MINUTE, got_at=TUESDAY + MINUTE)
    assert db.session.scalars(select(Morning.pain)).one() == 6


@pytest.mark.parametrize(("got", "pain"), [(3, 6), (11, 5)])
def test_a_correction_is_judged_by_when_it_was_sent(
    plan: Plan, phone: Phone, got: int, pain: int
) -> None:
    phone.text("done 5", EVENING)
    phone.text("sorry 6", EVENING + HOUR, got_at=EVENING + got * MINUTE)
    assert session().after == pain


def test_a_later_whose_hour_is_past_moves_nothing(plan: Plan, phone: Phone) -> None:
    assert phone.text("later", EVENING + HOUR, got_at=EVENING) == "rp.nothing_due"


def test_a_later_whose_hour_is_still_to_come_holds(plan: Plan, phone: Phone) -> None:
    assert phone.text("later 1h", EVENING + MINUTE, got_at=EVENING) == "rp.later"
    moved = db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.LATER)).one()
    assert moved.due_at == EVENING + HOUR


def test_a_late_done_leaves_the_newer_question_open(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    assert phone.text("done", TUESDAY + MINUTE, got_at=EVENING) == "rp.thanks"
    opened = open_question_of(plan)
    assert opened is not None
    assert opened.expects == Expects.MORNING
    phone.text("5", TUESDAY + 2 * MINUTE)
    assert db.session.scalars(select(Morning.pain)).one() == 5


def test_a_late_done_with_no_newer_question_asks_for_the_pain(plan: Plan, phone: Phone) -> None:
    assert phone.text("done", TUESDAY, got_at=EVENING) == "rp.after"
    phone.text("5", TUESDAY + MINUTE)
    assert (session().on, session().after) == (date(2026, 3, 2), 5)


def test_a_stop_counts_whenever_it_is_found(plan: Plan, maya: Patient, phone: Phone) -> None:
    phone.text("STOP", TUESDAY, got_at=EVENING)
    assert consent.is_suppressed(maya.phone)
    assert not maya.sms_consent


def test_a_stop_that_a_start_has_followed_stops_nothing(
    plan: Plan, maya: Patient, phone: Phone
) -> None:
    phone.text("STOP", EVENING)
    phone.text("START", EVENING + 2 * MINUTE)
    assert phone.text("stop", TUESDAY, got_at=EVENING + MINUTE) is None
    assert not consent.is_suppressed(maya.phone)
    assert phone.last().intent == "overtaken"


def test_a_start_from_before_the_stop_starts_nothing(
    plan: Plan, maya: Patient, phone: Phone
) -> None:
    phone.text("STOP", EVENING)
    assert phone.text("START", TUESDAY, got_at=EVENING - MINUTE) is None
    assert consent.is_suppressed(maya.phone)
    assert not maya.sms_consent


def test_a_start_from_before_the_clinic_took_consent_back_starts_nothing(
    plan: Plan, maya: Patient, phone: Phone
) -> None:
    consent.revoke(maya, "clinic", "ana@riverside.example", EVENING)
    assert phone.text("START", TUESDAY, got_at=EVENING - MINUTE) is None
    assert not maya.sms_consent


def test_a_stop_and_a_start_that_were_both_lost_are_taken_in_their_order(
    plan: Plan, maya: Patient, phone: Phone
) -> None:
    phone.text("STOP", TUESDAY, got_at=EVENING)
    assert phone.text("START", TUESDAY, got_at=EVENING + MINUTE) == "rp.started"
    assert maya.sms_consent
    assert not consent.is_suppressed(maya.phone)


def test_words_of_danger_are_told_however_late(plan: Plan, phone: Phone) -> None:
    assert phone.text("chest pain", TUESDAY, got_at=EVENING) == "rp.safety"
    assert alerts() == [("danger_words", 3)]


def test_a_provider_whose_clock_runs_ahead_is_not_believed(plan: Plan, phone: Phone) -> None:
    phone.text("done 4 3", EVENING, got_at=EVENING + 2 * HOUR)
    assert session().performed_at == EVENING
