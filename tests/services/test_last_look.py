"""The last look at a text: what has happened since it was planned, and what the hour is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinic
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import DISCHARGED, FINISHED, PAUSED, Plan
from rehab.models.session import Morning, Session
from rehab.programs.library import Library
from rehab.services import consent, enrolment, gates, mornings, outbox, plans, sessions
from rehab.services.claims import LONGEST_VALIDITY, Claim, Claimed, claim
from rehab.services.delivery import Desk, dispatch, still_wanted
from rehab.services.mornings import MorningReport
from rehab.services.outbox import Intention
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.services.transactions import transaction
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender
from tests.queries import counted as statements

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday; London's clocks show UTC in March."""

TODAY = date(2026, 3, 2)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
DAY = timedelta(days=1)
URL = "https://rehab.example"

SENT, PUT_OFF = (DeliveryState.SENDING, None), (DeliveryState.PENDING, None)
CANCELLED, SUPPRESSED = DeliveryState.CANCELLED, DeliveryState.SUPPRESSED


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    """Every day a session, begun two days ago; nothing is queued yet."""
    wish = Assignment(
        "lb-subacute-6w",
        usual_pain=4,
        weekdays=tuple(range(7)),
        starts_on=TODAY - 2 * DAY,
    )
    made = plans.assign(maya, wish, library, NOON - 2 * DAY)
    with transaction():
        db.session.query(OutboundMessage).delete()
    return made


def put(
    plan: Plan,
    kind: Kind,
    due_at: datetime,
    key: str = "it",
    about_on: date | None = TODAY,
    within: timedelta = 24 * HOUR,
) -> OutboundMessage:
    intention = Intention(
        plan.patient, kind, "rp.help", key, due_at, due_at + within, plan, about_on
    )
    outbox.enqueue([intention], due_at)
    return row(key)


def row(key: str = "it") -> OutboundMessage:
    return db.session.scalars(select(OutboundMessage).filter_by(dedupe_key=key)).one()


def looked_at(library: Library, now: datetime) -> list[Claimed]:
    return claim(library, URL, now, Claim("w1", 40)).texts


def fate(message: OutboundMessage) -> tuple[DeliveryState, str | None]:
    return message.state, message.state_reason


def session_reported(plan: Plan, on: date = TODAY) -> None:
    at = datetime.combine(on, time(11), UTC)
    told: dict[str, list[Any]] = {"exercises": [], "categories": [], "new_areas": []}
    db.session.add(
        Session(plan_id=plan.id, on=on, performed_at=at, reported_at=at, red_flags=[], **told)
    )


def woke(plan: Plan, **said: int) -> None:
    db.session.add(Morning(plan_id=plan.id, on=TODAY, reported_at=NOON, source="api", **said))


def morning_reported(plan: Plan) -> None:
    woke(plan, pain=3)


def sleep_reported(plan: Plan) -> None:
    woke(plan, sleep=3)


def status(name: str) -> Callable[[Plan], None]:
    def set_status(plan: Plan) -> None:
        plan.status = name

    set_status.__name__ = name
    return set_status


def no_consent(plan: Plan) -> None:
    plan.patient.sms_consent = False


def new_number(plan: Plan) -> None:
    plan.patient.phone = "+442079460199"


def opted_out(plan: Plan) -> None:
    consent.suppress(plan.patient.phone, "sms", NOON - 3 * DAY)
    db.session.query(OutboundMessage).update({"state": DeliveryState.PENDING, "state_reason": None})


def nothing(plan: Plan) -> None:
    """As planned."""


REPORTED = (CANCELLED, "reported already")
OF_A_SESSION = (Kind.EXERCISE, Kind.FOLLOW_UP, Kind.LATER, Kind.MISSED_ONE)
ANSWERS = (Kind.REPLY, Kind.CONFIRMATION, Kind.SIGN_IN)
TEXTED_ANYWAY = (*ANSWERS, Kind.SAFETY)


