"""How the patient woke: what is said of a morning settles the session of the day before."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from rehab.errors import Invalid, RehabError
from rehab.extensions import db
from rehab.models.plan import ACTIVE, Plan
from rehab.models.session import Morning, Session
from rehab.programs.library import Library
from rehab.programs.schedule import occurrence
from rehab.services import progression, reminders
from rehab.services.actors import acted
from rehab.services.sessions import still_running
from rehab.services.transactions import hold, persistent, transaction


@dataclass(frozen=True)
class MorningReport:
    """How they woke: pain and sleep 0-10, stiffness in minutes; None where nothing was said."""

    on: date
    pain: int | None = None
    sleep: int | None = None
    stiffness_minutes: int | None = None


@persistent
@transaction()
def report_morning(
    plan: Plan, said: MorningReport, library: Library, now: datetime, source: str = "api"
) -> Morning:
    """Store a morning, or correct it, and settle the session of the day before.

    Raises Invalid by field: on (from the plan's start to today), pain when nothing is said at all.
    """
    hold(plan)
    _check(plan, said, now)
    morning = morning_on(plan, said.on)
    if morning is None:
        morning = Morning(plan_id=plan.id, on=said.on, reported_at=now, source=source)
        db.session.add(morning)
    for name in ("pain", "sleep", "stiffness_minutes"):
        if getattr(said, name) is not None:
            setattr(morning, name, getattr(said, name))
    db.session.flush()
    acted("morning.reported", morning, now)
    progression.settle(plan, _start_of(plan, said.on - timedelta(days=1)), library, now)
    reminders.replan(plan, now)
    return morning


def report_waking(
    plan: Plan, said: MorningReport, library: Library, now: datetime, source: str
) -> Morning:
    """Report a morning to `plan` and to the patient's other plans: it was the same morning.

    Raises as `report_morning` does for `plan`; a plan that cannot take it is left as it is.
    """
    morning = report_morning(plan, said, library, now, source)
    for other in _other_plans(plan):
        with suppress(RehabError):
            report_morning(other, said, library, now, source)
    return morning


def morning_on(plan: Plan, on: date) -> Morning | None:
    """What was said of a local date's morning, if anything."""
    return db.session.scalar(select(Morning).filter_by(plan_id=plan.id, on=on))


def _other_plans(plan: Plan) -> Sequence[Plan]:
    theirs = select(Plan).filter_by(patient_id=plan.patient_id, status=ACTIVE)
    return db.session.scalars(theirs.where(Plan.id != plan.id).order_by(Plan.id)).all()


def _start_of(plan: Plan, on: date) -> datetime:
    """Before the first session of a local date, also of one dated by a zone left since."""
    midnight = occurrence(on, datetime.min.time(), plan.patient.zone)
    first = db.session.scalar(
        select(func.min(Session.performed_at)).filter_by(plan_id=plan.id).where(Session.on >= on)
    )
    return midnight if first is None else min(midnight, first)


def _check(plan: Plan, said: MorningReport, now: datetime) -> None:
    still_running(plan, said.on, plan.ends_on + timedelta(days=1))
    if said.on > plan.patient.today(now):
        raise Invalid({"on": ["lies in the future"]})
    if said.on < plan.starts_on:
        raise Invalid({"on": ["lies before the plan's start"]})
    if (said.pain, said.sleep, said.stiffness_minutes) == (None, None, None):
        raise Invalid({"pain": ["give pain, sleep or stiffness_minutes"]})
