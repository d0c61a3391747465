"""Who takes part in a soak: patients of several clinics, in many time zones."""

from datetime import time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask

from benchmarks import stage
from rehab import clock
from rehab.extensions import db
from rehab.models.clinic import Clinic
from rehab.services import clinics, enrolment, plans
from rehab.services.plans import Assignment
from rehab.wiring import wiring

CLINICS = 4
ZONES = (
    *("Europe/London", "Europe/Madrid", "Europe/Athens", "America/New_York", "America/Chicago"),
    *("America/Los_Angeles", "America/Sao_Paulo", "Atlantic/Azores", "Africa/Nairobi"),
    *("Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"),
    *("Pacific/Honolulu", "America/St_Johns"),
)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
SINCE = timedelta(days=3)
"""How long each has been training when the soak begins."""


class Member(NamedTuple):
    """A patient of the cast, by their number in it."""

    number: int
    phone: str
    zone: ZoneInfo
    plan_id: UUID


def enrolled(app: Flask, count: int) -> list[Member]:
    """So many patients, each with a plan that has a session every day."""
    with stage.inside(app):
        opened = [
            clinics.open_clinic(f"Clinic {n}", "Europe/London", clock.now(), phone="+442079460100")
            for n in range(CLINICS)
        ]
        cast = [_enrolled(opened[number % CLINICS], number) for number in range(count)]
        db.session.remove()
    return cast


def _enrolled(clinic: Clinic, number: int) -> Member:
    now, zone, phone = clock.now(), ZONES[number % len(ZONES)], f"+4479{number:08}"
    told = {"given_name": f"Pat {number}", "phone": phone, "zone": zone, "sms_consent": True}
    patient = enrolment.enrol(clinic.id, told, "the soak", now)
    wish = Assignment(
        stage.PROGRAM,
        usual_pain=4,
        starts_on=patient.today(now) - SINCE,
        weekdays=EVERY_DAY,
        exercise_at=time(9 + number % 10, 30 * (number % 2)),
    )
    plan = plans.assign(patient, wish, wiring().library, now)
    return Member(number, phone, ZoneInfo(zone), plan.id)
