"""A patient's own hours: planning, the last look and LATER keep to them; safety does not wait."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.schedule import TextingHours, in_texting_hours, spread
from rehab.services import outbox, plans, preferences, replies
from rehab.services import queued as reminders
from rehab.services.claims import Claim, Claimed, claim
from rehab.services.outbox import Intention
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound
from rehab.services.slots import slots
from rehab.services.transactions import transaction
from rehab.services.warnings import SEE_DOCTOR, warn

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""Noon in London, whose clocks show UTC in March."""

WISH = Assignment(
    "lb-subacute-6w",
    usual_pain=4,
    weekdays=(0, 2, 4),
    exercise_at=time(18),
    morning_at=time(8, 30),
)
HOUR = timedelta(hours=1)
ANSWERS = (Kind.REPLY, Kind.CONFIRMATION, Kind.SIGN_IN, Kind.SAFETY)


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    return plans.assign(maya, WISH, library, MONDAY)


def keep_to(patient: Patient, opens: time, closes: time) -> None:
    preferences.choose_hours(patient, TextingHours(opens, closes), MONDAY)


def queued() -> list[tuple[str, str, str]]:
    """Kind, due time before it is spread, and end, of every reminder that waits."""
    rows = db.session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.kind.in_(reminders.PLANNED))
        .where(OutboundMessage.state == DeliveryState.PENDING)
        .order_by(OutboundMessage.due_at)
    )
    return [
        (r.kind, f"{r.due_at - spread(r.patient_id):%a %H:%M}", f"{r.expires_at:%H:%M}")
        for r in rows
    ]


PLANNED: dict[tuple[time, time], list[tuple[str, str, str]]] = {
    (time(8), time(21)): [
        ("exercise", "Mon 18:00", "21:00"),
        ("follow_up", "Mon 20:30", "21:00"),
        ("morning", "Tue 08:30", "12:00"),
        ("missed_one", "Tue 18:00", "21:00"),
    ],
    (time(8), time(20)): [
        ("exercise", "Mon 18:00", "20:00"),
        ("follow_up", "Mon 19:30", "20:00"),
        ("morning", "Tue 08:30", "12:00"),
        ("missed_one", "Tue 18:00", "20:00"),
    ],
    (time(8), time(18)): [
        ("exercise", "Mon 17:30", "18:00"),
        ("morning", "Tue 08:30", "12:00"),
        ("missed_one", "Tue 17:30", "18:00"),
    ],
    (time(10), time(21)): [
        ("exercise", "Mon 18:00", "21:00"),
        ("follow_up", "Mon 20:30", "21:00"),
        ("morning", "Tue 10:00", "12:00"),
        ("missed_one", "Tue 18:00", "21:00"),
    ],
    (time(9), time(11)): [
        ("morning", "Tue 09:00", "11:00"),
        ("missed_one", "Tue 10:30", "11:00"),
    ],
    (time(12), time(14)): [
        ("exercise", "Mon 13:30", "14:00"),
        ("missed_one", "Tue 13:30", "14:00"),
    ],
    (time(19), time(21)): [
        ("exercise", "Mon 19:00", "21:00"),
        ("follow_up", "Mon 20:30", "21:00"),
        ("missed_one", "Tue 19:00", "21:00"),
    ],
}


@pytest.mark.parametrize(("opens", "closes"), PLANNED)
def test_reminders_are_planned_within_a_patients_own_hours(
    plan: Plan, opens: time, closes: time
) -> None:
    keep_to(plan.patient, opens, closes)
    assert queued() == PLANNED[opens, closes]


def test_wider_hours_bring_the_same_slots_back(plan: Plan) -> None:
    before = queued()
    keep_to(plan.patient, time(12), time(14))
    keep_to(plan.patient, time(8), time(21))
    assert queued() == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(opens=st.integers(16, 38), length=st.integers(4, 26), at=st.times(), woken=st.times())
