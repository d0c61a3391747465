"""What a clinician does to a plan, told to the patient by text: the news that stands, and once."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from rehab.extensions import db
from rehab.models.decision import PROPOSED, Decision
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.plan import PAUSED as PLAN_PAUSED
from rehab.models.plan import Plan
from rehab.programs.progression import Move
from rehab.services import outbox
from rehab.services.outbox import Intention

PAUSED, RESTARTED, CHANGED = "pl.pause", "ex.restart", "pl.changed"

TAKEN_BACK_WITHIN = timedelta(minutes=5)
"""How long news waits before it leaves: a wrong click is taken back, and a handful of approvals
becomes one text."""

GOOD_FOR = timedelta(hours=24)
OVERTAKEN = "overtaken by later news"


def announce(plan: Plan, template: str, values: Mapping[str, Any], now: datetime) -> None:
    """Queue the news in place of news that has not left yet; nothing without consent.

    Two different pieces of news at once become `pl.changed`; a pause and a restart stand alone,
    and of a paused plan there is no other news.
    """
    if plan.status == PLAN_PAUSED and template != PAUSED:
        return
    waiting = db.session.scalars(
        select(OutboundMessage.template).where(_of(plan), _is_pending())
    ).all()
    take_back(plan, now)
    if not plan.patient.sms_consent:
        return
    if template not in (PAUSED, RESTARTED) and set(waiting) - {template}:
        template, values = CHANGED, {}
    news = Intention(
        patient=plan.patient,
        plan=plan,
        kind=Kind.NEWS,
        template=template,
        dedupe_key=f"{plan.id}:news:{plan.edition}",
        due_at=now + TAKEN_BACK_WITHIN,
        expires_at=now + GOOD_FOR,
        values=values,
    )
    outbox.enqueue([news], now)


def take_back(plan: Plan, now: datetime) -> int:
    """Withdraw news that has not left yet; the number of texts."""
    return outbox.withdraw(_of(plan), DeliveryState.CANCELLED, OVERTAKEN, now)


def correct(plan: Plan, since: datetime, now: datetime) -> None:
    """Something that was announced at `since` or after holds no more: withdraw it, or say so."""
    has_left = (
        select(OutboundMessage.id)
        .where(_of(plan), OutboundMessage.created_at >= since, OutboundMessage.state.in_(LEFT))
        .limit(1)
    )
    if db.session.scalar(has_left) is None:
        take_back(plan, now)
    else:
        announce(plan, CHANGED, {}, now)


def drop_outdated(plan_ids: Collection[UUID], now: datetime) -> int:
    """Withdraw news that a later decision has outrun before it could leave; the number of texts.

    A pause stands until somebody resumes the plan.
    """
    later = select(Decision.id).where(
        Decision.plan_id == OutboundMessage.plan_id,
        Decision.decided_at > OutboundMessage.created_at,
        Decision.replaced_at.is_(None),
        Decision.state != PROPOSED,
        Decision.move != Move.HOLD,
    )
    good_news = (OutboundMessage.kind == Kind.NEWS) & (OutboundMessage.template != PAUSED)
    of_plans = OutboundMessage.plan_id.in_(plan_ids) & good_news
    return outbox.withdraw(of_plans & later.exists(), DeliveryState.CANCELLED, OVERTAKEN, now)


LEFT = (DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)


def _of(plan: Plan) -> ColumnElement[bool]:
    return (OutboundMessage.plan_id == plan.id) & (OutboundMessage.kind == Kind.NEWS)


def _is_pending() -> ColumnElement[bool]:
    return OutboundMessage.state == DeliveryState.PENDING
