"""Today for one patient: what is due, how much of it, and what changed since last time."""

from dataclasses import dataclass
from datetime import date

from rehab.models.decision import Decision
from rehab.models.plan import ACTIVE, DISCHARGED, PAUSED, Plan
from rehab.models.session import Session
from rehab.programs.dosage import Category
from rehab.programs.library import Library
from rehab.programs.policy import Policy, before_session_factor
from rehab.programs.prescription import (
    RECOVERY,
    Moment,
    Prescribed,
    Shelf,
    exercises_of,
    prescribe,
)
from rehab.programs.program import Phase
from rehab.programs.progression import Bounds, State, on_return
from rehab.services.course import day_of
from rehab.services.plan_copies import Copies, copies_in
from rehab.services.sessions import session_on
from rehab.services.standing import latest

DUE, DONE, REST, PAUSED_TODAY, NOT_STARTED, ENDED = (
    "due",
    "done",
    "rest",
    "paused",
    "not_started",
    "ended",
)


@dataclass(frozen=True)
class Today:
    """One local date of a plan: its status, its exercises, and why it is not as it was."""

    plan: Plan
    on: date
    status: str
    phase: Phase
    exercises: tuple[Prescribed, ...]
    changes: tuple[Decision, ...]
    session: Session | None
    factor: float = 1.0

    @property
    def why(self) -> str | None:
        """The first thing that changed, in the patient's words; None when nothing did."""
        return self.changes[0].why_patient if self.changes else None

    @property
    def minutes(self) -> int:
        """About how long it takes, rounded up to whole minutes."""
        seconds = sum(p.dosage.seconds(p.exercise.category) for p in self.exercises)
        return -(-seconds // 60)


def today(plan: Plan, on: date, library: Library, before: int | None = None) -> Today:
    """What the plan holds for the local date `on`.

    `before` is the pain right now (0-10), if it was asked: it may ease today's session (R8).
    """
    session = session_on(plan, on)
    status = _status(plan, on, session)
    phase, exercises, factor = _due(plan, copies_in(plan), on, status, library, before)
    return Today(plan, on, status, phase, exercises, _changes(plan), session, factor)


def unreported(plan: Plan, copies: Copies, on: date, library: Library) -> Today:
    """What the plan holds for `on` while no session of that date is reported, and nothing is said
    of what changed: no row is read for it."""
    status = _status(plan, on, None)
    phase, exercises, factor = _due(plan, copies, on, status, library, None)
    return Today(plan, on, status, phase, exercises, (), None, factor)


def _due(
    plan: Plan, copies: Copies, on: date, status: str, library: Library, before: int | None
) -> tuple[Phase, tuple[Prescribed, ...], float]:
    phase = copies.program.phases[plan.phase]
    offered = {DUE: None, DONE: None, REST: copies.program.between_sessions}
    factor = 1.0
    if before is not None:
        factor = before_session_factor(before, plan.usual_pain, copies.policy)
    if status not in offered:
        return phase, (), factor
    exercises = prescribe(
        exercises_of(phase, offered[status]),
        states_on(plan, copies.policy, on),
        Moment(day_of(plan, on), factor, plan.pins),
        Shelf(tuple(library.exercises[id_] for id_ in RECOVERY), library.cautions),
    )
    return phase, exercises, factor


def states_on(plan: Plan, policy: Policy, on: date) -> dict[str, State]:
    """Where each category stands on a local date: after a break lower than it was left (R6)."""
    day = day_of(plan, on)
    return {
        category: on_return(
            State.from_dict(load), day, policy, Category(category), Bounds(**plan.bounds[category])
        )
        for category, load in plan.loads.items()
    }


def _status(plan: Plan, on: date, session: Session | None) -> str:
    if plan.status == PAUSED:
        return PAUSED_TODAY
    if plan.status == DISCHARGED:
        return ENDED
    if session is not None:
        return DONE
    if plan.status != ACTIVE or on > plan.ends_on:
        return ENDED
    if on < plan.starts_on:
        return NOT_STARTED
    return DUE if on.weekday() in plan.weekdays else REST


def _changes(plan: Plan) -> tuple[Decision, ...]:
    """The latest decision of each category that is in force and is not simply `hold`; what their
    clinician has done is told even then, and first."""
    told = (d for d in latest(plan) if d.accepted is None and (d.move != "hold" or d.clinician_id))
    return tuple(sorted(told, key=lambda d: d.clinician_id is None))