def test_no_slot_lies_outside_whatever_hours_somebody_chose(
    plan: Plan, opens: int, length: int, at: time, woken: time
) -> None:
    last = min(opens + length, 42)
    hours = TextingHours(time(opens // 2, opens % 2 * 30), time(last // 2, last % 2 * 30))
    patient = plan.patient
    patient.texts_from, patient.texts_until = hours.opens, hours.closes
    plan.exercise_at, plan.morning_at = at.replace(microsecond=0), woken.replace(microsecond=0)
    found = [s for n in range(7) for s in slots(plan, date(2026, 3, 2) + timedelta(n), None)]
    assert {Kind.EXERCISE} <= {slot.kind for slot in found}
    for slot in found:
        assert in_texting_hours(slot.due_at, patient.tz, hours), slot
        assert slot.due_at < slot.expires_at <= slot.due_at + timedelta(hours=13)
    db.session.rollback()


def test_texts_about_sleep_keep_to_the_bedtime_that_was_chosen(
    maya: Patient, library: Library
) -> None:
    plans.assign(maya, replace(WISH, bedtime=time(22, 30)), library, MONDAY)
    keep_to(maya, time(12), time(14))
    assert ("sleep", "Mon 21:30", "22:00") in queued()


# The last look


def put(patient: Patient, kind: Kind, at: datetime, within: timedelta = 24 * HOUR) -> None:
    outbox.enqueue([Intention(patient, kind, "rp.help", "it", at, at + within)], at)


def row() -> OutboundMessage:
    return db.session.scalars(select(OutboundMessage).filter_by(dedupe_key="it")).one()


def looked_at(library: Library, now: datetime) -> list[Claimed]:
    texts = claim(library, "https://rehab.example", now, Claim("w1", 40)).texts
    return [text for text in texts if text.id == row().id]


@pytest.mark.parametrize("kind", list(Kind))
def test_outside_a_patients_own_hours_only_safety_and_answers_leave(
    maya: Patient, library: Library, kind: Kind
) -> None:
    keep_to(maya, time(10), time(18))
    evening = MONDAY + 7 * HOUR
    put(maya, kind, evening)
    left = looked_at(library, evening)
    if kind in ANSWERS:
        assert len(left) == 1
    else:
        assert (left, row().state) == ([], DeliveryState.PENDING)
        assert row().due_at == datetime(2026, 3, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_provider_may_not_hold_a_text_beyond_a_patients_own_hours(
    maya: Patient, library: Library, kind: Kind
) -> None:
    keep_to(maya, time(10), time(18))
    put(maya, kind, MONDAY)
    (mine,) = looked_at(library, MONDAY)
    assert mine.leave_before == MONDAY + (24 if kind in ANSWERS else 6) * HOUR


def test_hours_that_are_narrowed_while_a_text_waits_hold_it_until_they_open(
    maya: Patient, library: Library
) -> None:
    put(maya, Kind.BY_HAND, MONDAY)
    keep_to(maya, time(15), time(18))
    assert looked_at(library, MONDAY) == []
    assert len(looked_at(library, MONDAY + 3 * HOUR)) == 1


def test_advice_outlives_the_longest_quiet_that_somebody_can_choose(
    plan: Plan, library: Library
) -> None:
    keep_to(plan.patient, time(10), time(12))
    warn(plan, SEE_DOCTOR, MONDAY + HOUR, Kind.ADVICE)
    with transaction():
        text = db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.ADVICE)).one()
        text.dedupe_key = "it"
    assert looked_at(library, MONDAY + HOUR) == []
    assert (row().state, row().due_at) == (
        DeliveryState.PENDING,
        datetime(2026, 3, 3, 10, tzinfo=UTC),
    )
    assert len(looked_at(library, row().due_at)) == 1


# LATER


def later(patient: Patient, words: str, library: Library) -> str:
    """What was answered to LATER at noon."""
    text = Inbound(f"SM{words}", patient.phone, "+442079460100", words)
    replies.receive(text, library, MONDAY)
    answer = select(OutboundMessage).filter_by(kind=Kind.REPLY)
    return db.session.scalars(answer).one().template


@pytest.mark.parametrize(
    ("words", "answered"),
    [("later 2h", "rp.later"), ("later 3h", "rp.nothing_due"), ("later 7h", "rp.nothing_due")],
)
def test_later_is_within_a_patients_own_hours(
    plan: Plan, library: Library, words: str, answered: str
) -> None:
    keep_to(plan.patient, time(8), time(15))
    assert later(plan.patient, words, library) == answered
    moved = db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.LATER)).all()
    assert [f"{text.expires_at:%H:%M}" for text in moved] == ["15:00"] * (answered == "rp.later")


def test_what_was_put_off_into_hours_that_are_quiet_now_is_let_go(
    plan: Plan, library: Library
) -> None:
    assert later(plan.patient, "later 6h", library) == "rp.later"
    keep_to(plan.patient, time(8), time(17))
    moved = db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.LATER)).one()
    assert (moved.state, moved.state_reason) == (DeliveryState.CANCELLED, "outside texting hours")
