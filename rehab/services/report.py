"""The course of one plan for a doctor: what was done, what was said, what was changed and why.

Everything is over whole weeks of the plan, which are stated; what was not answered is a gap.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from rehab.charts.change import weekly
from rehab.charts.journey import Journey, Week
from rehab.charts.window import RECENT, Window
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.decision import LATEST_FIRST, OVERRIDDEN, Decision
from rehab.models.plan import Plan
from rehab.models.screening import Screening
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.programs.measurements import WeekMedian
from rehab.programs.safety import RedFlag
from rehab.programs.weekly import DAYS_A_WEEK, week_of
from rehab.services.clinics import clinicians_of
from rehab.services.journey import journey
from rehab.services.measures import MeasureCourse, measures_of

MOST_CHANGES = 12
"""Changes of a plan that a report tells; more of them would not fit on two pages."""

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Local dates, both included: whole weeks of the plan, so that a median is of a whole week."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Change:
    """What changed a plan on a local date, in the clinician's words.

    `by` is a person or nobody; `step` and `dose` (0-1) are what held from then on.
    """

    on: date
    categories: tuple[str, ...]
    move: str
    why: str
    step: int
    dose: float
    by: str = ""
    reason: str = ""
    is_overruled: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One week: its sessions, and the medians of what was said in it."""

    week: Week
    after: WeekMedian
    morning: WeekMedian
    sleep: WeekMedian


@dataclass(frozen=True, slots=True)
class Ticked:
    """A red flag that was ticked on a local date."""

    on: date
    flag: RedFlag


@dataclass(frozen=True, slots=True)
class Report:
    """One plan over a span, as it stands on the patient's day `today`.

    `measures` go back to the plan's start. `earlier` changes are left out for want of room.
    """

    plan: Plan
    today: date
    span: Span
    journey: Journey
    weeks: tuple[Told, ...]
    changes: tuple[Change, ...]
    earlier: int
    measures: tuple[MeasureCourse, ...]
    alerts: tuple[Alert, ...]
    ticked: tuple[Ticked, ...]
    names: dict[UUID, str]

    @property
    def until(self) -> date:
        """The last day that has anything to tell."""
        return min(self.span.until, self.today)

    @property
    def window(self) -> Window:
        whole = self.span.since <= self.plan.starts_on
        return Window(self.span.since, self.span.until, whole)

    @property
    def planned(self) -> int:
        """Sessions prescribed so far; the days of a pause have none."""
        return sum(told.week.planned_so_far for told in self.weeks)

    @property
    def done(self) -> int:
        """Sessions done of those; what was done beyond a week's plan makes up for no other week."""
        return sum(min(told.week.done, told.week.planned_so_far) for told in self.weeks)


def span_of(plan: Plan, today: date, since: str | None, until: str | None) -> Span:
    """The whole weeks of a plan around two dates as `2026-03-02`; without them, its last eight."""
    latest = min(today, plan.ends_on)
    last = max(min(_date(until) or latest, latest), plan.starts_on)
    first = _date(since) or last - timedelta(weeks=RECENT) + A_DAY
    first = min(max(first, plan.starts_on), last)
    first_week, last_week = (week_of((on - plan.starts_on).days) for on in (first, last))
    begun = plan.starts_on + timedelta(weeks=first_week)
    return Span(begun, plan.starts_on + timedelta(weeks=last_week, days=DAYS_A_WEEK - 1))


def _date(said: str | None) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return None


def report_of(plan: Plan, span: Span, library: Library, now: datetime) -> Report:
    """The report of a plan over `span`; a handful of queries, however long the course is."""
    today = plan.patient.today(now)
    course = journey(plan, today, told_since=today + A_DAY)
    names = _names(plan.patient.clinic_id)
    changes = tuple(_changes(plan, span, names))
    return Report(
        plan=plan,
        today=today,
        span=span,
        journey=replace(course, today=min(today, span.until)),
        weeks=tuple(_weeks(course, span)),
        changes=changes[-MOST_CHANGES:],
        earlier=max(0, len(changes) - MOST_CHANGES),
        measures=measures_of(plan, library, now).measures,
        alerts=tuple(_alerts(plan, span)),
        ticked=tuple(_ticked(plan, span, library)),
        names=names,
    )


def _names(clinic_id: UUID) -> dict[UUID, str]:
    people: Iterable[Clinician] = db.session.scalars(clinicians_of(clinic_id))
    return {person.id: person.name for person in people}


def _weeks(course: Journey, span: Span) -> Iterator[Told]:
    window = Window(span.since, span.until, True)
    after = weekly(((s.on, s.after) for s in course.sessions), course.starts_on, window)
    morning = weekly(((m.on, m.pain) for m in course.mornings), course.starts_on, window)
    sleep = weekly(((m.on, m.sleep) for m in course.mornings), course.starts_on, window)
    weeks = [week for week in course.weeks if span.since <= week.from_on <= span.until]
    for week, *medians in zip(weeks, after, morning, sleep, strict=False):
        yield Told(week, *medians)


def _changes(plan: Plan, span: Span, names: dict[UUID, str]) -> Iterator[Change]:
    """The decisions that changed something, in order; one cause in many categories is one."""
    told: dict[tuple[object, ...], Change] = {}
    for row in reversed(_decisions(plan, span)):
        key = (row.on, row.move, row.why, row.after["step"], row.after["dose"])
        if key in told:
            known = told[key]
            told[key] = replace(known, categories=(*known.categories, row.category))
        else:
            told[key] = _change(row, names)
    yield from told.values()


def _decisions(plan: Plan, span: Span) -> list[Decision]:
    """Those that stand and either moved the load or are a person's; not what still waits."""
    query = (
        select(Decision)
        .where(
            Decision.plan_id == plan.id,
            Decision.replaced_at.is_(None),
            Decision.on.between(span.since, span.until),
            or_(Decision.move != "hold", Decision.clinician_id.is_not(None)),
        )
        .order_by(*LATEST_FIRST)
    )
    return [row for row in db.session.scalars(query) if row.accepted is None]


def _change(row: Decision, names: dict[UUID, str]) -> Change:
    return Change(
        on=row.on,
        categories=(row.category,),
        move=row.move,
        why=row.why,
        step=row.after["step"],
        dose=row.after["dose"],
        by=names.get(row.clinician_id, "") if row.clinician_id else "",
        reason="" if row.reason in row.why else row.reason,
        is_overruled=row.state == OVERRIDDEN,
    )


def _alerts(plan: Plan, span: Span) -> Iterator[Alert]:
    """Those of level 2 and 3 about this plan or the person, opened in the span or open still."""
    query = (
        select(Alert)
        .where(
            Alert.patient_id == plan.patient_id,
            or_(Alert.plan_id == plan.id, Alert.plan_id.is_(None)),
            Alert.level >= 2,
        )
        .order_by(Alert.opened_at, Alert.id)
    )
    for alert in db.session.scalars(query):
        opened_on = plan.patient.today(alert.opened_at)
        if alert.closed_at is None or span.since <= opened_on <= span.until:
            yield alert


def _ticked(plan: Plan, span: Span, library: Library) -> Iterator[Ticked]:
    """Every red flag of the sessions and the lists in the span, once a day."""
    said: set[tuple[date, str]] = set()
    for model in (Session, Screening):
        query = select(model.on, model.red_flags).where(
            model.plan_id == plan.id, model.on.between(span.since, span.until)
        )
        said |= {(on, flag) for on, flags in db.session.execute(query) for flag in flags}
    for on, flag in sorted(said):
        if flag in library.red_flags:
            yield Ticked(on, library.red_flags[flag])
