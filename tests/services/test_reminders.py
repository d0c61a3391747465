"""What a plan means to send, by its patient's own clock and no other."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.schedule import spread
from rehab.services import consent, enrolment, mornings, plan_changes, plans, reminders, sessions
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
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


A_DAY_AND_A_HALF = [
    ("exercise", "Mon 18:00"),
    ("follow_up", "Mon 20:30"),
    ("morning", "Tue 08:30"),
    ("missed_one", "Tue 18:00"),
]


def pending() -> list[OutboundMessage]:
    """The reminders in the queue, in order."""
    query = (
        select(OutboundMessage)
        .where(OutboundMessage.kind != Kind.WELCOME)
        .where(OutboundMessage.state == DeliveryState.PENDING)
        .order_by(OutboundMessage.due_at)
    )
    return list(db.session.scalars(query))


def queued(*kinds: Kind) -> list[tuple[str, str]]:
    """Kind and due time of each reminder in the queue, in order and before it is spread."""
    rows = (row for row in pending() if not kinds or row.kind in kinds)
    return [(row.kind, f"{row.due_at - spread(row.patient_id):%a %H:%M}") for row in rows]


def all_sent(now: datetime) -> None:
    """Whatever is due by now has left."""
    with transaction():
        for row in db.session.scalars(
            select(OutboundMessage).where(
                OutboundMessage.state == DeliveryState.PENDING, OutboundMessage.due_at <= now
            )
        ):
            row.state, row.attempt = DeliveryState.ACCEPTED, 1


def test_a_new_plan_queues_a_day_and_a_half(plan: Plan) -> None:
    assert queued() == A_DAY_AND_A_HALF


def test_planning_twice_plans_once(plan: Plan) -> None:
    assert reminders.plan_ahead(MONDAY) == 0
    assert reminders.plan_ahead(MONDAY + timedelta(hours=24)) == 2
    assert queued()[-2:] == [("exercise", "Wed 18:00"), ("follow_up", "Wed 20:30")]


def test_a_reminder_ends_with_the_day_it_is_about(plan: Plan) -> None:
    rows = db.session.scalars(select(OutboundMessage).where(OutboundMessage.plan_id == plan.id))
    ends = {row.kind: (row.about_on, f"{row.expires_at:%a %H:%M}") for row in rows}
    assert ends == {
        "exercise": (date(2026, 3, 2), "Mon 21:00"),
        "follow_up": (date(2026, 3, 2), "Mon 21:00"),
        "missed_one": (date(2026, 3, 2), "Tue 21:00"),
        "morning": (date(2026, 3, 3), "Tue 12:00"),
    }


def test_a_session_that_was_reported_needs_no_reminder(plan: Plan, library: Library) -> None:
    said = SessionReport(performed_at=MONDAY, before=3, during=3, after=3)
    sessions.report_session(plan, said, library, MONDAY)
    assert queued() == [("morning", "Tue 08:30")]
    early = MONDAY + timedelta(hours=19)
    mornings.report_morning(plan, MorningReport(on=date(2026, 3, 3), pain=3), library, early)
    assert queued() == [("exercise", "Wed 18:00")]
    later = early + timedelta(hours=4)
    reminders.plan_ahead(later)
    assert queued() == [("exercise", "Wed 18:00"), ("follow_up", "Wed 20:30")]


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
    assert queued() == A_DAY_AND_A_HALF


def test_a_patient_who_moves_is_texted_by_the_new_clock(maya: Patient, plan: Plan) -> None:
    enrolment.amend(maya, {"zone": "America/New_York"}, "ana", MONDAY)
    assert queued() == [
        ("exercise", "Mon 23:00"),
        ("follow_up", "Tue 01:30"),
        ("morning", "Tue 13:30"),
        ("missed_one", "Tue 23:00"),
    ]


def test_a_slot_that_was_sent_is_not_sent_again_after_a_move(maya: Patient, plan: Plan) -> None:
    later = MONDAY + timedelta(hours=7)
    with transaction():
        for row in db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.EXERCISE)):
            row.state, row.attempt = DeliveryState.ACCEPTED, 1
    enrolment.amend(maya, {"zone": "America/New_York"}, "ana", later)
    assert queued(Kind.EXERCISE, Kind.MORNING) == [("morning", "Tue 13:30")]


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
    plans.assign(maya, replace(WISH, exercise_at=time(8, 30)), library, MONDAY)
    assert queued() == [("morning", "Tue 08:30"), ("missed_one", "Tue 08:30")]


def test_the_last_session_of_a_plan_has_its_morning_and_then_nothing_follows(
    plan: Plan,
) -> None:
    end = datetime.combine(plan.ends_on, time(0), UTC)
    for hours in range(-96, 96, 12):
        reminders.plan_ahead(end + timedelta(hours=hours))
    last = db.session.scalar(select(func.max(OutboundMessage.due_at)))
    assert last is not None
    assert last.date() <= plan.ends_on + timedelta(days=1)


@pytest.mark.parametrize(
    ("exercise_at", "follow_up"),
    [
        (time(6), "Wed 11:00"),
        (time(9), "Wed 12:00"),
        (time(17, 30), "Wed 20:30"),
        (time(18), "Wed 20:30"),
        (time(19), "Wed 20:30"),
        (time(19, 1), None),
        (time(19, 30), None),
        (time(22), None),
    ],
)
def test_a_soft_follow_up_comes_three_hours_later_but_not_right_after_nor_late(
    maya: Patient, library: Library, exercise_at: time, follow_up: str | None
) -> None:
    plans.assign(maya, replace(WISH, exercise_at=exercise_at, weekdays=(2,)), library, MONDAY)
    reminders.plan_ahead(MONDAY + timedelta(hours=30))
    assert queued(Kind.FOLLOW_UP) == ([("follow_up", follow_up)] if follow_up else [])


def test_a_missed_session_is_kindly_passed_over_on_the_day_after(plan: Plan) -> None:
    row = next(row for row in pending() if row.kind == Kind.MISSED_ONE)
    assert (row.template, row.about_on) == ("ex.missed1", date(2026, 3, 2))


def test_where_the_next_session_is_tomorrow_its_own_reminder_is_enough(
    maya: Patient, library: Library
) -> None:
    plans.assign(maya, replace(WISH, weekdays=(0, 1, 4)), library, MONDAY)
    assert queued(Kind.MISSED_ONE) == []
    reminders.plan_ahead(MONDAY + timedelta(days=1))
    assert queued(Kind.MISSED_ONE) == [("missed_one", "Wed 18:00")]


def test_after_the_last_session_nobody_is_asked_to_pick_up(plan: Plan) -> None:
    end = datetime.combine(plan.ends_on, time(0), UTC)
    for hours in range(-240, 96, 12):
        reminders.plan_ahead(end + timedelta(hours=hours))
    missed = [row.about_on for row in pending() if row.kind == Kind.MISSED_ONE]
    assert max(missed) == date(2026, 4, 8)
    assert [row.about_on for row in pending() if row.kind == Kind.EXERCISE][-1] == date(2026, 4, 10)


def test_a_reported_session_needs_neither_follow_up_nor_comfort(
    plan: Plan, library: Library
) -> None:
    said = SessionReport(performed_at=MONDAY, before=3, during=3, after=3)
    sessions.report_session(plan, said, library, MONDAY)
    assert queued(Kind.FOLLOW_UP, Kind.MISSED_ONE) == []


def test_a_text_shows_the_time_that_was_chosen(plan: Plan) -> None:
    shown = {row.kind: row.values["time"] for row in pending()}
    assert (shown["exercise"], shown["morning"]) == ("18:00", "08:30")


def test_every_reminder_of_a_person_is_spread_by_the_same_seconds(
    plan: Plan, maya: Patient
) -> None:
    reminders.plan_ahead(MONDAY + timedelta(days=2))
    waits = {row.due_at.second + 60 * (row.due_at.minute % 30) for row in pending()}
    assert waits == {spread(maya.id).total_seconds()}
    assert all(row.due_at < row.expires_at for row in pending())


def test_another_time_moves_what_is_to_come_and_not_what_has_left(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    all_sent(MONDAY + timedelta(hours=7))
    changes = {"exercise_at": time(10), "weekdays": [0, 1]}
    later = MONDAY + timedelta(hours=7)
    plan_changes.amend(plan, changes, ana, "", library, later)
    assert queued(Kind.EXERCISE) == [("exercise", "Tue 10:00")]
    assert queued(Kind.MISSED_ONE) == []


def test_another_language_is_that_of_the_texts_to_come(plan: Plan, maya: Patient) -> None:
    enrolment.amend(maya, {"language": "es"}, "ana", MONDAY)
    assert {row.language for row in pending()} == {"es"}
    assert queued() == A_DAY_AND_A_HALF
