"""What is done to a plan beside its sessions, written down as decisions and walked on from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.decision import APPLIED, Decision
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.progression import Move
from rehab.services import progression

BY_A_PERSON = "CLINICIAN"
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Deed:
    """What is done, the same for every category: the words, and who does it (None: a rule).

    `upon` is the decision that it approves or overrules. It then takes effect right after that,
    so that a session told late, but performed after it, still follows it.
    """

    why: str
    why_patient: str
    by: Clinician | None = None
    reason: str = ""
    rules: tuple[str, ...] = (BY_A_PERSON,)
    alert: int = 0
    upon: Decision | None = None


def write_down(
    plan: Plan,
    acts: Mapping[str, Mapping[str, Any]],
    deed: Deed,
    library: Library,
    now: datetime,
) -> None:
    """Keep the deed for each category, with the act that it is there, and walk on from it."""
    at = next_moment(plan, now) if deed.upon is None else deed.upon.effective_at + INSTANT
    put_in(plan, acts, deed, at, plan.patient.today(now), now)
    progression.settle(plan, at, library, now)


def put_in(
    plan: Plan,
    acts: Mapping[str, Mapping[str, Any]],
    deed: Deed,
    at: datetime,
    on: date,
    now: datetime,
) -> None:
    """Add the deed at its place in the log.

    `after` is left empty: the walk fills it in, and the move, as it does for every decision.
    """
    for category, act in acts.items():
        state = plan.loads[category]
        db.session.add(
            Decision(
                plan_id=plan.id,
                category=category,
                on=on,
                effective_at=at,
                move=Move.HOLD,
                step=state["step"],
                dose=state["dose"],
                rules=list(deed.rules),
                alert=deed.alert,
                why=deed.why,
                why_patient=deed.why_patient,
                inputs={**act, "before": state},
                policy_version=plan.policy["version"],
                state=APPLIED,
                after={},
                clinician_id=deed.by.id if deed.by else None,
                reason=deed.reason,
                decided_at=now,
            )
        )
    db.session.flush()


def moment_before(plan: Plan, instant: datetime) -> datetime:
    """Just before an instant, and before whatever stands there already: each deed has its own."""
    taken = set(
        db.session.scalars(
            select(Decision.effective_at).where(
                Decision.plan_id == plan.id,
                Decision.effective_at < instant,
                Decision.replaced_at.is_(None),
            )
        )
    )
    at = instant - INSTANT
    while at in taken:
        at -= INSTANT
    return at


def next_moment(plan: Plan, now: datetime) -> datetime:
    """Now, or just after the last thing that a fast clock has put ahead of now."""
    last = db.session.scalar(
        select(Decision.effective_at)
        .where(Decision.plan_id == plan.id, Decision.replaced_at.is_(None))
        .order_by(Decision.effective_at.desc())
        .limit(1)
    )
    return now if last is None else max(now, last + INSTANT)
