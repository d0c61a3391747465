"""Days with data: each once, in the 30 days that they lie in, and no more than was told."""

import csv
import io
from datetime import date, timedelta

import pytest

from rehab.exchange import data_days
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.measurements import Answer
from rehab.services import measures, mornings, plans, safety, sessions
from rehab.services.measures import MeasureReport
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.safety import ScreeningReport
from rehab.services.sessions import SessionReport
from tests.conftest import NOON

DAY = timedelta(days=1)
STARTS_ON = date(2026, 1, 26)
TODAY = date(2026, 3, 2)


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment("lb-chronic-12w", 4, starts_on=STARTS_ON)
    return plans.assign(maya, wish, library, NOON)


def train(plan: Plan, library: Library, days: int) -> None:
    at = NOON - 35 * DAY + days * DAY
    said = SessionReport(at, before=2, during=2, after=2)
    sessions.report_session(plan, said, library, NOON)


def test_a_day_counts_once_whatever_was_told_on_it(
    maya: Patient, plan: Plan, library: Library
) -> None:
    train(plan, library, 0)
    train(plan, library, 0)
    mornings.report_morning(plan, MorningReport(STARTS_ON, pain=2), library, NOON)
    (_, first) = data_days.periods(maya, TODAY)
    assert (first.from_on, first.to_on) == (STARTS_ON, date(2026, 2, 24))
    assert (first.days, first.is_over) == (1, True)


def test_every_kind_of_report_is_data(maya: Patient, plan: Plan, library: Library) -> None:
    train(plan, library, 0)
    mornings.report_morning(plan, MorningReport(STARTS_ON + DAY, pain=2), library, NOON)
    said = tuple(Answer(item, 2) for item in ("pain", "enjoyment", "activity"))
    measures.report_measure(plan, MeasureReport("peg", STARTS_ON + 2 * DAY, said), library, NOON)
    safety.answer(plan, ScreeningReport(STARTS_ON + 3 * DAY), library, NOON)
    assert data_days.periods(maya, TODAY)[-1].days == 4


def test_the_thirtieth_day_is_of_one_period_and_the_next_of_another(
    maya: Patient, plan: Plan, library: Library
) -> None:
    for days in (0, 29, 30, 31):
        train(plan, library, days)
    latest, first = data_days.periods(maya, TODAY)
    assert (first.days, latest.days) == (2, 2)
    assert (latest.from_on, latest.is_over) == (STARTS_ON + 30 * DAY, False)


def test_somebody_without_a_plan_that_has_begun_has_no_periods(
    maya: Patient, library: Library
) -> None:
    assert data_days.periods(maya, TODAY) == []
    plans.assign(maya, Assignment("neck-desk-6w", 3, starts_on=TODAY + DAY), library, NOON)
    assert data_days.periods(maya, TODAY) == []


def test_the_table_is_read_as_it_was_written(maya: Patient, plan: Plan, library: Library) -> None:
    train(plan, library, 3)
    found = data_days.periods(maya, TODAY)
    rows = list(csv.DictReader(io.StringIO(data_days.as_csv(maya, found).decode())))
    assert [row["from"] for row in rows] == ["2026-01-26", "2026-02-25"]
    assert [row["days_with_data"] for row in rows] == ["1", "0"]
    assert [row["period_is_over"] for row in rows] == ["yes", "no"]
    assert {row["patient_id"] for row in rows} == {str(maya.id)}
