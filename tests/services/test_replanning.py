"""Whatever changes, and however often: a slot of a local date is texted once, as the plan is."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.message import DeliveryState, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import enrolment, plan_changes, plans, queued, reminders
from rehab.services.nights import nights_of
from rehab.services.plans import Assignment
from rehab.services.transactions import transaction

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""The clocks change in New York in the first week after it."""

WISH = Assignment("lb-subacute-6w", usual_pain=4, weekdays=(0, 2, 4), bedtime=time(22, 30))

MOVER = {
    "given_name": "Mo",
    "phone": "+442079460177",
    "zone": "Europe/London",
    "sms_consent": True,
}

ZONES = st.sampled_from(
    ["Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Honolulu"]
)
CHANGES = st.one_of(
    st.tuples(st.just("zone"), ZONES),
    st.tuples(st.just("language"), st.sampled_from(["en", "es"])),
    st.tuples(st.just("sms_consent"), st.booleans()),
    st.tuples(st.sampled_from(["exercise_at", "morning_at"]), st.times(time(0), time(23, 59))),
    st.tuples(st.just("bedtime"), st.sampled_from([None, time(21), time(23, 45), time(0, 30)])),
    st.tuples(st.just("weekdays"), st.sets(st.integers(0, 6), min_size=1).map(sorted)),
    st.tuples(st.just("nothing"), st.none()),
)
OF_THE_PATIENT = ("zone", "language", "sms_consent")


def all_sent(now: datetime) -> None:
    """Whatever is due by now has left."""
    with transaction():
        for row in db.session.scalars(
            select(OutboundMessage).where(
                OutboundMessage.state == DeliveryState.PENDING, OutboundMessage.due_at <= now
            )
        ):
            row.state, row.attempt = DeliveryState.ACCEPTED, 1


def change(plan: Plan, what: str, to: object, by: Clinician, library: Library, now: datetime):
    if what in OF_THE_PATIENT:
        enrolment.amend(plan.patient, {what: to}, by.email, now)
    elif what == "nothing":
        reminders.plan_ahead(now)
    else:
        plan_changes.amend(plan, {what: to}, by, "", library, now)


def reminders_of(plan: Plan) -> list[OutboundMessage]:
    query = select(OutboundMessage).filter_by(plan_id=plan.id)
    return list(db.session.scalars(query.where(OutboundMessage.kind.in_(queued.PLANNED))))


def wanted(plan: Plan, now: datetime) -> set[tuple[str, datetime, str]]:
    """What the plan as it stands would send, as far as it may."""
    if not plan.patient.sms_consent:
        return set()
    nights = nights_of([plan.patient_id], now).get(plan.patient_id)
    return {
        (i.dedupe_key, i.due_at, i.patient.language) for i in reminders.upcoming(plan, now, nights)
    }


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.integers(0, 40), CHANGES), max_size=8))
@example(steps=[(20, ("zone", "Pacific/Honolulu")), (20, ("zone", "Pacific/Auckland"))])
@example(steps=[(7, ("exercise_at", time(19))), (1, ("exercise_at", time(20)))])
@example(steps=[(10, ("bedtime", time(23, 45))), (1, ("bedtime", None)), (1, ("nothing", None))])
def test_each_slot_of_a_local_date_is_sent_once_and_what_waits_is_what_the_plan_says(
    ana: Clinician, library: Library, steps: list[tuple[int, tuple[str, object]]]
) -> None:
    mover = enrolment.enrol(ana.clinic_id, MOVER, ana.email, MONDAY)
    plan = plans.assign(mover, WISH, library, MONDAY, ana)
    now = MONDAY
    for hours, (what, to) in steps:
        now += timedelta(hours=hours, seconds=1)
        all_sent(now)
        change(plan, what, to, ana, library, now)
        rows = reminders_of(plan)
        slots = [(row.kind, row.about_on) for row in rows]
        assert len(slots) == len(set(slots))
        waiting = {
            (row.dedupe_key, row.due_at, row.language)
            for row in rows
            if row.state is DeliveryState.PENDING
        }
        gone = {row.dedupe_key for row in rows if row.state is DeliveryState.ACCEPTED}
        horizon = now + reminders.HORIZON
        assert waiting == {each for each in wanted(plan, now) if each[0] not in gone}
        assert all(now < due <= horizon for _, due, _ in waiting)
        assert all(row.due_at < row.expires_at for row in rows)


def test_who_was_read_while_a_plan_was_waited_for_is_read_again(
    maya: Patient, library: Library
) -> None:
    """A report waits for whoever changes the language, and has read the patient before."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time: nothing is read before its turn")
    with transaction():
        plan = plans.assign(maya, WISH, library, MONDAY)
    with transaction():
        assert plan.patient.language == "en"
        with db.engine.begin() as somebody_else:
            somebody_else.execute(
                update(Patient.__table__).where(Patient.id == maya.id).values(language="es")
            )
        reminders.replan(plan, MONDAY)
    assert {text.language for text in reminders_of(plan)} == {"es"}
