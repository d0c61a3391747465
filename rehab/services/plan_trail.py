"""What was done to a plan by people, newest first: who, when, why, and what it changed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.decision import Decision
from rehab.models.plan import TERMS_IN_ORDER, Plan, PlanTerms
from rehab.services.audit import ActorKind
from rehab.services.plan_settings import Change, from_record

TO_THE_PLAN = (
    "plan.assigned",
    "plan.amended",
    "plan.paused",
    "plan.resumed",
    "plan.advanced",
    "plan.discharged",
)
TO_DECISIONS = ("decision.approved", "decision.overridden", "decision.undone")
DISCHARGED = "discharged: "


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `by` is a name, empty for the server's own; `fields` are named where it is not on
    record what they were."""

    at: datetime
    by: str
    did: str
    reason: str = ""
    changes: tuple[Change, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the plan's own rows say of an act."""

    by: UUID | None = None
    reason: str = ""
    changes: list[Change] = field(default_factory=list)


NOTHING = _Kept()


def trail(plan: Plan, most: int = 30) -> tuple[Entry, ...]:
    """The last `most` acts on a plan, in five queries however many there are."""
    acts = _acts(plan, most)
    settled, stepped = _settled(plan), _stepped(plan, {act.at for act in acts})
    told = [
        (act, settled.get(act.detail.get("terms", ""), NOTHING), stepped.get(act.at, NOTHING))
        for act in acts
    ]
    names = _names({id_ for act, *kept in told for id_ in (act.actor_id, *(k.by for k in kept))})
    return tuple(_entry(plan, names, *each) for each in told)


def since(plan: Plan, seen_at: datetime) -> tuple[Entry, ...]:
    """The acts after `seen_at`; where two were of one moment, the last one there is."""
    acts = trail(plan)
    return tuple(act for act in acts if act.at > seen_at) or acts[:1]


def _acts(plan: Plan, most: int) -> list[AuditEntry]:
    in_clinic = select(AuditEntry).where(AuditEntry.clinic_id == plan.patient.clinic_id)
    its_decisions = select(Decision.id).where(Decision.plan_id == plan.id)
    of_plan = in_clinic.where(AuditEntry.subject_id == plan.id, AuditEntry.action.in_(TO_THE_PLAN))
    of_decisions = in_clinic.where(
        AuditEntry.subject_id.in_(its_decisions), AuditEntry.action.in_(TO_DECISIONS)
    )
    newest = AuditEntry.seq.desc()
    found = [
        entry
        for query in (of_plan, of_decisions)
        for entry in db.session.scalars(query.order_by(newest).limit(most))
    ]
    in_order = sorted(found, key=lambda entry: entry.seq)
    at_once = {_one_act(entry): entry for entry in in_order}
    return [*at_once.values()][::-1][:most]


def _one_act(entry: AuditEntry) -> tuple[object, ...]:
    """Proposals that were approved together are one act."""
    if entry.action in TO_DECISIONS:
        return entry.at, entry.action, entry.actor_id
    return (entry.seq,)


def _names(ids: Collection[UUID | None]) -> dict[UUID | None, str]:
    found = select(Clinician.id, Clinician.name).where(Clinician.id.in_(ids))
    return {row.id: row.name for row in db.session.execute(found)}


def _settled(plan: Plan) -> dict[str, _Kept]:
    """What each of the plan's terms, by their id, settled otherwise than those before, and why."""
    query = select(PlanTerms).where(PlanTerms.plan_id == plan.id).order_by(*TERMS_IN_ORDER)
    terms: Sequence[PlanTerms] = db.session.scalars(query).all()
    return {
        str(now.id): _Kept(
            now.clinician_id, now.reason.removeprefix(DISCHARGED), list(_differences(was, now))
        )
        for was, now in pairwise(terms)
    }


def _differences(was: PlanTerms, now: PlanTerms) -> Iterator[Change]:
    for name in ("usual_pain", "track", "autonomy", "phase"):
        if getattr(was, name) != getattr(now, name):
            yield Change(name, getattr(was, name), getattr(now, name))
    for category, bound in now.bounds.items():
        before = was.bounds.get(category, {})
        for name, value in bound.items():
            if before.get(name) != value:
                yield Change(f"bounds.{category}.{name}", before.get(name), value)


def _stepped(plan: Plan, instants: Collection[datetime]) -> dict[datetime, _Kept]:
    """What acts of clinicians made of the steps and doses at these instants, and why."""
    query = select(Decision).where(
        Decision.plan_id == plan.id,
        Decision.clinician_id.is_not(None),
        Decision.decided_at.in_(instants),
    )
    found: dict[datetime, _Kept] = {}
    for decision in db.session.scalars(query.order_by(Decision.category)):
        kept = found.setdefault(decision.decided_at, _Kept(decision.clinician_id, decision.reason))
        kept.changes.extend(_moved(decision.category, decision.inputs["before"], decision.after))
    return found


def _moved(category: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for name in ("step", "dose"):
        if was[name] != now.get(name, was[name]):
            yield Change(f"{name}.{category}", was[name], now[name])


def _entry(
    plan: Plan,
    names: Mapping[UUID | None, str],
    act: AuditEntry,
    settled: _Kept,
    stepped: _Kept,
) -> Entry:
    """An act; what the server did in a clinician's name is theirs."""
    elsewhere = from_record(act.detail.get("changed", ()))
    made = (*settled.changes, *elsewhere, *stepped.changes)
    by = names.get(act.actor_id) or names.get(settled.by or stepped.by, "")
    return Entry(
        at=act.at,
        by=plan.patient.given_name if act.actor_kind == ActorKind.PATIENT else by,
        did=act.action,
        reason=settled.reason or stepped.reason,
        changes=made,
        fields=() if made else tuple(act.detail.get("fields", ())),
    )
