"""What a patient texts, and what becomes of it: in the plan, on the record, and in the answer."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.message import (
    Conversation,
    DeliveryState,
    InboundMessage,
    Kind,
    OutboundMessage,
    SmsConsent,
)
from rehab.models.patient import Patient
from rehab.models.plan import PAUSED, Plan
from rehab.models.session import Morning, Session
from rehab.notifications.replies import Expects
from rehab.programs.library import Library
from rehab.services import consent, plans
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound, receive
from rehab.services.transactions import transaction
from tests.services.phone import Phone, alerts, ask

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENING = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 8, 40, tzinfo=UTC)


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment(
        "lb-subacute-6w",
        usual_pain=4,
        weekdays=(0, 2, 4),
        exercise_at=time(18),
        morning_at=time(8, 30),
    )
    return plans.assign(maya, wish, library, MONDAY)


class EveningPhone(Phone):
    """Maya's phone, mostly used on Monday evening."""

    def text(
        self,
        body: str,
        now: datetime = EVENING,
        opt_out_type: str = "",
        got_at: datetime | None = None,
    ) -> str | None:
        return super().text(body, now, opt_out_type, got_at)


@pytest.fixture
def phone(maya: Patient, library: Library) -> Phone:
    return EveningPhone(library, maya.phone)


def session() -> Session:
    return db.session.scalars(select(Session)).one()


def question() -> Conversation | None:
    """The question that is open, if any."""
    return db.session.scalar(select(Conversation).filter_by(answered_at=None))


def test_done_reports_the_session_and_asks_for_the_pain(plan: Plan, phone: Phone) -> None:
    assert phone.text("Done") == "rp.after"
    assert (session().on, session().source, session().after) == (date(2026, 3, 2), "sms", None)
    assert session().performed_at == EVENING
    opened = question()
    assert opened is not None
    assert (opened.expects, opened.session_id) == ("after", session().id)


def test_the_number_after_done_is_the_pain_after_the_session(plan: Plan, phone: Phone) -> None:
    phone.text("Done")
    assert phone.text("3") == "rp.thanks"
    assert (session().during, session().after) == (None, 3)
    assert question() is None


def test_done_with_its_pains_needs_no_question(plan: Plan, phone: Phone) -> None:
    assert phone.text("done 4 2") == "rp.thanks"
    assert (session().during, session().after) == (4, 2)


def test_done_said_twice_is_one_session(plan: Plan, phone: Phone) -> None:
    phone.text("done")
    assert phone.text("done 3") == "rp.thanks"
    assert phone.text("DONE") == "rp.thanks"
    assert session().after == 3


def test_what_was_said_first_stands(plan: Plan, phone: Phone) -> None:
    phone.text("done 3")
    phone.text("done 9", EVENING + timedelta(minutes=10))
    assert session().after == 3


def test_a_missing_rating_is_not_a_zero(plan: Plan, phone: Phone) -> None:
    phone.text("done 0")
    assert (session().before, session().during, session().after) == (None, None, 0)


def test_done_takes_back_the_reminder_that_was_to_come(plan: Plan, phone: Phone) -> None:
    phone.text("done", now=MONDAY)
    exercise = db.session.scalars(select(OutboundMessage.about_on).filter_by(kind=Kind.EXERCISE))
    assert date(2026, 3, 2) not in exercise.all()


