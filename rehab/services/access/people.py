"""Whom a sign-in or a link stands for."""

from datetime import date, datetime

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.models.session import Morning, Session
from rehab.services import clinics
from rehab.services.access import links, second_factor
from rehab.services.access.entrance import Capability
from rehab.services.access.errors import Refused
from rehab.services.access.links import Purpose
from rehab.services.access.sign_ins import SignedIn
from rehab.services.actors import acted
from rehab.services.slots import DAY, is_session_day
from rehab.services.transactions import transaction


def clinician_of(sign_in: SignedIn) -> Clinician:
    """The clinician who is signed in. Raises Refused for a patient and for who has been let go."""
    found = db.session.get(Clinician, sign_in.clinician_id) if sign_in.clinician_id else None
    if found is None or not found.is_active:
        raise Refused
    return found


def patient_of(sign_in: SignedIn) -> Patient:
    """The patient who is signed in. Raises Refused for staff."""
    found = db.session.get(Patient, sign_in.patient_id) if sign_in.patient_id else None
    if found is None:
        raise Refused
    return found


def invited(token: str, address: str, now: datetime) -> Clinician:
    """Whom an invitation is for; it is not used up. Raises NotFound, TooMany."""
    held = links.follow(Purpose.INVITATION, token, address, now)
    return db.session.get_one(Clinician, held.clinician_id)


def plan_of(capability: Capability) -> Plan:
    """The plan that a reminder's link opens."""
    return db.session.get_one(Plan, capability.plan_id)


def current_plan(patient: Patient) -> Plan | None:
    """The patient's latest plan."""
    latest = select(Plan).filter_by(patient_id=patient.id).order_by(Plan.created_at.desc())
    return db.session.scalar(latest.limit(1))


def plans_of(patient: Patient) -> tuple[Plan, ...]:
    """All plans that a patient has or had: those not ended first, the newest of each first."""
    theirs = select(Plan).filter_by(patient_id=patient.id).order_by(Plan.created_at.desc())
    return tuple(sorted(db.session.scalars(theirs), key=_has_ended))


def open_of(plans: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """Those of a patient's plans that they are to see: the ones not ended; when all have, the last
    of them alone."""
    return tuple(plan for plan in plans if not _has_ended(plan)) or plans[:1]


def _has_ended(plan: Plan) -> bool:
    return plan.status not in (ACTIVE, PAUSED)


def morning_is_open(plan: Plan, today: date) -> bool:
    """Whether the question of this morning waits for its answer: the one after a session day, and
    after any other on which a session was done."""
    if plan.status != ACTIVE or not _had_a_session(plan, today - DAY):
        return False
    told = select(Morning.pain).filter_by(plan_id=plan.id, on=today)
    return db.session.scalar(told) is None


def _had_a_session(plan: Plan, on: date) -> bool:
    """Whether a local date was to have a session of the plan, or has one."""
    told = select(Session.id).filter_by(plan_id=plan.id, on=on).limit(1)
    return is_session_day(plan, on) or db.session.scalar(told) is not None


@transaction()
def invite(email: str, now: datetime) -> str:
    """The token of a new invitation; those before it are void. Raises NotFound."""
    clinician = clinics.clinician_of(email)
    acted("clinician.invited", clinician, now)
    return links.issue(Purpose.INVITATION, clinician, now)


def needs_second_factor(sign_in: SignedIn) -> bool:
    """Whether this sign-in of staff is still half way, with a code to give."""
    return (
        sign_in.clinician_id is not None
        and not sign_in.passed_second_factor
        and second_factor.is_enrolled(sign_in.clinician_id)
    )
