"""Changes that wait for a clinician's yes; the plain ones of them are approved many at a time.

Plain is a step up after a green session, on an active plan, while no alert of level 2 or 3 is open
about the patient. All others are looked at one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from rehab.errors import Conflict, NotFound
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.decision import PROPOSED, Decision
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, Plan
from rehab.programs.library import Library
from rehab.services import clinician_acts
from rehab.services.alerts import REVIEW
from rehab.services.caseload.needs import cases
from rehab.services.caseload.proposals import OUTDATED_AFTER, is_green_step_up
from rehab.services.transactions import hold, transaction

MOST = 200
"""Changes that are offered, and approved, at a time."""


@dataclass(frozen=True, slots=True)
class StepUp:
    """One of those that are offered together, with all that a clinician reads before a yes."""

    decision_id: UUID
    patient_id: UUID
    given_name: str
    family_name: str
    plan_id: UUID
    program: str
    category: str
    on: date
    from_step: int
    to_step: int
    why: str

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One that was not approved: whose, and why not, in words to go on with."""

    whose: str
    because: str


@dataclass(frozen=True, slots=True)
class Outcome:
    approved: int
    refused: tuple[Refusal, ...]


def plain_ones(clinic_id: UUID, now: datetime) -> list[StepUp]:
    """The plain step-ups that wait, the oldest first; `MOST` of them at most."""
    columns: tuple[Any, ...] = (
        Decision.id,
        Patient.id,
        Patient.given_name,
        Patient.family_name,
        Plan.id,
        Plan.program["name"].as_string(),
        Decision.category,
        Decision.on,
        Decision.after["step"].as_integer(),
        Decision.accepted["step"].as_integer(),
        Decision.why,
    )
    plain = [p for case in cases(clinic_id, now) for p in case.may_step_up_in_bulk]
    plain.sort(key=lambda proposal: (proposal.effective_at, proposal.id.hex))
    query = (
        select(*columns)
        .join(Plan, Plan.id == Decision.plan_id)
        .join(Patient, Patient.id == Plan.patient_id)
        .where(Decision.id.in_([proposal.id for proposal in plain[:MOST]]))
        .order_by(Decision.effective_at, Decision.id)
    )
    return [StepUp(*row) for row in db.session.execute(query)]


def _alarm(patient_id: Any) -> Select[Any]:
    return select(Alert.id).where(
        Alert.patient_id == patient_id, Alert.closed_at.is_(None), Alert.level >= REVIEW
    )


def approve_each(ids: Sequence[UUID], by: Clinician, library: Library, now: datetime) -> Outcome:
    """Approve many, each by itself: one that cannot be any more leaves the others in force.

    Refused is what is gone, what a later decision has overtaken, and what is not plain any more.
    """
    clinic_id, refused = by.clinic_id, list[Refusal]()
    for id_ in dict.fromkeys(ids[:MOST]):
        try:
            _approve(clinic_id, id_, by, library, now)
        except (Conflict, NotFound) as error:
            refused.append(Refusal(_whose(clinic_id, id_), str(error)))
    return Outcome(len(set(ids[:MOST])) - len(refused), tuple(refused))


@transaction()
def _approve(
    clinic_id: UUID, id_: UUID, by: Clinician, library: Library, now: datetime
) -> Decision:
    """Whether it is plain is asked while nobody else can move the plan."""
    decision = clinician_acts.find_decision(clinic_id, id_)
    plan = db.session.get_one(Plan, decision.plan_id)
    hold(plan)
    is_recent = plan.status == ACTIVE and decision.effective_at >= now - OUTDATED_AFTER
    is_plain = is_recent and is_green_step_up(decision.move, decision.zone)
    if decision.state == PROPOSED and not is_plain:
        raise Conflict("it is no plain step up: look at it by itself")
    if db.session.scalar(_alarm(plan.patient_id).limit(1)) is not None:
        raise Conflict("an alert is open about them: look at it by itself")
    return clinician_acts.approve(decision, by, library, now)


def _whose(clinic_id: UUID, id_: UUID) -> str:
    """The patient's name and the category, as far as they are this clinic's."""
    query = (
        select(Patient.given_name, Patient.family_name, Decision.category)
        .join(Plan, Plan.patient_id == Patient.id)
        .join(Decision, Decision.plan_id == Plan.id)
        .where(Patient.clinic_id == clinic_id, Decision.id == id_)
    )
    found = db.session.execute(query).one_or_none()
    return f"{found[0]} {found[1]}, {found[2]}" if found else "One"
