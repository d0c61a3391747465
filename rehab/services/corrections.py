"""Corrections: a session told differently is decided again from there, and both versions stay."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rehab.errors import NotFound
from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session, SessionVersion
from rehab.programs.library import Library
from rehab.services import progression, reminders, safety
from rehab.services.actors import acted
from rehab.services.sessions import SessionReport, check, drawn_up, look_for_danger, told
from rehab.services.transactions import hold, transaction


def find_session(clinic_id: UUID, session_id: UUID) -> tuple[Session, Plan]:
    """A session of one of the clinic's plans. Raises NotFound, also for another clinic's."""
    found = db.session.execute(
        select(Session, Plan)
        .join(Plan, Plan.id == Session.plan_id)
        .join(Patient)
        .where(Patient.clinic_id == clinic_id, Session.id == session_id)
    ).one_or_none()
    if found is None:
        raise NotFound("there is no such session")
    return found[0], found[1]


@transaction()
def correct_session(
    session: Session,
    plan: Plan,
    changes: Mapping[str, Any],
    by: str,
    library: Library,
    now: datetime,
) -> Session:
    """Tell a session differently and walk the plan again from the earlier of its two times.

    A correction that changes nothing leaves no trace. Raises Invalid by field, as for a report.
    """
    hold(plan)
    said = _retold(session, changes)
    check(plan, said, library, now)
    drawn = drawn_up(plan, said, now, session.source)
    before, after = told(session), told(drawn)
    changed = {name: old for name, old in before.items() if after[name] != old}
    if not changed:
        return session
    since = min(before["performed_at"], after["performed_at"])
    if session.red_flags and changed.keys() & {"red_flags", "performed_at"}:
        since = min(since, safety.keep_stopped(plan, session, now))
    flags = set(after["red_flags"]) - set(before["red_flags"])
    db.session.add(
        SessionVersion(
            session_id=session.id,
            said={name: _written(value) for name, value in changed.items()},
            corrected_at=now,
            corrected_by=by,
        )
    )
    acted("session.corrected", session, now, fields=sorted(changed))
    for name in changed:
        setattr(session, name, after[name])
    if changed.keys() & {"performed_at", "exercises"}:
        session.on, session.categories = drawn.on, drawn.categories
    db.session.flush()
    progression.settle(plan, since, library, now)
    safety.heed(plan, sorted(flags), library, now)
    if "note" in changed:
        look_for_danger(plan, session, now)
    reminders.replan(plan, now)
    db.session.expire(session)
    return session


def versions_of(session: Session) -> list[SessionVersion]:
    """What was said before each correction, the oldest first."""
    query = select(SessionVersion).filter_by(session_id=session.id)
    return list(db.session.scalars(query.order_by(SessionVersion.corrected_at)))


def _retold(session: Session, changes: Mapping[str, Any]) -> SessionReport:
    said = {field.name: getattr(session, field.name) for field in fields(SessionReport)}
    if "exercises" in changes and "completion" not in changes:
        said["completion"] = None
    said |= changes
    lists = ("exercises", "new_areas", "red_flags")
    values: dict[str, Any] = {k: tuple(v) if k in lists else v for k, v in said.items()}
    return SessionReport(**values)


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
