"""How much of a plan was done, over a stated window."""

from datetime import date

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.programs import adherence as rules
from rehab.programs.adherence import Adherence
from rehab.services.session_calendars import calendar_of


def adherence(plan: Plan, since: date, until: date) -> Adherence:
    """Completed of prescribed sessions between two local dates of the patient, both included."""
    return rules.adherence(calendar_of(plan), done_on(plan), since, until)


def missed_in_a_row(plan: Plan, until: date) -> int:
    """Session days without a session up to `until`, since the last one that was done."""
    return rules.missed_in_a_row(calendar_of(plan), done_on(plan), until)


def done_on(plan: Plan) -> set[date]:
    """The local dates with a session of which something was done."""
    query = select(Session.on).where(Session.plan_id == plan.id, Session.completion > 0)
    return set(db.session.scalars(query))
