"""Measures of a plan: what is stored, corrected, refused, due, and read from the mornings."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.measure import Measurement
from rehab.models.patient import Patient
from rehab.models.plan import DISCHARGED, FINISHED, PAUSED, Plan
from rehab.models.session import Morning
from rehab.programs.library import Library
from rehab.programs.measurements import Answer, Interference
from rehab.services import measures, mornings, plan_changes, plans
from rehab.services.measures import MeasureCourse, MeasureReport
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
PSFS = {"Climb the stairs": 3, "Tie my shoes": 0, "Ride the bus": 6}
PEG = {"pain": 5, "enjoyment": 6, "activity": 7}

Ratings = Mapping[str, int | None]


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    return plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, START)


def on(day: int) -> date:
    return START.date() + timedelta(days=day)


def said(measure_id: str, day: int, ratings: Ratings, id_: UUID | None = None) -> MeasureReport:
    answers = tuple(Answer(item, rating) for item, rating in ratings.items())
    return MeasureReport(measure_id, on(day), answers, id_ or uuid4())


def answer(
    plan: Plan, library: Library, measure_id: str, day: int, ratings: Ratings, late: int = 0
) -> Measurement:
    """Answers for a day, given on that day or some days later."""
    now = START + timedelta(days=day + late)
    return measures.report_measure(plan, said(measure_id, day, ratings), library, now)


def seen(plan: Plan, library: Library, measure_id: str, day: int) -> MeasureCourse:
    found = measures.measures_of(plan, library, START + timedelta(days=day)).measures
    return next(known for known in found if known.measure.id == measure_id)


def due(plan: Plan, library: Library, day: int) -> dict[str, date]:
    found = measures.measures_of(plan, library, START + timedelta(days=day)).due
    return {known.measure.id: known.since for known in found}


def stored() -> list[Measurement]:
    return list(db.session.scalars(select(Measurement).order_by(Measurement.recorded_at)))


def test_answers_are_kept_with_their_score(plan: Plan, library: Library) -> None:
    answer(plan, library, "peg", 0, PEG)
    [row] = stored()
    assert row.answers == [{"item": item, "rating": rating} for item, rating in PEG.items()]
    assert (row.score, row.on, row.source, row.replaced_at) == (6, on(0), "api", None)


def test_a_rating_that_was_not_given_leaves_a_gap_and_zero_does_not(
    plan: Plan, library: Library
) -> None:
    answer(plan, library, "peg", 0, {**PEG, "pain": 0})
    answer(plan, library, "peg", 7, {**PEG, "pain": None})
    course = seen(plan, library, "peg", 7).course
    assert [(point.on, point.score) for point in course] == [(on(0), 4.33), (on(7), None)]
    assert course[1].answers[0] == Answer("pain", None)
    assert seen(plan, library, "peg", 7).change is None


def test_a_correction_replaces_the_answer_of_its_date_and_keeps_the_trail(
    plan: Plan, library: Library
) -> None:
    answer(plan, library, "peg", 0, PEG)
    answer(plan, library, "peg", 0, {**PEG, "pain": 2}, late=1)
    first, second = stored()
    assert (first.score, first.replaced_at) == (6, START + timedelta(days=1))
    assert (second.score, second.replaced_at) == (5, None)
    assert [point.score for point in seen(plan, library, "peg", 1).course] == [5]


def test_the_same_answers_again_change_nothing(plan: Plan, library: Library) -> None:
    first = answer(plan, library, "peg", 0, PEG)
    again = answer(plan, library, "peg", 0, dict(reversed(PEG.items())), late=3)
    assert again is first
    assert len(stored()) == 1


def test_an_id_of_the_callers_own_is_stored_once_and_means_one_thing(
    plan: Plan, library: Library
) -> None:
    report = said("peg", 0, PEG, uuid4())
    first = measures.report_measure(plan, report, library, START)
    measures.report_measure(plan, said("peg", 0, {**PEG, "pain": 1}), library, START)
    plan.status = DISCHARGED
    db.session.commit()
    later = START + timedelta(days=40)
    assert measures.report_measure(plan, report, library, later).id == first.id == report.id
    assert len(stored()) == 2
    for other in (said("peg", 1, PEG, report.id), said("peg", 0, {**PEG, "pain": 9}, report.id)):
        with pytest.raises(Conflict):
            measures.report_measure(plan, other, library, START + timedelta(days=1))
    assert len(stored()) == 2


def test_the_activities_are_named_at_the_first_answer_and_kept(
    plan: Plan, library: Library
) -> None:
    assert seen(plan, library, "psfs", 0).activities == []
    answer(plan, library, "psfs", 0, PSFS)
    answer(plan, library, "psfs", 14, {"tie my shoes": 5, "RIDE THE BUS": 6, "climb the stairs": 4})
    found = seen(plan, library, "psfs", 14)
    assert found.activities == list(PSFS)
    assert [point.score for point in found.course] == [3, 5]
    for day in (0, 14, 28):
        with pytest.raises(Invalid) as caught:
            answer(plan, library, "psfs", day, {**dict(list(PSFS.items())[:2]), "Swim": 1})
        assert set(caught.value.errors) == {"answers.2.item"}
    assert len(stored()) == 2


def test_an_earlier_date_filled_in_later_keeps_the_activities_too(
    plan: Plan, library: Library
) -> None:
    answer(plan, library, "psfs", 7, PSFS)
    with pytest.raises(Invalid):
        answer(plan, library, "psfs", 0, {"a": 1, "b": 2, "c": 3}, late=7)
    answer(plan, library, "psfs", 0, dict.fromkeys(PSFS, 1), late=8)
    assert [point.on for point in seen(plan, library, "psfs", 8).course] == [on(0), on(7)]


@pytest.mark.parametrize(
    ("measure_id", "day", "ratings", "field"),
    [
        ("mood", 0, {"mood": 1}, "measure_id"),
        ("sleep", 0, {"sleep": 1}, "measure_id"),
        ("stiffness", 0, {"minutes": 1}, "measure_id"),
        ("peg", 1, PEG, "on"),
        ("peg", -1, PEG, "on"),
        ("peg", 0, {"pain": 1}, "answers"),
        ("peg", 0, {**PEG, "pain": 11}, "answers.0.rating"),
        ("psfs", 0, {"Swim": 1, "swim ": 2, "Run": 3}, "answers.1.item"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field_and_not_stored(
    plan: Plan, library: Library, measure_id: str, day: int, ratings: Ratings, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        measures.report_measure(plan, said(measure_id, day, ratings), library, START)
    assert set(caught.value.errors) == {field}
    assert stored() == []


def test_today_is_the_patients_own(maya: Patient, library: Library) -> None:
    maya.zone = "Pacific/Auckland"
    db.session.commit()
    late = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    plan = plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, late)
    assert measures.measures_of(plan, library, late).on == date(2026, 3, 3)
    assert measures.report_measure(plan, said("peg", 1, PEG), library, late).on == date(2026, 3, 3)


def test_a_plan_that_ended_long_ago_takes_no_answers_and_asks_none(
    plan: Plan, library: Library
) -> None:
    plan.status = PAUSED
    assert "peg" in due(plan, library, 0)
    answer(plan, library, "peg", 0, PEG)
    plan.status = DISCHARGED
    assert due(plan, library, 7) == {}
    with pytest.raises(Conflict):
        answer(plan, library, "peg", 29, PEG)
    assert len(seen(plan, library, "peg", 29).course) == 1


def test_the_answers_of_the_last_visit_come_up_to_28_days_after_the_end(
    plan: Plan, ana: Clinician, library: Library
) -> None:
    plan.status = FINISHED
    last = (plan.ends_on - plan.starts_on).days
    answer(plan, library, "peg", last + 28, PEG)
    with pytest.raises(Conflict, match="more than 28 days ago"):
        answer(plan, library, "peg", last + 29, PEG)
    plan.status = "active"
    plan_changes.discharge(plan, ana, "well", START + timedelta(days=10))
    answer(plan, library, "psfs", 38, PSFS)
    with pytest.raises(Conflict):
        answer(plan, library, "psfs", 39, PSFS)


def test_sleep_and_stiffness_are_read_from_the_mornings_and_stored_nowhere_else(
    plan: Plan, library: Library
) -> None:
    for day, sleep, stiff in [(0, 0, None), (1, None, 0), (2, 4, None), (4, 6, 45)]:
        woke = MorningReport(on(day), pain=3, sleep=sleep, stiffness_minutes=stiff)
        mornings.report_morning(plan, woke, library, START + timedelta(days=day))
    slept, stiff = (seen(plan, library, id_, 7) for id_ in ("sleep", "stiffness"))
    assert [(p.on, p.score) for p in slept.course] == [(on(0), 0), (on(2), 4), (on(4), 6)]
    assert [(p.on, p.score) for p in stiff.course] == [(on(1), 0), (on(4), 45)]
    assert [(week.count, week.median) for week in slept.medians] == [(3, 4), (0, None)]
    assert [(week.count, week.median) for week in stiff.medians] == [(2, None), (0, None)]
    assert slept.change is not None
    assert (slept.change.by, slept.change.towards) == (6, "better")
    assert stored() == []
    assert db.session.scalars(select(Morning)).all()


def test_what_was_answered_is_not_due_until_its_time_comes_again(
    plan: Plan, library: Library
) -> None:
    weekly = {"peg", "fatigue", "stiffness", "sleep"}
    assert set(due(plan, library, 0)) == {*weekly, "psfs"}
    answer(plan, library, "psfs", 0, PSFS)
    answer(plan, library, "peg", 0, PEG)
    assert set(due(plan, library, 0)) == weekly - {"peg"}
    assert due(plan, library, 7)["peg"] == on(7)
    assert due(plan, library, 15).keys() == {*weekly, "psfs", "global-change"}


def test_a_plan_that_begins_later_asks_nothing_yet(maya: Patient, library: Library) -> None:
    wish = Assignment("lb-subacute-6w", usual_pain=4, starts_on=on(3))
    plan = plans.assign(maya, wish, library, START)
    found = measures.measures_of(plan, library, START)
    assert found.due == ()
    assert all(known.medians == () for known in found.measures)


def test_interference_with_daily_life_is_at_hand_for_whoever_looks_for_sd3(
    plan: Plan, library: Library
) -> None:
    answer(plan, library, "peg", 0, PEG)
    assert seen(plan, library, "peg", 0).interference == Interference(on(0), 7)


def test_a_measure_may_be_taken_away_with_its_answers_left_where_they_are(
    plan: Plan, library: Library
) -> None:
    answer(plan, library, "peg", 0, PEG)
    kept = {id_: known for id_, known in library.measures.items() if id_ != "peg"}
    without = replace(library, measures=kept)
    found = measures.measures_of(plan, without, START)
    shown = {known.measure.id for known in found.measures}
    assert shown == {"psfs", "global-change", "stiffness", "fatigue", "sleep"}
    assert "peg" not in {known.measure.id for known in found.due}
    with pytest.raises(Invalid):
        answer(plan, without, "peg", 7, PEG)
    answer(plan, without, "fatigue", 7, {"fatigue": 0})
    assert len(stored()) == 2
    assert len(seen(plan, library, "peg", 7).course) == 1


def test_one_patients_answers_are_not_anothers(plan: Plan, maya: Patient, library: Library) -> None:
    other = plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, START)
    answer(plan, library, "psfs", 0, PSFS)
    answer(other, library, "psfs", 0, {"Swim": 1, "Run": 2, "Jump": 3})
    assert seen(plan, library, "psfs", 0).activities == list(PSFS)
    assert seen(other, library, "psfs", 0).activities == ["Swim", "Run", "Jump"]
    mornings.report_morning(plan, MorningReport(on(0), sleep=3), library, START)
    assert len(seen(plan, library, "sleep", 0).course) == 1
    assert seen(other, library, "sleep", 0).course == ()


def test_the_weeks_end_with_the_asking_or_with_a_later_answer(plan: Plan, library: Library) -> None:
    weeks_asked = 7
    assert len(seen(plan, library, "fatigue", 200).medians) == weeks_asked
    answer(plan, library, "fatigue", 60, {"fatigue": 1})
    assert len(seen(plan, library, "fatigue", 200).medians) == 60 // 7 + 1


def test_of_two_first_answers_at_once_one_names_the_activities(
    app: Flask, plan: Plan, library: Library
) -> None:
    plan_id = plan.id
    db.session.commit()

    def name(n: int) -> bool:
        with app.app_context():
            own = db.session.get_one(Plan, plan_id)
            ratings = {f"{activity} {n // 2}": 1 for activity in PSFS}
            try:
                answer(own, library, "psfs", n % 2, ratings, late=2)
            except Invalid:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(name, range(8)))
    assert sum(kept) == 2
    assert len({row.answers[0]["item"] for row in stored()}) == 1
