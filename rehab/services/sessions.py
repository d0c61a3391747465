"""What the patient reports of a session; it is decided from at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.plan import DISCHARGED, FINISHED, TERMS_IN_ORDER, Plan, PlanTerms
from rehab.models.session import Session, was_too_much
from rehab.notifications.replies import words_of_danger
from rehab.programs.library import Library
from rehab.programs.policy import Policy, before_session_factor
from rehab.programs.prescription import PAINLESS, RECOVERY
from rehab.services import progression, reminders, safety
from rehab.services.actors import acted
from rehab.services.alerts import URGENT, open_alert
from rehab.services.own_ids import own_row
from rehab.services.transactions import hold, persistent, transaction
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


@persistent
@transaction()
def report_session(
    plan: Plan, said: SessionReport, library: Library, now: datetime, source: str = "api"
) -> Session:
    """Store a session and decide from it; the same report again changes nothing.

    Raises Invalid by field (performed_at, exercises, red_flags), and Conflict for a plan that has
    ended or an id that already says something else.
    """
    hold(plan)
    id_, known = own_row(Session, said.id, plan)
    said = replace(said, id=id_)
    session = drawn_up(plan, said, now, source)
    if known is not None:
        return _the_same(known, session)
    check(plan, said, library, now)
    db.session.add(session)
    db.session.flush()
    acted("session.reported", session, now)
    progression.settle(plan, session.performed_at, library, now, told=session)
    safety.heed(plan, session.red_flags, library, now)
    look_for_danger(plan, session, now)
    reminders.trained(plan, session.on, now)
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
    acted("session.completed", session, now, fields=sorted(ratings))
    progression.settle(plan, session.performed_at, library, now)
    return session


def session_on(plan: Plan, on: date) -> Session | None:
    """The last session reported for a local date, if any."""
    return db.session.scalar(
        select(Session)
        .filter_by(plan_id=plan.id, on=on)
        .order_by(Session.performed_at.desc())
        .limit(1)
    )


def drawn_up(plan: Plan, said: SessionReport, now: datetime, source: str) -> Session:
    """The report as a row, not stored yet."""
    ticks = [dict(tick) for tick in said.exercises]
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
        categories=_categories(plan, said),
        new_areas=sorted(set(said.new_areas)),
        red_flags=sorted(set(said.red_flags)),
        doms=said.doms,
        note=said.note,
        source=source,
        reported_at=now,
    )


def look_for_danger(plan: Plan, session: Session, now: datetime) -> None:
    """A note is read by no rule but this: words of danger in it are for a person, at once."""
    words = words_of_danger(session.note)
    if words:
        about = f"A note held words of danger: {words}. Please call the patient."
        open_alert(plan.patient, "danger_words", URGENT, about, now, plan)
        warn(plan, DANGER, now)


def _categories(plan: Plan, said: SessionReport) -> list[str]:
    """What a session contained: what was tried of the ticked, else all that was ticked, else the
    whole of the phase that the plan was in. A recovery session is one of the categories whose
    place it took, or they would rest for good."""
    tried = {t["exercise_id"] for t in said.exercises if t["done"] or was_too_much(t)}
    ticked = {t["exercise_id"] for t in said.exercises}
    contained = tried or ticked or set(_phase_at(plan, said.performed_at)["exercises"])
    shelf = {exercise["id"]: exercise["category"] for exercise in plan.program["exercises"]}
    categories = {shelf[id_] for id_ in contained if id_ in shelf}
    if tried.intersection(RECOVERY):
        phase = {shelf[id_] for id_ in _phase_at(plan, said.performed_at)["exercises"]}
        categories |= _resting(plan, said, phase - categories, bool(tried - shelf.keys()))
    return sorted(categories)


def _resting(plan: Plan, said: SessionReport, categories: set[str], surely: bool) -> set[str]:
    """Those of the `categories` for which a recovery session was due: their dose is 0, or the pain
    before left nothing of it (R8). When it was `surely` one and none is known to rest any more, as
    in a report that comes late, all of them."""
    painful = categories - PAINLESS
    policy = Policy.from_dict(plan.policy)
    if said.before is not None and not before_session_factor(said.before, plan.usual_pain, policy):
        return painful
    resting = {category for category in painful if plan.loads[category]["dose"] == 0}
    return resting or (painful if surely else set())


def _phase_at(plan: Plan, instant: datetime) -> Mapping[str, Any]:
    """The phase that the plan was in; one that is in its first phase was never in another."""
    phase = 0 if plan.phase == 0 else _phase_settled(plan, instant)
    found: Mapping[str, Any] = plan.program["phases"][phase]
    return found


def _phase_settled(plan: Plan, instant: datetime) -> int:
    last = (
        select(PlanTerms.phase)
        .where(PlanTerms.plan_id == plan.id, PlanTerms.effective_at <= instant)
        .order_by(*(column.desc() for column in TERMS_IN_ORDER))
        .limit(1)
    )
    return db.session.scalar(last) or 0


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


READ_FROM_THE_PLAN = {"on", "categories"}
"""What a report means by the zone and the phase of its day; these may change later, it does not."""


def told(session: Session) -> dict[str, Any]:
    """What was said, without when and how it reached us."""
    columns = set(Session.__table__.columns.keys()) - {"reported_at", "source", *READ_FROM_THE_PLAN}
    return {name: getattr(session, name) for name in columns}


def check(plan: Plan, said: SessionReport, library: Library, now: datetime) -> None:
    """Raises Invalid by field, and Conflict for a plan that had ended by then."""
    still_running(plan, plan.patient.today(said.performed_at), plan.ends_on)
    errors: dict[str, list[str]] = {}
    if said.performed_at > now + CLOCK_SKEW:
        errors["performed_at"] = ["lies in the future"]
    elif plan.patient.today(said.performed_at) < plan.starts_on:
        errors["performed_at"] = ["lies before the plan's start"]
    in_plan = {*RECOVERY, *(exercise["id"] for exercise in plan.program["exercises"])}
    for n, tick in enumerate(said.exercises):
        if tick["exercise_id"] not in in_plan:
            errors[f"exercises.{n}.exercise_id"] = ["is not an exercise of this plan"]
        if (tick.get("stopped_because") or "") not in ("", *library.stop_rules):
            reasons = ", ".join(library.stop_rules)
            errors[f"exercises.{n}.stopped_because"] = [f"must be one of {reasons}"]
    errors |= safety.unknown_flags(said.red_flags, library)
    if errors:
        raise Invalid(errors)


def still_running(plan: Plan, on: date, last: date) -> None:
    """What happened before a plan was finished may be told after; a discharge is the end.

    Raises Conflict for what happened on a date after `last`.
    """
    if plan.status == DISCHARGED or (plan.status == FINISHED and on > last):
        raise Conflict("the plan has ended")
