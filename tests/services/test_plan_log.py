"""A plan's log as the policy reads it: one session a day, whole, with the morning after."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import mornings, plans, sessions
from rehab.services.mornings import MorningReport
from rehab.services.plan_log import log_of
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
STRENGTH = "strengthening"


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    return plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, START)


def trained(plan: Plan, library: Library, hours: int, *ratings: int | None, **said: Any) -> None:
    at = START + timedelta(hours=hours)
    sessions.report_session(plan, SessionReport(at, *ratings, **said), library, at)


def test_a_session_is_told_with_the_morning_after_it(plan: Plan, library: Library) -> None:
    trained(plan, library, 0, 3, 5, 4, effort=6, new_areas=("neck",))
    woke = MorningReport((START + timedelta(days=1)).date(), 0, sleep=7)
    mornings.report_morning(plan, woke, library, START + timedelta(hours=20))
    (told,) = log_of(plan, STRENGTH).sessions
    assert (told.day, told.before, told.during, told.after) == (0, 3, 5, 4)
    assert (told.morning, told.sleep, told.effort, told.spread) == (0, 7, 6, True)


def test_what_lacks_a_rating_and_the_earlier_of_one_day_are_left_out(
    plan: Plan, library: Library
) -> None:
    trained(plan, library, 0, 3, 3, 3)
    trained(plan, library, 4, 4, 5, 4)
    trained(plan, library, 48, 3, None, 3)
    log = log_of(plan, STRENGTH)
    assert [(s.day, s.during) for s in log.sessions] == [(0, 5)]
    assert log.left_out == 2


def test_a_category_that_was_not_trained_has_no_log(plan: Plan, library: Library) -> None:
    trained(plan, library, 0, 3, 3, 3)
    assert log_of(plan, "self-care").sessions == ()
