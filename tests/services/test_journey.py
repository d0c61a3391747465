"""The facts of a course: what was said and what held, day by day, in a handful of queries."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rehab.charts.journey import Journey, Ladder, Rated, Week, Woken
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.dosage import Category
from rehab.programs.library import Library
from rehab.services import corrections, mornings, plan_changes, plans, sessions
from rehab.services.journey import journey
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from tests.queries import counted

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday; the plan trains on Mondays, Wednesdays and Fridays."""

MONDAY = START.date()
EASY, FLARE = (4, 4, 4), (4, 8, 8)


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment("lb-subacute-6w", usual_pain=4, weekdays=(0, 2, 4), autonomy="bounded")
    return plans.assign(maya, wish, library, START)


def on(day: int) -> date:
    """The plan's day, from 0."""
    return MONDAY + timedelta(days=day)


def at(day: int, hour: int = 12) -> datetime:
    return START + timedelta(days=day, hours=hour - 12)


class Diary:
    """Reports to one plan, each at its own time."""

    def __init__(self, plan: Plan, library: Library) -> None:
        self.plan, self.library = plan, library

    def trained(
        self, day: int, ratings: tuple[int | None, ...] = EASY, hour: int = 12, **said: Any
    ) -> Any:
        before, during, after = ratings
        report = SessionReport(at(day, hour), before, during, after, **{"effort": 4, **said})
        return sessions.report_session(self.plan, report, self.library, at(day, hour))

    def woke(self, day: int, pain: int | None = 4, **said: Any) -> None:
        report = MorningReport(on(day), pain, **said)
        mornings.report_morning(self.plan, report, self.library, at(day, 8))

    def read(self, today: int, told_since: date | None = None) -> Journey:
        return journey(self.plan, on(today), told_since)


@pytest.fixture
def diary(plan: Plan, library: Library) -> Diary:
    return Diary(plan, library)


def test_ratings_are_told_by_date_and_what_was_not_said_stays_unsaid(diary: Diary) -> None:
    diary.trained(0, (3, 0, None))
    diary.woke(1, None, sleep=0, stiffness_minutes=15)
    seen = diary.read(1)
    assert seen.sessions == (Rated(on(0), 3, 0, None, 4, 100),)
    assert seen.mornings == (Woken(on(1), None, 0, 15),)


def test_sessions_stand_in_the_order_in_which_they_happened_not_in_which_they_were_told(
    diary: Diary, library: Library
) -> None:
    diary.trained(4, (2, 2, 2))
    late = SessionReport(at(2), 5, 5, 5)
    sessions.report_session(diary.plan, late, library, at(4, 14))
    diary.trained(4, (1, 1, 1), hour=18)
    assert [(s.on, s.after) for s in diary.read(4).sessions] == [(on(2), 5), (on(4), 2), (on(4), 1)]


def test_another_plan_of_the_same_patient_is_another_journey(
    diary: Diary, maya: Patient, library: Library
) -> None:
    other = Diary(plans.assign(maya, Assignment("neck-desk-6w", 3), library, START), library)
    other.trained(0)
    assert (diary.read(0).sessions, diary.read(0).stands) == ((), ())
    assert len(other.read(0).sessions) == 1


def test_a_change_is_told_with_the_patients_sentence_and_a_hold_without_one(diary: Diary) -> None:
    diary.trained(0, EASY)
    diary.trained(2, FLARE)
    holds = [stand for stand in diary.read(2).stands if stand.on == on(0)]
    changes = [stand for stand in diary.read(2).stands if stand.on == on(2)]
    assert {(stand.move, stand.why) for stand in holds} == {("hold", "")}
    assert all(stand.is_told and stand.why.endswith(".") for stand in changes)
    assert {stand.dose < 1 for stand in changes} == {True}


def test_only_what_stands_is_told_after_a_correction(diary: Diary, library: Library) -> None:
    flared = diary.trained(0, FLARE)
    assert any(stand.is_told for stand in diary.read(0).stands)
    corrections.correct_session(
        flared, diary.plan, {"during": 3, "after": 3}, "Maya", library, at(0, 13)
    )
    assert not any(stand.is_told for stand in diary.read(0).stands)


def test_sentences_of_earlier_weeks_stay_sealed(diary: Diary) -> None:
    diary.trained(0, FLARE)
    (*_, stand) = diary.read(9, told_since=on(7)).stands
    assert (stand.is_told, stand.why) == (True, "")


