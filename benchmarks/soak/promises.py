"""What must hold at the end of a soak: each promise with the number of times that it was broken."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from benchmarks.soak.diary import Diary
from rehab.extensions import db
from rehab.models.decision import Decision
from rehab.models.message import DeliveryState, InboundMessage, Kind, OutboundMessage, Suppression
from rehab.models.plan import ACTIVE, Plan
from rehab.models.session import Session
from rehab.programs.schedule import in_texting_hours
from rehab.services import audit_chain, progression
from rehab.services.outbox import EXEMPT
from rehab.services.slots import slots
from rehab.services.transactions import transaction
from rehab.wiring import library
from tests.doubles.twilio import Double

BAD_ZONES = ("severe", "red", "react", "amber_plus")
UNDER_WAY = timedelta(seconds=15)
"""What the provider was already being given when the STOP came in, nobody can take back."""

OF_A_SESSION = (Kind.EXERCISE, Kind.FOLLOW_UP)
AT_ANY_HOUR = (*EXEMPT, Kind.SAFETY, Kind.SLEEP, Kind.LATER)


@dataclass(frozen=True, slots=True)
class Ending:
    """A soak that is over: what the patients saw, what the provider took, from when until when."""

    diary: Diary
    double: Double
    began: datetime
    ended: datetime
    moment: Callable[[float], datetime]
    """The fast time of a second of the monotonic clock."""


def broken(end: Ending) -> dict[str, list[str]]:
    """For each promise the cases in which it was not kept."""
    return {name: list(kept(end)) for name, kept in PROMISES.items()}


def _sessions_once(end: Ending) -> Iterator[str]:
    """Each session that was answered with 201 is there once, as it was told."""
    rows = {row.id: row for row in db.session.scalars(select(Session))}
    for id_, said in end.diary.reported.items():
        row = rows.get(id_)
        if row is None:
            yield f"session {id_} is missing"
        elif any(getattr(row, name) != said[name] for name in ("before", "during", "after")):
            yield f"session {id_} says something else"
    known = len(end.diary.reported) + len(end.diary.given_up)
    by_app = sum(row.source == "api" for row in rows.values())
    if by_app > known:
        yield f"{by_app} sessions by the app, {known} were told"


def _texts_once(end: Ending) -> Iterator[str]:
    for id_, count in end.double.per_callback().items():
        if count > 1:
            yield f"text {id_} left {count} times"


def _none_lost(end: Ending) -> Iterator[str]:
    """What the database says has left, the provider has; what the provider has, it knows of."""
    taken = end.double.per_callback()
    rows = {str(row.id): row for row in db.session.scalars(select(OutboundMessage))}
    for id_, row in rows.items():
        if row.state is DeliveryState.ACCEPTED and id_ not in taken:
            yield f"{row.kind} {id_} is accepted, and the provider does not have it"
    for id_ in taken:
        known = rows[id_].state if id_ in rows else None
        if known is not DeliveryState.ACCEPTED:
            yield f"the provider has {id_}, the database {known or 'no such text'}"


def _all_settled(end: Ending) -> Iterator[str]:
    """No text is held for ever, in doubt, or past its time and still waiting."""
    open_ones = select(OutboundMessage).where(
        OutboundMessage.state.in_((DeliveryState.SENDING, DeliveryState.UNKNOWN))
        | ((OutboundMessage.state == DeliveryState.PENDING) & (OutboundMessage.due_at < end.ended)),
        OutboundMessage.settled_at.is_(None),
    )
    for row in db.session.scalars(open_ones):
        yield f"{row.kind} {row.id} is {row.state}, due {row.due_at}, {row.state_reason}"


def _all_planned(end: Ending) -> Iterator[str]:
    """Of each session day without a session the reminders have a row, whatever became of them. What
    is asked in the morning depends on what was reported the day before."""
    keys = set(db.session.scalars(select(OutboundMessage.dedupe_key)))
    stopped = set(end.diary.stopped)
    told = {(row[0], row[1]) for row in db.session.execute(select(Session.plan_id, Session.on))}
    for plan in db.session.scalars(select(Plan)):
        if plan.patient.phone in stopped or not plan.patient.sms_consent:
            continue
        first = plan.patient.today(end.began)
        for day in range(4):
            for slot in slots(plan, first + timedelta(day), None):
                is_due = end.began + timedelta(minutes=30) < slot.due_at < end.ended
                is_open = plan.status == ACTIVE and (plan.id, slot.about_on) not in told
                is_wanted = slot.kind in OF_A_SESSION and is_open
                if is_due and is_wanted and slot.dedupe_key not in keys:
                    yield f"{slot.dedupe_key} was never queued"


def _stop_is_heeded(end: Ending) -> Iterator[str]:
    since = {row.phone: row.since for row in db.session.scalars(select(Suppression))}
    kinds = _rows_by_id()
    for phone in end.diary.stopped:
        if phone not in since:
            yield f"a STOP of {phone[-4:]} was answered and is not on record"
    for message in end.double.messages:
        stopped = since.get(message["to"])
        row = kinds.get(_id_of(message))
        if stopped is None or row is None or row.kind == Kind.CONFIRMATION:
            continue
        late = end.moment(message["made"]) - stopped
        if late > UNDER_WAY and row.kind not in EXEMPT:
            yield f"{row.kind} {late} after the STOP"


def _hours_are_kept(end: Ending) -> Iterator[str]:
    rows = _rows_by_id()
    for message in end.double.messages:
        row, at = rows.get(_id_of(message)), end.moment(message["made"])
        if row is None or row.kind in AT_ANY_HOUR:
            continue
        zone, hours = row.patient.zone, row.patient.texting_hours
        if not in_texting_hours(at, zone, hours):
            yield f"{row.kind} at {at.astimezone(row.patient.tz):%H:%M:%S} in {zone}"


def _replies_once(end: Ending) -> Iterator[str]:
    """Every text of a patient is stored; the sid is unique, so once."""
    known = set(db.session.scalars(select(InboundMessage.provider_sid)))
    for message in end.double.received:
        if message["sid"] not in known:
            yield f"a reply of {message['from'][-4:]}, {message['body']!r}, is not stored"


def _decided_the_same(_: Ending) -> Iterator[str]:
    """Each plan walked again from its first day: nothing may come out differently."""
    for plan in db.session.scalars(select(Plan)).all():
        loads = plan.loads
        before = _in_force(plan)
        progression.settle(plan, plan.created_at - timedelta(days=30), library(), plan.created_at)
        db.session.flush()
        after = _in_force(plan)
        if before != after or plan.loads != loads:
            yield f"plan {plan.id}: {len(before - after)} of {len(before)} decisions differ"
        db.session.rollback()


def _in_force(plan: Plan) -> set[UUID]:
    standing = select(Decision.id).filter_by(plan_id=plan.id).where(Decision.replaced_at.is_(None))
    return set(db.session.scalars(standing))


def _no_rise_on_pain(_: Ending) -> Iterator[str]:
    """Where the body took a session badly, no category goes up."""
    bad = select(Decision).where(
        Decision.replaced_at.is_(None), Decision.zone.in_(BAD_ZONES), Decision.accepted.is_(None)
    )
    for decision in db.session.scalars(bad):
        before, after = decision.inputs["before"], decision.after
        if after["step"] > before["step"]:
            yield f"{decision.category} rose to {after['step']} in {decision.zone}"


def _audit_holds(_: Ending) -> Iterator[str]:
    for fault in audit_chain.verify_all():
        yield f"clinic {fault.clinic_id}, entry {fault.seq}: {fault.why}"


PROMISES: dict[str, Callable[[Ending], Iterator[str]]] = {
    "each session once, as it was told": _sessions_once,
    "no text twice": _texts_once,
    "no text lost, none unknown to us": _none_lost,
    "no text held for ever": _all_settled,
    "every reminder of the time queued": _all_planned,
    "nothing after a STOP": _stop_is_heeded,
    "no reminder outside the hours": _hours_are_kept,
    "every reply stored": _replies_once,
    "each decision the same again": _decided_the_same,
    "no load rose on pain": _no_rise_on_pain,
    "the audit's chains hold": _audit_holds,
}


def _rows_by_id() -> dict[str, OutboundMessage]:
    return {str(row.id): row for row in db.session.scalars(select(OutboundMessage))}


def _id_of(message: dict[str, Any]) -> str:
    return str(message["callback"] or "").rpartition("/")[2]


@transaction()
def fates() -> dict[str, int]:
    """How many texts ended in which state."""
    rows = select(OutboundMessage.state, func.count()).group_by(OutboundMessage.state)
    return {str(state): count for state, count in db.session.execute(rows)}


@transaction()
def reasons() -> Counter[str]:
    """Why texts did not leave."""
    rows = select(OutboundMessage.state, OutboundMessage.state_reason).where(
        OutboundMessage.state.not_in((DeliveryState.ACCEPTED, DeliveryState.PENDING))
    )
    return Counter(f"{state}: {reason}" for state, reason in db.session.execute(rows))


@transaction()
def is_settled(now: datetime) -> bool:
    """Whether nothing is under way, in doubt or due."""
    open_ones = select(func.count()).where(
        OutboundMessage.state.in_((DeliveryState.SENDING, DeliveryState.UNKNOWN))
        | ((OutboundMessage.state == DeliveryState.PENDING) & (OutboundMessage.due_at < now)),
        OutboundMessage.settled_at.is_(None),
    )
    return not db.session.scalar(open_ones)


TABLES = (
    *("session", "morning", "decision", "outbound_message", "message_event", "inbound_message"),
    *("audit_entry", "sms_consent", "patient", "plan", "plan_terms", "alert"),
)


@transaction()
def sizes() -> dict[str, str]:
    """Rows of the tables that grow, and the bytes of each with its indexes."""
    found = {}
    for name in TABLES:
        size = text(f'SELECT count(*), pg_total_relation_size(:name) FROM "{name}"')  # noqa: S608
        rows, taken = db.session.execute(size, {"name": name}).one()
        found[name] = f"{rows} of {taken // max(rows, 1)}"
    return found