def expected(happened: Callable[[Plan], None], kind: Kind) -> tuple[DeliveryState, str | None]:
    """The whole table, one rule a line."""
    if happened is opted_out:
        return SENT if kind is Kind.CONFIRMATION else (SUPPRESSED, "the number has opted out")
    if kind in ANSWERS:
        return SENT
    if happened is no_consent:
        return SUPPRESSED, "no consent"
    if happened is new_number:
        return CANCELLED, "the number has changed"
    if happened.__name__ in (PAUSED, DISCHARGED, FINISHED):
        told = kind is Kind.SAFETY or (kind is Kind.NEWS and happened.__name__ == PAUSED)
        return SENT if told else (CANCELLED, f"the plan is {happened.__name__}")
    if happened is session_reported and kind in OF_A_SESSION:
        return REPORTED
    if happened is morning_reported and kind is Kind.MORNING:
        return REPORTED
    if happened is sleep_reported and kind is Kind.SLEEP_QUESTION:
        return REPORTED
    return SENT


HAPPENED = [
    nothing,
    session_reported,
    morning_reported,
    sleep_reported,
    status(PAUSED),
    status(DISCHARGED),
    status(FINISHED),
    no_consent,
    new_number,
    opted_out,
]


@pytest.mark.parametrize("happened", HAPPENED, ids=lambda each: each.__name__)
def test_what_has_happened_since_decides_for_every_kind_of_text(
    plan: Plan, library: Library, happened: Callable[[Plan], None]
) -> None:
    """Each kind by itself, at noon, with yesterday's session done."""
    with transaction():
        session_reported(plan, TODAY - DAY)
        happened(plan)
    phone = "+442079460123"
    found = {}
    for kind in Kind:
        put(plan, kind, NOON - MINUTE, kind)
        with transaction():
            row(kind).phone = phone
        looked_at(library, NOON)
        found[kind] = fate(row(kind))
        with transaction():
            db.session.delete(row(kind))
    assert found == {kind: expected(happened, kind) for kind in Kind}


def test_a_text_of_no_plan_is_not_held_back_by_one(maya: Patient, library: Library) -> None:
    with transaction():
        db.session.query(OutboundMessage).delete()
    by_hand = Intention(maya, Kind.BY_HAND, "rp.help", "it", NOON, NOON + HOUR)
    outbox.enqueue([by_hand], NOON)
    assert len(looked_at(library, NOON)) == 1


def test_the_second_session_missed_in_a_row_is_not_asked_about_by_itself(
    plan: Plan, library: Library
) -> None:
    message = put(plan, Kind.MISSED_ONE, NOON)
    looked_at(library, NOON)
    assert fate(message) == (CANCELLED, "asked about the whole silence")


@pytest.mark.parametrize(
    ("report", "kind", "left"),
    [
        ({"sleep": 2}, Kind.MORNING, 1),
        ({"pain": 2}, Kind.SLEEP_QUESTION, 1),
        ({"pain": 2}, Kind.MORNING, 0),
        ({"sleep": 2}, Kind.SLEEP_QUESTION, 0),
    ],
)
def test_half_a_mornings_report_leaves_the_other_half_to_ask_for(
    plan: Plan, library: Library, report: dict[str, int], kind: Kind, left: int
) -> None:
    mornings.report_morning(plan, MorningReport(TODAY, **report), library, NOON)
    put(plan, kind, NOON)
    assert len(looked_at(library, NOON)) == left


def test_another_plans_session_is_not_this_ones(plan: Plan, library: Library) -> None:
    other = plans.assign(plan.patient, Assignment("sh-6w", 4, weekdays=(0,)), library, NOON - HOUR)
    said = SessionReport(performed_at=NOON, before=2, during=2, after=2)
    sessions.report_session(other, said, library, NOON)
    put(plan, Kind.EXERCISE, NOON)
    with transaction():
        db.session.query(OutboundMessage).filter(OutboundMessage.dedupe_key != "it").delete()
    assert len(looked_at(library, NOON)) == 1