def test_a_number_after_the_morning_question_is_the_morning(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    assert phone.text("5/10", TUESDAY) == "rp.noted_morning"
    morning = db.session.scalars(select(Morning)).one()
    assert (morning.on, morning.pain, morning.source) == (date(2026, 3, 3), 5, "sms")
    assert question() is None


def test_how_somebody_woke_is_told_to_all_of_their_plans(
    plan: Plan, maya: Patient, library: Library, phone: Phone
) -> None:
    other = plans.assign(
        maya, Assignment("neck-desk-6w", usual_pain=2, weekdays=(0,)), library, MONDAY
    )
    ask(plan, Expects.MORNING, TUESDAY.date(), TUESDAY)
    phone.text("4", TUESDAY)
    told = {(m.plan_id, m.on, m.pain) for m in db.session.scalars(select(Morning))}
    assert told == {(each, TUESDAY.date(), 4) for each in (plan.id, other.id)}
    phone.text("sorry 6", TUESDAY + timedelta(minutes=1))
    assert set(db.session.scalars(select(Morning.pain))) == {6}


def test_two_numbers_after_their_question_report_the_session(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.DURING_AND_AFTER, date(2026, 3, 2), EVENING)
    assert phone.text("5 3") == "rp.thanks"
    assert (session().during, session().after) == (5, 3)


def test_a_question_is_closed_after_twelve_hours(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    assert phone.text("5", TUESDAY + timedelta(hours=12)) == "rp.again"
    assert db.session.scalar(select(Morning)) is None


def test_a_severe_pain_by_text_reaches_the_clinic(plan: Plan, phone: Phone) -> None:
    phone.text("done 9")
    assert ("severe_pain", 2) in alerts()


def test_words_of_danger_reach_the_clinic_at_once(plan: Plan, phone: Phone) -> None:
    assert phone.text("Done, but chest pain 8") == "rp.safety"
    assert alerts() == [("danger_words", 3)]
    assert db.session.scalar(select(Session)) is None


def test_stop_stops_everything_and_is_confirmed_once(
    plan: Plan, maya: Patient, phone: Phone
) -> None:
    assert phone.text("STOP") == "rp.stopped"
    assert consent.is_suppressed(maya.phone)
    assert maya.sms_consent is False
    waiting = db.session.scalars(
        select(OutboundMessage.kind).filter_by(state=DeliveryState.PENDING)
    ).all()
    assert waiting == [Kind.CONFIRMATION]
    assert phone.text("stop!!") is None


def test_a_stop_is_put_on_the_record_in_the_patients_words(plan: Plan, phone: Phone) -> None:
    phone.text("Please stop")
    kept = db.session.scalars(select(SmsConsent).order_by(SmsConsent.at)).all()
    assert [(c.action, c.channel, c.actor) for c in kept] == [
        ("granted", "clinic", "ana@riverside.example"),
        ("revoked", "sms", "patient"),
    ]
    assert kept[-1].wording == "Please stop"


def test_what_twilio_has_answered_is_not_answered_again(
    plan: Plan, maya: Patient, phone: Phone
) -> None:
    assert phone.text("Halt ein", opt_out_type="STOP") is None
    assert consent.is_suppressed(maya.phone)
    assert phone.text("START", opt_out_type="START") is None
    assert not consent.is_suppressed(maya.phone)
    assert phone.text("HELP", opt_out_type="HELP") is None


def test_start_brings_the_reminders_back(plan: Plan, maya: Patient, phone: Phone) -> None:
    phone.text("STOP", MONDAY)
    assert phone.text("yes", MONDAY) == "rp.started"
    assert maya.sms_consent
    reminders = db.session.scalars(
        select(OutboundMessage.kind).filter_by(plan_id=plan.id, state=DeliveryState.PENDING)
    )
    assert {Kind.EXERCISE, Kind.MORNING} <= set(reminders)


def test_a_clinic_cannot_overrule_a_stop(plan: Plan, maya: Patient, phone: Phone) -> None:
    phone.text("STOP")
    consent.grant(maya, "clinic", "ana", EVENING)
    assert consent.is_suppressed(maya.phone)


def test_a_wrong_number_stops_and_is_looked_into(plan: Plan, phone: Phone) -> None:
    assert phone.text("Wrong number") == "rp.stopped"
    assert alerts() == [("wrong_number", 2)]


def test_a_text_that_only_mentions_stop_is_asked_back(
    plan: Plan, maya: Patient, phone: Phone
) -> None:
    assert phone.text("I had to stop after 2") == "rp.confirm_stop"
    assert maya.sms_consent


@pytest.mark.parametrize(
    ("body", "answer"),
    [("HELP", "rp.help"), ("thanks!", None), ("👍", None), ("Liked “Reply STOP”", None)],
)
def test_help_is_answered_and_politeness_is_not(
    plan: Plan, phone: Phone, body: str, answer: str | None
) -> None:
    assert phone.text(body) == answer


def test_what_cannot_be_read_is_asked_again_once_and_then_a_person_reads_it(
    plan: Plan, phone: Phone
) -> None:
    assert phone.text("my dog ate it") == "rp.again"
    assert alerts() == []
    assert phone.text("the dog") == "rp.clinic"
    assert alerts() == [("unread_text", 2)]


def test_an_unreadable_rating_is_asked_again_with_its_form(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    assert phone.text("6-7", TUESDAY) == "ck.bad"
    assert phone.text("7", TUESDAY) == "rp.noted_morning"


def test_two_machines_do_not_talk_to_each_other_for_long(plan: Plan, phone: Phone) -> None:
    answers = [phone.text("I am on holiday", EVENING + timedelta(seconds=n)) for n in range(9)]
    assert answers == ["rp.again", "rp.clinic", *[None] * 7]
    assert phone.text("STOP") == "rp.stopped"


def test_later_moves_the_reminder(plan: Plan, phone: Phone) -> None:
    assert phone.text("LATER") == "rp.later"
    moved = db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.LATER)).one()
    assert (moved.due_at, moved.values) == (EVENING + timedelta(minutes=30), {"time": "19:00"})


def test_a_second_later_takes_the_place_of_the_first(plan: Plan, phone: Phone) -> None:
    phone.text("later")
    phone.text("later 45")
    waiting = db.session.scalars(
        select(OutboundMessage.due_at).filter_by(kind=Kind.LATER, state=DeliveryState.PENDING)
    ).all()
    assert waiting == [EVENING + timedelta(minutes=45)]


@pytest.mark.parametrize(
    ("body", "now"),
    [
        ("later 3h", EVENING),
        ("later", TUESDAY),
        ("skip", TUESDAY),
        ("later", datetime(2026, 3, 2, 2, tzinfo=UTC)),
        ("pain 4", EVENING),
    ],
)
def test_what_is_not_due_cannot_be_moved_or_skipped(
    plan: Plan, phone: Phone, body: str, now: datetime
) -> None:
    assert phone.text(body, now) == "rp.nothing_due"


def test_skip_takes_the_reminder_back(plan: Plan, phone: Phone) -> None:
    assert phone.text("skip", MONDAY) == "rp.skip"
    taken = db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.EXERCISE)).one()
    assert (taken.state, taken.state_reason) == (DeliveryState.CANCELLED, "skipped")


