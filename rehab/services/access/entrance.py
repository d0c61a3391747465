"""What a link opens: a sign-in by a link that is good once, or one plan's session of today."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.services.access import links, sign_ins
from rehab.services.access.errors import Refused
from rehab.services.access.links import Held, Purpose
from rehab.services.access.sign_ins import Entered
from rehab.services.transactions import transaction

TODAY, CHECK_IN = "today", "check_in"


@dataclass(frozen=True, slots=True)
class Capability:
    """What whoever holds a reminder may do with one plan; no history and no name is among it."""

    plan_id: UUID
    expires_at: datetime
    grants: frozenset[str] = frozenset({TODAY, CHECK_IN})


def look(token: str, address: str, now: datetime) -> None:
    """Whether the link could sign somebody in: the page with the button, which uses nothing up.

    Programs that fetch every link in a text go no further than this. Raises NotFound, TooMany.
    """
    links.follow(Purpose.ENTRY, token, address, now)


def enter(token: str, address: str, agent: str, now: datetime) -> Entered:
    """Sign in whom the link was made for, and use it up. Raises NotFound, TooMany.

    The sign-in is not fresh, since links are forwarded; a clinician's has no second factor yet.
    """
    links.follow(Purpose.ENTRY, token, address, now)
    return _enter(token, agent, now)


def open_reminder(token: str, address: str, now: datetime) -> Capability:
    """What the link in a reminder allows, as often as it is opened. Raises NotFound, TooMany."""
    held = links.follow(Purpose.REMINDER, token, address, now)
    if held.plan_id is None:
        raise Refused
    return Capability(held.plan_id, held.expires_at)


@transaction()
def _enter(token: str, agent: str, now: datetime) -> Entered:
    person = _person(links.use_up(Purpose.ENTRY, token, now))
    return sign_ins.start(person, agent, now, fresh=False)


def _person(held: Held) -> Clinician | Patient:
    if held.clinician_id is not None:
        return db.session.get_one(Clinician, held.clinician_id)
    return db.session.get_one(Patient, held.patient_id)
