"""What a patient chooses for themselves: times, hours of quiet, language, place, and texts at all.

What is to be texted is planned anew in the same transaction. The clinic sees each choice on record.
"""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.programs.schedule import (
    LAWFUL,
    SHORTEST_WINDOW,
    TextingHours,
    in_texting_hours,
)
from rehab.programs.timezones import is_zone
from rehab.services import consent, outbox, reminders
from rehab.services.actors import acted
from rehab.services.enrolment import LANGUAGES
from rehab.services.nights import nights_of
from rehab.services.slots import Window, exercise_window, morning_window
from rehab.services.texted import BY
from rehab.services.transactions import hold, transaction

RUNNING = (ACTIVE, PAUSED)
NOT_IN_MY_HOURS = "outside texting hours"


@transaction()
def choose_times(plan: Plan, exercise_at: time, morning_at: time, now: datetime) -> Plan:
    """When this plan's patient is reminded of a session and asked how they woke, local times.

    Raises Invalid by field for a new time at which no text can leave, and Conflict when the plan
    has ended.
    """
    hold(plan)
    if plan.status not in RUNNING:
        raise Conflict(f"the plan is {plan.status}")
    wanted = {"exercise_at": exercise_at, "morning_at": morning_at}
    changed = {name: at for name, at in wanted.items() if at != getattr(plan, name)}
    hours = plan.patient.texting_hours
    windows = {
        "exercise_at": exercise_window(hours),
        "morning_at": morning_window(hours) or morning_window(LAWFUL),
    }
    faults = {name: _outside(windows[name], at) for name, at in changed.items()}
    errors = {name: [fault] for name, fault in faults.items() if fault}
    if errors:
        raise Invalid(errors)
    if changed:
        _set(plan, changed)
        acted("plan.amended", plan, now, fields=sorted(changed))
        reminders.replan(plan, now)
    return plan


def bedtime_of(patient: Patient, now: datetime) -> time | None:
    """The bedtime before which the patient is texted about sleep; None when they are not."""
    if not patient.sms_consent or patient.id not in nights_of([patient.id], now):
        return None
    return next((plan.bedtime for plan in _running(patient) if plan.bedtime), None)


@transaction()
def choose_bedtime(patient: Patient, bedtime: time | None, now: datetime) -> None:
    """Be texted about sleep in the hour before `bedtime`, local; None: no more of that.

    One person has one bedtime, whatever plans they have. Raises Conflict where no texts are wanted
    or no plan is running.
    """
    reminders.hold_plans_of(patient)
    if bedtime == bedtime_of(patient, now):
        return
    plans = _running(patient)
    if bedtime is not None and not (patient.sms_consent and plans):
        raise Conflict("texts about sleep need consent to texts and a plan that is running")
    consent.choose_bedtime(patient, bedtime, BY, now, consent.APP)
    for plan in plans:
        plan.bedtime = bedtime
    reminders.replan_patient(patient, now)


@transaction()
def choose_hours(patient: Patient, hours: TextingHours, now: datetime) -> None:
    """Be texted between these local hours alone, safety and answers apart.

    Raises Invalid: `texts_from` or `texts_until` when that is wider than what is lawful, `hours`
    when it leaves less than two hours.
    """
    errors: dict[str, list[str]] = {}
    if hours.opens < LAWFUL.opens:
        errors["texts_from"] = [f"no text leaves before {LAWFUL.opens:%H:%M}"]
    if hours.closes > LAWFUL.closes:
        errors["texts_until"] = [f"no text leaves after {LAWFUL.closes:%H:%M}"]
    if hours.length < SHORTEST_WINDOW:
        errors["hours"] = ["must leave two hours"]
    if errors:
        raise Invalid(errors)
    if hours != patient.texting_hours:
        reminders.hold_plans_of(patient)
        opens, closes = hours.opens, hours.closes
        chosen = {
            "texts_from": None if opens == LAWFUL.opens else opens,
            "texts_until": None if closes == LAWFUL.closes else closes,
        }
        _amend(patient, chosen, now)
        _let_go_of_later(patient, now)


@transaction()
def choose_language(patient: Patient, language: str, now: datetime) -> None:
    """Pages, texts and sentences in this language from now on. Raises Invalid (language)."""
    if language not in LANGUAGES:
        raise Invalid({"language": [f"must be one of {', '.join(LANGUAGES)}"]})
    if language != patient.language:
        reminders.hold_plans_of(patient)
        for message in _waiting(patient):
            if message.body is None:
                message.language = language
        _amend(patient, {"language": language}, now)


@transaction()
def choose_zone(patient: Patient, zone: str, now: datetime) -> None:
    """Live by the clocks of `zone` (IANA) from now on. Raises Invalid (zone)."""
    if not is_zone(zone):
        raise Invalid({"zone": ["is not an IANA time zone"]})
    if zone != patient.zone:
        reminders.hold_plans_of(patient)
        _amend(patient, {"zone": zone}, now)


@transaction()
def allow_texts(patient: Patient, now: datetime) -> None:
    """Agree to texts, with the words of `consent.shown_to` on record.

    Raises Conflict for a number that said STOP itself, or that texts do not reach.
    """
    if consent.is_suppressed(patient.phone):
        raise Conflict("the number gets no texts: only a START from it takes that back")
    if not patient.sms_consent:
        reminders.hold_plans_of(patient)
        consent.grant(patient, consent.APP, BY, now)
        reminders.replan_patient(patient, now)


@transaction()
def refuse_texts(patient: Patient, wording: str, now: datetime) -> None:
    """No more texts but answers to the patient's own and codes that they ask for; `wording` is
    what they were shown."""
    if patient.sms_consent:
        reminders.hold_plans_of(patient)
        consent.revoke(patient, consent.APP, BY, now, wording)


def _amend(patient: Patient, chosen: dict[str, Any], now: datetime) -> None:
    changed = {name: value for name, value in chosen.items() if value != getattr(patient, name)}
    _set(patient, changed)
    acted("patient.amended", patient, now, fields=sorted(changed))
    reminders.replan_patient(patient, now)


def _set(row: Patient | Plan, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _running(patient: Patient) -> Sequence[Plan]:
    theirs = select(Plan).where(Plan.patient_id == patient.id, Plan.status.in_(RUNNING))
    newest_first = theirs.order_by(Plan.created_at.desc(), Plan.id)
    return db.session.scalars(newest_first.execution_options(populate_existing=True)).all()


def _outside(window: Window | None, at: time) -> str | None:
    """What is wrong with a time at which no text could leave."""
    if window is None or window[0] <= at <= window[1]:
        return None
    return f"no text leaves at {at:%H:%M}: from {window[0]:%H:%M} to {window[1]:%H:%M}"


def _waiting(patient: Patient) -> Sequence[OutboundMessage]:
    pending = select(OutboundMessage).filter_by(patient_id=patient.id, state=DeliveryState.PENDING)
    return db.session.scalars(pending.with_for_update(of=OutboundMessage)).all()


def _let_go_of_later(patient: Patient, now: datetime) -> None:
    """A reminder that was moved to a time which is quiet now is not wanted then."""
    quiet = [
        message.id
        for message in _waiting(patient)
        if message.kind == Kind.LATER
        and not in_texting_hours(message.due_at, patient.tz, patient.texting_hours)
    ]
    outbox.withdraw(OutboundMessage.id.in_(quiet), DeliveryState.CANCELLED, NOT_IN_MY_HOURS, now)