# Hours


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Pacific/Auckland"])
def test_at_night_where_the_patient_is_only_what_may_leave_leaves(
    plan: Plan, library: Library, kind: Kind, zone: str
) -> None:
    with transaction():
        plan.patient.zone = zone
    night = datetime(2026, 3, 2, 21, 30, tzinfo=plan.patient.tz).astimezone(UTC)
    message = put(plan, kind, night, about_on=None)
    looked_at(library, night)
    if kind in TEXTED_ANYWAY:
        assert message.state is DeliveryState.SENDING
    else:
        assert fate(message) == PUT_OFF
        local = message.due_at.astimezone(plan.patient.tz)
        assert (local.date(), local.time()) == (date(2026, 3, 3), time(8))


def test_a_text_that_cannot_wait_for_the_morning_expires(plan: Plan, library: Library) -> None:
    night = datetime(2026, 3, 2, 22, tzinfo=UTC)
    message = put(plan, Kind.EXERCISE, night, about_on=None, within=10 * HOUR)
    looked_at(library, night)
    assert fate(message) == (DeliveryState.EXPIRED, "not sent in time")


@pytest.mark.parametrize(("bedtime", "left"), [(time(22, 30), 1), (None, 0)])
def test_a_text_about_sleep_comes_at_night_where_that_was_chosen(
    plan: Plan, library: Library, bedtime: time | None, left: int
) -> None:
    with transaction():
        plan.bedtime = bedtime
    late = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
    put(plan, Kind.SLEEP, late, within=HOUR / 2)
    assert len(looked_at(library, late)) == left


AT_8_PM = datetime(2026, 3, 2, 20, tzinfo=UTC)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("bedtime", [None, time(22, 30)])
def test_the_provider_may_not_hold_a_text_into_the_night(
    plan: Plan, library: Library, kind: Kind, bedtime: time | None
) -> None:
    with transaction():
        plan.bedtime = bedtime
    put(plan, kind, AT_8_PM, about_on=None)
    (mine,) = looked_at(library, AT_8_PM)
    by_night = kind in TEXTED_ANYWAY or (kind is Kind.SLEEP and bedtime is not None)
    until = AT_8_PM + 24 * HOUR if by_night else AT_8_PM + HOUR
    assert mine.leave_before == until
    seconds = LONGEST_VALIDITY if by_night else 3600
    assert mine.outgoing(AT_8_PM).validity_seconds == seconds


def test_a_text_that_ends_before_the_night_is_held_no_longer(plan: Plan, library: Library) -> None:
    put(plan, Kind.EXERCISE, AT_8_PM, within=10 * MINUTE)
    (mine,) = looked_at(library, AT_8_PM)
    assert mine.leave_before == AT_8_PM + 10 * MINUTE
    assert mine.outgoing(AT_8_PM + MINUTE).validity_seconds == 540


@pytest.mark.parametrize(
    ("zone", "on"), [("Europe/London", date(2026, 3, 29)), ("America/New_York", date(2026, 11, 1))]
)
def test_the_night_begins_at_nine_also_when_the_clocks_change(
    plan: Plan, library: Library, zone: str, on: date
) -> None:
    with transaction():
        plan.patient.zone = zone
    evening = datetime.combine(on, time(20, 30), plan.patient.tz).astimezone(UTC)
    put(plan, Kind.BY_HAND, evening, about_on=None)
    (mine,) = looked_at(library, evening)
    assert mine.leave_before == evening + HOUR / 2


@pytest.mark.parametrize("seconds", [1, 4, 10])
def test_a_text_that_can_wait_is_not_lost_to_the_last_seconds_before_the_night(
    plan: Plan, library: Library, sender: RecordingSender, seconds: int
) -> None:
    """Too late to hand over before nine: it waits for the morning, as a minute later."""
    late = datetime(2026, 3, 2, 21, tzinfo=UTC) - seconds * SECOND
    message = put(plan, Kind.BY_HAND, late, about_on=None)
    clock = SetClock(late)
    dispatch(Desk(sender, library, URL, clock, "w1"))
    assert sender.sent == []
    assert fate(message) == PUT_OFF
    assert message.due_at == datetime(2026, 3, 3, 8, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [1, 14, 3600])
