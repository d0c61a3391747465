"""Ids that callers make: free to choose within a clinic, and silent about every other."""

from typing import Any, TypeVar
from uuid import UUID, uuid5

from sqlalchemy import Select, bindparam, select

from rehab.extensions import db
from rehab.models.measure import Measurement
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.tenancy import across_clinics

Row = TypeVar("Row", Session, Measurement)

_KEEPERS: dict[type[Any], Select[UUID]] = {
    model: select(Patient.clinic_id).join(Plan).join(model).where(model.id == bindparam("id"))
    for model in (Session, Measurement)
}


def own_row(model: type[Row], id_: UUID, plan: Plan) -> tuple[UUID, Row | None]:
    """The id under which the plan's clinic keeps what it calls `id_`, and what it keeps there: that
    very id, or one derived from it where another clinic keeps a row by that name."""
    with across_clinics("ids are made by callers of every clinic"):
        keeper = db.session.scalar(_KEEPERS[model], {"id": id_})
    if keeper is None:
        return id_, None
    clinic_id = plan.patient.clinic_id
    own = id_ if keeper == clinic_id else uuid5(clinic_id, str(id_))
    return own, db.session.get(model, own)
