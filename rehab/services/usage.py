"""Where the library is in use: how many running plans of a clinic have something in their copy."""

from uuid import UUID

from sqlalchemy import Select, String, cast, func, select

from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, PAUSED, Plan


def plans_by_program(clinic_id: UUID) -> dict[str, int]:
    """How many running plans, those on a pause too, were made from each program."""
    counted = _running(clinic_id).add_columns(Plan.program_id, func.count())
    rows = db.session.execute(counted.group_by(Plan.program_id))
    return {row[0]: row[1] for row in rows}


def plans_with(clinic_id: UUID, exercise_id: str) -> int:
    """How many running plans have an exercise in their copy, from their program or by a swap."""
    counted = _running(clinic_id).add_columns(func.count())
    named = cast(Plan.program, String).contains(f'"{exercise_id}"', autoescape=True)
    return db.session.scalar(counted.where(named)) or 0


def _running(clinic_id: UUID) -> Select[()]:
    theirs = select().select_from(Plan).join(Patient)
    return theirs.where(Patient.clinic_id == clinic_id, Plan.status.in_((ACTIVE, PAUSED)))
