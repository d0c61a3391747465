"""The demo's phones: what each patient's screen shows, and the two things that can be done there.

A visitor texts back, or asks for the next text ahead of its time. Both go the way that the real
ones go; only the provider in the middle is missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import DeliveryState, InboundMessage, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, Plan
from rehab.models.session import Morning
from rehab.programs.library import Library
from rehab.programs.schedule import in_texting_hours
from rehab.services import consent, enrolment, outbox, reminders, replies
from rehab.services.outbox import Intention
from rehab.services.replies import Inbound
from rehab.services.sessions import session_on
from rehab.services.transactions import transaction

DAY = timedelta(days=1)
FAR_ENOUGH = 8
"""How many days ahead the next text is looked for: every program trains within a week."""

GOOD_FOR = timedelta(hours=1)
LONGEST_TEXT = 1600
SHOWN = (
    DeliveryState.SENDING,
    DeliveryState.ACCEPTED,
    DeliveryState.UNKNOWN,
    DeliveryState.FAILED,
)


class Sent(StrEnum):
    """What came of asking for a text ahead of its time."""

    ON_ITS_WAY = "on_its_way"
    QUIET_HOURS = "quiet_hours"
    OPTED_OUT = "opted_out"
    NOT_ACTIVE = "not_active"
    NOTHING_LEFT = "nothing_left"


@dataclass(frozen=True, slots=True)
class Text:
    """One text on the screen; `state` is what is known of an outbound one."""

    id: UUID
    at: datetime
    body: str
    outbound: bool
    state: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    """One patient's phone in the list; `unread` counts texts that no visitor has looked at."""

    patient: Patient
    unread: int
    awake: bool


def phones(clinic_id: UUID, seen: Mapping[UUID, datetime], now: datetime) -> list[Phone]:
    """The clinic's phones by name; `seen` is when each was last looked at."""
    found = db.session.scalars(enrolment.patients_of(clinic_id))
    patients = sorted(found, key=lambda patient: (patient.given_name, patient.family_name))
    arrived = _arrivals(clinic_id)
    return [
        Phone(
            patient,
            unread=sum(
                patient.id not in seen or at > seen[patient.id]
                for at in arrived.get(patient.id, ())
            ),
            awake=in_texting_hours(now, patient.tz, patient.texting_hours),
        )
        for patient in patients
    ]


def thread(patient: Patient) -> list[Text]:
    """What was said both ways, the oldest first."""
    texts = [*_outbound(patient), *_inbound(patient)]
    return sorted(texts, key=lambda text: (text.at, text.outbound))


def coming(patient: Patient, most: int = 2) -> list[OutboundMessage]:
    """The next texts in the queue."""
    return list(
        db.session.scalars(
            select(OutboundMessage)
            .filter_by(patient_id=patient.id, state=DeliveryState.PENDING)
            .order_by(OutboundMessage.due_at)
            .limit(most)
        )
    )


def text_back(patient: Patient, body: str, library: Library, now: datetime) -> None:
    """The patient's phone sends a text, under a made-up id of its own."""
    inbound = Inbound(
        sid=f"demo-{uuid4().hex}",
        sender=patient.phone,
        recipient=patient.clinic.phone,
        body=body.replace("\0", "")[:LONGEST_TEXT],
    )
    replies.receive(inbound, library, now)


@transaction()
def send_ahead(patient: Patient, kind: Kind, now: datetime) -> Sent:
    """Put the patient's next text of this kind (exercise or morning) at the head of the queue.

    Its key stays that of its own day, so that the day does not bring it a second time.
    """
    if not patient.sms_consent or consent.is_suppressed(patient.phone):
        return Sent.OPTED_OUT
    plan = current_plan(patient)
    if plan is None or plan.status != ACTIVE:
        return Sent.NOT_ACTIVE
    if not in_texting_hours(now, patient.tz, patient.texting_hours):
        return Sent.QUIET_HOURS
    hurried = any(_hurry(intention, now) for intention in _next(plan, kind, now))
    return Sent.ON_ITS_WAY if hurried else Sent.NOTHING_LEFT


def current_plan(patient: Patient) -> Plan | None:
    """The patient's latest plan."""
    return db.session.scalar(
        select(Plan).filter_by(patient_id=patient.id).order_by(Plan.created_at.desc()).limit(1)
    )


def _next(plan: Plan, kind: Kind, now: datetime) -> Iterable[Intention]:
    """The plan's texts of a kind that are still wanted, the soonest first."""
    if kind is Kind.MORNING:
        return _question_of_today(plan, now)
    days = (now + n * DAY for n in range(FAR_ENOUGH))
    found = (i for day in days for i in reminders.upcoming(plan, day))
    return (i for i in found if i.kind is kind and i.about_on and not session_on(plan, i.about_on))


def _question_of_today(plan: Plan, now: datetime) -> list[Intention]:
    """A morning is asked of today alone: an answer that is given now is about now."""
    today = plan.patient.today(now)
    if db.session.scalar(
        select(Morning).filter_by(plan_id=plan.id, on=today).where(Morning.pain.is_not(None))
    ):
        return []
    question = Intention(
        patient=plan.patient,
        plan=plan,
        kind=Kind.MORNING,
        template="ck.morning",
        about_on=today,
        dedupe_key=f"{plan.id}:{today}:{Kind.MORNING}",
        due_at=now,
        expires_at=now + GOOD_FOR,
    )
    return [question]


def _hurry(intention: Intention, now: datetime) -> bool:
    """Make it due now; False when it has been sent, or is not wanted any more."""
    queued = db.session.scalar(select(OutboundMessage).filter_by(dedupe_key=intention.dedupe_key))
    late = max(intention.expires_at, now + GOOD_FOR)
    if queued is None:
        asked = replace(intention, due_at=now, expires_at=late, priority=outbox.REPLIES_FIRST)
        return outbox.enqueue([asked], now) == 1
    if queued.state is not DeliveryState.PENDING or queued.due_at <= now:
        return False
    queued.due_at, queued.expires_at, queued.priority = now, late, outbox.REPLIES_FIRST
    return True


def _arrivals(clinic_id: UUID) -> dict[UUID, list[datetime]]:
    rows = db.session.execute(
        select(OutboundMessage.patient_id, OutboundMessage.claimed_at).where(
            OutboundMessage.clinic_id == clinic_id,
            OutboundMessage.state == DeliveryState.ACCEPTED,
        )
    )
    arrived: dict[UUID, list[datetime]] = {}
    for patient_id, at in rows:
        if at is not None:
            arrived.setdefault(patient_id, []).append(at)
    return arrived


def _outbound(patient: Patient) -> list[Text]:
    rows = db.session.scalars(
        select(OutboundMessage)
        .filter_by(patient_id=patient.id)
        .where(OutboundMessage.state.in_(SHOWN), OutboundMessage.body.is_not(None))
    )
    return [
        Text(row.id, row.claimed_at or row.due_at, row.body or "", True, row.state) for row in rows
    ]


def _inbound(patient: Patient) -> list[Text]:
    rows = db.session.scalars(select(InboundMessage).filter_by(patient_id=patient.id))
    return [Text(row.id, row.received_at, row.body, False) for row in rows]
