"""Bulletins: what has come into a clinic's inbox lately, for a desk that is being looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import Select, or_, select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.decision import Decision
from rehab.models.message import InboundMessage
from rehab.services.alerts import REVIEW
from rehab.services.inbox import unread
from rehab.services.inbox.listing import Waiting, waiting
from rehab.services.inbox.matters import Form, Key, Matter, matters
from rehab.services.progression import RED_FLAG

OVERLAP = timedelta(minutes=1)
"""What was begun before a look may be kept after it: each look reaches back this far, and whoever
looks passes over what they know."""

OLDEST = timedelta(hours=12)
"""As long as anybody can be signed in."""

MOST = 20


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What waits in all, and what of it came since a moment, by key, the newest last.

    `tag` is another one whenever any of this is.
    """

    waiting: Waiting
    keys: Sequence[Key]
    tag: str


def since(clinic_id: UUID, moment: datetime, now: datetime) -> Bulletin:
    """What came since a moment, at most 20 matters and 12 hours."""
    after = max(moment, now - OLDEST) - OVERLAP
    alerts = (
        select(Alert.opened_at, Alert.id)
        .where(Alert.clinic_id == clinic_id, Alert.closed_at.is_(None), Alert.opened_at > after)
        .order_by(Alert.opened_at.desc())
        .limit(MOST)
    )
    texts = (
        unread.of_clinic(clinic_id)
        .with_only_columns(InboundMessage.handled_at, InboundMessage.id)
        .where(InboundMessage.handled_at > after)
        .order_by(InboundMessage.handled_at.desc())
        .limit(MOST)
    )
    found = [(at, Form.ALERT, id_) for at, id_ in db.session.execute(alerts)]
    found += [(at, Form.REPLY, id_) for at, id_ in db.session.execute(texts) if at]
    for more in (_texts_under_alerts(clinic_id, after), _flags_under_alerts(clinic_id, after)):
        found += [(at, Form.ALERT, id_) for at, id_ in db.session.execute(more) if at]
    found.sort()
    newest_first = dict.fromkeys((form, id_) for _, form, id_ in reversed(found))
    keys = list(newest_first)[:MOST][::-1]
    in_all = waiting(clinic_id)
    told = f"{in_all} {found}".encode()
    return Bulletin(in_all, keys, blake2b(told, digest_size=12).hexdigest())


def _texts_under_alerts(clinic_id: UUID, after: datetime) -> Select[datetime | None, UUID]:
    """Each alert that was open already when another text came under it."""
    is_told = or_(
        *((InboundMessage.intent == m) & (Alert.kind == k) for m, k in unread.TOLD_BY.items())
    )
    return (
        select(InboundMessage.handled_at, Alert.id)
        .join(Alert, (Alert.patient_id == InboundMessage.patient_id) & is_told)
        .where(Alert.clinic_id == clinic_id, Alert.closed_at.is_(None))
        .where(unread.is_unread(), InboundMessage.handled_at > after)
        .order_by(InboundMessage.handled_at.desc())
        .limit(MOST)
    )


def _flags_under_alerts(clinic_id: UUID, after: datetime) -> Select[datetime, UUID]:
    """Each red flag's alert that was open already when another was told."""
    return (
        select(Decision.decided_at, Alert.id)
        .join(Alert, Alert.plan_id == Decision.plan_id)
        .where(Alert.clinic_id == clinic_id, Alert.closed_at.is_(None), Alert.kind == RED_FLAG)
        .where(Decision.alert >= REVIEW, Decision.clinician_id.is_(None))
        .where(Decision.replaced_at.is_(None), Decision.decided_at > after)
        .distinct()
        .order_by(Decision.decided_at.desc())
        .limit(MOST)
    )


def told(clinic_id: UUID, bulletin: Bulletin) -> list[Matter]:
    """The matters of a bulletin."""
    return matters(clinic_id, bulletin.keys)
