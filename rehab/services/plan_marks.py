"""A plan's mark: small, read in one go, and another whenever what the plan offers is another.

Clinicians' acts count up the plan's edition. A report, a correction and whatever the rules make of
them add sessions, versions and decisions, or take decisions out of force; none of these is ever
taken away while the plan lives. So a mark that is gone does not come back, and what was worked
out under one holds for as long as it is the plan's. A database that is put back takes them back
too: servers are stopped for that.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, Text, bindparam, cast, func, select

from rehab.errors import NotFound
from rehab.extensions import db
from rehab.models.clinic import Clinic
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session, SessionVersion


@dataclass(frozen=True, slots=True)
class PlanMark:
    """What a plan's today hangs on, but for the date and what all clinics share. `loads` is the
    column as it is written, `shelf` the edition of the clinic's own shelf; the zone tells only
    which date it is."""

    plan_id: UUID
    patient_id: UUID
    zone: str = field(compare=False)
    created_at: datetime
    edition: int
    status: str
    loads: str
    sessions: int
    versions: int
    decisions: int
    replaced: int
    shelf: int

    def today(self, now: datetime) -> date:
        """The calendar day that the patient is living at `now`."""
        return now.astimezone(_zone(self.zone)).date()


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _count(model: Any, *where: Any) -> Any:
    return select(func.count()).select_from(model).where(*where).correlate(Plan).scalar_subquery()


_SESSIONS = _count(Session, Session.plan_id == Plan.id)
_VERSIONS = (
    select(func.count())
    .select_from(Session)
    .join(SessionVersion, SessionVersion.session_id == Session.id)
    .where(Session.plan_id == Plan.id)
    .correlate(Plan)
    .scalar_subquery()
)
_DECISIONS = _count(Decision, Decision.plan_id == Plan.id)
_REPLACED = _count(Decision, Decision.plan_id == Plan.id, Decision.replaced_at.is_not(None))

MARK = (
    Plan.id.label("plan_id"),
    Patient.id.label("patient_id"),
    Patient.zone.label("patient_zone"),
    Plan.created_at.label("plan_created_at"),
    Plan.edition,
    Plan.status.label("plan_status"),
    cast(Plan.loads, Text).label("loads"),
    _SESSIONS.label("sessions"),
    _VERSIONS.label("versions"),
    _DECISIONS.label("decisions"),
    _REPLACED.label("replaced"),
    Clinic.shelf_edition,
)


def with_mark(question: Select[*tuple[Any, ...]], clinic_id: Any) -> Select[*tuple[Any, ...]]:
    """A question about a clinic that tells the mark of the plan `plan_id` too, where that is of the
    clinic; its id stands in a column of the question's own."""
    asked = Plan.id == bindparam("plan_id", type_=Plan.id.type)
    theirs = (Patient.id == Plan.patient_id) & (Patient.clinic_id == clinic_id)
    told = question.add_columns(*MARK)
    return told.outerjoin(Plan, asked).outerjoin(Patient, theirs)


def mark_in(row: Row[Any]) -> PlanMark | None:
    """The mark that a row tells; None where it names no plan of that clinic."""
    return None if row.patient_id is None else PlanMark(*row[-len(MARK) :])


def mark_of(clinic_id: UUID, plan_id: UUID) -> PlanMark:
    """The mark of a plan of the clinic. Raises NotFound, also for another clinic's."""
    found = db.session.execute(
        select(*MARK)
        .join_from(Plan, Patient, Patient.id == Plan.patient_id)
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .where(Plan.id == plan_id, Patient.clinic_id == clinic_id)
    ).one_or_none()
    if found is None:
        raise NotFound("there is no such plan")
    return PlanMark(*found)
