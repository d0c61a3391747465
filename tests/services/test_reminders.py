"""What a plan means to send, by its patient's own clock and no other."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import consent, enrolment, plans, reminders, sessions
from rehab.services.plans import Assignment
from rehab.services.sessions import MorningReport, SessionReport
from rehab.services.transactions import transaction

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""Noon in London; the plan's sessions are on Mondays, Wednesdays and Fridays at 18:00."""

WISH = Assignment(
    "lb-subacute-6w",
    usual_pain=4,
    weekdays=(0, 2, 4),
    exercise_at=time(18),
    morning_at=time(8, 30),
)


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    return plans.assign(maya, WISH, library, MONDAY)


def queued(state: DeliveryState = DeliveryState.PENDING) -> list[tuple[str, str]]:
    """Kind and due time of each reminder in the queue, in order."""
    rows = db.session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.kind != Kind.WELCOME, OutboundMessage.state == state)
        .order_by(OutboundMessage.due_at)
    )
    return [(row.kind, f"{row.due_at:%a %H:%M}") for row in rows]


def test_a_new_plan_queues_a_day_and_a_half(plan: Plan) -> None:
    assert queued() == [("exercise", "Mon 18:00"), ("morning", "Tue 08:30")]


def test_planning_twice_plans_once(plan: Plan) -> None:
    assert reminders.plan_ahead(MONDAY) == 0
    assert reminders.plan_ahead(MONDAY + timedelta(hours=24)) == 1
    assert queued()[-1] == ("exercise", "Wed 18:00")


def test_a_reminder_ends_with_the_day_it_is_about(plan: Plan) -> None:
    rows = db.session.scalars(select(OutboundMessage).where(OutboundMessage.plan_id == plan.id))
    ends = {row.kind: (row.about_on, f"{row.expires_at:%a %H:%M}") for row in rows}
    assert ends == {
        "exercise": (date(2026, 3, 2), "Mon 21:00"),
        "morning": (date(2026, 3, 3), "Tue 12:00"),
    }


def test_a_session_that_was_reported_needs_no_reminder(plan: Plan, library: Library) -> None:
    said = SessionReport(performed_at=MONDAY, before=3, during=3, after=3)
    sessions.report_session(plan, said, library, MONDAY)
    assert queued() == [("morning", "Tue 08:30")]
    early = MONDAY + timedelta(hours=19)
    sessions.report_morning(plan, MorningReport(on=date(2026, 3, 3), pain=3), library, early)
    assert queued() == [("exercise", "Wed 18:00")]


def test_a_patient_without_consent_is_planned_nothing(
    maya: Patient, plan: Plan, library: Library
) -> None:
    consent.revoke(maya, "clinic", "ana", MONDAY)
    assert queued() == []
    assert reminders.plan_ahead(MONDAY + timedelta(hours=12)) == 0


def test_a_number_that_opted_out_is_planned_nothing(maya: Patient, plan: Plan) -> None:
    consent.suppress(maya.phone, "sms", MONDAY)
    assert reminders.plan_ahead(MONDAY + timedelta(days=1)) == 0


def test_consent_given_again_brings_the_same_slots_back(maya: Patient, plan: Plan) -> None:
    consent.suppress(maya.phone, "sms", MONDAY)
    consent.lift(maya.phone)
    assert queued() == []
    reminders.replan_patient(maya, MONDAY)
    assert queued() == [("exercise", "Mon 18:00"), ("morning", "Tue 08:30")]


def test_a_patient_who_moves_is_texted_by_the_new_clock(maya: Patient, plan: Plan) -> None:
    enrolment.amend(maya, {"zone": "America/New_York"}, "ana", MONDAY)
    assert queued() == [("exercise", "Mon 23:00"), ("morning", "Tue 13:30")]


def test_a_slot_that_was_sent_is_not_sent_again_after_a_move(maya: Patient, plan: Plan) -> None:
    later = MONDAY + timedelta(hours=7)
    with transaction():
        for row in db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.EXERCISE)):
            row.state, row.attempt = DeliveryState.ACCEPTED, 1
    enrolment.amend(maya, {"zone": "America/New_York"}, "ana", later)
    assert queued() == [("morning", "Tue 13:30")]


@pytest.mark.parametrize(
    ("wish", "kind", "due"),
    [
        ({"exercise_at": time(6)}, "exercise", "Wed 08:00"),
        ({"exercise_at": time(22)}, "exercise", "Mon 20:30"),
        ({"morning_at": time(5)}, "morning", "Tue 08:00"),
        ({"morning_at": time(15)}, "morning", "Tue 11:30"),
    ],
)
def test_a_wish_for_the_night_is_moved_into_the_day(
    maya: Patient, library: Library, wish: dict[str, time], kind: str, due: str
) -> None:
    plans.assign(maya, replace(WISH, **wish), library, MONDAY)
    reminders.plan_ahead(MONDAY + timedelta(hours=20))
    assert (kind, due) in queued()


def test_a_time_that_has_passed_today_waits_for_the_next_session(
    maya: Patient, library: Library
) -> None:
    plans.assign(maya, replace(WISH, exercise_at=time(9)), library, MONDAY)
    assert queued() == [("morning", "Tue 08:30")]


def test_the_last_session_of_a_plan_has_its_morning_and_then_nothing_follows(
    plan: Plan,
) -> None:
    end = datetime.combine(plan.ends_on, time(0), UTC)
    for hours in range(-96, 96, 12):
        reminders.plan_ahead(end + timedelta(hours=hours))
    last = db.session.scalar(select(func.max(OutboundMessage.due_at)))
    assert last is not None
    assert last.date() <= plan.ends_on + timedelta(days=1)


ZONES = st.sampled_from(
    ["Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Honolulu"]
)
MOVES = st.lists(st.tuples(st.integers(0, 30), ZONES), max_size=6)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(MOVES)
def test_however_often_a_patient_moves_each_local_day_has_each_slot_once(
    maya: Patient, library: Library, moves: list[tuple[int, str]]
) -> None:
    plan = plans.assign(maya, WISH, library, MONDAY)
    now = MONDAY
    for hours, zone in moves:
        now += timedelta(hours=hours)
        enrolment.amend(maya, {"zone": zone}, "ana", now)
        with transaction():
            for row in db.session.scalars(
                select(OutboundMessage).where(
                    OutboundMessage.plan_id == plan.id, OutboundMessage.due_at <= now
                )
            ):
                row.state, row.attempt = DeliveryState.ACCEPTED, 1
    rows = db.session.scalars(select(OutboundMessage).filter_by(plan_id=plan.id)).all()
    slots = [(row.kind, row.about_on) for row in rows]
    assert len(slots) == len(set(slots))
    for row in rows:
        if row.state is DeliveryState.PENDING:
            assert 8 <= row.due_at.astimezone(maya.tz).hour < 21
