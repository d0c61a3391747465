"""What a clinician sees of a patient beside the course: what needs doing, and how things stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.decision import LATEST_FIRST, PROPOSED, Decision
from rehab.models.measure import Measurement
from rehab.models.message import DeliveryState, OutboundMessage
from rehab.models.note import Note
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.adherence import Adherence
from rehab.programs.dosage import Category
from rehab.services.adherence import adherence
from rehab.services.inbox.listing import open_matters
from rehab.services.inbox.matters import Matter

WINDOW = timedelta(days=28)
"""How far back adherence looks: four weeks, today not included while it can still be done."""

MOST_TEXTS = 3
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answered:
    """A measure's first and latest scores by date; None while an item was left out."""

    measure_id: str
    first_on: date
    first: float | None
    latest_on: date
    latest: float | None


@dataclass(frozen=True, slots=True)
class Glance:
    """`matters` lie in the inbox, `waiting` are the proposals that can be approved now, and `done`
    is of the last four weeks."""

    matters: tuple[Matter, ...]
    waiting: tuple[Decision, ...]
    done: Adherence | None
    answered: tuple[Answered, ...]
    note: Note | None
    texts: tuple[OutboundMessage, ...]


def glance(patient: Patient, plan: Plan | None, now: datetime) -> Glance:
    """How a patient and one of their plans stand at `now`; a fixed number of queries."""
    today = patient.today(now)
    return Glance(
        matters=tuple(open_matters(patient.clinic_id, patient_id=patient.id).matters),
        waiting=waiting(plan) if plan else (),
        done=_done(plan, today) if plan else None,
        answered=tuple(_answered(plan)) if plan else (),
        note=_note(patient),
        texts=_texts(patient),
    )


def waiting(plan: Plan) -> tuple[Decision, ...]:
    """The proposals of a plan that are still the last word on their category, in its order."""
    standing = select(Decision).filter_by(plan_id=plan.id, replaced_at=None)
    last = {
        category: standing.filter_by(category=category).order_by(*LATEST_FIRST).limit(1)
        for category in plan.loads
    }
    found = [db.session.scalar(last[c]) for c in Category if c in last]
    return tuple(d for d in found if d is not None and d.state == PROPOSED)


def _done(plan: Plan, today: date) -> Adherence:
    until = min(today - A_DAY, plan.ends_on)
    return adherence(plan, max(plan.starts_on, until - WINDOW + A_DAY), until)


def _answered(plan: Plan) -> Iterator[Answered]:
    columns = (Measurement.measure_id, Measurement.on, Measurement.score)
    standing = (Measurement.plan_id == plan.id, Measurement.replaced_at.is_(None))
    query = select(*columns).where(*standing).order_by(Measurement.measure_id, Measurement.on)
    courses: dict[str, list[tuple[date, float | None]]] = {}
    for measure_id, on, score in db.session.execute(query):
        courses.setdefault(measure_id, []).append((on, score))
    for measure_id, course in courses.items():
        yield Answered(measure_id, *course[0], *course[-1])


def _note(patient: Patient) -> Note | None:
    theirs = select(Note).filter_by(patient_id=patient.id).order_by(Note.written_at.desc())
    return db.session.scalar(theirs.limit(1))


def _texts(patient: Patient) -> tuple[OutboundMessage, ...]:
    """The next ones that wait to leave."""
    pending = select(OutboundMessage).filter_by(patient_id=patient.id, state=DeliveryState.PENDING)
    return tuple(db.session.scalars(pending.order_by(OutboundMessage.due_at).limit(MOST_TEXTS)))
