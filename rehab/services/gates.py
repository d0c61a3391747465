"""The gate before the provider, shared by all workers: its rate, and pauses after its faults."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from rehab.extensions import db, insert_into
from rehab.models.message import DeliveryState, OutboundMessage
from rehab.models.sending import Gate
from rehab.notifications.senders import Outcome, Reason
from rehab.services.alerts import REVIEW, open_clinic_alert
from rehab.services.breaker import Breaker, after
from rehab.services.transactions import transaction

log = logging.getLogger(__name__)

SENDER, TEMPLATE = "sender", "template:"
HOLDS_SECONDS = 10
"""A bucket that was not used holds this many seconds of its rate, and one text at the least."""

UNUSED_FOR = timedelta(days=1)
"""Long enough for a bucket to fill at any rate."""

FILTERED_FOR, LONGEST_FILTERED = timedelta(hours=1), timedelta(hours=24)
"""Carriers filter words, so the template is held back, and not the sender."""

STOPPED = "sending_stopped"
CLOSURES_TO_TELL = 3
"""A short silence of the provider mends itself; after the third pause the clinics are told."""


@dataclass
class Admission:
    """The gate, held until the transaction ends: how many may pass, and who may not."""

    gate: Gate
    rate: float
    now: datetime

    def room(self, wanted: int) -> int:
        """How many texts of `wanted` may be claimed now."""
        admitted = _breaker(self.gate).admits(wanted, self.now)
        return min(admitted, int(self._tokens())) if self.rate else admitted

    def spend(self, texts: int) -> None:
        """Let that many pass."""
        breaker = _breaker(self.gate)
        if self.rate:
            self.gate.tokens, self.gate.filled_at = self._tokens() - texts, self.now
        if texts and breaker.closures:
            _keep(self.gate, breaker.probing(self.now))

    def _tokens(self) -> float:
        passed = max((self.now - self.gate.filled_at).total_seconds(), 0.0)
        return min(self.gate.tokens + passed * self.rate, max(self.rate * HOLDS_SECONDS, 1.0))


def at_the_gate(rate: float, now: datetime) -> Admission:
    """The sender's gate, kept from other workers until this transaction ends.

    After a clock was put back the bucket fills from now on, not from a time to come.
    """
    gate = _gate(SENDER, now)
    gate.filled_at = min(gate.filled_at, now)
    return Admission(gate, rate, now)


def held_templates(now: datetime) -> list[str]:
    """The templates that are held back now."""
    held = select(Gate.scope).where(
        Gate.scope.startswith(TEMPLATE),
        Gate.closed_until > now,
        Gate.closed_until <= now + LONGEST_FILTERED,
    )
    return [scope.removeprefix(TEMPLATE) for scope in db.session.scalars(held)]


def heed(outcomes: Iterable[Outcome], now: datetime) -> None:
    """Close or open the sender's gate by what has just become of some texts."""
    telling = [outcome for outcome in outcomes if outcome.reason is not Reason.FILTERED]
    gate = db.session.get(Gate, SENDER)
    if not telling or gate is None:
        return
    before = _breaker(gate)
    if all(after(before, outcome, now) == before for outcome in telling):
        return
    gate = _gate(SENDER, now)
    before = breaker = _breaker(gate)
    for outcome in telling:
        breaker = after(breaker, outcome, now)
    _keep(gate, breaker)
    _tell(before, breaker, now)


def hold_template(template: str, now: datetime) -> None:
    """Carriers filter this text: send it to nobody for a while, longer each time."""
    gate = _gate(f"{TEMPLATE}{template}", now)
    until = gate.closed_until
    if until is not None and now < until <= now + LONGEST_FILTERED:
        return
    pause = min(FILTERED_FOR * (1 << min(gate.closures, 8)), LONGEST_FILTERED)
    gate.closures, gate.closed_until = gate.closures + 1, now + pause
    gate.reason = Reason.FILTERED
    log.error("carriers filter the text %s: held back for %s", template, pause)
    about = f"The phone companies filter one of our texts ({template}); it is held back."
    _alert(_waiting_clinics(), "text_filtered", about, now)


def _tell(before: Breaker, breaker: Breaker, now: datetime) -> None:
    """Once when it gets serious, not once a text."""
    ours = breaker.reason is Reason.OURS_IS_BROKEN
    if breaker.closures == before.closures:
        return
    if not breaker.closures:
        log.warning("the provider takes texts again")
        return
    log.error("sending pauses until %s: %s", breaker.closed_until, breaker.reason)
    if ours or breaker.closures >= CLOSURES_TO_TELL:
        because = "our account with the provider needs mending" if ours else "no answer"
        about = f"Texts are not going out: {because}. Reminders wait, and lapse when too late."
        _alert(_waiting_clinics(), STOPPED, about, now)


def _waiting_clinics() -> Collection[UUID]:
    """Each state by itself: each has an index of its own, and the two together have none."""
    clinics: set[UUID] = set()
    for state in (DeliveryState.PENDING, DeliveryState.SENDING):
        waiting = select(OutboundMessage.clinic_id).where(OutboundMessage.state == state)
        clinics |= set(db.session.scalars(waiting.distinct()))
    return clinics


def _alert(clinics: Collection[UUID], kind: str, about: str, now: datetime) -> None:
    for clinic_id in clinics:
        open_clinic_alert(clinic_id, kind, REVIEW, about, now)


@transaction()
def _gate(scope: str, now: datetime) -> Gate:
    """The gate, made open and full if there is none, and kept from others."""
    held = select(Gate).filter_by(scope=scope).with_for_update()
    gate = db.session.scalar(held.execution_options(populate_existing=True))
    if gate is None:
        made = insert_into(Gate).values(scope=scope, tokens=0.0, filled_at=now - UNUSED_FOR)
        db.session.execute(made.on_conflict_do_nothing(index_elements=["scope"]))
        gate = db.session.scalars(held.execution_options(populate_existing=True)).one()
    return gate


def _breaker(gate: Gate) -> Breaker:
    reason = Reason(gate.reason) if gate.reason else None
    return Breaker(gate.failures, gate.closures, gate.closed_until, reason)


def _keep(gate: Gate, breaker: Breaker) -> None:
    gate.failures, gate.closures = breaker.failures, breaker.closures
    gate.closed_until, gate.reason = breaker.closed_until, breaker.reason
