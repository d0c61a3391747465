"""Clinics that try the desk's pages: an empty one, one of long names, one with a long course."""

import random
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.decision import PROPOSED
from rehab.models.plan import Plan, PlanTerms
from rehab.services import clinician_acts, clinics, enrolment, mornings, notes, plans, sessions
from rehab.services import replies as inbound
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound
from rehab.services.sessions import SessionReport
from rehab.services.standing import latest
from rehab.wiring import Wiring
from tests.browser.cast import CLINIC_PHONE
from tests.conftest import NOON

ANA = "Ana Ruiz"
SEED = 3
SESSIONS = 300
DAYS = (0, 2, 4, 5)


def empty(_: Wiring) -> None:
    """A clinic on its first day."""
    clinic = clinics.open_clinic("Riverside", "Europe/London", NOON, phone=CLINIC_PHONE)
    clinics.add_clinician(clinic.id, "ana@riverside.example", ANA, NOON)


def long_names(built: Wiring) -> None:
    """Whatever people may be called and write, as long as it may be."""
    clinic = clinics.open_clinic(
        "Physiotherapie und Rehabilitationszentrum Donaudampfschifffahrtsgasse 12 Linz",
        "America/Argentina/ComodRivadavia",
        NOON,
        phone=CLINIC_PHONE,
    )
    ana = clinics.add_clinician(clinic.id, "ana@riverside.example", ANA, NOON)
    for n, (given, family) in enumerate(
        (
            ("Wolfeschlegelsteinhausenbergerdorff", "Featherstonehaugh-Cholmondeley-Marjoribanks"),
            ("María de los Ángeles Inmaculada", "Fernández de Córdoba y Álvarez de Toledo"),
            ("Ng", ""),
        )
    ):
        said = {
            "given_name": given,
            "family_name": family,
            "phone": f"+44207946012{n}",
            "zone": "America/Argentina/ComodRivadavia",
            "sms_consent": True,
        }
        patient = enrolment.enrol(clinic.id, said, ana.email, NOON)
        plan = plans.assign(
            patient, Assignment("wb-low-impact-12w", 4), built.library, NOON - timedelta(hours=2)
        )
        said_of_it = SessionReport(NOON, 4, 8, 8, effort=8, note="It hurt " + "a great deal " * 30)
        sessions.report_session(plan, said_of_it, built.library, NOON)
        notes.write(patient, "Spoke on the telephone. " * 30, ana, NOON)
        wrote = Inbound(f"SM{n}", patient.phone, CLINIC_PHONE, "When may I swim? " * 20)
        inbound.receive(wrote, built.library, NOON)


def years(built: Wiring) -> None:
    """One patient with `SESSIONS` sessions behind them, approved and eased on the way."""
    clinic = clinics.open_clinic("Riverside", "Europe/London", NOON, phone=CLINIC_PHONE)
    ana = clinics.add_clinician(clinic.id, "ana@riverside.example", ANA, NOON)
    said = {"given_name": "Maya", "phone": "+442079460123", "zone": "Europe/London"}
    maya = enrolment.enrol(clinic.id, said, ana.email, NOON)
    plan = _begun_long_ago(built, maya)
    chance, on, done = random.Random(SEED), plan.starts_on, 0  # noqa: S311
    while done < SESSIONS and on < NOON.date():
        if on.weekday() in DAYS and chance.random() > 0.05:
            _a_day(built, plan, datetime.combine(on, time(18), UTC), chance)
            done += 1
            if done % 7 == 0:
                _approve(built, plan, datetime.combine(on, time(20), UTC))
        on += timedelta(days=1)


def _begun_long_ago(built: Wiring, maya: object) -> Plan:
    """A program of years, which the library has not."""
    weeks = SESSIONS // len(DAYS) + 6
    plan = plans.assign(
        maya,  # type: ignore[arg-type]
        Assignment("lb-chronic-12w", 4, weekdays=DAYS),
        built.library,
        NOON,
    )
    plan.starts_on = plan.phase_since = NOON.date() - timedelta(weeks=weeks)
    plan.created_at = NOON - timedelta(weeks=weeks)
    terms = db.session.scalars(select(PlanTerms).filter_by(plan_id=plan.id)).one()
    terms.effective_at = plan.created_at - timedelta(days=1)
    db.session.commit()
    return plan


def _a_day(built: Wiring, plan: Plan, at: datetime, chance: random.Random) -> None:
    flare = 3 if chance.random() < 0.05 else 0
    before = chance.choice([2, 3, 3, 4])
    during, after = (min(10, before + flare + chance.choice([0, 0, 1])) for _ in range(2))
    told = SessionReport(at, before, during, after, effort=chance.choice([3, 4, 5]))
    sessions.report_session(plan, told, built.library, at)
    if chance.random() < 0.9:
        woke = at + timedelta(hours=14)
        pain, sleep = chance.choice([2, 3, 3, 4]) + flare, chance.choice([4, 5, 6, 7, 8])
        mornings.report_morning(
            plan, MorningReport(woke.date(), pain, sleep=sleep), built.library, woke
        )


def _approve(built: Wiring, plan: Plan, at: datetime) -> None:
    ana = clinics.clinician_of("ana@riverside.example")
    for decision in latest(plan):
        if decision.state == PROPOSED:
            clinician_acts.approve(decision, ana, built.library, at)
