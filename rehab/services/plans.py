"""Plans: a patient's own copy of a program, with its times, its bounds and where they start."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import contains_eager

from rehab.errors import Invalid, NotFound
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, Plan, PlanTerms
from rehab.programs.library import Library
from rehab.programs.program import Category, Program, Track
from rehab.programs.progression import State
from rehab.programs.schedule import occurrence
from rehab.services import consent, reminders
from rehab.services.actors import acted
from rehab.services.transactions import held, to_hold, transaction

EARLIEST_START = timedelta(days=90)
LATEST_START = timedelta(days=365)
REVIEW_AFTER = {Track.ACUTE: timedelta(weeks=2), Track.CHRONIC: timedelta(weeks=4)}
"""When a clinician looks at the plan again (clinical.md 2.9)."""

SPREAD = {
    1: [0],
    2: [0, 3],
    3: [0, 2, 4],
    4: [0, 1, 3, 4],
    5: [0, 1, 2, 3, 4],
    6: [0, 1, 2, 3, 4, 5],
    7: [0, 1, 2, 3, 4, 5, 6],
}
"""Weekdays (Monday is 0) for a number of sessions a week, rest between them where it can be."""


@dataclass(frozen=True)
class Assignment:
    """What a clinician chooses; None leaves it to the program or the clinic's custom.

    `id` is the plan's own, where whoever asks has made one so as to ask twice and get one plan.
    """

    program_id: str
    usual_pain: float
    track: Track | None = None
    starts_on: date | None = None
    weekdays: tuple[int, ...] = ()
    autonomy: str = "ease"
    exercise_at: time = time(18)
    morning_at: time = time(8, 30)
    bedtime: time | None = None
    floor: int = 1
    ceiling: int | None = None
    id: UUID | None = None


def find_plan(clinic_id: UUID, plan_id: UUID, to_change: bool = False) -> Plan:
    """The plan of one of the clinic's patients, held from the first reading on where it is `to
    change`. Raises NotFound, also for another clinic's."""
    given = {"of_clinic": clinic_id, "plan_id": plan_id}
    plan = held(_TO_CHANGE, given) if to_change else db.session.scalar(_ONE, given)
    if plan is None:
        raise NotFound("there is no such plan")
    return plan


_ONE = (
    select(Plan)
    .join(Patient)
    .where(Patient.clinic_id == bindparam("of_clinic"), Plan.id == bindparam("plan_id"))
)
_TO_CHANGE = to_hold(_ONE, Plan).options(
    contains_eager(Plan.patient).joinedload(Patient.clinic, innerjoin=True)
)
"""Who changes a plan needs its patient, and of the clinic what its library is."""


def plans_of(patient: Patient) -> Select[Plan]:
    return select(Plan).filter_by(patient_id=patient.id)


@transaction()
def assign(
    patient: Patient,
    wish: Assignment,
    library: Library,
    now: datetime,
    by: Clinician | None = None,
) -> Plan:
    """Give the patient their own copy of a program and plan its first reminders.

    A bedtime is the patient's choice to be texted before it, and goes on the record with `by`.
    Raises Invalid as `draft` does.
    """
    plan = draft(patient, wish, library, now)
    db.session.add(plan)
    db.session.flush()
    db.session.add(terms_of(plan, now))
    acted("plan.assigned", plan, now)
    if wish.bedtime is not None:
        consent.choose_bedtime(patient, wish.bedtime, by.email if by else consent.CLINIC, now)
    reminders.replan(plan, now)
    return plan


def draft(patient: Patient, wish: Assignment, library: Library, now: datetime) -> Plan:
    """The plan as it would be assigned; nothing is kept of it, and the patient may be a draft too.

    Raises Invalid by field: program_id, starts_on (90 days back to 365 ahead), floor, ceiling.
    """
    program = library.programs.get(wish.program_id)
    if program is None:
        raise Invalid({"program_id": [f"there is no program {wish.program_id}"]})
    starts_on = wish.starts_on or patient.today(now)
    _check_start(starts_on, patient.today(now))
    bounds = _bounds(program, wish.floor, wish.ceiling)
    starting = _starting(program, bounds)
    track = wish.track or (Track.ACUTE if program.track is Track.BOTH else program.track)
    return Plan(
        id=wish.id or uuid4(),
        patient=patient,
        patient_id=patient.id,
        program_id=program.id,
        program_version=program.version,
        program=program.as_dict(),
        policy=library.policies[track].as_dict(),
        track=track,
        usual_pain=wish.usual_pain,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(weeks=program.weeks, days=-1),
        weekdays=sorted(set(wish.weekdays)) or SPREAD[program.sessions_per_week],
        autonomy=wish.autonomy,
        exercise_at=wish.exercise_at,
        morning_at=wish.morning_at,
        bedtime=wish.bedtime,
        bounds=bounds,
        starting=starting,
        loads=starting,
        phase_since=starts_on,
        review_on=starts_on + REVIEW_AFTER[track],
        created_at=now,
        phase=0,
        pins={},
        status=ACTIVE,
    )


def terms_of(plan: Plan, now: datetime, by: Clinician | None = None, reason: str = "") -> PlanTerms:
    """What the plan says, as its terms from now on; the first ones hold from its start."""
    starts_at = occurrence(plan.starts_on, time(0), plan.patient.zone)
    return PlanTerms(
        plan_id=plan.id,
        effective_at=now if by else min(now, starts_at),
        usual_pain=plan.usual_pain,
        track=plan.track,
        policy=plan.policy,
        bounds=plan.bounds,
        autonomy=plan.autonomy,
        phase=plan.phase,
        weekdays=plan.weekdays,
        clinician_id=by.id if by else None,
        reason=reason,
        recorded_at=now,
    )


def _check_start(starts_on: date, today: date) -> None:
    if starts_on < today - EARLIEST_START:
        raise Invalid({"starts_on": ["may lie at most 90 days back"]})
    if starts_on > today + LATEST_START:
        raise Invalid({"starts_on": ["may lie at most 365 days ahead"]})


def _bounds(program: Program, floor: int, ceiling: int | None) -> dict[str, Any]:
    """Each category's floor and ceiling: as signed, but never past the end of its ladder."""
    if ceiling is not None and ceiling < floor:
        raise Invalid({"ceiling": ["must not be under the floor"]})
    return {
        category: {
            "floor": min(floor, rungs(program, category)),
            "ceiling": min(ceiling or rungs(program, category), rungs(program, category)),
            "locked": False,
        }
        for category in program.categories
    }


def _starting(program: Program, bounds: dict[str, Any]) -> dict[str, Any]:
    return {
        category: State(
            step=min(
                max(_first_level(program, category), bounds[category]["floor"]),
                bounds[category]["ceiling"],
            )
        ).as_dict()
        for category in program.categories
    }


def rungs(program: Program, category: Category) -> int:
    """The longest ladder of the category; a shorter one is clipped on the way up."""
    return max(len(e.levels) for e in program.exercises if e.category is category)


def _first_level(program: Program, category: Category) -> int:
    """The start level of the first phase in which the category appears."""
    phases = (p for p in program.phases if any(e.category is category for e in p.exercises))
    return next(phases).start_level
