"""Every way of steering meets the same life; the policy decides on it as a replay would."""

from dataclasses import replace

import pytest

from rehab.programs.case import Case
from rehab.programs.library import Library
from rehab.programs.replay import replay_case
from rehab.programs.simulation.baselines import BASELINES
from rehab.programs.simulation.patients import Kind, Patient, patients, rating
from rehab.programs.simulation.run import OPEN_LADDER, PLAN_LADDER, Day, walk
from rehab.programs.simulation.steering import CATEGORY, Steering, by_policy
from rehab.programs.state import State
from rehab.programs.zones import Report

PEOPLE = list(patients(60, 8, seed=3))
STEP_A_WEEK, ONE_RISE, _ = BASELINES


@pytest.fixture(scope="module")
def steerings(library: Library) -> list[Steering]:
    return [*(by_policy(policy) for policy in library.policies.values()), *BASELINES]


def days(patient: Patient, steering: Steering) -> list[Day]:
    return list(walk(patient, steering, PLAN_LADDER))


@pytest.mark.parametrize("patient", [p for p in PEOPLE if p.kind is not Kind.OVER_KEEN][:25])
def test_pain_and_reports_are_the_same_under_every_way_of_steering(
    patient: Patient, steerings: list[Steering]
) -> None:
    met = [[(day.pain, day.report) for day in days(patient, s)] for s in steerings]
    assert met.count(met[0]) == len(steerings) == 5


def test_the_over_keen_meet_the_same_life_until_their_loads_differ() -> None:
    keen = next(p for p in PEOPLE if p.kind is Kind.OVER_KEEN)
    steadily, carefully = days(keen, STEP_A_WEEK), days(keen, ONE_RISE)
    steps = [(a.step_before, b.step_before) for a, b in zip(steadily, carefully, strict=True)]
    parting = next(n for n, (one, other) in enumerate(steps) if one != other)
    reached = [(day.pain, day.report) for day in steadily[:parting]]
    assert parting > 0
    assert [(day.pain, day.report) for day in carefully[:parting]] == reached


def test_more_load_hurts_the_over_keen_and_nobody_else() -> None:
    keen = next(p for p in PEOPLE if p.kind is Kind.OVER_KEEN)
    measured = replace(keen, work=1.0)
    pain, borne = ([day.pain for day in days(p, STEP_A_WEEK)] for p in (keen, measured))
    assert all(more >= less for more, less in zip(pain, borne, strict=True))
    assert sum(pain) - sum(borne) > 7
    assert borne == pytest.approx([(m + e) / 2 for m, e in keen.days()])


@pytest.mark.parametrize("track", ["acute", "chronic"])
def test_the_policy_decides_as_a_replay_of_the_same_reports(track: str, library: Library) -> None:
    steering = by_policy(library.policies[track])
    for patient in PEOPLE:
        told = [day for day in days(patient, steering) if day.report]
        case = Case(
            id="virtual",
            track=track,
            category=CATEGORY,
            usual_pain=patient.usual_pain,
            state=State(PLAN_LADDER.start),
            bounds=PLAN_LADDER.bounds,
            weekly=True,
            sessions=tuple(day.report for day in told if day.report),
        )
        replayed = replay_case(case, library.policies, {}).decisions
        assert [(d.step, d.dose, d.alert) for d in replayed] == [
            (day.verdict.state.step, day.verdict.state.dose, day.verdict.alert) for day in told
        ]


def test_the_load_moves_only_on_session_days_and_stays_on_the_ladder(
    steerings: list[Steering],
) -> None:
    for patient in PEOPLE:
        due = {occasion.day for occasion in patient.occasions}
        for steering in steerings:
            for day in days(patient, steering):
                step = day.verdict.state.step
                assert 1 <= step <= 5
                assert day.day in due or (step == day.step_before and day.report is None)


def test_a_report_holds_what_was_felt_and_none_is_given_of_a_missed_session() -> None:
    patient = next(p for p in PEOPLE if p.kind is Kind.PERSISTENT)
    told = {day.day: day.report for day in days(patient, ONE_RISE)}
    for occasion in patient.occasions:
        felt = patient.evenings[occasion.day]
        morning = rating(patient.mornings[occasion.day + 1])
        expected = Report(
            day=occasion.day,
            before=rating(felt),
            during=rating(felt + occasion.during),
            after=rating(felt + occasion.after),
            morning=morning if occasion.answers_morning else None,
            effort=occasion.effort,
        )
        assert told[occasion.day] == (expected if occasion.done else None)


def test_nobody_reaches_the_ends_of_the_open_ladder(steerings: list[Steering]) -> None:
    longest = list(patients(12, 52, seed=1))
    ends = (OPEN_LADDER.bounds.floor, OPEN_LADDER.bounds.ceiling)
    for patient in longest:
        for steering in steerings:
            last = list(walk(patient, steering, OPEN_LADDER))[-1].verdict.state
            assert ends[0] < last.step < ends[1]
