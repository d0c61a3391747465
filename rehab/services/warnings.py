"""Fixed texts of safety: sent at any hour with the patient's consent, never twice in a day."""

from datetime import datetime, timedelta

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import Kind, OutboundMessage
from rehab.models.plan import Plan
from rehab.services import announcements, outbox
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction

NOT_AGAIN_FOR = timedelta(hours=24)
"""Messages about one thing never repeat within 24 hours (clinical.md 2.8, no. 15)."""

SENT_WITHIN, ADVISED_WITHIN = timedelta(hours=14), timedelta(hours=24)
"""Advice waits for the patient's own texting hours, which leave at least two of a day."""

STOP_NOW, PAUSED, SEE_DOCTOR, DANGER = "rf.generic", "pl.pause", "rf.seek", "rp.safety"
POOR_SLEEP = "sl.gp"


@transaction()
def warn(plan: Plan, template: str, now: datetime, kind: Kind = Kind.SAFETY) -> bool:
    """Queue a fixed text; False without consent, or when it was queued in the last 24 hours.

    What is about safety leaves at any hour, and withdraws good news; advice waits for the hours of
    texting.
    """
    if kind is Kind.SAFETY:
        announcements.take_back(plan, now)
    if not plan.patient.sms_consent:
        return False
    recent = select(OutboundMessage.id).where(
        OutboundMessage.patient_id == plan.patient_id,
        OutboundMessage.template == template,
        OutboundMessage.kind == kind,
        OutboundMessage.created_at > now - NOT_AGAIN_FOR,
    )
    if db.session.scalar(recent.limit(1)) is not None:
        return False
    intention = Intention(
        patient=plan.patient,
        plan=plan,
        kind=kind,
        template=template,
        dedupe_key=f"{plan.id}:{template}:{now.isoformat()}",
        due_at=now,
        expires_at=now + (SENT_WITHIN if kind is Kind.SAFETY else ADVISED_WITHIN),
        priority=outbox.REPLIES_FIRST,
    )
    return outbox.enqueue([intention], now) > 0
