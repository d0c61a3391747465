"""Matters: each thing in a clinic's inbox with all that a person needs to act on it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.message import InboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import PAUSED, Plan
from rehab.services.alerts import REVIEW
from rehab.services.inbox import shown, unread
from rehab.services.progression import RED_FLAG


class Form(StrEnum):
    """In which form something lies in the inbox."""

    ALERT = "alert"
    REPLY = "reply"


Key = tuple[Form, UUID]


@dataclass(frozen=True, slots=True)
class Concerned:
    """The plan that a matter is about; `is_held` while its red flag keeps steps from going up."""

    id: UUID
    name: str
    is_paused: bool
    is_held: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """By whom a matter was closed, when, and what they wrote. An alert's texts have no note of
    their own."""

    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing for a person: `kind` is the alert's, or how the reply was read.

    A reply is to be read within two working days, as any alert that is not urgent. `texts` are
    what an alert tells of, or the reply itself. There is no patient where it is about the clinic.
    `seen` is the tag of all that an alert says at the moment.
    """

    form: Form
    id: UUID
    level: int
    kind: str
    about: str
    since: datetime
    patient: Patient | None
    plan: Concerned | None = None
    texts: Sequence[InboundMessage] = field(default_factory=tuple)
    closed: Closed | None = None
    seen: str = ""

    @property
    def stays_paused(self) -> bool:
        """Whether the plan stays paused when this is closed."""
        return self.plan is not None and self.plan.is_paused

    @property
    def frees_steps(self) -> bool:
        """Whether closing this lets steps go up again (`clinician_acts.close_alert`)."""
        held = self.plan is not None and self.plan.is_held
        return held and self.kind == RED_FLAG and not self.stays_paused


def matter(clinic_id: UUID, form: Form, id_: UUID) -> Matter | None:
    """One matter, open or closed; None for what is not the clinic's."""
    return next(iter(matters(clinic_id, [(form, id_)])), None)


def matters(clinic_id: UUID, keys: Sequence[Key]) -> list[Matter]:
    """These matters in this order, whatever their number in a fixed number of queries."""
    alerts = _alerts(clinic_id, [id_ for form, id_ in keys if form is Form.ALERT])
    texts = _texts(clinic_id, [id_ for form, id_ in keys if form is Form.REPLY])
    plans = _plans({alert.plan_id for alert in alerts.values() if alert.plan_id})
    telling = unread.told_by(alerts.values())
    closers = [a.closed_by_id for a in alerts.values()]
    names = _names([*closers, *(t.closed_by_id for t, _ in texts.values())])
    found = {
        **{(Form.ALERT, a.id): _of_alert(a, plans, telling, names) for a in alerts.values()},
        **{(Form.REPLY, t.id): _of_text(t, patient, names) for t, patient in texts.values()},
    }
    return [found[key] for key in keys if key in found]


def _alerts(clinic_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Alert]:
    if not ids:
        return {}
    theirs = select(Alert).where(Alert.clinic_id == clinic_id, Alert.id.in_(ids))
    return {alert.id: alert for alert in db.session.scalars(theirs)}


def _texts(clinic_id: UUID, ids: Sequence[UUID]) -> dict[UUID, tuple[InboundMessage, Patient]]:
    if not ids:
        return {}
    theirs = (
        select(InboundMessage, Patient)
        .join(Patient, Patient.id == InboundMessage.patient_id)
        .where(Patient.clinic_id == clinic_id, InboundMessage.id.in_(ids))
    )
    return {text.id: (text, patient) for text, patient in db.session.execute(theirs)}


def _plans(ids: set[UUID]) -> dict[UUID, Concerned]:
    if not ids:
        return {}
    name = Plan.program["name"].as_string()
    rows = db.session.execute(
        select(Plan.id, name, Plan.status, Plan.loads).where(Plan.id.in_(ids))
    )
    return {
        id_: Concerned(id_, name, status == PAUSED, _is_held(loads))
        for id_, name, status, loads in rows
    }


def _is_held(loads: Mapping[str, Any]) -> bool:
    return any(load["review_open"] for load in loads.values())


def _names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(Clinician.id, Clinician.name).where(Clinician.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def _of_alert(
    alert: Alert,
    plans: Mapping[UUID, Concerned],
    telling: Mapping[UUID, Sequence[InboundMessage]],
    names: Mapping[UUID, str],
) -> Matter:
    return Matter(
        Form.ALERT,
        alert.id,
        alert.level,
        alert.kind,
        alert.about,
        alert.opened_at,
        alert.patient,
        plans.get(alert.plan_id) if alert.plan_id else None,
        texts := telling.get(alert.id, ()),
        _closed(alert, alert.note, names),
        shown.tag_of(alert, texts),
    )


def _of_text(text: InboundMessage, patient: Patient, names: Mapping[UUID, str]) -> Matter:
    return Matter(
        Form.REPLY,
        text.id,
        REVIEW,
        text.intent or "",
        "",
        text.received_at,
        patient,
        texts=(text,),
        closed=_closed(text, text.closing_note or "", names),
    )


def _closed(row: Alert | InboundMessage, note: str, names: Mapping[UUID, str]) -> Closed | None:
    if row.closed_at is None:
        return None
    by = names.get(row.closed_by_id, "") if row.closed_by_id else ""
    return Closed(by, row.closed_at, note)
