"""The call list: plans of a clinic of which nothing is heard any more."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, Plan
from rehab.models.session import Morning, Session
from rehab.programs.acts import Act
from rehab.programs.schedule import local_date, occurrence

SILENT = "silent"
"""The alert of three missed sessions in a row."""

QUIET_FOR = timedelta(days=7)
"""Without a word for so long somebody is called, whatever their plan's weekdays: from the seventh
day on the plan itself would start again lower (rule R6). Whoever was called, and the alert closed,
is called again after as long."""


def silent_plans(clinic_id: UUID, now: datetime) -> dict[UUID, date]:
    """The local date of the last word of each active plan that is silent: three sessions in a row
    missed, or nothing for a week. Whoever has reported, or was let go on after a pause, since an
    alert was opened is silent only after another week."""
    since, found = now - QUIET_FOR, {}
    called = _called(clinic_id, since)
    for row in db.session.execute(_quiet_plans(clinic_id, since)):
        last = _last_word(row)
        is_told = row.opened_at is not None and last <= row.opened_at
        if is_told or (last <= since and row.id not in called):
            found[row.id] = local_date(last, row.zone)
    return found


def _last_word(row: Row[Any]) -> datetime:
    """When somebody was last heard, or, if that was later, when their plan began or went on."""
    began = occurrence(row.starts_on, time(0), row.zone)
    heard: list[datetime | None] = [began, row.trained_at, row.woke_at, row.resumed_at]
    return max(at for at in heard if at is not None)


def _called(clinic_id: UUID, since: datetime) -> set[UUID]:
    """The plans whose silence somebody has dealt with since then."""
    closed = select(Alert.subject).where(
        Alert.clinic_id == clinic_id, Alert.kind == SILENT, Alert.closed_at >= since
    )
    return set(db.session.scalars(closed))


def _quiet_plans(clinic_id: UUID, since: datetime) -> Select[Any]:
    """The active plans of which nothing was heard since then, or whose silence is told of."""
    trained = select(func.max(Session.reported_at)).where(Session.plan_id == Plan.id)
    woke = select(func.max(Morning.reported_at)).where(Morning.plan_id == Plan.id)
    told = select(Alert.opened_at).where(
        Alert.subject == Plan.id, Alert.kind == SILENT, Alert.closed_at.is_(None)
    )
    columns: tuple[Any, ...] = (
        Plan.id,
        Plan.starts_on,
        Patient.zone,
        trained.scalar_subquery().label("trained_at"),
        woke.scalar_subquery().label("woke_at"),
        _resumed().scalar_subquery().label("resumed_at"),
        told.scalar_subquery().label("opened_at"),
    )
    return (
        select(*columns)
        .join(Patient, Patient.id == Plan.patient_id)
        .where(Patient.clinic_id == clinic_id, Plan.status == ACTIVE)
        .where(or_(told.exists(), _is_quiet(since)))
    )


def _resumed() -> Select[Any]:
    """When the last pause ended."""
    return select(func.max(Decision.effective_at)).where(
        Decision.plan_id == Plan.id,
        Decision.session_id.is_(None),
        Decision.replaced_at.is_(None),
        Decision.inputs["act"].as_string() == Act.RESUME,
    )


def _is_quiet(since: datetime) -> ColumnElement[bool]:
    trained = select(Session.plan_id).where(
        Session.plan_id == Plan.id, Session.performed_at >= since
    )
    woke = select(Morning.plan_id).where(Morning.plan_id == Plan.id, Morning.on > since.date())
    return (Plan.starts_on <= since.date()) & ~trained.exists() & ~woke.exists()
