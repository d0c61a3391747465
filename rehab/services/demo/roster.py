"""The demo's patients at a glance: where each stands, and what was last decided about them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.decision import PROPOSED, Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services import enrolment
from rehab.services.demo.cast import CAST
from rehab.services.demo.phone import current_plan
from rehab.services.standing import latest

ABOUT = {character.phone: character.about for character in CAST}
ORDER = [character.phone for character in CAST]


@dataclass(frozen=True, slots=True)
class Row:
    """One patient: their plan, the decision to look at first, and what waits for a person."""

    patient: Patient
    about: str
    plan: Plan | None
    decision: Decision | None
    proposals: int
    alerts: tuple[Alert, ...]


def roster(clinic_id: UUID) -> list[Row]:
    """Every patient of the clinic; the cast in its order, whoever was added since after it."""
    patients = db.session.scalars(enrolment.patients_of(clinic_id).order_by(Patient.created_at))
    return [_row(patient) for patient in sorted(patients, key=_place)]


def _place(patient: Patient) -> int:
    return ORDER.index(patient.phone) if patient.phone in ORDER else len(ORDER)


def _row(patient: Patient) -> Row:
    plan = current_plan(patient)
    decisions = latest(plan) if plan else []
    return Row(
        patient=patient,
        about=ABOUT.get(patient.phone, ""),
        plan=plan,
        decision=min(decisions, key=_interest, default=None),
        proposals=sum(decision.state == PROPOSED for decision in decisions),
        alerts=tuple(
            db.session.scalars(
                select(Alert)
                .where(Alert.patient_id == patient.id, Alert.closed_at.is_(None))
                .order_by(Alert.level.desc(), Alert.opened_at)
            )
        ),
    )


def _interest(decision: Decision) -> tuple[bool, bool, float]:
    """What waits for a click first, then what changed something, then the newest."""
    waits = decision.state == PROPOSED
    return (not waits, decision.move == "hold", -decision.effective_at.timestamp())