def test_a_question_may_be_skipped(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    assert phone.text("skip", TUESDAY) == "rp.thanks"
    assert question() is None


def test_a_paused_plan_has_nothing_due(plan: Plan, phone: Phone) -> None:
    with transaction():
        plan.status = PAUSED
    assert phone.text("done") == "rp.nothing_due"
    assert db.session.scalar(select(Session)) is None


def test_a_patient_without_a_plan_is_told_so(maya: Patient, phone: Phone) -> None:
    assert phone.text("done") == "rp.nothing_due"
    assert phone.text("what now") == "rp.clinic"


def test_a_text_that_comes_twice_counts_once(plan: Plan, library: Library, maya: Patient) -> None:
    inbound = Inbound("SM1", maya.phone, "+1500", "done 3")
    assert receive(inbound, library, EVENING) is not None
    assert receive(inbound, library, EVENING) is None
    answers = select(func.count()).where(OutboundMessage.kind == Kind.REPLY)
    assert db.session.scalar(answers) == 1


def test_the_same_text_at_the_same_moment_counts_once(
    app: Flask, plan: Plan, library: Library, maya: Patient
) -> None:
    inbound = Inbound("SM1", maya.phone, "+1500", "done 3")
    db.session.rollback()

    def deliver() -> None:
        with app.app_context():
            receive(inbound, library, EVENING)
            db.session.remove()

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    run_all(threads)
    assert db.session.scalar(select(func.count()).select_from(Session)) == 1
    assert db.session.scalar(select(func.count()).select_from(InboundMessage)) == 1


def run_all(threads: list[threading.Thread]) -> None:
    each: Callable[[threading.Thread], None]
    for each in (threading.Thread.start, threading.Thread.join):
        for thread in threads:
            each(thread)


def test_a_stranger_is_kept_and_not_answered(maya: Patient, library: Library) -> None:
    kept = receive(Inbound("SM9", "+15005550999", "+1500", "done"), library, EVENING)
    assert kept is not None
    assert (kept.patient_id, kept.intent, kept.handled_at) == (None, "unknown_number", None)
    answers = select(func.count()).where(OutboundMessage.kind == Kind.REPLY)
    assert db.session.scalar(answers) == 0


def test_a_strangers_stop_counts(maya: Patient, library: Library) -> None:
    receive(Inbound("SM9", "+15005550999", "+1500", "STOP"), library, EVENING)
    assert consent.is_suppressed("+15005550999")


def test_what_was_understood_is_kept_beside_what_was_said(plan: Plan, phone: Phone) -> None:
    phone.text("Done 3!")
    kept = db.session.scalars(select(InboundMessage)).one()
    assert (kept.body, kept.intent, kept.handled_at) == ("Done 3!", "done", EVENING)
    assert kept.interpretation is not None
    assert (kept.interpretation["pain"], kept.interpretation["expecting"]) == (3, "nothing")


def test_a_fault_half_way_leaves_nothing_behind(
    plan: Plan, library: Library, maya: Patient
) -> None:
    broken = replace(library, red_flags=None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        receive(Inbound("SM1", maya.phone, "+1500", "done 3"), broken, EVENING)
    assert db.session.scalar(select(Session)) is None
    assert db.session.scalar(select(InboundMessage)) is None


# After midnight


@pytest.mark.parametrize(
    ("hour", "minute", "reminded", "on"),
    [
        (0, 5, True, date(2026, 3, 2)),
        (3, 59, True, date(2026, 3, 2)),
        (4, 0, True, date(2026, 3, 3)),
        (4, 5, True, date(2026, 3, 3)),
        (0, 5, False, date(2026, 3, 3)),
    ],
)
def test_done_soon_after_midnight_is_of_the_evening_that_was_reminded_of(
    plan: Plan, phone: Phone, hour: int, minute: int, reminded: bool, on: date
) -> None:
    exercise = OutboundMessage.kind == Kind.EXERCISE
    with transaction():
        reminder = db.session.scalars(
            select(OutboundMessage).where(exercise).filter_by(about_on=date(2026, 3, 2))
        ).one()
        reminder.claimed_at = reminder.due_at
        reminder.state = DeliveryState.ACCEPTED if reminded else DeliveryState.EXPIRED
    at = datetime(2026, 3, 3, hour, minute, tzinfo=UTC)
    phone.text("done 3", at)
    assert (session().on, session().after) == (on, 3)
    assert session().reported_at == at
