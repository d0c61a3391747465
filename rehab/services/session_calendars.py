"""The session days of plans, read from what was settled and what was paused, many at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from rehab.extensions import db
from rehab.models.decision import LATEST_FIRST, Decision
from rehab.models.patient import Patient
from rehab.models.plan import TERMS_IN_ORDER, Plan, PlanTerms
from rehab.programs.progression import Move
from rehab.programs.schedule import local_date
from rehab.programs.session_calendar import Pause, SessionCalendar, Weekdays


def calendar_of(plan: Plan) -> SessionCalendar:
    """One plan's."""
    return calendars_of([plan.id])[plan.id]


def calendars_of(plan_ids: Collection[UUID]) -> Mapping[UUID, SessionCalendar]:
    """In two queries, however many plans there are."""
    paused = _pauses(plan_ids)
    return {
        id_: SessionCalendar(
            starts_on=terms[0].starts_on,
            ends_on=terms[0].ends_on,
            weekdays=tuple(_weekdays(terms)),
            pauses=tuple(paused.get(id_, ())),
        )
        for id_, terms in _terms(plan_ids).items()
    }


def _terms(plan_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Row[Any]]]:
    """Each plan with all its terms, in their order."""
    columns: tuple[Any, ...] = (
        Plan.id,
        Plan.starts_on,
        Plan.ends_on,
        Plan.weekdays,
        Patient.zone,
        PlanTerms.effective_at,
        PlanTerms.weekdays.label("settled"),
    )
    query = (
        select(*columns)
        .join(Patient, Patient.id == Plan.patient_id)
        .outerjoin(PlanTerms, PlanTerms.plan_id == Plan.id)
        .where(Plan.id.in_(plan_ids))
        .order_by(*TERMS_IN_ORDER)
    )
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.id].append(row)
    return found


def _weekdays(terms: Sequence[Row[Any]]) -> Iterator[Weekdays]:
    """Others hold for the whole of the local date on which they were settled."""
    settled: dict[date, tuple[int, ...]] = {}
    for row in terms:
        settled_at = row.effective_at
        since = local_date(settled_at, row.zone) if settled_at else row.starts_on
        settled[max(since, row.starts_on)] = tuple(row.settled or row.weekdays)
    before = None
    for since, weekdays in settled.items():
        if weekdays != before:
            yield since, weekdays
        before = weekdays


def _pauses(plan_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Pause]]:
    """Those of each plan that was ever paused, in the order in which its course is walked."""
    standing = (Decision.plan_id.in_(plan_ids), Decision.replaced_at.is_(None))
    ever = select(Decision.plan_id).where(*standing, Decision.move == Move.PAUSE)
    columns = (Decision.plan_id, Decision.on, Decision.category)
    query = (
        select(*columns, Decision.after["paused"].as_boolean().label("paused"))
        .where(Decision.plan_id.in_(ever), Decision.replaced_at.is_(None))
        .order_by(*LATEST_FIRST)
    )
    walked: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in reversed(db.session.execute(query).all()):
        walked[row.plan_id].append(row)
    return {id_: tuple(_pauses_of(rows)) for id_, rows in walked.items()}


def _pauses_of(rows: Iterable[Row[Any]]) -> Iterator[Pause]:
    """From the day on which any category stops until that on which all go on again."""
    paused: dict[str, bool] = {}
    since: date | None = None
    for row in rows:
        paused[row.category] = row.paused
        if any(paused.values()):
            since = since or row.on
        elif since is not None:
            yield since, row.on
            since = None
    if since is not None:
        yield since, None
