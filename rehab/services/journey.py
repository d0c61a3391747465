"""The facts of one plan's course for whoever reads it: its days, ratings, steps and weeks.

A handful of queries, however long the course is; what is sealed is opened only where it is read.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select

from rehab.charts.journey import Journey, Ladder, Rated, Stand, Week, Woken
from rehab.extensions import db
from rehab.models.decision import LATEST_FIRST, Decision
from rehab.models.plan import TERMS_IN_ORDER, Plan, PlanTerms
from rehab.models.session import Morning, Session
from rehab.programs.dosage import Category
from rehab.programs.weekly import DAYS_A_WEEK
from rehab.services.session_calendars import calendar_of


def journey(plan: Plan, today: date, told_since: date | None = None) -> Journey:
    """The course of a plan up to `today`, the patient's own local date.

    The sentences of decisions before `told_since` are left out: they are sealed one by one, and
    opening years of them takes time.
    """
    sessions = tuple(_sessions(plan))
    stands = tuple(_stands(plan, told_since or plan.starts_on))
    return Journey(
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        today=today,
        usual=tuple(_usual(plan)),
        sessions=sessions,
        mornings=tuple(_mornings(plan)),
        stands=stands,
        weeks=tuple(_weeks(plan, today, sessions)),
        ladders=tuple(_ladders(plan, stands)),
    )


def _sessions(plan: Plan) -> Iterator[Rated]:
    columns = (Session.on, Session.before, Session.during, Session.after, Session.effort)
    query = select(*columns, Session.completion).where(Session.plan_id == plan.id)
    for row in db.session.execute(query.order_by(Session.performed_at, Session.id)):
        yield Rated(*row)


def _mornings(plan: Plan) -> Iterator[Woken]:
    columns = (Morning.on, Morning.pain, Morning.sleep, Morning.stiffness_minutes)
    query = select(*columns).where(Morning.plan_id == plan.id).order_by(Morning.on)
    for row in db.session.execute(query):
        yield Woken(*row)


def _stands(plan: Plan, told_since: date) -> Iterator[Stand]:
    """The decisions that stand, in the order in which the course is walked."""
    standing = (Decision.plan_id == plan.id, Decision.replaced_at.is_(None))
    columns = (Decision.id, Decision.on, Decision.category, Decision.move, Decision.after)
    query = select(*columns, Decision.accepted).where(*standing).order_by(*LATEST_FIRST)
    told = select(Decision.id, Decision.why_patient).where(
        *standing, Decision.move != "hold", Decision.on >= told_since
    )
    sentences = {row.id: row.why_patient for row in db.session.execute(told)}
    for row in reversed(db.session.execute(query).all()):
        yield _stand(row, sentences.get(row.id, ""))


def _stand(row: Row[Any], why: str) -> Stand:
    return Stand(
        id=row.id,
        on=row.on,
        category=Category(row.category),
        move=row.move,
        step=row.after["step"],
        dose=row.after["dose"],
        paused=row.after["paused"],
        waits=row.accepted is not None,
        why=why,
    )


def _usual(plan: Plan) -> Iterator[tuple[date, float]]:
    """Usual pain from each local date on which another was settled; the first from the start."""
    query = (
        select(PlanTerms.effective_at, PlanTerms.usual_pain)
        .where(PlanTerms.plan_id == plan.id)
        .order_by(*TERMS_IN_ORDER)
    )
    settled = {
        max(plan.patient.today(at), plan.starts_on): usual
        for at, usual in db.session.execute(query)
    }
    before = None
    for on, usual in settled.items():
        if usual != before:
            yield on, usual
        before = usual


def _weeks(plan: Plan, today: date, sessions: Sequence[Rated]) -> Iterator[Week]:
    """Every week of the plan up to that of `today`; a day of a pause has nothing planned."""
    calendar = calendar_of(plan)
    done = {session.on for session in sessions if session.completion > 0}
    from_on = plan.starts_on
    while from_on <= today:
        to_on = from_on + timedelta(days=DAYS_A_WEEK - 1)
        planned = calendar.prescribed(from_on, to_on, done)
        so_far = [on for on in planned if on < today or on in done]
        in_week = [on for on in done if from_on <= on <= to_on]
        yield Week(from_on, to_on, len(planned), len(so_far), len(in_week))
        from_on += timedelta(days=DAYS_A_WEEK)


def standing(plan: Plan) -> tuple[Ladder, ...]:
    """Where each category stands now, without a word of what waits."""
    return tuple(_ladders(plan, ()))


def _ladders(plan: Plan, stands: Sequence[Stand]) -> Iterator[Ladder]:
    last = {stand.category: stand for stand in stands}
    for category in Category:
        if category not in plan.loads:
            continue
        load, bounds = plan.loads[category], plan.bounds[category]
        yield Ladder(
            category=category,
            began=plan.starting[category]["step"],
            step=load["step"],
            dose=load["dose"],
            rungs=_rungs(plan, category),
            **bounds,
            paused=load["paused"],
            waits=category in last and last[category].waits,
        )


def _rungs(plan: Plan, category: Category) -> int:
    exercises = plan.program["exercises"]
    return max(len(e["levels"]) for e in exercises if e["category"] == category)
