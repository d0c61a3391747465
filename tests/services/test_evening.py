"""The night ahead, as the day's page tells of it."""

from datetime import UTC, datetime, time, timedelta

import pytest

from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.sleep_series import FIRST_DAYS, FOUR_WEEKS
from rehab.services import plans
from rehab.services.evening import SAID_AT_ITS_TIME, tonight
from rehab.services.plans import Assignment
from rehab.services.transactions import transaction
from tests.conftest import NOON

EVENING = datetime(2026, 3, 2, 19, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment("sleep-4w", 4, bedtime=time(22, 45), starts_on=NOON.date())
    return plans.assign(maya, wish, library, NOON)


def test_every_second_evening_of_four_weeks_has_a_tip_of_its_own(
    plan: Plan, library: Library
) -> None:
    nights = [
        tonight(plan, EVENING.date() + n * DAY, library, EVENING + n * DAY)
        for n in range(FIRST_DAYS)
    ]
    assert all(night and night.bedtime == time(22, 45) for night in nights)
    tips = [night.tip for night in nights if night and night.tip]
    assert len(tips) == len(set(tips)) == len(FOUR_WEEKS) - len(SAID_AT_ITS_TIME & {*FOUR_WEEKS})
    assert "22:45" in tips[0]
    assert not any("{" in tip for tip in tips)


def test_the_tip_is_in_the_patients_language(plan: Plan, library: Library) -> None:
    with transaction():
        plan.patient.language = "es"
    night = tonight(plan, EVENING.date(), library, EVENING)
    assert night is not None
    assert night.tip is not None
    assert "22:45" in night.tip
    assert "misma hora" in night.tip


@pytest.mark.parametrize("hour", [0, 7, 12, 16])
def test_by_day_it_is_not_spoken_of(plan: Plan, library: Library, hour: int) -> None:
    assert tonight(plan, EVENING.date(), library, EVENING.replace(hour=hour)) is None


def test_who_has_no_bedtime_has_no_night(plan: Plan, library: Library) -> None:
    with transaction():
        plan.bedtime = None
    assert tonight(plan, EVENING.date(), library, EVENING) is None
