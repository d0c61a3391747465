"""Texts about sleep: only where a bedtime was chosen, before it, and for as long as they help."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.schedule import spread
from rehab.services import consent, enrolment, mornings, plan_changes, plans, reminders
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
WISH = Assignment(
    "lb-chronic-12w", usual_pain=4, weekdays=(0, 2, 4), morning_at=time(8, 30), bedtime=time(22, 30)
)
DAY = timedelta(days=1)


@pytest.fixture
def plan(maya: Patient, library: Library, ana: Clinician) -> Plan:
    return plans.assign(maya, WISH, library, MONDAY, ana)


def live(until: int, since: int = 0) -> None:
    """Plan ahead every half day, from one day to another."""
    for half in range(2 * since, 2 * until):
        reminders.plan_ahead(MONDAY + half * DAY / 2)


def asleep(*kinds: Kind) -> list[tuple[str, str]]:
    """Text and due time in UTC of each about sleep, in order and before it is spread."""
    query = select(OutboundMessage).where(
        OutboundMessage.kind.in_(kinds or (Kind.SLEEP,)),
        OutboundMessage.state == DeliveryState.PENDING,
    )
    rows = db.session.scalars(query.order_by(OutboundMessage.due_at))
    return [(r.template, f"{r.due_at - spread(r.patient_id):%d.%m. %H:%M}") for r in rows]


def test_the_first_week_is_about_a_regular_bedtime(plan: Plan) -> None:
    live(until=7)
    assert asleep() == [
        ("sl.bed1", "02.03. 21:30"),
        ("sl.bed2", "04.03. 21:30"),
        ("sl.bed3", "06.03. 21:30"),
        ("sl.bed4", "08.03. 21:30"),
    ]
    row = db.session.scalars(select(OutboundMessage).filter_by(template="sl.bed1")).one()
    assert row.values == {"time": "22:30"}
    assert row.expires_at - row.due_at == timedelta(minutes=30)


def test_screens_are_reminded_of_half_an_hour_before_bed(plan: Plan) -> None:
    live(until=14, since=7)
    assert ("sl.scr3", "14.03. 22:00") in asleep()


def test_without_a_bedtime_there_is_no_text_about_sleep(maya: Patient, library: Library) -> None:
    plans.assign(maya, replace(WISH, bedtime=None), library, MONDAY)
    live(until=14)
    assert asleep(Kind.SLEEP, Kind.SLEEP_QUESTION) == []


@pytest.mark.parametrize(
    ("bedtime", "due"),
    [
        (time(20, 15), "02.03. 19:15"),
        (time(23, 59), "02.03. 22:59"),
        (time(0, 30), "02.03. 23:30"),
        (time(1, 30), "03.03. 00:30"),
    ],
)
def test_a_bedtime_after_midnight_is_that_of_the_evening_before(
    maya: Patient, library: Library, bedtime: time, due: str
) -> None:
    plans.assign(maya, replace(WISH, bedtime=bedtime), library, MONDAY)
    assert asleep() == [("sl.bed1", due)]
    row = db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.SLEEP)).one()
    assert row.about_on == date(2026, 3, 2)


def test_another_bedtime_goes_on_with_the_series(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    live(until=3)
    plan_changes.amend(plan, {"bedtime": time(23)}, ana, "", library, MONDAY + 3 * DAY)
    live(until=5, since=3)
    assert asleep()[-1] == ("sl.bed3", "06.03. 22:00")


def test_a_bedtime_that_is_chosen_later_begins_the_series_then(
    maya: Patient, library: Library, ana: Clinician
) -> None:
    plan = plans.assign(maya, replace(WISH, bedtime=None), library, MONDAY)
    later = MONDAY + 10 * DAY
    plan_changes.amend(plan, {"bedtime": time(22)}, ana, "", library, later)
    assert asleep() == [("sl.bed1", "12.03. 21:00")]


def test_a_plan_that_starts_later_begins_the_series_then(maya: Patient, library: Library) -> None:
    wish = replace(WISH, starts_on=date(2026, 3, 5))
    plans.assign(maya, wish, library, MONDAY)
    live(until=5)
    assert asleep() == [("sl.bed1", "05.03. 21:30"), ("sl.bed2", "07.03. 21:30")]


def test_the_series_ends_after_four_weeks_or_goes_on_while_sleep_is_poor(
    plan: Plan, library: Library
) -> None:
    live(until=32, since=26)
    assert asleep()[1:] == [("sl.caf", "28.03. 21:30")]
    after = MONDAY + 32 * DAY
    mornings.report_morning(plan, MorningReport(after.date(), sleep=5), library, after)
    live(until=38, since=32)
    assert asleep()[2:] == [("sl.clock", "06.04. 20:30"), ("sl.alc", "09.04. 20:30")]
    better = MONDAY + 38 * DAY - timedelta(hours=1)
    mornings.report_morning(plan, MorningReport(better.date(), sleep=8), library, better)
    assert asleep()[2:] == [("sl.clock", "06.04. 20:30")]


def test_sleep_is_asked_about_once_a_week_on_a_morning_without_another_question(
    plan: Plan, library: Library
) -> None:
    live(until=21)
    asked = asleep(Kind.SLEEP_QUESTION)
    assert asked == [("sl.q", f"{day:02}.03. 08:30") for day in (8, 15, 22)]
    mornings = select(OutboundMessage.about_on).filter_by(kind=Kind.MORNING)
    assert not {date(2026, 3, day) for day in (8, 15, 22)} & set(db.session.scalars(mornings))


def test_a_night_that_was_told_of_is_not_asked_about(plan: Plan, library: Library) -> None:
    live(until=5)
    assert asleep(Kind.SLEEP_QUESTION) == [("sl.q", "08.03. 08:30")]
    early = datetime(2026, 3, 8, 7, tzinfo=UTC)
    mornings.report_morning(plan, MorningReport(early.date(), sleep=7), library, early)
    reminders.plan_ahead(early)
    assert asleep(Kind.SLEEP_QUESTION) == []


def test_who_trains_every_day_is_not_asked_by_text(maya: Patient, library: Library) -> None:
    plans.assign(maya, replace(WISH, weekdays=tuple(range(7))), library, MONDAY)
    live(until=14)
    assert asleep(Kind.SLEEP_QUESTION) == []
    assert len(asleep()) > 0


def test_a_stop_takes_the_bedtime_back_until_it_is_chosen_anew(
    plan: Plan, maya: Patient, library: Library, ana: Clinician
) -> None:
    consent.revoke(maya, "sms", "patient", MONDAY + DAY, "STOP")
    consent.grant(maya, "sms", "patient", MONDAY + 2 * DAY, "START")
    reminders.replan_patient(maya, MONDAY + 2 * DAY)
    assert asleep() == []
    again = MONDAY + 3 * DAY
    plan_changes.amend(plan, {"bedtime": time(22, 30)}, ana, "", library, again)
    assert asleep() == [("sl.bed1", "05.03. 21:30")]


def test_nothing_about_sleep_comes_after_the_plan(plan: Plan) -> None:
    last = (plan.ends_on - MONDAY.date()).days
    assert last == 83
    live(until=90, since=last - 2)
    assert asleep()[1:] == []
    assert asleep(Kind.SLEEP_QUESTION) == []


def test_a_patient_who_moves_goes_to_bed_by_the_new_clock(plan: Plan, maya: Patient) -> None:
    enrolment.amend(maya, {"zone": "America/New_York"}, "ana", MONDAY)
    assert asleep() == [("sl.bed1", "03.03. 02:30")]
