"""Two people at one plan: who changes it says what they saw, and is stopped when it is no more so.

What somebody saw is a tag. The API's covers all that is told of a plan, a patient's session too,
as HTTP asks of it. A page's form carries the plan's `edition`, which grows with the acts of
clinicians alone: a session in between moves the plan, but takes nothing back that a clinician has
settled, and so it is no reason to stop one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select

from rehab.errors import Conflict
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.decision import Decision
from rehab.models.message import InboundMessage
from rehab.models.plan import Plan
from rehab.services.alerts import REVIEW
from rehab.services.inbox import unread
from rehab.services.transactions import hold, transaction


class Stale(Conflict):
    """The plan has changed since it was read."""


@contextmanager
def changing(plan: Plan, is_as_read: Callable[[Plan], bool]) -> Iterator[Plan]:
    """The plan, kept from others while it is changed in this block, which is one transaction.

    Raises Stale, before anything is done, when it is not as it was read.
    """
    with transaction():
        hold(plan)
        if not is_as_read(plan):
            raise Stale("the plan has changed since it was read")
        yield plan


def alarms_since(plan: Plan, seen_at: datetime) -> tuple[str, ...]:
    """What called for a person after `seen_at`: of an alert that was opened, of what was told anew
    under one that was open already, and of a text that nobody has read yet.

    Who lets a plan go on, or up, must have seen it: only a person clears a red flag.
    """
    opened = select(Alert.about).where(
        Alert.patient_id == plan.patient_id,
        Alert.closed_at.is_(None),
        Alert.level >= REVIEW,
        Alert.opened_at > seen_at,
    )
    decided = select(Decision.why).where(
        Decision.plan_id == plan.id,
        Decision.clinician_id.is_(None),
        Decision.replaced_at.is_(None),
        Decision.alert >= REVIEW,
        Decision.decided_at > seen_at,
    )
    texts = select(InboundMessage.body).where(
        InboundMessage.patient_id == plan.patient_id,
        unread.is_unread(),
        InboundMessage.handled_at > seen_at,
    )
    told = (*db.session.scalars(opened), *db.session.scalars(decided))
    wrote = (f"“{body}”" for body in db.session.scalars(texts))
    return tuple(dict.fromkeys((*told, *wrote)))


def alarms_open(plan: Plan) -> tuple[tuple[str, str], ...]:
    """The open alarms about the plan's patient, by their ids, and what each says."""
    query = select(Alert).where(
        Alert.patient_id == plan.patient_id, Alert.closed_at.is_(None), Alert.level >= REVIEW
    )
    return tuple(
        (str(alert.id), alert.about) for alert in db.session.scalars(query.order_by(Alert.id))
    )
