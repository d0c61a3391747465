"""Ids that callers make: free to choose within a clinic, and silent about every other."""

from uuid import UUID, uuid5

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.measure import Measurement
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.tenancy import across_clinics


def own_id(model: type[Session] | type[Measurement], id_: UUID, plan: Plan) -> UUID:
    """The id under which the plan's clinic keeps what it calls `id_`: that very id, or one derived
    from it where another clinic keeps a row by that name."""
    with across_clinics("ids are made by callers of every clinic"):
        keeper = db.session.scalar(
            select(Patient.clinic_id).join(Plan).join(model).where(model.id == id_)
        )
    clinic_id = plan.patient.clinic_id
    return id_ if keeper in (None, clinic_id) else uuid5(clinic_id, str(id_))