def test_a_text_shortly_before_eight_waits_for_eight(
    plan: Plan, library: Library, seconds: int
) -> None:
    eight = datetime(2026, 3, 2, 8, tzinfo=UTC)
    message = put(plan, Kind.BY_HAND, eight - seconds * SECOND, about_on=None)
    assert looked_at(library, eight - seconds * SECOND) == []
    assert (fate(message), message.due_at) == (PUT_OFF, eight)
    assert len(looked_at(library, eight)) == 1


# So many a day


def had(plan: Plan, kind: Kind, at: datetime, state: DeliveryState, key: str) -> None:
    """A text of another hour that the patient had, or not."""
    put(plan, kind, at, key, about_on=None)
    with transaction():
        text = row(key)
        text.state, text.attempt, text.offered_at, text.claimed_at = state, 1, at, at


@pytest.mark.parametrize(
    ("earlier", "kind", "leaves"),
    [
        ([], Kind.EXERCISE, True),
        ([Kind.MORNING], Kind.EXERCISE, True),
        ([Kind.MORNING, Kind.EXERCISE], Kind.FOLLOW_UP, False),
        ([Kind.MORNING, Kind.EXERCISE], Kind.SLEEP, True),
        ([Kind.MORNING, Kind.EXERCISE], Kind.NEWS, True),
        ([Kind.SLEEP], Kind.SLEEP, False),
        ([Kind.MISSED, Kind.ADVICE, Kind.ADVICE], Kind.EXERCISE, True),
        ([Kind.MISSED, Kind.ADVICE, Kind.ADVICE, Kind.ADVICE], Kind.EXERCISE, False),
        ([Kind.MORNING, Kind.EXERCISE, Kind.SLEEP, Kind.MISSED], Kind.ADVICE, False),
        ([Kind.MORNING, Kind.EXERCISE, Kind.SLEEP, Kind.MISSED], Kind.NEWS, True),
        ([Kind.NEWS] * 5, Kind.EXERCISE, True),
        ([Kind.MORNING, Kind.EXERCISE, Kind.SLEEP, Kind.NEWS], Kind.LATER, True),
        ([Kind.MORNING, Kind.EXERCISE, Kind.SLEEP, Kind.NEWS], Kind.REPLY, True),
        ([Kind.MORNING, Kind.EXERCISE, Kind.SLEEP, Kind.NEWS], Kind.BY_HAND, True),
        ([Kind.MORNING, Kind.EXERCISE, Kind.SLEEP, Kind.NEWS], Kind.SAFETY, True),
        ([Kind.BY_HAND] * 5 + [Kind.REPLY] * 5 + [Kind.LATER] * 5, Kind.EXERCISE, True),
    ],
)
def test_a_patient_has_so_many_texts_a_day_and_no_more(
    plan: Plan, library: Library, earlier: list[Kind], kind: Kind, leaves: bool
) -> None:
    for number, each in enumerate(earlier):
        had(plan, each, NOON - 2 * HOUR, DeliveryState.ACCEPTED, str(number))
    message = put(plan, kind, NOON, about_on=None)
    looked_at(library, NOON)
    assert fate(message) == (SENT if leaves else (CANCELLED, "enough texts today already"))


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (DeliveryState.SENDING, True),
        (DeliveryState.ACCEPTED, True),
        (DeliveryState.UNKNOWN, True),
        (DeliveryState.FAILED, True),
        (DeliveryState.PENDING, False),
        (DeliveryState.CANCELLED, False),
        (DeliveryState.EXPIRED, False),
        (DeliveryState.SUPPRESSED, False),
    ],
)
def test_what_the_patient_may_have_had_counts(
    plan: Plan, library: Library, state: DeliveryState, counts: bool
) -> None:
    had(plan, Kind.SLEEP, NOON - HOUR, state, "earlier")
    with transaction():
        row("earlier").due_at = NOON + HOUR
    message = put(plan, Kind.SLEEP, NOON, about_on=None)
    looked_at(library, NOON)
    assert fate(message) == ((CANCELLED, "enough texts today already") if counts else SENT)


