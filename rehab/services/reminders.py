"""Reminders: what every plan means to send in the next 36 hours, by its patient's own clock."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, exists, select

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage, Suppression
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, Plan
from rehab.models.session import Morning, Session
from rehab.programs.schedule import TEXTS_FROM, TEXTS_UNTIL, occurrence, session_days
from rehab.services import outbox
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction

HORIZON = timedelta(hours=36)
"""How far ahead reminders are queued: a night without planning loses none."""

LATEST_EXERCISE = time(20, 30)
MORNING_ENDS = time(12)
LATEST_MORNING = time(11, 30)
"""A wish outside texting hours is moved to the nearest time that leaves half an hour to answer."""

DAY = timedelta(days=1)

Done = set[tuple[UUID, date]]


@transaction()
def plan_ahead(now: datetime) -> int:
    """Queue the reminders of every plan that may send any; the number that is new."""
    return _queue(db.session.scalars(_sending_plans()).all(), now)


@transaction()
def replan(plan: Plan, now: datetime) -> int:
    """Take back the plan's reminders to come and queue them as the plan stands now."""
    return _replan([plan], now)


@transaction()
def replan_patient(patient: Patient, now: datetime) -> int:
    """Replan all of a patient's plans: after a new zone, number, language or consent."""
    return _replan(db.session.scalars(select(Plan).filter_by(patient_id=patient.id)).all(), now)


def _replan(plans: Iterable[Plan], now: datetime) -> int:
    """What was sent stays, and its key with it: no slot of a day is texted twice."""
    ids = [plan.id for plan in plans]
    db.session.flush()
    db.session.execute(
        delete(OutboundMessage).where(
            OutboundMessage.plan_id.in_(ids),
            OutboundMessage.kind.in_((Kind.EXERCISE, Kind.MORNING)),
            OutboundMessage.state.in_((DeliveryState.PENDING, DeliveryState.SUPPRESSED)),
            OutboundMessage.due_at > now,
            OutboundMessage.attempt == 0,
        )
    )
    return _queue(db.session.scalars(_sending_plans().where(Plan.id.in_(ids))).all(), now)


def _sending_plans() -> Select[Plan]:
    stopped = exists().where(Suppression.phone == Patient.phone)
    return (
        select(Plan).join(Plan.patient).where(Plan.status == ACTIVE, Patient.sms_consent, ~stopped)
    )


def _queue(plans: Iterable[Plan], now: datetime) -> int:
    plans = list(plans)
    if not plans:
        return 0
    trained, woken = _already_said(plans, now)
    return outbox.enqueue(
        (each for plan in plans for each in intentions(plan, now, trained, woken)), now
    )


def _already_said(plans: list[Plan], now: datetime) -> tuple[Done, Done]:
    """The (plan, local date) of every session and morning that needs no reminder any more."""
    since = (now - DAY).date()
    ids = [plan.id for plan in plans]
    sessions = select(Session.plan_id, Session.on).where(
        Session.plan_id.in_(ids), Session.on >= since
    )
    mornings = select(Morning.plan_id, Morning.on).where(
        Morning.plan_id.in_(ids), Morning.on >= since, Morning.pain.is_not(None)
    )
    return (
        {(row[0], row[1]) for row in db.session.execute(sessions)},
        {(row[0], row[1]) for row in db.session.execute(mornings)},
    )


def intentions(plan: Plan, now: datetime, trained: Done, woken: Done) -> Iterator[Intention]:
    """The plan's reminders that fall due after `now` and within the horizon."""
    today = plan.patient.today(now)
    last = min(plan.ends_on, today + HORIZON + DAY)
    for on in session_days(plan.starts_on, plan.weekdays, today - DAY, last):
        for intention in (_exercise(plan, on), _morning(plan, on + DAY)):
            said = trained if intention.kind is Kind.EXERCISE else woken
            if (
                now < intention.due_at <= now + HORIZON
                and (plan.id, intention.about_on) not in said
            ):
                yield intention


def _exercise(plan: Plan, on: date) -> Intention:
    at = _between(plan.exercise_at, LATEST_EXERCISE)
    return _reminder(plan, on, Kind.EXERCISE, "ex.today", at, TEXTS_UNTIL, f"{at:%H:%M}")


def _morning(plan: Plan, on: date) -> Intention:
    at = _between(plan.morning_at, LATEST_MORNING)
    return _reminder(plan, on, Kind.MORNING, "ck.morning", at, MORNING_ENDS, f"{at:%H:%M}")


def _between(wish: time, latest: time) -> time:
    return min(max(wish, TEXTS_FROM), latest)


def _reminder(
    plan: Plan, on: date, kind: Kind, template: str, at: time, until: time, shown: str
) -> Intention:
    zone = plan.patient.zone
    return Intention(
        patient=plan.patient,
        plan=plan,
        kind=kind,
        template=template,
        about_on=on,
        dedupe_key=f"{plan.id}:{on}:{kind}",
        due_at=occurrence(on, at, zone),
        expires_at=occurrence(on, until, zone),
        values={"time": shown},
    )
