"""Two patients share a phone: whose pain it is, is asked, never guessed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinic
from rehab.models.message import DeliveryState, InboundMessage, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session
from rehab.notifications.intents import Expects
from rehab.programs.library import Library
from rehab.services import consent, enrolment, outbox, plans
from rehab.services.outbox import Intention
from rehab.services.plans import Assignment
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.services.phone import Phone, alerts, ask, open_question_of

EVENING = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 8, 40, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BOTH_TOLD = [("shared_phone", 2), ("shared_phone", 2)]


@pytest.fixture
def leo(riverside: Clinic, maya: Patient) -> Patient:
    """Maya's son, who shares her phone."""
    said = {"given_name": "Leo", "phone": maya.phone, "zone": "Europe/London", "sms_consent": True}
    return enrolment.enrol(riverside.id, said, "ana@riverside.example", NOON)


@pytest.fixture
def his(leo: Patient, library: Library) -> Plan:
    return plans.assign(leo, Assignment("lb-subacute-6w", usual_pain=2), library, NOON)


@pytest.fixture
def phone(maya: Patient, library: Library) -> Phone:
    return Phone(library, maya.phone)


def remind(plan: Plan, at: datetime, kind: Kind = Kind.EXERCISE) -> None:
    """The plan's patient has had an exercise reminder."""
    key = f"{plan.id}:{at:%Y-%m-%d}:sent:{kind}"
    reminder = Intention(
        plan.patient, kind, "ex.today", key, at, at + HOUR, plan=plan, about_on=at.date()
    )
    with transaction():
        outbox.enqueue([reminder], at)
        db.session.execute(
            update(OutboundMessage)
            .filter_by(dedupe_key=key)
            .values(state=DeliveryState.ACCEPTED, claimed_at=at)
        )


def sessions() -> list[tuple[object, int | None]]:
    return [(s.plan_id, s.after) for s in db.session.scalars(select(Session))]


def mornings() -> set[tuple[object, int | None]]:
    return {(m.plan_id, m.pain) for m in db.session.scalars(select(Morning))}


def test_a_rating_belongs_to_whoever_was_asked(plan: Plan, his: Plan, phone: Phone) -> None:
    ask(his, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    assert phone.text("2", TUESDAY) == "rp.noted_morning"
    assert mornings() == {(his.id, 2)}
    assert phone.last().patient_id == his.patient_id


def test_each_is_asked_and_answers_in_turn(plan: Plan, his: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    phone.text("5", TUESDAY)
    ask(his, Expects.MORNING, date(2026, 3, 3), TUESDAY + MINUTE)
    phone.text("2", TUESDAY + 2 * MINUTE)
    assert mornings() == {(plan.id, 5), (his.id, 2)}


@pytest.mark.parametrize("body", ["5", "pain 5", "done 5", "later", "skip", "so so"])
def test_when_both_were_asked_nobody_is_guessed(
    plan: Plan, his: Plan, phone: Phone, body: str
) -> None:
    for each in (plan, his):
        ask(each, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    assert phone.text(body, TUESDAY) == "rp.clinic"
    assert (mornings(), sessions()) == (set(), [])
    assert alerts() == BOTH_TOLD
    assert (phone.last().patient_id, phone.last().intent) == (None, "shared_phone")
    assert open_question_of(plan) is not None
    assert open_question_of(his) is not None


@pytest.mark.parametrize("body", ["5", "pain 5", "done 5", "later", "skip", "so so", "sorry 5"])
def test_when_nobody_was_asked_nobody_is_guessed(
    plan: Plan, his: Plan, phone: Phone, body: str
) -> None:
    assert phone.text(body, EVENING) == "rp.clinic"
    assert (mornings(), sessions()) == (set(), [])
    assert {alert.patient_id for alert in db.session.scalars(select(Alert))} == {
        plan.patient_id,
        his.patient_id,
    }
    assert phone.last().body == body


@pytest.mark.parametrize("kind", [Kind.EXERCISE, Kind.FOLLOW_UP, Kind.LATER])
def test_done_is_of_the_only_one_who_was_reminded(
    plan: Plan, his: Plan, phone: Phone, kind: Kind
) -> None:
    remind(his, EVENING - 11 * HOUR, kind)
    assert phone.text("done 3", EVENING) == "rp.thanks"
    assert sessions() == [(his.id, 3)]


def test_done_is_of_nobody_when_both_were_reminded(plan: Plan, his: Plan, phone: Phone) -> None:
    for each in (plan, his):
        remind(each, EVENING - HOUR)
    assert phone.text("done 3", EVENING) == "rp.clinic"
    assert sessions() == []


def test_a_reminder_of_yesterday_tells_nothing(plan: Plan, his: Plan, phone: Phone) -> None:
    remind(his, EVENING - 13 * HOUR)
    assert phone.text("done 3", EVENING) == "rp.clinic"
    assert sessions() == []


def test_done_is_not_of_whoever_has_a_morning_to_answer_when_another_was_reminded(
    plan: Plan, his: Plan, phone: Phone
) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 2), EVENING - 9 * HOUR)
    remind(his, EVENING - HOUR)
    assert phone.text("done 3", EVENING) == "rp.thanks"
    assert sessions() == [(his.id, 3)]


def test_done_with_one_open_question_and_no_reminder_is_of_whoever_was_asked(
    plan: Plan, his: Plan, phone: Phone
) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 2), EVENING)
    phone.text("done 3", EVENING)
    assert sessions() == [(plan.id, 3)]


