"""The last look at a text before it leaves."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import PAUSED, Plan
from rehab.programs.library import Library
from rehab.services import consent, mornings, outbox, plans, sessions
from rehab.services.claims import Claim, Claimed, claim
from rehab.services.mornings import MorningReport
from rehab.services.outbox import Intention
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.services.transactions import transaction

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
SIX = datetime(2026, 3, 2, 18, 5, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 8, 35, tzinfo=UTC)
"""Reminders are spread over the five minutes after their time."""

URL = "https://rehab.example"


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment(
        "lb-subacute-6w", usual_pain=4, weekdays=(0,), exercise_at=time(18), morning_at=time(8, 30)
    )
    made = plans.assign(maya, wish, library, MONDAY)
    with transaction():
        db.session.query(OutboundMessage).filter_by(kind=Kind.WELCOME).delete()
    return made


def claimed(library: Library, now: datetime, worker: str = "w1", limit: int = 40) -> list[Claimed]:
    return claim(library, URL, now, Claim(worker, limit)).texts


def row(kind: Kind = Kind.EXERCISE) -> OutboundMessage:
    return db.session.scalars(select(OutboundMessage).filter_by(kind=kind)).one()


def reply(patient: Patient, key: str, now: datetime, kind: Kind = Kind.REPLY) -> None:
    intention = Intention(patient, kind, "rp.help", key, now, now + timedelta(hours=1))
    outbox.enqueue([intention], now)


def test_a_claimed_text_is_worded_and_marked_before_it_leaves(plan: Plan, library: Library) -> None:
    (mine,) = claimed(library, SIX)
    assert mine.body.startswith("Riverside: Maya, your session is ready for 18:00: ")
    assert URL in mine.body
    sending = row()
    assert (sending.state, sending.claimed_by, sending.attempt) == (
        DeliveryState.SENDING,
        "w1",
        1,
    )
    assert sending.lease_until == SIX + timedelta(seconds=120)


def test_the_number_of_exercises_is_that_of_the_day(plan: Plan, library: Library) -> None:
    (mine,) = claimed(library, SIX)
    phase = library.programs["lb-subacute-6w"].phases[0]
    assert f": {len(phase.exercises)} exercises" in mine.body


def test_what_is_claimed_is_not_claimed_again(plan: Plan, library: Library) -> None:
    assert len(claimed(library, SIX)) == 1
    assert claimed(library, SIX, "w2") == []


def test_nothing_is_claimed_before_its_time(plan: Plan, library: Library) -> None:
    assert claimed(library, row().due_at - timedelta(seconds=1)) == []
    assert len(claimed(library, row().due_at)) == 1


def test_a_session_reported_meanwhile_needs_no_reminder(
    plan: Plan, maya: Patient, library: Library
) -> None:
    with transaction():
        row().due_at = MONDAY
    said = SessionReport(performed_at=MONDAY, before=3, during=3, after=3)
    sessions.report_session(plan, said, library, MONDAY)
    assert claimed(library, MONDAY) == []
    assert (row().state, row().state_reason) == (DeliveryState.CANCELLED, "reported already")


def test_a_morning_told_meanwhile_is_not_asked(plan: Plan, library: Library) -> None:
    mornings.report_morning(plan, MorningReport(on=date(2026, 3, 3), pain=2), library, MORNING)
    with transaction():
        db.session.query(OutboundMessage).filter_by(kind=Kind.EXERCISE).delete()
    assert claimed(library, MORNING) == []


def test_a_paused_plan_sends_nothing(plan: Plan, library: Library) -> None:
    with transaction():
        plan.status = PAUSED
    assert claimed(library, SIX) == []
    assert (row().state, row().state_reason) == (DeliveryState.CANCELLED, "the plan is paused")


def test_a_suppressed_number_gets_its_confirmation_and_nothing_else(
    plan: Plan, maya: Patient, library: Library
) -> None:
    with transaction():
        consent.suppress(maya.phone, "sms", SIX)
        reply(maya, "r", SIX)
        reply(maya, "c", SIX, Kind.CONFIRMATION)
    assert [mine.kind for mine in claimed(library, SIX)] == ["confirmation"]
    assert row(Kind.REPLY).state is DeliveryState.SUPPRESSED


@pytest.mark.parametrize(
    ("hour", "minute", "state"),
    [
        (20, 59, DeliveryState.SENDING),
        (21, 0, DeliveryState.PENDING),
        (23, 0, DeliveryState.PENDING),
    ],
)
def test_a_reminder_leaves_only_by_day_where_the_patient_is(
    maya: Patient, library: Library, hour: int, minute: int, state: DeliveryState
) -> None:
    at = datetime(2026, 3, 2, hour, minute, tzinfo=UTC)
    claimed(library, at)
    assert row(Kind.WELCOME).state is state
    if state is DeliveryState.PENDING:
        assert row(Kind.WELCOME).due_at == datetime(2026, 3, 3, 8, tzinfo=UTC)


def test_an_answer_leaves_at_any_hour(maya: Patient, library: Library) -> None:
    night = datetime(2026, 3, 3, 2, tzinfo=UTC)
    reply(maya, "r", night)
    assert [mine.kind for mine in claimed(library, night)] == ["reply"]


def test_answers_go_before_reminders_and_the_oldest_first(
    plan: Plan, maya: Patient, library: Library
) -> None:
    reply(maya, "second", SIX - timedelta(minutes=6))
    urgent = Intention(
        maya, Kind.REPLY, "rp.help", "first", SIX, SIX + timedelta(hours=1), priority=10
    )
    outbox.enqueue([urgent], SIX)
    found = [db.session.get_one(OutboundMessage, m.id).dedupe_key for m in claimed(library, SIX)]
    assert found[:2] == ["first", "second"]
    assert len(found) == 3


def test_a_batch_is_as_large_as_asked(plan: Plan, maya: Patient, library: Library) -> None:
    for n in range(5):
        reply(maya, str(n), SIX)
    assert len(claimed(library, SIX, limit=4)) == 4
    assert len(claimed(library, SIX, limit=4)) == 2


def test_a_text_that_cannot_be_worded_fails_alone(
    plan: Plan, maya: Patient, library: Library
) -> None:
    with transaction():
        row().template = "no.such.text"
        reply(maya, "r", SIX)
    assert [mine.kind for mine in claimed(library, SIX)] == ["reply"]
    assert row().state is DeliveryState.FAILED
    assert "no.such.text" in (row().state_reason or "")


def test_an_old_number_is_not_texted(plan: Plan, maya: Patient, library: Library) -> None:
    with transaction():
        maya.phone = "+442079460199"
    assert claimed(library, SIX) == []
    assert row().state_reason == "the number has changed"


def test_a_patient_reads_their_own_language(plan: Plan, library: Library) -> None:
    with transaction():
        row().language = "es"
    (mine,) = claimed(library, SIX)
    assert mine.body != ""
    assert "your session" not in mine.body


@pytest.mark.parametrize(("seconds", "told"), [(14, ["texts_missed"]), (16, [])])
def test_the_clinic_is_told_of_a_text_that_is_found_too_late_when_it_is_claimed(
    plan: Plan, library: Library, seconds: int, told: list[str]
) -> None:
    night = datetime(2026, 3, 2, 21, tzinfo=UTC)
    with transaction():
        db.session.query(OutboundMessage).filter(OutboundMessage.kind != Kind.EXERCISE).delete()
        row().expires_at = night
    assert len(claimed(library, night - timedelta(seconds=seconds))) == (not told)
    assert db.session.scalars(select(Alert.kind)).all() == told
    assert row().state is (DeliveryState.EXPIRED if told else DeliveryState.SENDING)


def test_the_clinic_is_told_of_a_text_that_has_no_words(plan: Plan, library: Library) -> None:
    with transaction():
        row().template = "no.such.text"
    assert claimed(library, SIX) == []
    alert = db.session.scalars(select(Alert)).one()
    assert (alert.kind, alert.patient_id) == ("text_failed", plan.patient_id)
    assert alert.about.startswith("A text could not be sent: no words: ")