def test_a_step_up_that_waits_holds_the_stairs_where_they_are(
    maya: Patient, library: Library
) -> None:
    wish = Assignment("lb-subacute-6w", usual_pain=4, weekdays=(0, 2, 4))
    diary = Diary(plans.assign(maya, wish, library, START), library)
    for day in range(0, 14, 2):
        diary.trained(day, (3, 3, 3))
        diary.woke(day + 1, 3)
    seen = diary.read(14)
    waiting = [stand for stand in seen.stands if stand.waits]
    assert waiting
    assert {(stand.step, stand.is_told) for stand in waiting} == {(1, False)}
    waits = {ladder.category: ladder.waits for ladder in seen.ladders}
    last = {stand.category: stand.waits for stand in seen.stands}
    assert waits == {**dict.fromkeys(waits, False), **last}


def test_a_ladder_tells_its_rungs_its_bounds_and_where_it_began(
    diary: Diary, ana: Clinician, library: Library
) -> None:
    bounds = {"bounds": {"strengthening": {"ceiling": 3, "locked": True}}}
    plan_changes.amend(diary.plan, bounds, ana, "go slowly", library, at(0))
    ladders = {ladder.category: ladder for ladder in diary.read(0).ladders}
    assert ladders[Category.STRENGTHENING] == Ladder(
        Category.STRENGTHENING, began=1, step=1, dose=1.0, rungs=5, floor=1, ceiling=3, locked=True
    )
    assert list(ladders) == [c for c in Category if c in diary.plan.loads]


def test_usual_pain_holds_from_the_day_on_which_it_was_settled(
    diary: Diary, ana: Clinician, library: Library
) -> None:
    plan_changes.amend(diary.plan, {"autonomy": "ease"}, ana, "", library, at(3))
    plan_changes.amend(diary.plan, {"usual_pain": 3}, ana, "better", library, at(10))
    assert diary.read(12).usual == ((on(0), 4.0), (on(10), 3.0))


def test_a_week_counts_what_was_planned_for_all_of_it_and_by_now(diary: Diary) -> None:
    diary.trained(0)
    diary.trained(1)
    diary.trained(4, completion=0, not_completed_because="time")
    diary.trained(7)
    assert diary.read(9).weeks == (
        Week(on(0), on(6), planned=3, planned_so_far=3, done=2),
        Week(on(7), on(13), planned=3, planned_so_far=1, done=1),
    )


def test_today_counts_as_planned_once_its_session_is_done(diary: Diary) -> None:
    assert diary.read(2).weeks[0].planned_so_far == 1
    diary.trained(2)
    assert diary.read(2).weeks[0].planned_so_far == 2


def test_two_sessions_of_a_day_are_one_day_done(diary: Diary) -> None:
    diary.trained(0)
    diary.trained(0, hour=18)
    assert (len(diary.read(0).sessions), diary.read(0).weeks[0].done) == (2, 1)


def test_while_a_plan_was_paused_nothing_was_planned(
    diary: Diary, ana: Clinician, library: Library
) -> None:
    diary.trained(0)
    plan_changes.pause(diary.plan, ana, "a fall", library, at(0, 14))
    assert [week.planned for week in diary.read(9).weeks] == [1, 0]
    plan_changes.resume(diary.plan, ana, "looked at", library, at(9, 14))
    weeks = diary.read(14).weeks
    assert [(week.planned, week.planned_so_far) for week in weeks] == [(1, 1), (2, 2), (3, 0)]


def test_after_its_last_day_a_plan_has_nothing_planned(maya: Patient, library: Library) -> None:
    wish = Assignment("lb-acute-2w", usual_pain=6, weekdays=(0, 2, 4))
    diary = Diary(plans.assign(maya, wish, library, START), library)
    assert [week.planned for week in diary.read(20).weeks] == [3, 3, 0]


def test_before_its_start_a_plan_has_no_week(maya: Patient, library: Library) -> None:
    wish = Assignment("lb-subacute-6w", usual_pain=4, starts_on=on(7))
    diary = Diary(plans.assign(maya, wish, library, START), library)
    seen = diary.read(0)
    assert (seen.weeks, seen.usual) == ((), ((on(7), 4.0),))


def test_a_longer_course_takes_no_more_queries(diary: Diary) -> None:
    diary.trained(0)
    db.session.refresh(diary.plan)
    with counted() as few:
        diary.read(20)
    for day in range(1, 9):
        diary.trained(day, FLARE if day % 5 == 0 else EASY)
        diary.woke(day)
    db.session.refresh(diary.plan)
    with counted() as many:
        diary.read(20)
    assert len(many) == len(few) == 7