@pytest.mark.parametrize(
    ("zone", "had_at", "now", "leaves"),
    [
        ("Europe/London", "2026-03-01T20:59+00:00", "2026-03-02T08:00+00:00", True),
        ("Europe/London", "2026-03-02T08:00+00:00", "2026-03-02T20:00+00:00", False),
        ("Pacific/Auckland", "2026-03-01T20:00+00:00", "2026-03-02T05:00+00:00", False),
        ("Pacific/Auckland", "2026-03-02T05:00+00:00", "2026-03-02T20:00+00:00", True),
        ("America/Los_Angeles", "2026-03-02T03:00+00:00", "2026-03-02T17:00+00:00", True),
        ("America/Los_Angeles", "2026-03-02T17:00+00:00", "2026-03-03T04:00+00:00", False),
        ("America/New_York", "2026-03-08T13:00+00:00", "2026-03-09T00:30+00:00", False),
        ("America/New_York", "2026-11-01T13:00+00:00", "2026-11-02T01:30+00:00", False),
    ],
)
def test_the_day_is_the_patients_own(
    plan: Plan, library: Library, zone: str, had_at: str, now: str, leaves: bool
) -> None:
    with transaction():
        plan.patient.zone = zone
    at = datetime.fromisoformat(now).astimezone(UTC)
    had(plan, Kind.SLEEP, datetime.fromisoformat(had_at), DeliveryState.ACCEPTED, "earlier")
    message = put(plan, Kind.SLEEP, at, about_on=None)
    looked_at(library, at)
    assert (message.state is DeliveryState.SENDING) is leaves


def test_a_text_of_yesterday_that_left_today_is_one_of_todays(plan: Plan, library: Library) -> None:
    """It was offered in the evening, not taken, and offered again in the morning."""
    had(plan, Kind.SLEEP, NOON - HOUR, DeliveryState.ACCEPTED, "earlier")
    with transaction():
        row("earlier").offered_at = NOON - 16 * HOUR
    message = put(plan, Kind.SLEEP, NOON, about_on=None)
    looked_at(library, NOON)
    assert fate(message) == (CANCELLED, "enough texts today already")


def test_the_texts_of_one_claim_count_among_themselves(plan: Plan, library: Library) -> None:
    for number in range(6):
        put(plan, Kind.ADVICE, NOON + number * SECOND, str(number), about_on=None)
    assert len(looked_at(library, NOON + MINUTE)) == 4


def test_advice_of_the_night_is_judged_by_the_morning_on_which_it_leaves(
    plan: Plan, library: Library
) -> None:
    night = datetime(2026, 3, 2, 22, tzinfo=UTC)
    for number in range(4):
        had(plan, Kind.ADVICE, NOON, DeliveryState.ACCEPTED, str(number))
    message = put(plan, Kind.ADVICE, night, about_on=None)
    looked_at(library, night)
    assert fate(message) == PUT_OFF
    looked_at(library, message.due_at)
    assert fate(message) == SENT


# After an outage


def test_after_an_outage_only_the_newest_text_about_todays_session_leaves(
    plan: Plan, library: Library
) -> None:
    exercise = put(plan, Kind.EXERCISE, NOON - 4 * HOUR, "a")
    follow_up = put(plan, Kind.FOLLOW_UP, NOON - HOUR, "b")
    morning = put(plan, Kind.MORNING, NOON - 4 * HOUR, "c")
    looked_at(library, NOON)
    overtaken = (CANCELLED, "overtaken by a later text")
    assert [fate(each) for each in (exercise, follow_up, morning)] == [overtaken, SENT, SENT]


def test_a_text_is_not_overtaken_by_one_that_is_still_to_come(plan: Plan, library: Library) -> None:
    exercise = put(plan, Kind.EXERCISE, NOON, "a")
    put(plan, Kind.FOLLOW_UP, NOON + HOUR, "b")
    looked_at(library, NOON)
    assert fate(exercise) == SENT


