"""Outcome measures of a plan: answered, corrected, looked at over time, and what is due now."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.measure import Measurement
from rehab.models.plan import DISCHARGED, FINISHED, Plan, PlanTerms
from rehab.models.session import Morning
from rehab.programs.library import Library
from rehab.programs.measurements import (
    Answer,
    Change,
    Interference,
    Point,
    WeekMedian,
    change_since_start,
    latest_interference,
    medians,
    read_answers,
    score,
)
from rehab.programs.measures import AFTER_THE_END, Measure, Span, due_since
from rehab.programs.program import Track
from rehab.services.actors import acted
from rehab.services.own_ids import own_row
from rehab.services.transactions import hold, transaction

TO_THE_LAST = timedelta(days=28)
"""How long after a plan has ended the answers of its last visit may still be written down."""


@dataclass(frozen=True)
class MeasureReport:
    """What was answered to one measure on a local date."""

    measure_id: str
    on: date
    answers: tuple[Answer, ...]
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class MeasureCourse:
    """One measure over a plan: every answer by date, gaps left as gaps."""

    measure: Measure
    course: tuple[Point, ...]
    change: Change | None
    interference: Interference | None
    medians: tuple[WeekMedian, ...]

    @property
    def activities(self) -> list[str]:
        """The activities that the patient named, empty before and for other measures."""
        named = self.measure.activities and self.course
        return [answer.item for answer in self.course[0].answers] if named else []


@dataclass(frozen=True)
class Due:
    """A measure that is due, and since which local date."""

    measure: Measure
    since: date


@dataclass(frozen=True)
class PlanMeasures:
    """All measures of a plan as they stand on the patient's own day `on`."""

    plan: Plan
    on: date
    due: tuple[Due, ...]
    measures: tuple[MeasureCourse, ...]


@transaction()
def report_measure(
    plan: Plan, said: MeasureReport, library: Library, now: datetime, source: str = "api"
) -> Measurement:
    """Store answers, or a correction of those of the same date; the same again changes nothing.

    Raises Invalid by field (measure_id, on, answers and their items and ratings), and Conflict for
    a plan that ended over 28 days ago or an id that already says something else.
    """
    hold(plan)
    id_, known = own_row(Measurement, said.id, plan)
    said = replace(said, id=id_)
    measure = _asked(said.measure_id, library)
    answers = read_answers(measure, said.answers, _named_activities(plan, measure))
    draft = _measurement(plan, said, answers, now, source)
    if known is not None:
        return _the_same(known, draft)
    _check(plan, said.on, now)
    standing = db.session.scalar(_standing(plan, measure.id).where(Measurement.on == said.on))
    if standing is None:
        db.session.add(draft)
    elif standing.answers != draft.answers:
        _replace(standing, draft, now)
    else:
        return standing
    db.session.flush()
    acted("measure.answered", draft, now)
    return draft


def measures_of(plan: Plan, library: Library, now: datetime) -> PlanMeasures:
    """What is due on the patient's day, and the course of every measure of the library."""
    on = plan.patient.today(now)
    courses = tuple(_course(plan, m, on) for m in library.measures.values())
    return PlanMeasures(plan, on, tuple(_due(plan, courses, on)), courses)


def _asked(measure_id: str, library: Library) -> Measure:
    measure = library.measures.get(measure_id)
    if measure is None:
        raise Invalid({"measure_id": [f"there is no measure {measure_id}"]})
    if measure.diary is not None:
        what = f"{measure_id} is answered with the morning, as its {measure.diary}"
        raise Invalid({"measure_id": [what]})
    return measure


def takes_answers(plan: Plan, now: datetime) -> bool:
    """Whether answers may be written down: while the plan runs, and for 28 days after its end."""
    ended_on = _ended_on(plan)
    return ended_on is None or plan.patient.today(now) <= ended_on + TO_THE_LAST


def _ended_on(plan: Plan) -> date | None:
    """The patient's day on which the plan ended; a discharge is the last that is settled of it."""
    if plan.status == DISCHARGED:
        settled = select(func.max(PlanTerms.recorded_at)).where(PlanTerms.plan_id == plan.id)
        return plan.patient.today(db.session.scalars(settled).one())
    return plan.ends_on if plan.status == FINISHED else None


def _check(plan: Plan, on: date, now: datetime) -> None:
    if not takes_answers(plan, now):
        raise Conflict(f"the plan ended more than {TO_THE_LAST.days} days ago")
    if on > plan.patient.today(now):
        raise Invalid({"on": ["lies in the future"]})
    if on < plan.starts_on:
        raise Invalid({"on": ["lies before the plan's start"]})


def _measurement(
    plan: Plan, said: MeasureReport, answers: tuple[Answer, ...], now: datetime, source: str
) -> Measurement:
    return Measurement(
        id=said.id,
        plan_id=plan.id,
        measure_id=said.measure_id,
        on=said.on,
        answers=[{"item": answer.item, "rating": answer.rating} for answer in answers],
        score=score(answers),
        source=source,
        recorded_at=now,
    )


def _the_same(known: Measurement, again: Measurement) -> Measurement:
    told = ("plan_id", "measure_id", "on", "answers")
    if any(getattr(known, name) != getattr(again, name) for name in told):
        raise Conflict("other answers were given with this id")
    return known


def _replace(standing: Measurement, by: Measurement, now: datetime) -> None:
    standing.replaced_at = now
    db.session.flush()
    db.session.add(by)


def _named_activities(plan: Plan, measure: Measure) -> tuple[str, ...]:
    """The activities of the first answer, which every later one keeps."""
    if not measure.activities:
        return ()
    named = db.session.scalar(_standing(plan, measure.id).limit(1))
    return tuple(answer["item"] for answer in named.answers) if named else ()


def _standing(plan: Plan, measure_id: str) -> Select[Measurement]:
    return (
        select(Measurement)
        .filter_by(plan_id=plan.id, measure_id=measure_id, replaced_at=None)
        .order_by(Measurement.on)
    )


def _course(plan: Plan, measure: Measure, on: date) -> MeasureCourse:
    course = tuple(_diary(plan, measure) if measure.diary else _answered(plan, measure))
    asked_until = min(on, plan.ends_on + AFTER_THE_END)
    until = max([asked_until, *(point.on for point in course)])
    return MeasureCourse(
        measure,
        course,
        change_since_start(measure, course),
        latest_interference(measure, course),
        medians(course, plan.starts_on, until),
    )


def _answered(plan: Plan, measure: Measure) -> Iterator[Point]:
    for row in db.session.scalars(_standing(plan, measure.id)):
        yield Point(row.on, tuple(Answer(**answer) for answer in row.answers), row.score)


def _diary(plan: Plan, measure: Measure) -> Iterator[Point]:
    """The mornings on which it was said; those on which it was not are gaps."""
    mornings = select(Morning).filter_by(plan_id=plan.id).order_by(Morning.on)
    for morning in db.session.scalars(mornings):
        rating: Any = getattr(morning, str(measure.diary))
        if rating is not None:
            answers = (Answer(measure.items[0].id, rating),)
            yield Point(morning.on, answers, score(answers))


def _due(plan: Plan, courses: tuple[MeasureCourse, ...], on: date) -> Iterator[Due]:
    if plan.status in (DISCHARGED, FINISHED):
        return
    span = Span(plan.starts_on, plan.ends_on, Track(plan.track))
    for known in courses:
        since = due_since(known.measure, [point.on for point in known.course], span, on)
        if since is not None:
            yield Due(known.measure, since)
