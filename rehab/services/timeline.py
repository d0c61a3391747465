"""A plan's course as its clinician sees it: the patient's journey, and every decision beside it.

A fixed number of queries, however long the course is; sentences are opened only where they are
drawn.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from rehab.charts.journey import Journey
from rehab.charts.timeline_facts import Bound, Course, Decided, Texted
from rehab.charts.window import Window
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.decision import LATEST_FIRST, Decision
from rehab.models.message import DeliveryState, InboundMessage, OutboundMessage
from rehab.models.plan import Plan, PlanTerms
from rehab.programs.dosage import Category
from rehab.programs.schedule import occurrence
from rehab.services.journey import journey
from rehab.services.session_calendars import calendar_of

MINUTES_A_DAY = 24 * 60
ORDER = tuple(Category)
"""In which the categories stand under each other."""

SENT = {
    DeliveryState.ACCEPTED: "sent",
    DeliveryState.SENDING: "sent",
    DeliveryState.UNKNOWN: "unknown",
    DeliveryState.FAILED: "unsent",
}
"""What became of the texts that are drawn; those that were never tried are not."""


def course(plan: Plan, today: date, shown: Window) -> Course:
    """The course of a plan up to `today`, the patient's own, for the weeks that are `shown`."""
    walked = journey(plan, today, told_since=date.max)
    return Course(
        journey=walked,
        decided=tuple(_decided(plan, shown)),
        texted=tuple(sorted(_texted(plan, shown), key=lambda t: (t.on, t.part_of_day))),
        bounds=tuple(_bounds(plan)),
        planned=_planned(plan, walked),
    )


def _decided(plan: Plan, shown: Window) -> Iterator[Decided]:
    columns = (
        Decision.id,
        Decision.on,
        Decision.effective_at,
        Decision.category,
        Decision.move,
        Decision.step,
        Decision.dose,
        Decision.rules,
        Decision.state,
        Decision.accepted,
        Clinician.name,
    )
    standing = (
        Decision.plan_id == plan.id,
        Decision.replaced_at.is_(None),
        Decision.on >= shown.since,
    )
    query = select(*columns).outerjoin(Clinician, Clinician.id == Decision.clinician_id)
    told = select(Decision.id, Decision.why).where(*standing)
    if shown.is_crowded:
        told = told.where((Decision.move != "hold") | Decision.clinician_id.is_not(None))
    sentences = {row.id: row.why for row in db.session.execute(told)}
    rows = db.session.execute(query.where(*standing).order_by(*LATEST_FIRST)).all()
    made = [_made(row, sentences.get(row.id, "")) for row in reversed(rows)]
    yield from sorted(made, key=lambda decided: (decided.at, ORDER.index(decided.category)))


def _made(row: Row[Any], why: str) -> Decided:
    return Decided(
        id=row.id,
        on=row.on,
        at=row.effective_at,
        category=Category(row.category),
        move=row.move,
        step=row.step,
        dose=row.dose,
        rules=tuple(row.rules),
        state=row.state,
        waits=row.accepted is not None,
        by=row.name or "",
        why=why,
    )


def _texted(plan: Plan, shown: Window) -> Iterator[Texted]:
    patient = plan.patient
    since = occurrence(shown.since, time(0), patient.zone)
    went_at = func.coalesce(OutboundMessage.accepted_at, OutboundMessage.due_at)
    out = select(went_at, OutboundMessage.kind, OutboundMessage.state).where(
        OutboundMessage.patient_id == patient.id,
        OutboundMessage.created_at >= since - timedelta(days=14),
        OutboundMessage.state.in_(SENT),
    )
    for at, kind, state in db.session.execute(out):
        if at >= since:
            yield _on_a_day(plan, at, kind, SENT[state])
    came = select(InboundMessage.received_at, InboundMessage.intent).where(
        InboundMessage.patient_id == patient.id, InboundMessage.received_at >= since
    )
    for at, intent in db.session.execute(came):
        yield _on_a_day(plan, at, intent or "", "came")


def _on_a_day(plan: Plan, at: datetime, kind: str, fate: str) -> Texted:
    local = at.astimezone(plan.patient.tz)
    gone = local.hour * 60 + local.minute
    return Texted(local.date(), gone / MINUTES_A_DAY, str(kind), fate)


def _bounds(plan: Plan) -> Iterator[Bound]:
    """The floor and ceiling of each category from every local date on which others were signed."""
    columns = (PlanTerms.effective_at, PlanTerms.bounds)
    order = (PlanTerms.effective_at, PlanTerms.recorded_at)
    query = select(*columns).where(PlanTerms.plan_id == plan.id).order_by(*order)
    before: dict[str, Any] = {}
    for at, bounds in db.session.execute(query):
        on = max(plan.patient.today(at), plan.starts_on)
        for category, signed in bounds.items():
            if before.get(category) != (signed["floor"], signed["ceiling"]):
                yield Bound(on, Category(category), signed["floor"], signed["ceiling"])
            before[category] = (signed["floor"], signed["ceiling"])


def _planned(plan: Plan, walked: Journey) -> tuple[date, ...]:
    """The session days up to today, as they were planned then; no day that a pause took away."""
    done = {session.on for session in walked.sessions if session.completion > 0}
    return calendar_of(plan).prescribed(plan.starts_on, walked.today, done)
