"""Erasing a person: their rows go, all in one transaction; the audit keeps the bare id.

A number that said STOP stays on its list, so that nobody texts it again. Older backups still hold
the person until they expire; the ledger sees to it that none brings them back.
"""

import re
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from rehab.errors import Conflict
from rehab.extensions import db
from rehab.models.kept_answer import KeptAnswer
from rehab.models.message import InboundMessage, Suppression
from rehab.models.number import key_of
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.sign_in import Challenge
from rehab.services.audit import SYSTEM, Actor, Subject, record
from rehab.services.privacy import ledger
from rehab.services.privacy.belongings import Belonging, belongings, is_shared, texts_of_nobody
from rehab.services.transactions import transaction
from rehab.tenancy import across_clinics

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

FETCHED_FOR = timedelta(days=2)
"""The provider is asked for the texts of the last day: one that was here must not come back."""

AT_ONCE = 500
UNSEEN = {"synchronize_session": False}
"""What is written is not looked for in the unit of work: a sealed column cannot be compared."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of each noun are gone."""

    patient_id: UUID
    rows: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


@transaction()
def erase(patient: Patient, book: Path, actor: Actor, now: datetime) -> Erased:
    """Erase a patient for good, and write it into the ledger at `book`.

    Raises Conflict while they are under a legal hold.
    """
    _hold(patient)
    if patient.held_since is not None:
        raise Conflict("the patient is under a legal hold: release them first")
    return _erase(patient, book, actor, now)


def erase_again(shadows: Collection[str], book: Path, now: datetime) -> int:
    """Erase whoever is in `shadows` and here all the same, as after a restore; how many were.

    A hold of that earlier day had been lifted when they were erased: it counts no more.
    """
    again = [found for found in db.session.scalars(select(Patient.id)) if _is_in(shadows, found)]
    for patient_id in again:
        with transaction():
            patient = db.session.get_one(Patient, patient_id)
            _hold(patient)
            _erase(patient, book, SYSTEM, now)
    return len(again)


def _is_in(shadows: Collection[str], patient_id: UUID) -> bool:
    return ledger.shadow_of(patient_id) in shadows


def _hold(patient: Patient) -> None:
    """Keep others off the plans and then off the patient: the order in which everybody does."""
    plans = select(Plan.id).where(Plan.patient_id == patient.id).order_by(Plan.id)
    db.session.scalars(plans.with_for_update()).all()
    db.session.refresh(patient, with_for_update={"of": Patient})


def _erase(patient: Patient, book: Path, actor: Actor, now: datetime) -> Erased:
    patient_id, clinic_id = patient.id, patient.clinic_id
    keys = {kind: _held(kind, patient_id) for kind in belongings()}
    ids = {str(part) for rows in keys.values() for key in rows for part in key}
    with across_clinics("a person's traces in what is of no clinic"):
        _forget_texts(patient, now)
        _forget_number(patient)
        _forget_codes(patient_id)
        _forget_answers(ids)
    for kind in reversed(belongings()):
        _remove(kind, patient_id)
    erased = Erased(patient_id, {kind.noun: len(rows) for kind, rows in keys.items() if rows})
    about = Subject("patient", patient_id, clinic_id)
    record(ledger.ERASED, about, actor, {"rows": erased.total}, now)
    ledger.note_on_commit(book, patient_id)
    return erased


def _held(kind: Belonging, patient_id: UUID) -> list[tuple[Any, ...]]:
    """The keys of the rows about them, from now on kept from others: no new row hangs on one."""
    keys = select(*(getattr(kind.model, c.key) for c in kind.key)).where(kind.of(patient_id))
    return [tuple(row) for row in db.session.execute(keys.with_for_update())]


def _remove(kind: Belonging, patient_id: UUID) -> None:
    gone = delete(kind.model).where(kind.of(patient_id))
    db.session.execute(gone, execution_options={"synchronize_session": "fetch"})


def _forget_texts(patient: Patient, now: datetime) -> None:
    """Texts from the person go; of the last days the provider's id stays, so that none is fetched
    anew."""
    theirs = select(InboundMessage).where(InboundMessage.patient_id == patient.id)
    for text in (*db.session.scalars(theirs), *texts_of_nobody(patient)):
        if text.received_at < now - FETCHED_FOR:
            db.session.delete(text)
            continue
        text.patient_id, text.intent, text.interpretation = None, None, None
        text.sender, text.recipient, text.body = "", "", ""
    db.session.flush()


def _forget_number(patient: Patient) -> None:
    """On the list of those that said STOP a number of nobody's is known by its hash alone."""
    if not is_shared(patient):
        theirs = update(Suppression).where(Suppression.phone_key == key_of(patient.phone))
        db.session.execute(theirs.values(phone="", note=None), execution_options=UNSEEN)


def _forget_codes(patient_id: UUID) -> None:
    for challenge in db.session.scalars(select(Challenge)):
        if str(patient_id) in challenge.patient_ids:
            db.session.delete(challenge)
    db.session.flush()


def _forget_answers(ids: AbstractSet[str]) -> None:
    """Answers that were kept to be given again, if they name any row that goes."""
    kept = select(KeptAnswer.key, KeptAnswer.body).execution_options(yield_per=AT_ONCE)
    naming = [key for key, body in db.session.execute(kept) if not ids.isdisjoint(_named(body))]
    for n in range(0, len(naming), AT_ONCE):
        db.session.execute(delete(KeptAnswer).where(KeptAnswer.key.in_(naming[n : n + AT_ONCE])))


def _named(body: str) -> Iterable[str]:
    return ID.findall(body.lower())
