"""Intake: what was asked in the room or on the telephone becomes a patient with a plan, at once.

Enrolment, screening, consent, note and plan are kept together or not at all, and once, however
often the form is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select

from rehab.errors import Invalid
from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.models.screening import Screening
from rehab.programs.library import Library
from rehab.programs.program import Track
from rehab.services import consent, newcomers, notes, plan_changes, plans, reminders, triage
from rehab.services.course import ADVISE
from rehab.services.newcomers import Newcomer
from rehab.services.plans import Assignment
from rehab.services.transactions import hold, persistent, transaction

CHRONIC_FROM_WEEKS = 12
"""Pain that has lasted 12 weeks or more is proposed the chronic track (clinical.md 2.3)."""

KEEP, DISCHARGE = "keep", "discharge"
"""What becomes of the plans that the patient has already."""

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Intake:
    """All that was said. `key` is the form's own: with the same key it is done once.

    `lasted` says in words how long it has hurt. `looked_at`: whoever asked has looked at the red
    flags of tier S, and `found` is what they found. `agreed` is the channel on which texts were
    agreed to, or None. `running` is KEEP or DISCHARGE where the patient has plans already.
    """

    key: UUID
    who: Patient | Newcomer
    wish: Assignment
    lasted: str
    red_flags: tuple[str, ...] = ()
    looked_at: bool = False
    found: str = ""
    agreed: str | None = None
    running: str = ""


def proposed_track(weeks: float) -> Track:
    """The track to propose for pain that has lasted so long; the clinician may overrule it."""
    return Track.CHRONIC if weeks >= CHRONIC_FROM_WEEKS else Track.ACUTE


def running_plans(patient: Patient) -> Sequence[Plan]:
    """The patient's plans that have not ended."""
    theirs = plans.plans_of(patient).where(Plan.status.in_((ACTIVE, PAUSED)))
    return db.session.scalars(theirs.order_by(Plan.created_at)).all()


def made_of(clinic: Clinic, key: UUID) -> Plan | None:
    """The plan that was assigned with this key."""
    return db.session.get(Plan, _plan_id(clinic, key))


def welcome_waits(patient: Patient) -> bool:
    """Whether the text that confirms their consent has not left yet."""
    waiting = select(OutboundMessage.id).filter_by(
        patient_id=patient.id, kind=Kind.WELCOME, state=DeliveryState.PENDING
    )
    return db.session.scalar(waiting.limit(1)) is not None


def draft(clinic: Clinic, said: Intake, library: Library, now: datetime) -> Plan:
    """The plan as it would be; nothing is kept. Raises Invalid by field, as `assign` does."""
    errors = faults(clinic, said, library)
    patient = (
        said.who
        if isinstance(said.who, Patient)
        else newcomers.drafted(clinic, said.who, _patient_id(clinic, said.key), now)
    )
    try:
        drafted = plans.draft(patient, _wish(clinic, said), library, now)
    except Invalid as error:
        raise Invalid({**errors, **error.errors}) from error
    if errors:
        raise Invalid(errors)
    return drafted


@persistent
@transaction()
def assign(clinic: Clinic, said: Intake, by: Clinician, library: Library, now: datetime) -> Plan:
    """Enrol whoever is new, and give them their plan with all that was said on the record.

    Asked the same again with the same key it answers the plan of the first time. Raises Invalid by
    field: what `faults` finds, what `plans.draft` refuses, and a key that has made something else.
    """
    hold(clinic)
    made = made_of(clinic, said.key)
    if made is not None:
        return _the_same(made, said)
    errors = faults(clinic, said, library)
    if errors:
        raise Invalid(errors)
    wish = _wish(clinic, said)
    patient = _patient(clinic, said, by, now)
    reminders.hold_plans_of(patient)
    if said.running == DISCHARGE:
        for plan in running_plans(patient):
            plan_changes.discharge(plan, by, f"replaced by {wish.program_id}", now)
    if said.agreed and not patient.sms_consent:
        consent.grant(patient, said.agreed, by.email, now)
    plan = plans.assign(patient, wish, library, now, by=by)
    triage.keep_screening(plan, said.red_flags, _answers_id(plan, said), now)
    _keep_note(plan, said, by, library, now)
    return plan


def faults(clinic: Clinic, said: Intake, library: Library) -> Errors:
    """What stands in the way of assigning, by field, before the program itself is looked at."""
    texted = bool(said.agreed) or (isinstance(said.who, Patient) and said.who.sms_consent)
    errors = {
        **who_faults(clinic, said.who, said.running),
        **triage.faults(said.red_flags, said.looked_at, library),
    }
    if said.wish.bedtime is not None and not texted:
        errors["bedtime"] = ["texts about sleep need consent to texts"]
    return errors


def who_faults(clinic: Clinic, who: Patient | Newcomer, running: str) -> Errors:
    """A number that is on file for somebody else, or plans that run already and were passed by."""
    if isinstance(who, Newcomer):
        return newcomers.faults(clinic, who)
    if running in (KEEP, DISCHARGE) or not running_plans(who):
        return {}
    return {"running": ["say what becomes of the plan that runs already"]}


def _the_same(made: Plan, said: Intake) -> Plan:
    """The plan that this form has made, unless it says something else by now. Raises Invalid."""
    if db.session.get(Screening, _answers_id(made, said)) is None:
        who = f"{made.patient.given_name} {made.patient.family_name}".strip()
        raise Invalid(
            {"key": [f"has assigned a plan to {who} before, and says something else now"]}
        )
    return made


def _wish(clinic: Clinic, said: Intake) -> Assignment:
    """After a red flag every step up waits for a person: approve-first is the custom for a
    red-flag history (clinical.md 2.9)."""
    wish = replace(said.wish, id=_plan_id(clinic, said.key))
    return replace(wish, autonomy=ADVISE) if said.red_flags else wish


def _patient(clinic: Clinic, said: Intake, by: Clinician, now: datetime) -> Patient:
    if isinstance(said.who, Patient):
        return said.who
    return newcomers.enrolled(clinic, said.who, _patient_id(clinic, said.key), by, now)


def _plan_id(clinic: Clinic, key: UUID) -> UUID:
    """An id of the clinic's own, whatever key a browser sends: no other clinic's row has it."""
    return uuid5(clinic.id, f"plan {key}")


def _patient_id(clinic: Clinic, key: UUID) -> UUID:
    return uuid5(clinic.id, f"patient {key}")


def _answers_id(plan: Plan, said: Intake) -> UUID:
    """The id of the first answers hangs on all that was said, so that the same form, sent again,
    is told from one that was filled in anew."""
    who = said.who.id if isinstance(said.who, Patient) else said.who
    rest = (said.lasted, said.red_flags, said.looked_at, said.found, said.agreed, said.running)
    return uuid5(plan.id, repr((who, said.wish, rest)))


def _keep_note(plan: Plan, said: Intake, by: Clinician, library: Library, now: datetime) -> None:
    asked = [library.red_flags[id_].question for id_ in sorted(set(said.red_flags))]
    parts = [
        f"Intake for {plan.program['name']}, {plan.track} track.",
        f"It has hurt for {said.lasted}; usual pain {plan.usual_pain:g} of 10.",
        f"Red-flag questions asked: {'; '.join(asked) or 'none ticked'}.",
    ]
    if asked:
        parts.append("Looked at before assigning; steps up wait for approval.")
    if said.found:
        parts.append(said.found)
    notes.write(plan.patient, " ".join(parts), by, now)
