"""A plan's log as it is kept: what happened, what was decided of it, and what it is judged by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, exists, select
from sqlalchemy.orm import defer

from rehab.extensions import db
from rehab.models.decision import Decision
from rehab.models.plan import TERMS_IN_ORDER, Plan, PlanTerms
from rehab.models.session import Morning, Session


class Waking(NamedTuple):
    """How the patient woke: pain and sleep, 0-10; None where nothing was said."""

    pain: int | None = None
    sleep: int | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """A plan's log from a moment on: what happened, in order, and what was decided of it so far."""

    events: Sequence[Session | Decision]
    standing: list[Decision]


_PLAN_ID: BindParameter[Any] = bindparam("plan_id")
_SINCE: BindParameter[Any] = bindparam("since")
_STANDS = (
    (Decision.plan_id == _PLAN_ID)
    & Decision.replaced_at.is_(None)
    & (Decision.effective_at >= _SINCE)
)
_HAPPENED = (Session.plan_id == _PLAN_ID) & (Session.performed_at >= _SINCE)
_STANDING = select(Decision).where(_STANDS).order_by(Decision.effective_at, Decision.decided_at)
_SESSIONS = select(Session).where(_HAPPENED)
_FOLLOWS = select(Plan.id).where(
    Plan.id == _PLAN_ID,
    exists().where(_STANDS) | exists().where(_HAPPENED, Session.id != bindparam("told")),
)
_TERMS = (
    select(PlanTerms)
    .where(PlanTerms.plan_id == _PLAN_ID)
    .order_by(*TERMS_IN_ORDER)
    .options(defer(PlanTerms.reason))
)
_MORNINGS = select(Morning.on, Morning.pain, Morning.sleep).where(Morning.plan_id == _PLAN_ID)


def log_since(plan: Plan, since: datetime) -> Log:
    """The log from a moment on."""
    given = {"plan_id": plan.id, "since": since}
    standing = list(db.session.scalars(_STANDING, given))
    sessions = db.session.scalars(_SESSIONS, given)
    deeds = [d for d in standing if d.session_id is None and d.undone_by_id is None]
    events: list[Session | Decision] = [*sessions, *deeds]
    return Log(sorted(events, key=_happened_at), standing)


def just_told(plan: Plan, told: Session) -> Log | None:
    """The log from a new session on where it is the end of it; None where something follows."""
    given = {"plan_id": plan.id, "since": told.performed_at, "told": told.id}
    return Log([told], []) if db.session.scalar(_FOLLOWS, given) is None else None


def terms_of(plan: Plan) -> Sequence[PlanTerms]:
    """All that clinicians ever settled about the plan, in order."""
    return db.session.scalars(_TERMS, {"plan_id": plan.id}).all()


def mornings_of(plan: Plan) -> dict[date, Waking]:
    """Every morning that was told of, by its local date."""
    said = db.session.execute(_MORNINGS, {"plan_id": plan.id})
    return {row.on: Waking(row.pain, row.sleep) for row in said}


def _happened_at(event: Session | Decision) -> tuple[datetime, bool, str]:
    """Sessions of one instant before the acts of that instant, and always in the same order."""
    if isinstance(event, Session):
        return event.performed_at, False, str(event.id)
    return event.effective_at, True, str(event.id)
