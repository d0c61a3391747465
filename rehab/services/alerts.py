"""Alerts: what a person must look at, one of a kind at a time, open until a person closes it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from rehab.errors import Conflict, Invalid, NotFound
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services.actors import acted
from rehab.services.inbox import shown, unread
from rehab.services.transactions import hold, transaction

URGENT, REVIEW, INFORMATION = 3, 2, 1

EACH_IS_NEWS = ("red_flag", "danger_words")
"""Kinds of alert under which another reason is another danger, and is told beside the first."""


def alerts_of(clinic_id: UUID) -> Select[Alert]:
    return select(Alert).where(Alert.clinic_id == clinic_id)


@transaction()
def open_alert(
    patient: Patient, kind: str, level: int, about: str, now: datetime, plan: Plan | None = None
) -> Alert:
    """The open alert of this kind, made if there is none; its level only ever rises.

    `level` is 1-3 as in clinical.md 2.5; `about` is one sentence for the clinician. Of a danger,
    what is told under an open alert is put before what it says already, on a line of its own.
    """
    whose = {"clinic_id": patient.clinic_id, "patient_id": patient.id}
    if plan is None:
        return _opened(patient.id, kind, level, about, now, **whose)
    return _opened(plan.id, kind, level, about, now, plan_id=plan.id, **whose)


@transaction()
def open_clinic_alert(clinic_id: UUID, kind: str, level: int, about: str, now: datetime) -> Alert:
    """The open alert of this kind about no patient in particular, made if there is none."""
    return _opened(clinic_id, kind, level, about, now, clinic_id=clinic_id)


def _opened(
    subject: UUID, kind: str, level: int, about: str, now: datetime, **whose: UUID
) -> Alert:
    alert = db.session.scalar(
        select(Alert).filter_by(subject=subject, kind=kind).where(Alert.closed_at.is_(None))
    )
    if alert is None:
        alert = Alert(subject=subject, level=level, kind=kind, about=about, opened_at=now, **whose)
        db.session.add(alert)
    else:
        _tell_more(alert, level, about)
    db.session.flush()
    return alert


def _tell_more(alert: Alert, level: int, about: str) -> None:
    known = alert.about.splitlines()
    if alert.kind in EACH_IS_NEWS:
        hold(alert)
        if about not in known:
            alert.about = "\n".join((about, *known))
    elif level > alert.level:
        alert.about = about
    alert.level = max(level, alert.level)


@transaction()
def open_alert_anew(
    plan: Plan, kind: str, level: int, about: str, since: datetime, now: datetime
) -> Alert | None:
    """Open an alert unless one of its kind was opened since `since`: closed, it stays closed."""
    known = select(Alert.id).where(
        Alert.subject == plan.id, Alert.kind == kind, Alert.opened_at >= since
    )
    if db.session.scalar(known.limit(1)) is not None:
        return None
    return open_alert(plan.patient, kind, level, about, now, plan)


def retell(plan: Plan, kind: str, about: str, instead_of: str) -> None:
    """Put the open alert of this kind, if there is one, in the words that hold now; what else it
    tells of stays."""
    query = select(Alert).filter_by(subject=plan.id, kind=kind, closed_at=None)
    for alert in db.session.scalars(query):
        others = [line for line in alert.about.splitlines() if line not in (about, instead_of)]
        alert.about = "\n".join((about, *(others if kind in EACH_IS_NEWS else ())))


@transaction()
def close_alert(
    clinic_id: UUID,
    alert_id: UUID,
    clinician_id: UUID,
    note: str,
    now: datetime,
    seen: str | None = None,
) -> Alert:
    """Close with a note, and with it the texts that the alert told of.

    `seen` is the tag of what was read of it (`inbox.shown`). Raises NotFound, Invalid (no note)
    and Conflict (closed already, or it says more than was seen).
    """
    alert = db.session.scalar(alerts_of(clinic_id).where(Alert.id == alert_id))
    if alert is None:
        raise NotFound("there is no such alert")
    hold(alert)
    if not note.strip():
        raise Invalid({"note": ["say what was done"]})
    if alert.closed_at is not None:
        raise Conflict("the alert was closed already")
    texts = unread.told_by([alert]).get(alert.id, [])
    if seen is not None and seen != shown.tag_of(alert, texts):
        raise Conflict("the alert says more than you have seen")
    alert.closed_at, alert.closed_by_id, alert.note = now, clinician_id, note.strip()
    unread.close_with(texts, clinician_id, now)
    acted("alert.closed", alert, now)
    return alert