def test_a_text_under_way_overtakes_an_older_one(plan: Plan, library: Library) -> None:
    put(plan, Kind.LATER, NOON - HOUR, "newer")
    looked_at(library, NOON - HOUR)
    older = put(plan, Kind.EXERCISE, NOON - 2 * HOUR, "older")
    looked_at(library, NOON)
    assert fate(older) == (CANCELLED, "overtaken by a later text")


@pytest.mark.parametrize(("held", "leaves"), [(True, "reminder"), (False, "follow-up")])
def test_a_text_that_is_held_back_overtakes_nothing(
    plan: Plan, library: Library, held: bool, leaves: str
) -> None:
    """Carriers filter the words of the follow-up; the reminder goes in its place."""
    put(plan, Kind.EXERCISE, NOON - HOUR, "reminder")
    with transaction():
        put(plan, Kind.FOLLOW_UP, NOON, "follow-up").template = "ex.soft"
        if held:
            gates.hold_template("ex.soft", NOON)
    looked_at(library, NOON)
    left = select(OutboundMessage.dedupe_key).filter_by(state=DeliveryState.SENDING)
    assert db.session.scalars(left).all() == [leaves]


def test_a_patient_with_two_plans_is_asked_once_how_they_woke(
    plan: Plan, maya: Patient, library: Library
) -> None:
    wish = Assignment("lb-subacute-6w", usual_pain=2, starts_on=TODAY - 2 * DAY)
    other = plans.assign(maya, wish, library, NOON - 2 * DAY)
    with transaction():
        db.session.query(OutboundMessage).delete()
    first = put(plan, Kind.MORNING, NOON, "one", about_on=TODAY)
    second = put(other, Kind.MORNING, NOON + SECOND, "two", about_on=TODAY)
    looked_at(library, NOON + MINUTE)
    assert (fate(first), fate(second)) == (SENT, (CANCELLED, "asked already"))


def test_the_reminders_of_two_plans_do_not_overtake_each_other(
    plan: Plan, library: Library
) -> None:
    other = plans.assign(plan.patient, Assignment("sh-6w", 4, weekdays=(0,)), library, NOON - HOUR)
    with transaction():
        db.session.query(OutboundMessage).delete()
    put(plan, Kind.EXERCISE, NOON - HOUR, "back")
    put(other, Kind.EXERCISE, NOON, "shoulder")
    looked_at(library, NOON)
    assert [fate(row(key)) for key in ("back", "shoulder")] == [SENT, SENT]


# What it asks of the database


def crowd(clinic_id: UUID, library: Library, count: int, first: int) -> None:
    """So many patients of one clinic, each with a reminder that is due."""
    wish = Assignment("lb-subacute-6w", usual_pain=4, weekdays=(0,), exercise_at=time(18))
    for number in range(first, first + count):
        phone = f"+4420794{number:05d}"
        said = {"given_name": "A", "phone": phone, "zone": "Europe/London", "sms_consent": True}
        patient = enrolment.enrol(clinic_id, said, "ana@riverside.example", NOON)
        plans.assign(patient, wish, library, NOON)
    with transaction():
        others = OutboundMessage.kind != Kind.EXERCISE
        db.session.query(OutboundMessage).filter(others).delete()


def test_a_claim_of_forty_asks_no_more_than_a_claim_of_five(
    app: Flask, riverside: Clinic, library: Library
) -> None:
    at = datetime(2026, 3, 2, 18, 6, tzinfo=UTC)
    clinic_id, counts = riverside.id, {}
    for size, first in ((1, 0), (5, 100), (40, 200)):
        crowd(clinic_id, library, size, first)
        db.session.remove()
        with statements() as seen:
            texts = looked_at(library, at)
        assert len(texts) == size
        with statements() as more:
            assert len(still_wanted(texts, at)) == size
        counts[size] = (len(seen), len(more))
    assert counts[5] == counts[40]
