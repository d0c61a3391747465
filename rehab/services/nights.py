"""The nights of patients who chose a bedtime for texts: since when, and how they last slept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import SmsConsent
from rehab.models.plan import Plan
from rehab.models.session import Morning
from rehab.programs.schedule import local_date
from rehab.programs.sleep_series import STILL_KNOWN
from rehab.services.consent import BEDTIME, DAYTIME, REVOKED


@dataclass(frozen=True, slots=True)
class Nights:
    """The local date since which texts about sleep were chosen without a break, and the last
    rating (0-10) of the last 28 days."""

    since: date
    latest: int | None = None


def nights_of(patient_ids: Collection[UUID], now: datetime) -> dict[UUID, Nights]:
    """The nights of those patients whose choice stands.

    Another bedtime does not begin the series again. Consent that was taken back takes the choice
    with it: texts at night are agreed to by themselves.
    """
    since: dict[UUID, date] = {}
    for row in _choices(patient_ids):
        if row.action == BEDTIME:
            since.setdefault(row.patient_id, local_date(row.at, ZoneInfo(row.zone)))
        else:
            since.pop(row.patient_id, None)
    latest = _last_ratings(since, now)
    return {id_: Nights(on, latest.get(id_)) for id_, on in since.items()}


def _last_ratings(patient_ids: Collection[UUID], now: datetime) -> dict[UUID, int]:
    if not patient_ids:
        return {}
    query = (
        select(Plan.patient_id, Morning.sleep)
        .join(Plan, Plan.id == Morning.plan_id)
        .where(Plan.patient_id.in_(patient_ids), Morning.on >= now.date() - STILL_KNOWN)
        .order_by(Morning.on)
    )
    return {id_: rating for id_, rating in db.session.execute(query) if rating is not None}


def _choices(patient_ids: Collection[UUID]) -> list[SmsConsent]:
    if not patient_ids:
        return []
    query = select(SmsConsent).where(
        SmsConsent.patient_id.in_(patient_ids), SmsConsent.action.in_((BEDTIME, DAYTIME, REVOKED))
    )
    return list(db.session.scalars(query.order_by(SmsConsent.at)))
