"""What plans have in the queue: what waits and says what is meant still, and what does not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, delete, exists, select

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage, Suppression
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, Plan
from rehab.services.outbox import Intention

PLANNED = (
    Kind.EXERCISE,
    Kind.FOLLOW_UP,
    Kind.MISSED_ONE,
    Kind.MORNING,
    Kind.SLEEP,
    Kind.SLEEP_QUESTION,
)
"""The kinds that follow from a plan alone: they are taken back and queued anew when it changes."""

OF_A_SESSION = (Kind.EXERCISE, Kind.FOLLOW_UP, Kind.MISSED_ONE)
"""Of these none is needed once the session is reported."""

NOT_YET_GONE = (DeliveryState.PENDING, DeliveryState.SUPPRESSED)

DAY = timedelta(days=1)

_STOPPED = exists().where(Suppression.phone_key == Patient.phone_key)

MAY_SEND: ColumnElement[bool] = (Plan.status == ACTIVE) & Patient.sms_consent & ~_STOPPED
"""Of a plan with its patient: whether it may send any reminder."""

_PENDING_NEWS = (OutboundMessage.kind == Kind.NEWS) & (
    OutboundMessage.state == DeliveryState.PENDING
)
_TEXTS = (
    select(
        Plan.id.label("of_plan"),
        MAY_SEND.label("may_send"),
        OutboundMessage.id,
        OutboundMessage.kind,
        OutboundMessage.template,
        OutboundMessage.values,
        OutboundMessage.phone_key,
        OutboundMessage.language,
        OutboundMessage.about_on,
        OutboundMessage.priority,
        OutboundMessage.due_at,
        OutboundMessage.expires_at,
        OutboundMessage.state,
        OutboundMessage.attempt,
        OutboundMessage.dedupe_key,
    )
    .join(Plan.patient)
    .outerjoin(
        OutboundMessage,
        (OutboundMessage.plan_id == Plan.id)
        & ((OutboundMessage.due_at > bindparam("since")) | _PENDING_NEWS),
    )
    .where(Plan.id.in_(bindparam("plan_ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Queued:
    """The texts of some plans from the last day on, and news that waits; `sending` are those of
    the plans that may send any reminder."""

    texts: Sequence[Row[Any]]
    sending: frozenset[UUID]
    now: datetime

    @property
    def has_news(self) -> bool:
        return any(text.kind == Kind.NEWS for text in self.texts)

    def outdated(self, wanted: Mapping[str, Intention]) -> set[str]:
        """The keys of reminders to come that are not wanted, or not as they stand there."""
        to_come = (text for text in self.texts if _is_to_come(text, self.now))
        return {t.dedupe_key for t in to_come if not _says(t, wanted.get(t.dedupe_key))}

    def lacks(self, wanted: Mapping[str, Intention], gone: Collection[str]) -> list[Intention]:
        """What of the wanted is not there, once what is `gone` was taken back."""
        there = {text.dedupe_key for text in self.texts}.difference(gone)
        return [each for key, each in wanted.items() if key not in there]


@dataclass(frozen=True, slots=True)
class Answered:
    """The keys of the reminders to come that a session answers, and whether news waits."""

    keys: Sequence[str]
    has_news: bool


def queued(plan_ids: Collection[UUID], now: datetime) -> Queued:
    """What these plans have in the queue."""
    rows = db.session.execute(_TEXTS, {"plan_ids": list(plan_ids), "since": now - DAY}).all()
    texts = [row for row in rows if row.dedupe_key is not None]
    return Queued(texts, frozenset(row.of_plan for row in rows if row.may_send), now)


def take_back(keys: Collection[str], now: datetime) -> None:
    """Take reminders out of the queue that are still to come: what was sent stays, and its key."""
    if keys:
        unread = {"synchronize_session": False}
        given = {"keys": sorted(keys), "now": now}
        db.session.execute(_TAKEN_BACK, given, execution_options=unread)


def answered(plan_id: UUID, on: date, now: datetime) -> Answered:
    """What a session of the local date `on` answers, and whether news waits beside it."""
    given = {"plan_id": plan_id, "on": on, "now": now}
    found = db.session.execute(_ANSWERED, given).all()
    keys = [text.dedupe_key for text in found if text.kind != Kind.NEWS]
    return Answered(keys, len(keys) < len(found))


_TO_COME = (
    OutboundMessage.kind.in_(PLANNED)
    & OutboundMessage.state.in_(NOT_YET_GONE)
    & (OutboundMessage.due_at > bindparam("now"))
    & (OutboundMessage.attempt == 0)
)
_TAKEN_BACK = delete(OutboundMessage).where(
    OutboundMessage.dedupe_key.in_(bindparam("keys", expanding=True)), _TO_COME
)
_OF_THE_DAY = OutboundMessage.kind.in_(OF_A_SESSION) & (OutboundMessage.about_on == bindparam("on"))
_ANSWERED = select(OutboundMessage.kind, OutboundMessage.dedupe_key).where(
    OutboundMessage.plan_id == bindparam("plan_id"), _PENDING_NEWS | (_OF_THE_DAY & _TO_COME)
)


def _is_to_come(text: Row[Any], now: datetime) -> bool:
    is_new = text.state in NOT_YET_GONE and text.attempt == 0
    return is_new and text.kind in PLANNED and text.due_at > now


def _says(text: Row[Any], wanted: Intention | None) -> bool:
    """Whether a text waits just as it would be queued."""
    return wanted is not None and (
        DeliveryState.PENDING,
        wanted.patient.phone_key,
        wanted.patient.language,
        wanted.kind,
        wanted.template,
        wanted.values,
        wanted.about_on,
        wanted.priority,
        wanted.due_at,
        wanted.expires_at,
    ) == (
        text.state,
        text.phone_key,
        text.language,
        text.kind,
        text.template,
        text.values,
        text.about_on,
        text.priority,
        text.due_at,
        text.expires_at,
    )
