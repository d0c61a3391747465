"""A patient's text on the table: who sent it, what was open, and what may answer it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import Conversation, InboundMessage, Kind
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.notifications.intents import Expects, Intent
from rehab.programs.library import Library
from rehab.services.speakers import Speaker

SOURCE = "sms"
"""How what is said by text is marked wherever it is stored."""

BY = "patient"
"""Who said it."""


@dataclass(frozen=True, slots=True)
class Texted:
    """One text on the table: who sent it, who shares their phone, and how it was understood.

    `at` is when it was said; `now` is later when it was found by looking for lost ones.
    """

    kept: InboundMessage
    speaker: Speaker
    sharing: list[Patient]
    intent: Intent
    library: Library
    at: datetime
    now: datetime

    @property
    def patient(self) -> Patient:
        return self.speaker.patient

    @property
    def conversation(self) -> Conversation | None:
        return self.speaker.conversation

    @property
    def expecting(self) -> Expects:
        return self.speaker.expecting

    @property
    def today(self) -> date:
        """The patient's day on which it was said."""
        return self.patient.today(self.at)


@dataclass(frozen=True, slots=True)
class Answer:
    """The text that answers; `always` may be sent though much was said in the last minutes."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    kind: Kind = Kind.REPLY
    always: bool = False
    plan: Plan | None = None


def plan_of(texted: Texted) -> Plan | None:
    """The plan that is talked about: the open question's, else the patient's newest running one."""
    if texted.conversation is not None:
        return db.session.get(Plan, texted.conversation.plan_id)
    return db.session.scalar(
        select(Plan)
        .where(Plan.patient_id == texted.patient.id, Plan.status.in_((ACTIVE, PAUSED)))
        .order_by(Plan.status, Plan.created_at.desc())
        .limit(1)
    )
