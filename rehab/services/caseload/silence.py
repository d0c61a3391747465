"""The call list: plans of a clinic of which nothing is heard any more."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, Plan
from rehab.models.session import Morning, Session

SILENT = "silent"
"""The alert of three missed sessions in a row."""

QUIET_FOR = timedelta(days=7)
"""Without a word for so long somebody is called, whatever their plan's weekdays: from the seventh
day on the plan itself would start again lower (rule R6). Whoever was called, and the alert closed,
is called again after as long."""


def silent_plans(clinic_id: UUID, now: datetime) -> dict[UUID, date]:
    """The last word of each active plan that is silent: three sessions in a row missed, or nothing
    for a week. Where somebody has come back since an alert was opened, there is a word again."""
    called, found = _called(clinic_id, now - QUIET_FOR), {}
    for row in db.session.execute(_quiet_plans(clinic_id, now - QUIET_FOR)):
        trained_on = row.performed_at.date() if row.performed_at else row.starts_on
        last = max(trained_on, row.woke_on or row.starts_on, row.starts_on)
        is_told = row.opened_at is not None and last <= row.opened_at.date()
        if is_told or (row.opened_at is None and row.id not in called):
            found[row.id] = last
    return found


def _called(clinic_id: UUID, since: datetime) -> set[UUID]:
    """The plans whose silence somebody has dealt with since then."""
    closed = select(Alert.subject).where(
        Alert.clinic_id == clinic_id, Alert.kind == SILENT, Alert.closed_at >= since
    )
    return set(db.session.scalars(closed))


def _quiet_plans(clinic_id: UUID, since: datetime) -> Select[Any]:
    """The active plans of which nothing was heard since then, or whose silence is told of."""
    trained = select(func.max(Session.performed_at)).where(Session.plan_id == Plan.id)
    woke = select(func.max(Morning.on)).where(Morning.plan_id == Plan.id)
    told = select(Alert.opened_at).where(
        Alert.subject == Plan.id, Alert.kind == SILENT, Alert.closed_at.is_(None)
    )
    columns: tuple[Any, ...] = (
        Plan.id,
        Plan.starts_on,
        trained.scalar_subquery().label("performed_at"),
        woke.scalar_subquery().label("woke_on"),
        told.scalar_subquery().label("opened_at"),
    )
    return (
        select(*columns)
        .join(Patient, Patient.id == Plan.patient_id)
        .where(Patient.clinic_id == clinic_id, Plan.status == ACTIVE)
        .where(or_(told.exists(), _is_quiet(since)))
    )


def _is_quiet(since: datetime) -> ColumnElement[bool]:
    trained = select(Session.plan_id).where(
        Session.plan_id == Plan.id, Session.performed_at >= since
    )
    woke = select(Morning.plan_id).where(Morning.plan_id == Plan.id, Morning.on > since.date())
    return (Plan.starts_on <= since.date()) & ~trained.exists() & ~woke.exists()
