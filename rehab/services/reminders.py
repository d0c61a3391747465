"""Reminders: what every plan means to send in the next 36 hours, by its patient's own clock."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import defer

from rehab.extensions import db
from rehab.models.message import Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, Plan
from rehab.models.session import Morning, Session
from rehab.services import announcements, outbox
from rehab.services.nights import Nights, nights_of
from rehab.services.outbox import Intention
from rehab.services.queued import DAY, MAY_SEND, OF_A_SESSION, answered, queued, take_back
from rehab.services.slots import slots
from rehab.services.transactions import is_held, transaction

HORIZON = timedelta(hours=36)
"""How far ahead reminders are queued: a night without planning loses none."""

NOT_FOR_REMINDERS = (Plan.program, Plan.policy, Plan.starting, Plan.loads)
"""Large columns: reading them would be half of the work."""

AT_A_TIME = 200
NOT_BUSY: dict[str, Any] = {"skip_locked": True, "key_share": True, "of": Plan}

Done = set[tuple[UUID, date]]


def plan_ahead(now: datetime) -> int:
    """Queue the reminders of every plan that may send any; the number that is new.

    Some plans at a time, each time in a transaction of its own, so that nobody waits for long.
    """
    ids = db.session.scalars(_sending_plans().with_only_columns(Plan.id).order_by(Plan.id)).all()
    db.session.rollback()
    return sum(_plan(ids[n : n + AT_A_TIME], now) for n in range(0, len(ids), AT_A_TIME))


@transaction()
def _plan(ids: Sequence[UUID], now: datetime) -> int:
    """A plan that is being changed at this moment is left out: whoever changes it plans anew, or
    this does the next time."""
    free = _sending_plans().where(Plan.id.in_(ids)).order_by(Plan.id)
    return _queue(db.session.scalars(free.with_for_update(**NOT_BUSY)).all(), now)


@transaction()
def replan(plan: Plan, now: datetime) -> int:
    """Take back the plan's reminders to come and queue them as the plan stands now."""
    return _replan([plan], now)


@transaction()
def trained(plan: Plan, on: date, now: datetime) -> None:
    """A session of the local date `on` answers the reminders of its day. While the plan is active
    it changes no others; news that it has outrun is withdrawn."""
    if plan.status != ACTIVE:
        replan(plan, now)
        return
    done = answered(plan.id, on, now)
    take_back(done.keys, now)
    if done.has_news:
        announcements.drop_outdated([plan.id], now)


@transaction()
def replan_patient(patient: Patient, now: datetime) -> int:
    """Replan all of a patient's plans: after a new zone, number, language or consent."""
    return _replan(db.session.scalars(select(Plan).filter_by(patient_id=patient.id)).all(), now)


@transaction()
def hold_plans_of(patient: Patient) -> None:
    """Keep everybody else off the patient's plans, before anything that hangs on them is touched:
    whoever changes a plan takes the plan first and its texts after."""
    _hold(Plan.patient_id == patient.id)


def _hold(which: ColumnElement[bool]) -> None:
    in_turn = select(Plan.id).where(which).order_by(Plan.id)
    db.session.execute(in_turn.with_for_update(key_share=True))


def _read_anew(patients: Collection[UUID]) -> None:
    """Whoever changes a number or a language holds the plans meanwhile: a row that was read along
    with a plan, while that was waited for, may be the one of before."""
    those = select(Patient).where(Patient.id.in_(patients))
    db.session.scalars(those, execution_options={"populate_existing": True}).all()


def _replan(plans: Iterable[Plan], now: datetime) -> int:
    """What was sent stays, and its key with it: no slot of a day is texted twice. What waits just
    as it would be queued stays too."""
    plans = list(plans)
    ids = [plan.id for plan in plans]
    db.session.flush()
    if not all(map(is_held, plans)):
        _hold(Plan.id.in_(ids))
    _read_anew({plan.patient_id for plan in plans})
    queue = queued(ids, now)
    sending = [plan for plan in plans if plan.id in queue.sending]
    wanted = {each.dedupe_key: each for each in _wanted(sending, now)}
    outdated = queue.outdated(wanted)
    take_back(outdated, now)
    if queue.has_news:
        announcements.drop_outdated(ids, now)
    return outbox.enqueue(queue.lacks(wanted, outdated), now)


def _sending_plans() -> Select[Plan]:
    return (
        select(Plan)
        .join(Plan.patient)
        .where(MAY_SEND)
        .options(*(defer(column) for column in NOT_FOR_REMINDERS))
    )


def _queue(plans: Sequence[Plan], now: datetime) -> int:
    there = _queued_keys(plans, now)
    return outbox.enqueue((i for i in _wanted(plans, now) if i.dedupe_key not in there), now)


def _queued_keys(plans: Sequence[Plan], now: datetime) -> set[str]:
    """What is in the queue already: mostly everything, every ten minutes anew."""
    known = select(OutboundMessage.dedupe_key).where(
        OutboundMessage.plan_id.in_([plan.id for plan in plans]), OutboundMessage.due_at > now - DAY
    )
    return set(db.session.scalars(known))


def _wanted(plans: Sequence[Plan], now: datetime) -> Iterator[Intention]:
    """The reminders to come of all that was not said yet."""
    if not plans:
        return
    known = _already_said(plans, now)
    nights = nights_of({plan.patient_id for plan in plans if plan.bedtime}, now)
    for plan in plans:
        for intention in upcoming(plan, now, nights.get(plan.patient_id)):
            if (plan.id, intention.about_on) not in known.get(intention.kind, ()):
                yield intention


def _already_said(plans: Sequence[Plan], now: datetime) -> dict[Kind, Done]:
    """The (plan, local date) of all that needs no reminder of a kind any more."""
    given = {"plan_ids": [plan.id for plan in plans], "since": (now - 3 * DAY).date()}
    done = {(row[0], row[1]) for row in db.session.execute(_TRAINED, given)}
    woken = db.session.execute(_WOKEN, given).all()
    return {
        **dict.fromkeys(OF_A_SESSION, done),
        Kind.MORNING: {(row[0], row[1]) for row in woken if row[2] is not None},
        Kind.SLEEP_QUESTION: {(row[0], row[1]) for row in woken if row[3] is not None},
    }


def _lately(model: type[Session] | type[Morning], *said: Any) -> Select[Any]:
    of_plans = model.plan_id.in_(bindparam("plan_ids", expanding=True))
    return select(model.plan_id, model.on, *said).where(of_plans, model.on >= bindparam("since"))


_TRAINED, _WOKEN = _lately(Session), _lately(Morning, Morning.pain, Morning.sleep)


def upcoming(plan: Plan, now: datetime, nights: Nights | None = None) -> Iterator[Intention]:
    """The plan's reminders that fall due after `now` and within the horizon, whatever was said."""
    today = plan.patient.today(now)
    for day in range(-1, 4):
        for intention in slots(plan, today + day * DAY, nights):
            if now < intention.due_at <= now + HORIZON:
                yield intention
