"""The safety invariants over whole walks: with weekly trends, breaks of every length, locks, tight
bounds, resumed pauses, and clocks that change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehab.models.patient import Patient
from rehab.programs.case import Case
from rehab.programs.program import Category
from rehab.programs.replay import replay_case
from rehab.programs.schedule import local_date
from rehab.programs.state import Bounds, State
from rehab.programs.zones import SELF_PACED

from .logs import (
    POLICIES,
    TIERS,
    cases,
    pain_guided,
    pairs_of_cases,
    reports,
    settled,
    shifted,
    worse_than,
)
from .test_progression_invariants import more_cautious
from .trajectories import breaches, stands_higher, walk

long_cases = cases(longest=24).map(lambda case: replace(case, weekly=True))
tight = st.integers(1, 4).map(lambda step: Bounds(step, step))


@st.composite
def steady_pairs(draw: st.DrawFn) -> tuple[Case, Case]:
    """A log of some weeks that goes mostly well, and the same with some sessions worse."""
    usual, day, sessions = draw(st.integers(1, 5)), 0, []
    for _ in range(draw(st.integers(8, 24))):
        calm = settled(day, before=usual, during=usual, after=usual, morning=usual)
        troubled = draw(st.integers(0, 5)) == 0
        sessions.append(draw(reports(day, usual, seen=True)) if troubled else calm)
        day += draw(st.sampled_from([1, 1, 2, 2, 3]))
    worse = list(sessions)
    for at in draw(st.sets(st.integers(0, len(sessions) - 1), min_size=1, max_size=6)):
        worse[at] = draw(worse_than(shifted(sessions[at], draw(st.integers(0, 2)))))
    case = Case(
        id="steady",
        track=draw(st.sampled_from(sorted(POLICIES))),
        category=draw(pain_guided),
        usual_pain=usual,
        state=State(draw(st.integers(1, 3))),
        bounds=Bounds(1, 9),
        weekly=True,
        sessions=tuple(sessions),
    )
    return case, replace(case, sessions=tuple(worse))


@given(long_cases, st.sets(st.integers(1, 23)))
def test_no_walk_breaks_an_invariant(case, resumes):
    assert not list(breaches(case, walk(case, resumes=resumes)))


@given(long_cases, tight, st.booleans())
def test_nothing_moves_between_a_floor_and_a_ceiling_that_meet(case, bounds, locked):
    bounds = replace(bounds, locked=locked)
    held = replace(case, bounds=bounds, state=State(bounds.floor, case.state.dose))
    strides = walk(held)
    assert not list(breaches(held, strides))
    assert {stride.after.step for stride in strides} == {bounds.floor}


@given(long_cases)
def test_a_replay_walks_the_same_way(case):
    decisions = [stride.decision for stride in walk(case)]
    assert decisions == list(replay_case(case, POLICIES, TIERS).decisions)


@given(st.one_of(steady_pairs(), pairs_of_cases()))
def test_a_worse_log_never_stands_higher_in_weeks_that_count(pair):
    better, worse = (replace(case, weekly=True) for case in pair)
    assert not list(stands_higher(walk(worse), walk(better)))


@given(long_cases, st.integers(1, 4))
def test_more_pain_all_along_never_stands_higher(case, by):
    sessions = tuple(shifted(report, by) for report in case.sessions)
    assert not list(stands_higher(walk(replace(case, sessions=sessions)), walk(case)))


@given(long_cases, st.data())
def test_a_longer_break_never_leaves_more(case, data):
    """Compared at the session after the break, which is a restart with the longer one."""
    at = data.draw(st.integers(0, len(case.sessions) - 1))
    before, report = case.sessions[:at], case.sessions[at]
    last = before[-1].day if before else report.day
    longer = replace(report, day=max(report.day, last + 7) + data.draw(st.integers(0, 40)))
    if not before or case.category in SELF_PACED:
        return
    short = walk(replace(case, sessions=(*before, report)))[-1].decision
    long = walk(replace(case, sessions=(*before, longer)))[-1].decision
    assert long.step <= short.step
    assert long.dose <= short.dose or long.step < short.step


@given(long_cases, st.data())
def test_a_more_cautious_policy_never_stands_higher_over_weeks(case, data):
    policy = POLICIES[case.track]
    cautious = data.draw(st.sampled_from(more_cautious(policy)))
    assert not list(stands_higher(walk(case, cautious), walk(case, policy)))


CHANGES = [
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Pacific/Apia", date(2011, 12, 30)),
]
"""Where the clocks change: by an hour, by half an hour, at midnight, and by a whole day."""


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=lambda value: str(value))
@pytest.mark.parametrize("category", [Category.STRENGTHENING, Category.RELAXATION])
@settings(max_examples=max(1, settings().max_examples // 5))
@given(
    hours=st.lists(st.sampled_from([1, 11, 12, 13, 23, 24, 25, 47, 49]), min_size=30, max_size=60)
)
def test_a_change_of_the_clocks_never_makes_room_for_a_second_step_up(
    category, zone, change, hours
):
    """Sessions by the patient's own calendar, close to midnight and through the change."""
    patient = Patient(zone=zone)
    at = datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(days=12)
    starts_on, reports = patient.today(at), []
    for step in hours:
        at += timedelta(hours=step, minutes=-7)
        assert patient.today(at) == local_date(at, zone)
        reports.append(settled((patient.today(at) - starts_on).days))
    case = Case("clock", "acute", category, 3, State(1), Bounds(1, 9), True, tuple(reports))
    strides = walk(case)
    assert not list(breaches(case, strides))
    ups = [s.report.day for s in strides if s.decision.move == "progress"]
    assert ups
