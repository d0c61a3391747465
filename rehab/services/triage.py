"""Triage: the red flags that are asked at an intake, and what each of them stops at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.models.screening import Screening
from rehab.programs.library import Library
from rehab.programs.safety import Tier
from rehab.programs.screening import Occasion
from rehab.services import notes, safety
from rehab.services.actors import acted
from rehab.services.alerts import URGENT, open_alert
from rehab.services.progression import RED_FLAG
from rehab.services.safety import SafetyPage, safety_page, unknown_flags
from rehab.services.transactions import hold, persistent, transaction

FROM_THE_DESK = "desk"


def faults(red_flags: Sequence[str], looked_at: bool, library: Library) -> dict[str, list[str]]:
    """A red flag of tier E or U stops the assigning; one of tier S, until somebody has looked."""
    unknown = unknown_flags(red_flags, library)
    if unknown:
        return unknown
    told = safety_page(red_flags, library)
    if told is None:
        return {}
    if told.tier is not Tier.SEE:
        return {"red_flags": [f"{told.name}: {told.meaning} No exercise is assigned."]}
    if not looked_at:
        return {"looked_at": ["a red flag is ticked: look at it before you assign"]}
    return {}


@persistent
@transaction()
def heed(
    patient: Patient,
    red_flags: Sequence[str],
    found: str,
    key: UUID,
    by: Clinician,
    library: Library,
    now: datetime,
) -> bool:
    """Put a red flag of tier E or U on the patient's record, whatever else the form says.

    It stops every plan that runs, as one that the patient reports does (R0); without a plan the
    clinic is alerted all the same. With the same `key` it is done once. False where there is
    nothing of the kind to heed.
    """
    flags = sorted({flag for flag in red_flags if flag in library.red_flags})
    told = safety_page(flags, library)
    if told is None or told.tier is Tier.SEE:
        return False
    hold(patient)
    note = f"{_words(told)} {found}".strip()
    if notes.with_key(patient, note, key) is None:
        notes.write(patient, note, by, now, key)
        _stop(patient, flags, library, now)
    return True


def _stop(patient: Patient, flags: list[str], library: Library, now: datetime) -> None:
    plan = _first_running(patient)
    if plan is None:
        open_alert(patient, RED_FLAG, URGENT, f"Told at an intake: {', '.join(flags)}.", now)
        return
    hold(plan)
    keep_screening(plan, flags, uuid4(), now)
    safety.stop(plan, flags, library, now)


def _words(told: SafetyPage) -> str:
    asked = "; ".join(told.red_flags)
    return f"Red flags told at an intake: {asked}. {told.name}. Nothing was assigned."


def _first_running(patient: Patient) -> Plan | None:
    """A plan of theirs that has not ended, one that is active before one that is paused."""
    theirs = select(Plan).where(Plan.patient_id == patient.id, Plan.status.in_((ACTIVE, PAUSED)))
    return db.session.scalar(theirs.order_by(Plan.status, Plan.created_at).limit(1))


def keep_screening(plan: Plan, red_flags: Sequence[str], id_: UUID, now: datetime) -> None:
    """Keep the answers of an intake; the schedule of the questions goes on from here. By
    themselves they stop nothing: whoever asked has looked at them, or does what follows."""
    screening = Screening(
        id=id_,
        plan_id=plan.id,
        on=plan.patient.today(now),
        occasion=Occasion.INTAKE,
        red_flags=sorted(set(red_flags)),
        source=FROM_THE_DESK,
        answered_at=now,
    )
    db.session.add(screening)
    db.session.flush()
    acted("screening.answered", screening, now)
