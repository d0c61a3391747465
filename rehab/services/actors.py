"""Who is acting, said by the door they came through, and one line that puts an act on record."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from rehab.extensions import Model, db
from rehab.models.clinic import ApiToken, Clinic, Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services.access import limits
from rehab.services.access.errors import TooMany
from rehab.services.access.ledger import ledger
from rehab.services.access.limits import Limit, Owed
from rehab.services.audit import SYSTEM, Actor, ActorKind, Subject, record
from rehab.services.transactions import transaction

SEEN = Limit("seen", burst=1, per=timedelta(hours=1))
"""Who looked at whom is on record once an hour: it answers who has seen a patient, and on which
days, without an entry for every click, under which all other acts would be lost."""

_acting: ContextVar[Actor] = ContextVar("acting", default=SYSTEM)


def acting() -> Actor:
    """Who acts now: the server itself where no door has said somebody."""
    return _acting.get()


def enter(actor: Actor) -> None:
    """Let `actor` act from here on; a request begins and ends with the server itself."""
    _acting.set(actor)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Let `actor` act in the block."""
    before = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(before)


def actor_of(person: Clinician | Patient, token_id: str | None = None) -> Actor:
    """A person as the audit knows them, with the API token that they came with."""
    kind = ActorKind.CLINICIAN if isinstance(person, Clinician) else ActorKind.PATIENT
    return Actor(kind, person.id, token_id)


def acted(action: str, on: Model, now: datetime, by: Actor | None = None, **detail: Any) -> None:
    """Record an act on a row, by `by` or whoever acts now, in the running transaction.

    `detail` is held to what `audit.record` takes: ids and words of ours, never a person's.
    """
    record(action, subject_of(on), by or acting(), detail, now)


def saw(clinician: Clinician, patient: Patient, now: datetime) -> None:
    """Record that a clinician looked at a patient, once an hour."""
    looked(clinician.id, Subject(Patient.__tablename__, patient.id, patient.clinic_id), now)


def looked(clinician_id: UUID, at: Subject, now: datetime) -> None:
    """Record that a clinician looked at a patient, once an hour."""

    @transaction()
    def on_record(limit: Limit, key: str, second: float) -> Owed:
        owed = limits.knock(limit, key, second)
        if owed.is_taken:
            record("patient.seen", at, acting(), {}, now)
        return owed

    with suppress(TooMany):
        ledger().take_rarely(SEEN, f"{clinician_id} {at.id}", now, on_record)


def subject_of(row: Any) -> Subject:
    """A row as the audit names it: its table, its id and the clinic that it is of."""
    if isinstance(row, ApiToken):
        # The same 16 hex digits, as the end of a UUID: an id as the audit takes it.
        return Subject("api_token", UUID(int=int(row.id, 16)), row.clinician.clinic_id)
    return Subject(row.__tablename__, row.id, _clinic_of(row))


def _clinic_of(row: Any) -> UUID:
    found: UUID
    if isinstance(row, Clinic):
        found = row.id
    elif hasattr(row, "clinic_id"):
        found = row.clinic_id
    elif hasattr(row, "patient_id"):
        found = db.session.get_one(Patient, row.patient_id).clinic_id
    else:
        found = _clinic_of(db.session.get_one(Plan, row.plan_id))
    return found
