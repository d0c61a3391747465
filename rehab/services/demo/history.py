"""Weeks of a plan, lived through the use cases themselves with a clock that runs ahead.

Nothing is written behind their back: the reports are reported and the approvals approved, so each
decision, proposal and alert of the demo is the policy's own.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select

from rehab.errors import Conflict
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.decision import PROPOSED, Decision
from rehab.models.plan import ACTIVE, Plan
from rehab.programs.library import Library
from rehab.programs.schedule import occurrence
from rehab.services import clinician_acts, enrolment, mornings, plan_changes, plans, sessions
from rehab.services.actors import acting_as, actor_of
from rehab.services.demo import record
from rehab.services.demo.cast import CLINIC_ZONE, Character
from rehab.services.demo.diary import Day, diary
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport

REVIEWED_AT = time(9)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that was done at an instant; told that instant when its turn comes."""

    at: datetime
    do: Callable[[datetime], object]


def live(character: Character, by: Clinician, library: Library, now: datetime, rng: Random) -> Plan:
    """Enrol the character as many weeks ago as they have been with the clinic, and live until now.

    Texts are agreed to only at the end, so that none is planned for days that are gone.
    """
    came = now - timedelta(weeks=character.weeks)
    patient = enrolment.enrol(by.clinic_id, _details(character), by.email, came)
    with acting_as(actor_of(by)):
        plan = plans.assign(patient, _wish(character, patient.today(came)), library, came)
    for happening in sorted(_happenings(character, plan, by, library, now, rng), key=_when):
        if came < happening.at < now and plan.status == ACTIVE:
            happening.do(happening.at)
    enrolment.amend(patient, {"sms_consent": True}, by.email, now)
    record.write_down(character.given_name, plan, by, library, now)
    return plan


def _when(happening: Happening) -> datetime:
    return happening.at


def _details(character: Character) -> dict[str, str]:
    names = ("given_name", "family_name", "phone", "zone", "language")
    return {name: getattr(character, name) for name in names}


def _wish(character: Character, starts_on: date) -> Assignment:
    return Assignment(
        program_id=character.program_id,
        usual_pain=character.usual_pain,
        starts_on=starts_on,
        autonomy=character.autonomy,
        exercise_at=character.exercise_at,
        morning_at=character.morning_at,
        bedtime=character.bedtime,
    )


def _happenings(
    character: Character, plan: Plan, by: Clinician, library: Library, now: datetime, rng: Random
) -> Iterator[Happening]:
    days = (plan.patient.today(now) - plan.starts_on).days
    for n, day in enumerate(diary(character.course, days, rng)):
        on = plan.starts_on + n * DAY
        if day.trained and on.weekday() in plan.weekdays:
            flagged = days - n <= character.course.red_flag_ago
            flags = (character.course.red_flag,) if character.course.red_flag and flagged else ()
            yield _session(plan, on, day, flags, library, UUID(int=rng.getrandbits(128), version=4))
            if day.woke:
                yield _morning(plan, on + DAY, day, library)
        if days - n > character.unreviewed and on.weekday() < 5:
            yield _review(plan, on, by, library)


def _session(
    plan: Plan, on: date, day: Day, flags: tuple[str, ...], library: Library, id_: UUID
) -> Happening:
    said = SessionReport(
        id=id_,
        performed_at=_moment(plan, on, plan.exercise_at, day.minutes_late),
        before=day.before,
        during=day.during,
        after=day.after,
        effort=day.effort,
        completion=60 if day.sore else 100,
        not_completed_because="sore" if day.sore else None,
        red_flags=flags,
    )
    return Happening(
        said.performed_at, lambda now: sessions.report_session(plan, said, library, now, "demo")
    )


def _morning(plan: Plan, on: date, day: Day, library: Library) -> Happening:
    said = MorningReport(on=on, pain=day.morning, sleep=day.sleep)
    return Happening(
        _moment(plan, on, plan.morning_at, day.minutes_late),
        lambda now: mornings.report_morning(plan, said, library, now, "demo"),
    )


def _moment(plan: Plan, on: date, at: time, minutes_late: int) -> datetime:
    return occurrence(on, at, plan.patient.zone) + timedelta(minutes=minutes_late)


def _review(plan: Plan, on: date, by: Clinician, library: Library) -> Happening:
    """What the clinician does over the first coffee."""

    def look(now: datetime) -> None:
        _approve_all(plan, by, library, now)
        if (on - plan.starts_on).days >= plan.program["phases"][plan.phase]["to_day"]:
            with suppress(Conflict):
                plan_changes.advance_phase(plan, by, "the phase is over", library, now)

    return Happening(occurrence(on, REVIEWED_AT, CLINIC_ZONE), look)


def _approve_all(plan: Plan, by: Clinician, library: Library, now: datetime) -> None:
    """Say yes to all that is proposed and still stands."""
    proposed = select(Decision).where(
        Decision.plan_id == plan.id, Decision.state == PROPOSED, Decision.replaced_at.is_(None)
    )
    for decision in db.session.scalars(proposed).all():
        with suppress(Conflict):
            clinician_acts.approve(decision, by, library, now)
