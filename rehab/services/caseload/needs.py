"""Who of a clinic's patients needs somebody, and since when: the facts that sort a caseload.

A handful of queries, however many patients there are. Nothing that is sealed is opened here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.services.alerts import REVIEW, URGENT
from rehab.services.caseload.proposals import Proposal, proposals_of
from rehab.services.caseload.silence import silent_plans
from rehab.services.inbox.unread import counts_of
from rehab.services.progression import RED_FLAG


class Need(StrEnum):
    """Why somebody is where they are in a caseload: what cannot wait comes first."""

    NOW = "now"
    REVIEW = "review"
    APPROVE = "approve"
    CALL = "call"
    LOOK = "look"
    UNPLANNED = "unplanned"
    SETTLED = "settled"
    ENDED = "ended"


BY_NAME = (Need.UNPLANNED, Need.SETTLED, Need.ENDED)
"""Those who wait for nothing in particular stand in the order of their names."""


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An open alert without its words."""

    id: UUID
    plan_id: UUID | None
    level: int
    kind: str
    opened_at: datetime

    @property
    def is_urgent(self) -> bool:
        return self.level == URGENT or self.kind == RED_FLAG


@dataclass(frozen=True, slots=True)
class PlanStub:
    """A plan as a list knows it."""

    id: UUID
    program_id: str
    track: str
    status: str

    @property
    def is_open(self) -> bool:
        return self.status in (ACTIVE, PAUSED)


@dataclass(frozen=True, slots=True)
class Case:
    """One patient with what waits for a person. `plans` are those paused, those that go on and
    those that have ended, the newest of each first; `alerts` the most urgent first and the oldest
    of each first; `proposals` the oldest first; `silent_since` the last day of which there was a
    word, where there is none any more; `unread` counts texts of theirs that want reading."""

    patient_id: UUID
    need: Need
    plans: tuple[PlanStub, ...] = ()
    alerts: tuple[OpenAlert, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    silent_since: date | None = None
    unread: int = 0

    @property
    def plan(self) -> PlanStub | None:
        """The one to look at first."""
        return self.plans[0] if self.plans else None

    @property
    def open_plans(self) -> tuple[PlanStub, ...]:
        """Those not ended; when all have, the last of them alone."""
        return tuple(plan for plan in self.plans if plan.is_open) or self.plans[:1]

    @property
    def may_step_up_in_bulk(self) -> tuple[Proposal, ...]:
        """The plain ones of the proposals: with an alert of level 2 or 3 open none is plain."""
        if not self.proposals or any(alert.level >= REVIEW for alert in self.alerts):
            return ()
        active = {plan.id for plan in self.plans if plan.status == ACTIVE}
        return tuple(p for p in self.proposals if p.is_green_step_up and p.plan_id in active)

    @property
    def waits_since(self) -> tuple[float, ...]:
        """What sorts those of the same need that have a reason: who waits longest comes first."""
        if self.need is Need.APPROVE:
            return (self.proposals[0].effective_at.timestamp(),)
        if self.need is Need.CALL and self.silent_since is not None:
            return (self.silent_since.toordinal(),)
        if not self.alerts:
            return (float("inf"),)
        first = self.alerts[0]
        return (-first.level, first.opened_at.timestamp())


def need_of(
    plans: Sequence[PlanStub],
    alerts: Sequence[OpenAlert],
    proposals: Sequence[Proposal],
    silent_since: date | None,
    unread: int = 0,
) -> Need:
    """The first reason that holds; `alerts` are the most urgent first. A text that wants reading
    waits as an alert of level 2 does. A paused plan is for somebody to take up again, even when
    nothing is open about it and another goes on."""
    if alerts and alerts[0].is_urgent:
        return Need.NOW
    if unread or (alerts and alerts[0].level >= REVIEW):
        return Need.REVIEW
    if proposals:
        return Need.APPROVE
    if silent_since is not None:
        return Need.CALL
    if alerts or any(plan.status == PAUSED for plan in plans):
        return Need.LOOK
    if not plans:
        return Need.UNPLANNED
    return Need.SETTLED if any(plan.is_open for plan in plans) else Need.ENDED


def cases(clinic_id: UUID, now: datetime) -> list[Case]:
    """Every patient of the clinic, in no order."""
    plans = _plans(clinic_id)
    alerts = _alerts(clinic_id)
    silent = silent_plans(clinic_id, now)
    proposals = _by_plan(proposals_of(clinic_id, now))
    unread = counts_of(clinic_id)
    return [
        _case(id_, stubs, alerts[id_], proposals, silent, unread.get(id_, 0))
        for id_, stubs in plans.items()
    ]


def _case(
    patient_id: UUID,
    stubs: list[PlanStub],
    alerts: list[OpenAlert],
    proposals: Mapping[UUID, list[Proposal]],
    silent: Mapping[UUID, date],
    unread: int,
) -> Case:
    plans = tuple(sorted(stubs, key=_looked_at) if len(stubs) > 1 else stubs)
    urgent_first = tuple(sorted(alerts, key=_urgency) if len(alerts) > 1 else alerts)
    waiting = tuple(p for plan in plans if plan.is_open for p in proposals.get(plan.id, ()))
    since = _silent_since(plans, silent)
    need = need_of(plans, urgent_first, waiting, since, unread)
    return Case(patient_id, need, plans, urgent_first, waiting, since, unread)


def _silent_since(plans: Sequence[PlanStub], silent: Mapping[UUID, date]) -> date | None:
    """The last word of somebody of whom no active plan hears any more."""
    active = [plan.id for plan in plans if plan.status == ACTIVE]
    if not active or any(id_ not in silent for id_ in active):
        return None
    return max(silent[id_] for id_ in active)


def _looked_at(plan: PlanStub) -> tuple[bool, bool]:
    """In which order: a paused one is not to be overlooked behind a newer one."""
    return not plan.is_open, plan.status != PAUSED


def _urgency(alert: OpenAlert) -> tuple[bool, int, datetime]:
    return not alert.is_urgent, -alert.level, alert.opened_at


def _plans(clinic_id: UUID) -> dict[UUID, list[PlanStub]]:
    """Each patient's, the newest first."""
    columns = (Plan.id, Plan.program_id, Plan.track, Plan.status)
    query = (
        select(Patient.id, *columns)
        .outerjoin(Plan, Plan.patient_id == Patient.id)
        .where(Patient.clinic_id == clinic_id)
        .order_by(Plan.created_at.desc())
    )
    found: dict[UUID, list[PlanStub]] = defaultdict(list)
    for patient_id, plan_id, *said in db.session.execute(query):
        stubs = found[patient_id]
        if plan_id is not None:
            stubs.append(PlanStub(plan_id, *said))
    return found


def _alerts(clinic_id: UUID) -> dict[UUID, list[OpenAlert]]:
    columns: tuple[Any, ...] = (
        Alert.patient_id,
        Alert.id,
        Alert.plan_id,
        Alert.level,
        Alert.kind,
        Alert.opened_at,
    )
    query = select(*columns).where(
        Alert.clinic_id == clinic_id, Alert.closed_at.is_(None), Alert.patient_id.is_not(None)
    )
    found: dict[UUID, list[OpenAlert]] = defaultdict(list)
    for patient_id, *said in db.session.execute(query):
        found[patient_id].append(OpenAlert(*said))
    return found


def _by_plan(proposals: Iterable[Proposal]) -> dict[UUID, list[Proposal]]:
    found: dict[UUID, list[Proposal]] = defaultdict(list)
    for proposal in sorted(proposals, key=lambda proposal: proposal.effective_at):
        found[proposal.plan_id].append(proposal)
    return found
