"""On how many days of each 30 a patient told something: a count, with no claim what it is for."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.measure import Measurement
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.screening import Screening
from rehab.models.session import Morning, Session

PERIOD = timedelta(days=30)
DAY = timedelta(days=1)
TELLING = (Session, Morning, Measurement, Screening)
"""What counts as data: a report, by the local date that it is about."""


@dataclass(frozen=True, slots=True)
class Period:
    """Thirty days, both ends included; `days` of those up to today have data."""

    from_on: date
    to_on: date
    days: int
    is_over: bool


def periods(patient: Patient, today: date) -> list[Period]:
    """Every 30 days from the start of the patient's first plan, the latest first.

    A day has data if a session, a morning, a measure or the list of danger signs was reported for
    it; reported twice or late, it is one day all the same.
    """
    starts_on = db.session.scalar(
        select(Plan.starts_on).filter_by(patient_id=patient.id).order_by(Plan.starts_on).limit(1)
    )
    if starts_on is None or starts_on > today:
        return []
    return list(_counted(_days(patient), starts_on, today))[::-1]


def as_csv(patient: Patient, found: list[Period]) -> bytes:
    """The periods as a table, in UTF-8 with a header, the earliest first."""
    into = io.StringIO(newline="")
    writer = csv.writer(into)
    writer.writerow(["patient_id", "from", "to", "days_with_data", "period_is_over"])
    for each in found[::-1]:
        over = "yes" if each.is_over else "no"
        writer.writerow([patient.id, each.from_on, each.to_on, each.days, over])
    return into.getvalue().encode()


def _days(patient: Patient) -> set[date]:
    theirs = [
        select(row.on).join(Plan, Plan.id == row.plan_id).where(Plan.patient_id == patient.id)
        for row in TELLING
    ]
    return {on for query in theirs for on in db.session.scalars(query.distinct())}


def _counted(days: set[date], starts_on: date, today: date) -> Iterator[Period]:
    from_on = starts_on
    while from_on <= today:
        to_on = from_on + PERIOD - DAY
        told = sum(from_on <= on <= to_on for on in days)
        yield Period(from_on, to_on, told, to_on < today)
        from_on = to_on + DAY