def test_the_pain_after_done_is_of_whoever_said_done(plan: Plan, his: Plan, phone: Phone) -> None:
    remind(his, EVENING - HOUR)
    assert phone.text("done", EVENING) == "rp.after"
    assert phone.text("4", EVENING + MINUTE) == "rp.thanks"
    assert sessions() == [(his.id, 4)]


def test_a_later_moves_the_only_reminder(plan: Plan, his: Plan, phone: Phone) -> None:
    remind(plan, EVENING - MINUTE)
    assert phone.text("later", EVENING) == "rp.later"
    moved = db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.LATER)).one()
    assert moved.patient_id == plan.patient_id


def test_a_skip_answers_the_only_question(plan: Plan, his: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    remind(his, TUESDAY)
    assert phone.text("skip", TUESDAY) == "rp.thanks"
    assert open_question_of(plan) is None


@pytest.mark.parametrize(("body", "pain"), [("sorry 6", 6), ("6", 5)])
def test_a_correction_has_to_say_that_it_is_one(
    plan: Plan, his: Plan, phone: Phone, body: str, pain: int
) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    phone.text("5", TUESDAY)
    phone.text(body, TUESDAY + MINUTE)
    assert mornings() == {(plan.id, pain)}


def test_when_both_have_just_answered_a_correction_is_of_nobody(
    plan: Plan, his: Plan, phone: Phone
) -> None:
    for each, body in ((plan, "5"), (his, "2")):
        ask(each, Expects.MORNING, date(2026, 3, 3), TUESDAY)
        phone.text(body, TUESDAY)
    assert phone.text("sorry 6", TUESDAY + MINUTE) == "rp.clinic"
    assert mornings() == {(plan.id, 5), (his.id, 2)}


def test_words_of_danger_are_an_alert_for_each(plan: Plan, his: Plan, phone: Phone) -> None:
    assert phone.text("chest pain", EVENING) == "rp.safety"
    told = db.session.scalars(select(Alert).filter_by(kind="danger_words", level=3)).all()
    assert {alert.patient_id for alert in told} == {plan.patient_id, his.patient_id}


def test_stop_and_start_are_for_both(
    plan: Plan, his: Plan, maya: Patient, leo: Patient, phone: Phone
) -> None:
    assert phone.text("STOP", EVENING) == "rp.stopped"
    assert (maya.sms_consent, leo.sms_consent) == (False, False)
    assert consent.is_suppressed(maya.phone)
    assert phone.text("START", EVENING) == "rp.started"
    assert (maya.sms_consent, leo.sms_consent) == (True, True)


@pytest.mark.parametrize(
    ("body", "answer"), [("HELP", "rp.help"), ("thanks", None), ("had to stop", "rp.confirm_stop")]
)
def test_what_is_nobodys_in_particular_is_answered_as_ever(
    plan: Plan, his: Plan, phone: Phone, body: str, answer: str | None
) -> None:
    assert phone.text(body, EVENING) == answer
    assert alerts() == []


def test_a_text_of_nobody_known_stands_in_neither_thread(
    plan: Plan, his: Plan, phone: Phone
) -> None:
    phone.text("pain 5", EVENING)
    threads = select(InboundMessage).where(InboundMessage.patient_id.is_not(None))
    assert db.session.scalars(threads).all() == []


def refuses_in_the_clinic(patient: Patient, at: datetime = EVENING) -> None:
    enrolment.amend(patient, {"sms_consent": False}, "ana@riverside.example", at)


@pytest.mark.parametrize("stopped_first", [False, True])
def test_start_does_not_take_back_what_another_refused_in_the_clinic(
    maya: Patient, leo: Patient, phone: Phone, stopped_first: bool
) -> None:
    refuses_in_the_clinic(leo)
    if stopped_first:
        phone.text("STOP", EVENING + MINUTE)
    assert phone.text("START", EVENING + 2 * MINUTE) == "rp.started"
    assert (maya.sms_consent, leo.sms_consent) == (True, False)
    assert not consent.is_suppressed(maya.phone)


def test_who_has_the_phone_alone_takes_back_their_own_refusal(maya: Patient, phone: Phone) -> None:
    refuses_in_the_clinic(maya)
    assert phone.text("START", EVENING + MINUTE) == "rp.started"
    assert maya.sms_consent
