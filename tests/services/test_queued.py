"""What waits just as it would be queued stays where it is; the rest is taken back."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import PAUSED, Plan
from rehab.programs.library import Library
from rehab.services import announcements, enrolment, plan_changes, plans, reminders, sessions
from rehab.services.plans import Assignment
from rehab.services.queued import PLANNED
from rehab.services.sessions import SessionReport
from rehab.services.transactions import transaction

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""Noon in London; the plan has a session on every day, at 18:00."""

TODAY = date(2026, 3, 2)
EVERY_DAY = Assignment("lb-subacute-6w", usual_pain=4, weekdays=tuple(range(7)))


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    return plans.assign(maya, EVERY_DAY, library, MONDAY)


def waiting(plan: Plan) -> dict[tuple[str, date | None], UUID]:
    """The ids of the texts that wait, by kind and date."""
    pending = select(OutboundMessage).filter_by(plan_id=plan.id, state=DeliveryState.PENDING)
    return {(text.kind, text.about_on): text.id for text in db.session.scalars(pending)}


def test_a_report_takes_back_what_it_answers_and_leaves_the_rest_where_it_is(
    plan: Plan, library: Library
) -> None:
    before = waiting(plan)
    sessions.report_session(plan, SessionReport(MONDAY, 4, 4, 4), library, MONDAY)
    answered = {(Kind.EXERCISE, TODAY), (Kind.FOLLOW_UP, TODAY)}
    assert answered <= before.keys()
    assert waiting(plan) == {key: id_ for key, id_ in before.items() if key not in answered}


@pytest.mark.parametrize("weekdays", [(0, 1, 2, 3, 4, 5, 6), (0, 2, 4), (2,)])
@pytest.mark.parametrize("earlier", [0, 1, 2, 5])
def test_what_waits_after_a_report_is_what_the_plan_would_send(
    maya: Patient, library: Library, weekdays: tuple[int, ...], earlier: int
) -> None:
    """A report takes back a few texts and looks at no others: planning anew finds the same."""
    plan = plans.assign(maya, replace(EVERY_DAY, weekdays=weekdays), library, MONDAY)
    for hours in range(0, 120, 7):
        now = MONDAY + timedelta(hours=hours)
        reminders.plan_ahead(now)
        then = max(MONDAY, now - timedelta(days=earlier))
        sessions.report_session(plan, SessionReport(then, 4, 4, 4), library, now)
        told = waiting(plan)
        assert reminders.replan(plan, now) == 0
        assert waiting(plan) == told


def test_a_report_that_pauses_a_plan_leaves_no_reminder(plan: Plan, library: Library) -> None:
    flag = next(id_ for id_, flag in library.red_flags.items() if flag.tier == "E")
    said = SessionReport(MONDAY, 4, 4, 4, red_flags=(flag,))
    assert waiting(plan)
    sessions.report_session(plan, said, library, MONDAY)
    assert plan.status == PAUSED
    assert not [key for key in waiting(plan) if key[0] in PLANNED]


def test_a_report_lets_news_wait_that_it_does_not_outrun(plan: Plan, library: Library) -> None:
    with transaction():
        announcements.announce(plan, announcements.CHANGED, {}, MONDAY)
    sessions.report_session(plan, SessionReport(MONDAY, 4, 4, 4), library, MONDAY)
    assert [key for key in waiting(plan) if key[0] == Kind.NEWS]


def test_what_has_left_is_not_taken_back_by_the_session_that_it_asked_for(
    plan: Plan, library: Library
) -> None:
    """Its key stays too, so that the slot is not texted again."""
    with transaction():
        sent = db.session.get_one(OutboundMessage, waiting(plan)[Kind.EXERCISE, TODAY])
        sent.state, sent.attempt = DeliveryState.ACCEPTED, 1
    sessions.report_session(plan, SessionReport(MONDAY, 4, 4, 4), library, MONDAY)
    assert db.session.get(OutboundMessage, sent.id) is sent


def test_nothing_has_changed_and_so_nothing_is_queued_anew(plan: Plan) -> None:
    before = waiting(plan)
    assert reminders.replan(plan, MONDAY + timedelta(minutes=1)) == 0
    assert waiting(plan) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("zone", "Europe/Paris"),
        ("language", "es"),
    ],
)
def test_what_the_patient_changes_is_in_every_text_that_waits(
    plan: Plan, ana: Clinician, name: str, value: str
) -> None:
    before = waiting(plan)
    enrolment.amend(plan.patient, {name: value}, ana.email, MONDAY)
    after = waiting(plan)
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())


def test_only_the_texts_whose_time_has_changed_are_others(
    plan: Plan, ana: Clinician, library: Library
) -> None:
    before = waiting(plan)
    plan_changes.amend(plan, {"morning_at": time(9, 15)}, ana, "", library, MONDAY)
    after = waiting(plan)
    stays = {key for key in before if key[0] != Kind.MORNING}
    assert after.keys() == before.keys()
    assert {key for key in before if after[key] == before[key]} == stays
    assert stays != before.keys()


@pytest.mark.parametrize(
    "said",
    [{"values": {"time": "17:00"}}, {"template": "ex.soft"}, {"priority": 3}],
)
def test_a_text_that_says_something_else_is_not_the_one_that_is_wanted(
    plan: Plan, said: dict[str, Any]
) -> None:
    before = waiting(plan)
    key = (Kind.EXERCISE, TODAY)
    with transaction():
        text = db.session.get_one(OutboundMessage, before[key])
        for name, value in said.items():
            setattr(text, name, value)
    assert reminders.replan(plan, MONDAY) == 1
    after = waiting(plan)
    assert {k for k in after if after[k] != before[k]} == {key}


def test_what_was_held_back_is_queued_again(plan: Plan) -> None:
    key = (Kind.EXERCISE, TODAY)
    with transaction():
        text = db.session.get_one(OutboundMessage, waiting(plan)[key])
        text.settle(DeliveryState.SUPPRESSED, "consent", MONDAY)
    reminders.replan(plan, MONDAY)
    assert key in waiting(plan)


def test_news_that_waits_for_long_is_outrun_by_a_later_decision(
    plan: Plan, library: Library
) -> None:
    with transaction():
        announcements.announce(plan, announcements.CHANGED, {}, MONDAY)
    later = MONDAY + timedelta(days=3)
    sessions.report_session(plan, SessionReport(later, 4, 9, 9), library, later)
    assert not [key for key in waiting(plan) if key[0] == Kind.NEWS]
