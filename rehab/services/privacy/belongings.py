"""What is kept about one person: every table with a way to them, read off the foreign keys."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, or_, select
from sqlalchemy.orm import Mapper

from rehab.extensions import Base, db
from rehab.models.message import InboundMessage
from rehab.models.number import key_of
from rehab.models.patient import Patient
from rehab.tenancy import across_clinics

PATIENT = "patient"

NOUNS = {
    PATIENT: "patient",
    "plan": "plans",
    "plan_terms": "plan_terms",
    "session": "sessions",
    "session_version": "session_versions",
    "morning": "mornings",
    "decision": "decisions",
    "measurement": "measurements",
    "screening": "screenings",
    "alert": "alerts",
    "note": "notes",
    "sms_consent": "consents",
    "outbound_message": "messages_sent",
    "message_event": "message_events",
    "inbound_message": "messages_received",
    "conversation": "conversations",
    "sign_in": "sign_ins",
    "link": "links",
    "calendar_feed": "calendar_feeds",
}
"""What the rows of each table about a person are called where they are handed over."""

NOT_THEIRS = {
    "api_token": "a clinician's",
    "audit_entry": "ids alone: handed over with the rest, and kept when a person is erased",
    "audit_head": "the end of a clinic's chain",
    "authenticator": "a clinician's",
    "challenge": "a code of ten minutes, of which hashes are kept; erased by the ids in it",
    "clinic": "the clinic's",
    "clinician": "a clinician's",
    "gate": "stands before the provider, of nobody",
    "heartbeat": "a worker's",
    "kept_answer": "an answer of the last day to a program; erased by the ids in it",
    "keyring": "the keys of the whole database, locked",
    "password": "a clinician's",
    "rate_bucket": "found only by a hash of who knocks",
    "recovery_code": "a clinician's",
    "shelf_item": "the clinic's own exercises and programs",
    "suppression": "a number that said STOP: handed over, and kept, for a STOP outlives the person",
    "tally": "counts of texts",
}
"""Tables without a way to a person, and why nothing, or what else, is done about them."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """A table of rows about a person; `depth` tables lie between the two at the most."""

    mapper: Mapper[Any]
    depth: int

    @property
    def model(self) -> Any:
        return self.mapper.class_

    @property
    def table(self) -> Any:
        return self.mapper.local_table

    @property
    def noun(self) -> str:
        return NOUNS[self.table.name]

    @property
    def key(self) -> tuple[Column[Any], ...]:
        return tuple(c for c in self.table.columns if c.primary_key)

    def of(self, patient_id: UUID) -> ColumnElement[bool]:
        """That a row is about this person."""
        return _of(self.table, patient_id)


@cache
def belongings() -> tuple[Belonging, ...]:
    """Every table with a way to a person, the nearest first, the person themselves before all."""
    found = [Belonging(m, _depth(m.local_table)) for m in Base.registry.mappers if _leads(m)]
    return tuple(sorted(found, key=lambda b: (b.depth, b.table.name)))


def texts_of_nobody(patient: Patient) -> list[InboundMessage]:
    """Texts from this person's number that no plan could be found for, unless others share it."""
    with across_clinics("texts of nobody are of no clinic"):
        if is_shared(patient):
            return []
        stray = select(InboundMessage).where(
            InboundMessage.patient_id.is_(None),
            InboundMessage.sender_key == key_of(patient.phone),
        )
        return list(db.session.scalars(stray.order_by(InboundMessage.received_at)))


def is_shared(patient: Patient) -> bool:
    """Whether somebody else, here or next door, has the same number."""
    with across_clinics("whether a number is one person's alone"):
        holders = select(Patient.id).where(Patient.phone_key == key_of(patient.phone)).limit(2)
        return len(db.session.scalars(holders).all()) > 1


def _of(table: Any, patient_id: UUID) -> ColumnElement[bool]:
    if table.name == PATIENT:
        return table.c.id == patient_id  # type: ignore[no-any-return]
    return or_(*(_hangs_on(link, patient_id) for link in _shortest(table)))


def _hangs_on(link: Column[Any], patient_id: UUID) -> ColumnElement[bool]:
    key = next(iter(link.foreign_keys)).column
    if key.table.name == PATIENT:
        return link == patient_id
    return link.in_(select(key).where(_of(key.table, patient_id)))


def _shortest(table: Any) -> list[Column[Any]]:
    """The column that is never null on the shortest way, else all that may lead to a person."""
    ways = sorted(_links(table), key=lambda c: (c.nullable, _depth(_parent(c)), c.name))
    return ways if ways[0].nullable else ways[:1]


def _leads(mapper: Mapper[Any]) -> bool:
    table: Any = mapper.local_table
    return table.name == PATIENT or bool(_links(table))


def _links(table: Any, seen: tuple[str, ...] = ()) -> list[Column[Any]]:
    """The columns that lead to a person, through whatever lies between."""
    known = (*seen, table.name)
    return [c for c in table.columns if c.foreign_keys and _is_way(_parent(c), known)]


def _is_way(table: Any, seen: tuple[str, ...]) -> bool:
    return table.name not in seen and (table.name == PATIENT or bool(_links(table, seen)))


def _depth(table: Any) -> int:
    return 0 if table.name == PATIENT else 1 + max(_depth(_parent(c)) for c in _links(table))


def _parent(column: Column[Any]) -> Any:
    return next(iter(column.foreign_keys)).column.table
