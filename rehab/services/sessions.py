"""What the patient reports: a session, and the morning after. Each settles what it touches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.plan import DISCHARGED, FINISHED, Plan
from rehab.models.session import Morning, Session, was_too_much
from rehab.notifications.replies import words_of_danger
from rehab.programs.library import Library
from rehab.programs.program import Program
from rehab.programs.schedule import occurrence
from rehab.services import progression, reminders
from rehab.services.alerts import URGENT, open_alert
from rehab.services.transactions import hold, transaction
from rehab.services.warnings import DANGER, warn

CLOCK_SKEW = timedelta(minutes=10)
"""How far ahead of the server a phone's clock may run before its time counts as the future."""


@dataclass(frozen=True)
class SessionReport:
    """One session in the patient's words: ratings 0-10, None where nothing was said."""

    performed_at: datetime
    before: int | None = None
    during: int | None = None
    after: int | None = None
    effort: int | None = None
    completion: int | None = None
    not_completed_because: str | None = None
    exercises: tuple[Mapping[str, Any], ...] = ()
    new_areas: tuple[str, ...] = ()
    red_flags: tuple[str, ...] = ()
    doms: bool = False
    note: str = ""
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class MorningReport:
    """How they woke: pain and sleep 0-10, stiffness in minutes; None where nothing was said."""

    on: date
    pain: int | None = None
    sleep: int | None = None
    stiffness_minutes: int | None = None


@transaction()
def report_session(
    plan: Plan, said: SessionReport, library: Library, now: datetime, source: str = "api"
) -> Session:
    """Store a session and decide from it; the same report again changes nothing.

    Raises Invalid by field (performed_at, exercises, red_flags), and Conflict for a plan that has
    ended or an id that already says something else.
    """
    hold(plan)
    program = Program.from_dict(plan.program)
    session = drawn_up(plan, said, program, now, source)
    known = db.session.get(Session, said.id)
    if known is not None:
        return _the_same(known, session)
    check(plan, said, program, library, now)
    db.session.add(session)
    db.session.flush()
    progression.settle(plan, session.performed_at, library, now)
    _look_for_danger(plan, session, now)
    reminders.replan(plan, now)
    return session


@transaction()
def complete_session(
    plan: Plan, session: Session, ratings: Mapping[str, int], library: Library, now: datetime
) -> Session:
    """Fill in ratings that were not given yet, such as a pain that followed DONE by text."""
    hold(plan)
    for name, value in ratings.items():
        setattr(session, name, value)
    db.session.flush()
    progression.settle(plan, session.performed_at, library, now)
    return session


@transaction()
def report_morning(
    plan: Plan, said: MorningReport, library: Library, now: datetime, source: str = "api"
) -> Morning:
    """Store a morning, or correct it, and settle the session of the day before.

    Raises Invalid by field: on (from the plan's start to today), pain when nothing is said at all.
    """
    hold(plan)
    _check_morning(plan, said, now)
    morning = db.session.scalar(select(Morning).filter_by(plan_id=plan.id, on=said.on))
    if morning is None:
        morning = Morning(plan_id=plan.id, on=said.on, reported_at=now, source=source)
        db.session.add(morning)
    for name in ("pain", "sleep", "stiffness_minutes"):
        if getattr(said, name) is not None:
            setattr(morning, name, getattr(said, name))
    db.session.flush()
    yesterday = occurrence(said.on - timedelta(days=1), datetime.min.time(), plan.patient.zone)
    progression.settle(plan, yesterday, library, now)
    reminders.replan(plan, now)
    return morning


def session_on(plan: Plan, on: date) -> Session | None:
    """The last session reported for a local date, if any."""
    return db.session.scalar(
        select(Session)
        .filter_by(plan_id=plan.id, on=on)
        .order_by(Session.performed_at.desc())
        .limit(1)
    )


def drawn_up(
    plan: Plan, said: SessionReport, program: Program, now: datetime, source: str
) -> Session:
    """The report as a row, not stored yet. Without ticks it held the whole of the phase."""
    phase = program.phases[plan.phase]
    ticks = [dict(tick) for tick in said.exercises]
    tried = {tick["exercise_id"] for tick in ticks if tick["done"] or was_too_much(tick)}
    contained = [e for e in program.exercises if e.id in tried] if ticks else phase.exercises
    return Session(
        id=said.id,
        plan_id=plan.id,
        on=plan.patient.today(said.performed_at),
        performed_at=said.performed_at,
        before=said.before,
        during=said.during,
        after=said.after,
        effort=said.effort,
        completion=_completion(said),
        not_completed_because=said.not_completed_because,
        exercises=ticks,
        categories=sorted({str(e.category) for e in contained}),
        new_areas=sorted(set(said.new_areas)),
        red_flags=sorted(set(said.red_flags)),
        doms=said.doms,
        note=said.note,
        source=source,
        reported_at=now,
    )


def _look_for_danger(plan: Plan, session: Session, now: datetime) -> None:
    """A note is read by no rule but this: words of danger in it are for a person, at once."""
    words = words_of_danger(session.note)
    if words:
        about = f"A note held words of danger: {words}. Please call the patient."
        open_alert(plan.patient, "danger_words", URGENT, about, now, plan)
        warn(plan, DANGER, now)


def _completion(said: SessionReport) -> int:
    """Per cent done: as said, else the share of the listed exercises that were done, else all."""
    if said.completion is not None:
        return said.completion
    if not said.exercises:
        return 100
    return round(100 * sum(bool(t["done"]) for t in said.exercises) / len(said.exercises))


def _the_same(known: Session, again: Session) -> Session:
    if told(known) != told(again):
        raise Conflict("another session was reported with this id")
    return known


def told(session: Session) -> dict[str, Any]:
    """What was said, without when and how it reached us."""
    columns = set(Session.__table__.columns.keys()) - {"reported_at", "source"}
    return {name: getattr(session, name) for name in columns}


def check(
    plan: Plan, said: SessionReport, program: Program, library: Library, now: datetime
) -> None:
    """Raises Invalid by field, and Conflict for a plan that has ended."""
    if plan.status in (DISCHARGED, FINISHED):
        raise Conflict("the plan has ended")
    errors: dict[str, list[str]] = {}
    if said.performed_at > now + CLOCK_SKEW:
        errors["performed_at"] = ["lies in the future"]
    elif plan.patient.today(said.performed_at) < plan.starts_on:
        errors["performed_at"] = ["lies before the plan's start"]
    in_plan = {exercise.id for exercise in program.exercises}
    for n, tick in enumerate(said.exercises):
        if tick["exercise_id"] not in in_plan:
            errors[f"exercises.{n}.exercise_id"] = ["is not an exercise of this plan"]
        if (tick.get("stopped_because") or "") not in ("", *library.stop_rules):
            reasons = ", ".join(library.stop_rules)
            errors[f"exercises.{n}.stopped_because"] = [f"must be one of {reasons}"]
    for n, flag in enumerate(said.red_flags):
        if flag not in library.red_flags:
            errors[f"red_flags.{n}"] = [f"there is no red flag {flag}"]
    if errors:
        raise Invalid(errors)


def _check_morning(plan: Plan, said: MorningReport, now: datetime) -> None:
    if said.on > plan.patient.today(now):
        raise Invalid({"on": ["lies in the future"]})
    if said.on < plan.starts_on:
        raise Invalid({"on": ["lies before the plan's start"]})
    if (said.pain, said.sleep, said.stiffness_minutes) == (None, None, None):
        raise Invalid({"pain": ["give pain, sleep or stiffness_minutes"]})
