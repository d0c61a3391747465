"""Reminders: what every plan means to send in the next 36 hours, by its patient's own clock."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, exists, select
from sqlalchemy.orm import defer

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage, Suppression
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, Plan
from rehab.models.session import Morning, Session
from rehab.services import announcements, outbox
from rehab.services.nights import Nights, nights_of
from rehab.services.outbox import Intention
from rehab.services.slots import slots
from rehab.services.transactions import transaction

HORIZON = timedelta(hours=36)
"""How far ahead reminders are queued: a night without planning loses none."""

PLANNED = (
    Kind.EXERCISE,
    Kind.FOLLOW_UP,
    Kind.MISSED_ONE,
    Kind.MORNING,
    Kind.SLEEP,
    Kind.SLEEP_QUESTION,
)
"""The kinds that follow from a plan alone: they are taken back and queued anew when it changes."""

NOT_FOR_REMINDERS = (Plan.program, Plan.policy, Plan.starting, Plan.loads)
"""Large columns: reading them would be half of the work."""

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
            OutboundMessage.kind.in_(PLANNED),
            OutboundMessage.state.in_((DeliveryState.PENDING, DeliveryState.SUPPRESSED)),
            OutboundMessage.due_at > now,
            OutboundMessage.attempt == 0,
        )
    )
    announcements.drop_outdated(ids, now)
    return _queue(db.session.scalars(_sending_plans().where(Plan.id.in_(ids))).all(), now)


def _sending_plans() -> Select[Plan]:
    stopped = exists().where(Suppression.phone == Patient.phone)
    return (
        select(Plan)
        .join(Plan.patient)
        .where(Plan.status == ACTIVE, Patient.sms_consent, ~stopped)
        .options(*(defer(column) for column in NOT_FOR_REMINDERS))
    )


def _queue(plans: Iterable[Plan], now: datetime) -> int:
    plans = list(plans)
    if not plans:
        return 0
    known = _already_said(plans, now)
    nights = nights_of({plan.patient_id for plan in plans if plan.bedtime}, now)
    return outbox.enqueue(
        (each for plan in plans for each in _wanted(plan, now, known, nights)), now
    )


def _wanted(
    plan: Plan, now: datetime, known: Mapping[Kind, Done], nights: Mapping[UUID, Nights]
) -> Iterator[Intention]:
    for intention in upcoming(plan, now, nights.get(plan.patient_id)):
        if (plan.id, intention.about_on) not in known.get(intention.kind, ()):
            yield intention


def _already_said(plans: list[Plan], now: datetime) -> dict[Kind, Done]:
    """The (plan, local date) of all that needs no reminder of a kind any more."""
    since = (now - 3 * DAY).date()
    ids = [plan.id for plan in plans]
    sessions = select(Session.plan_id, Session.on).where(
        Session.plan_id.in_(ids), Session.on >= since
    )
    mornings = select(Morning.plan_id, Morning.on, Morning.pain, Morning.sleep).where(
        Morning.plan_id.in_(ids), Morning.on >= since
    )
    trained = {(row[0], row[1]) for row in db.session.execute(sessions)}
    woken = db.session.execute(mornings).all()
    return {
        **dict.fromkeys((Kind.EXERCISE, Kind.FOLLOW_UP, Kind.MISSED_ONE), trained),
        Kind.MORNING: {(row[0], row[1]) for row in woken if row[2] is not None},
        Kind.SLEEP_QUESTION: {(row[0], row[1]) for row in woken if row[3] is not None},
    }


def upcoming(plan: Plan, now: datetime, nights: Nights | None = None) -> Iterator[Intention]:
    """The plan's reminders that fall due after `now` and within the horizon, whatever was said."""
    today = plan.patient.today(now)
    for day in range(-1, 4):
        for intention in slots(plan, today + day * DAY, nights):
            if now < intention.due_at <= now + HORIZON:
                yield intention
