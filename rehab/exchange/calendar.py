"""A patient's session days as an iCalendar (RFC 5545) that their own calendar program asks for.

It lies in the hands of others, so it says when and for how long, and nothing of what or why.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from icalendar import Calendar, Event
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, Plan
from rehab.programs.library import Library
from rehab.programs.schedule import occurrence, session_days
from rehab.services.plan_copies import Copies, copies_of
from rehab.services.plans import plans_of
from rehab.services.today import unreported

AHEAD = timedelta(weeks=8)
"""Further on, pain has changed the plan by then."""

ASK_AGAIN = timedelta(hours=6)
SHORTEST = 5
"""Minutes of an entry: a calendar does not show less."""

MAKER = "-//Rehab//Session days//EN"
DAY = timedelta(days=1)

MOVING = ("plan.assigned", "plan.amended", "plan.resumed", "plan.advanced", "patient.amended")
"""Acts that may give a session another day, time or length."""


def calendar_of(patient: Patient, title: str, library: Library, now: datetime) -> bytes:
    """The session days of today and eight weeks on of every plan that is active, as a file.

    A plan that is paused or over has none. `title` names each of them, in the patient's language.
    """
    running = db.session.scalars(plans_of(patient).filter_by(status=ACTIVE).order_by(Plan.id)).all()
    whole = _empty(title)
    changed = _changes(patient, running)
    copies = copies_of([plan.id for plan in running])
    for plan in running:
        for event in _events(plan, copies[plan.id], library, now):
            event.add("summary", title)
            _stamp(event, *changed[plan.id])
            whole.add_component(event)
    today = patient.today(now)
    whole.add_missing_timezones(today - timedelta(days=366), today + timedelta(days=366))
    return whole.to_ical()


def _empty(title: str) -> Calendar:
    whole = Calendar()
    whole.add("prodid", MAKER)
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    whole.add("name", title)
    whole.add("x-wr-calname", title)
    whole.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    whole.add("x-published-ttl", f"PT{ASK_AGAIN.seconds // 3600}H")
    return whole


def _events(plan: Plan, copies: Copies, library: Library, now: datetime) -> Iterator[Event]:
    today = plan.patient.today(now)
    for on in session_days(plan.starts_on, plan.weekdays, today, min(plan.ends_on, today + AHEAD)):
        event = Event()
        event.add("uid", _uid(plan.id, on))
        begins = occurrence(on, plan.exercise_at, plan.patient.zone)
        event.add("dtstart", begins.astimezone(plan.patient.tz))
        minutes = unreported(plan, copies, on, library).minutes
        event.add("duration", timedelta(minutes=max(minutes, SHORTEST)))
        event.add("class", "PRIVATE")
        yield event


def _uid(plan_id: UUID, on: date) -> str:
    """The same for a plan's day whenever it is asked for."""
    return f"{uuid5(plan_id, on.isoformat())}@rehab"


def _stamp(event: Event, times: int, latest: datetime) -> None:
    """Without a METHOD, the stamp of an entry is when it was last changed (RFC 5545, 3.8.7.2)."""
    event.add("sequence", times)
    event.add("dtstamp", latest)
    event.add("last-modified", latest)


def _changes(patient: Patient, plans: Sequence[Plan]) -> dict[UUID, tuple[int, datetime]]:
    """How often each plan's days were moved since it was assigned, and when anything about them
    changed last: both only ever grow."""
    acts = _acts(patient, [plan.id for plan in plans])
    decided = _decided([plan.id for plan in plans])
    moves, moved_at = acts.get(patient.id, (0, patient.created_at))
    found = {}
    for plan in plans:
        times, at = acts.get(plan.id, (0, plan.created_at))
        found[plan.id] = (times + moves, max(at, moved_at, decided.get(plan.id, at)))
    return found


def _acts(patient: Patient, plan_ids: Sequence[UUID]) -> dict[UUID, tuple[int, datetime]]:
    moving = (
        select(AuditEntry.subject_id, func.count(), func.max(AuditEntry.at))
        .where(
            AuditEntry.clinic_id == patient.clinic_id,
            AuditEntry.subject_id.in_([patient.id, *plan_ids]),
            AuditEntry.action.in_(MOVING),
        )
        .group_by(AuditEntry.subject_id)
    )
    return {id_: (times, at) for id_, times, at in db.session.execute(moving) if id_}


def _decided(plan_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When something about each plan was decided last: what is due then may take longer."""
    latest = (
        select(Decision.plan_id, func.max(Decision.decided_at))
        .where(Decision.plan_id.in_(plan_ids))
        .group_by(Decision.plan_id)
    )
    return {plan_id: at for plan_id, at in db.session.execute(latest) if at}
