"""What a row of the caseload shows at a glance: opened and read only for the rows of one page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rehab.charts.sparkline import Pain
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, Plan
from rehab.programs.adherence import Adherence, adherence
from rehab.programs.schedule import local_date
from rehab.programs.session_calendar import SessionCalendar
from rehab.services.caseload.needs import Case, Need
from rehab.services.caseload.recent import Recent, recent
from rehab.services.session_calendars import calendars_of

A_DAY = timedelta(days=1)
FORTNIGHT = timedelta(days=13)
"""Before today: two weeks, both ends included."""

TO_BE_CALLED = (Need.NOW, Need.CALL)
"""Whoever is rung up at once needs their number there."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits for a yes."""

    decision_id: UUID
    category: str
    from_step: int
    to_step: int

    @property
    def is_up(self) -> bool:
        return self.to_step > self.from_step


@dataclass(frozen=True, slots=True)
class PlanGlance:
    """The plan of a row. `week` counts from 1, and is 0 before the plan begins."""

    id: UUID
    program: str
    status: str
    week: int
    weeks: int
    starts_on: date
    review_on: date
    more: int


@dataclass(frozen=True, slots=True)
class Glance:
    """One patient. `about` is what their first alert says, since `opened_at`; `done` is None where
    nothing is prescribed at the moment."""

    case: Case
    given_name: str
    family_name: str
    phone: str | None
    today: date
    plan: PlanGlance | None
    about: str
    waiting: tuple[Waiting, ...]
    pain: Pain
    last_session_on: date | None
    done: Adherence | None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def silent_days(self) -> int:
        """Days since the last word of somebody who is silent."""
        since = self.case.silent_since
        return (self.today - since).days if since else 0


def glances(cases: Sequence[Case], now: datetime) -> list[Glance]:
    """The rows of a page, in the order of the cases."""
    plan_ids = [plan.id for case in cases for plan in case.open_plans]
    people, plans, said = _people(cases), _plans(plan_ids), recent(plan_ids, now)
    abouts, waiting, calendars = _abouts(cases), _waiting(cases), calendars_of(plan_ids)
    phones = _phones(case.patient_id for case in cases if case.need in TO_BE_CALLED)

    def glance(case: Case) -> Glance:
        given_name, family_name, zone = people[case.patient_id]
        today = local_date(now, zone)
        mine = [plans[plan.id] for plan in case.open_plans]
        return Glance(
            case=case,
            given_name=given_name,
            family_name=family_name,
            phone=phones.get(case.patient_id),
            today=today,
            plan=_plan(mine, today),
            about=abouts.get(case.alerts[0].id, "") if case.alerts else "",
            waiting=tuple(sorted(_of(case, waiting), key=lambda one: one.category)),
            pain=_pain(mine, said, today),
            last_session_on=_last_session(mine, said, zone),
            done=_done(mine, said, calendars, today),
        )

    return [glance(case) for case in cases]


def _people(cases: Sequence[Case]) -> dict[UUID, tuple[str, str, str]]:
    columns = (Patient.given_name, Patient.family_name, Patient.zone)
    ids = [case.patient_id for case in cases]
    found = db.session.execute(select(Patient.id, *columns).where(Patient.id.in_(ids)))
    return {row[0]: (row[1], row[2], row[3]) for row in found}


def _phones(ids: Iterable[UUID]) -> dict[UUID, str]:
    found = db.session.execute(select(Patient.id, Patient.phone).where(Patient.id.in_(list(ids))))
    return {row[0]: row[1] for row in found}


def _plans(ids: Sequence[UUID]) -> dict[UUID, Any]:
    columns = (
        Plan.id,
        Plan.program["name"].as_string().label("program"),
        Plan.status,
        Plan.starts_on,
        Plan.ends_on,
        Plan.review_on,
        Plan.usual_pain,
    )
    return {row.id: row for row in db.session.execute(select(*columns).where(Plan.id.in_(ids)))}


def _plan(plans: Sequence[Any], today: date) -> PlanGlance | None:
    if not plans:
        return None
    first = plans[0]
    weeks = ((first.ends_on - first.starts_on).days + 1) // 7
    return PlanGlance(
        id=first.id,
        program=first.program,
        status=first.status,
        week=min(max((today - first.starts_on).days // 7 + 1, 0), weeks),
        weeks=weeks,
        starts_on=first.starts_on,
        review_on=first.review_on,
        more=len(plans) - 1,
    )


def _abouts(cases: Sequence[Case]) -> dict[UUID, str]:
    first = [case.alerts[0].id for case in cases if case.alerts]
    found = db.session.execute(select(Alert.id, Alert.about).where(Alert.id.in_(first)))
    return {row[0]: row[1] for row in found}


def _waiting(cases: Sequence[Case]) -> dict[UUID, Waiting]:
    ids = [proposal.id for case in cases for proposal in case.proposals]
    steps = (Decision.after["step"].as_integer(), Decision.accepted["step"].as_integer())
    query = select(Decision.id, Decision.category, *steps).where(Decision.id.in_(ids))
    return {row[0]: Waiting(*row) for row in db.session.execute(query)}


def _of(case: Case, waiting: Mapping[UUID, Waiting]) -> Iterator[Waiting]:
    return (waiting[proposal.id] for proposal in case.proposals if proposal.id in waiting)


def _pain(plans: Sequence[Any], said: Recent, today: date) -> Pain:
    """The ratings of all plans that run side by side; the usual pain of the first."""
    after = [(on, r) for p in plans for on, r, _ in said.sessions.get(p.id, ()) if r is not None]
    mornings = [woke for plan in plans for woke in said.mornings.get(plan.id, ())]
    if len(plans) > 1:
        after, mornings = sorted(after), sorted(mornings)
    return Pain(today, tuple(after), tuple(mornings), plans[0].usual_pain if plans else None)


def _last_session(plans: Sequence[Any], said: Recent, zone: str) -> date | None:
    found = [said.last[plan.id] for plan in plans if plan.id in said.last]
    return local_date(max(found), zone) if found else None


def _done(
    plans: Sequence[Any],
    said: Recent,
    calendars: Mapping[UUID, SessionCalendar],
    today: date,
) -> Adherence | None:
    """Of the last two weeks. Today counts once it is done."""
    active = [plan for plan in plans if plan.status == ACTIVE]
    counted = [_of_plan(plan, said, calendars[plan.id], today) for plan in active]
    if not counted:
        return None
    return Adherence(
        since=min(one.since for one in counted),
        until=today,
        prescribed=sum(one.prescribed for one in counted),
        completed=sum(one.completed for one in counted),
        extra=sum(one.extra for one in counted),
    )


def _of_plan(plan: Any, said: Recent, calendar: SessionCalendar, today: date) -> Adherence:
    done = {on for on, _, completion in said.sessions.get(plan.id, ()) if completion > 0}
    until = min(today if today in done else today - A_DAY, plan.ends_on)
    return adherence(calendar, done, today - FORTNIGHT, until)
