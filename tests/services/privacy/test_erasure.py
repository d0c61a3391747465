"""Erased is erased, all or nothing; and whatever must outlive the person does."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.message import InboundMessage, Suppression
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import audit_chain, consent, replies
from rehab.services.privacy import erasure, holds, ledger
from rehab.services.privacy.belongings import belongings
from rehab.services.replies import Inbound
from rehab.services.transactions import transaction
from rehab.tenancy import of_clinic
from tests.conftest import NOON
from tests.services.privacy.conftest import OPERATOR, SECRET_WORDS, contents

Live = Callable[[Patient], Plan]
LATER = NOON + timedelta(days=30)


@pytest.fixture
def both(maya: Patient, nils: Patient, live: Live) -> dict[str, str]:
    """The two stories, each with a row in every table, and a STOP from Maya's phone."""
    live(maya)
    live(nils)
    consent.suppress(maya.phone, "sms", NOON)
    return {"maya": str(maya.id), "phone": maya.phone, "nils": str(nils.id)}


def counted() -> dict[str, int]:
    return {
        kind.table.name: len(db.session.execute(select(*kind.key)).all()) for kind in belongings()
    }


@pytest.mark.parametrize("later", [NOON, LATER], ids=["at once", "a month later"])
def test_nothing_is_left_of_whoever_is_erased_and_all_of_everybody_else(
    app: Flask, both: dict[str, str], maya: Patient, book: Path, later: Any
) -> None:
    told, before = contents(app), counted()
    done = erasure.erase(maya, book, OPERATOR, later)
    stored = contents(app)
    kept = {name for name, rows in stored.items() if both["maya"] in rows}
    assert kept == {"audit_entry"}
    assert {name for name, rows in stored.items() if both["phone"] in rows} == set()
    assert all("Lindqvist" not in rows for rows in stored.values())
    gone = {kind.table.name: done.rows[kind.noun] for kind in belongings()}
    gone["inbound_message"] = 0 if later == NOON else 2
    assert counted() == {name: count - gone[name] for name, count in before.items()}
    words = [sum(rows.count(SECRET_WORDS) for rows in s.values()) for s in (told, stored)]
    assert words[0] == 2 * words[1] > 0
    assert both["nils"] in stored["challenge"]
    assert set(done.rows) == {kind.noun for kind in belongings()}
    assert done.rows["patient"] == 1


def test_texts_of_the_last_days_leave_their_number_so_that_none_is_fetched_again(
    both: dict[str, str], maya: Patient, book: Path, library: Library
) -> None:
    erasure.erase(maya, book, OPERATOR, NOON)
    again = Inbound("SMMaya", both["phone"], "+442079460100", SECRET_WORDS)
    assert replies.receive(again, library, NOON, swept=True) is None
    found = db.session.scalars(select(InboundMessage))
    left = [row for row in found if row.sender == ""]
    assert {row.provider_sid for row in left} == {"SMMaya", "SMMaya-stray"}
    assert {(row.body, row.interpretation, row.patient_id) for row in left} == {("", None, None)}


def test_a_stop_outlives_the_person(both: dict[str, str], maya: Patient, book: Path) -> None:
    erasure.erase(maya, book, OPERATOR, NOON)
    assert consent.is_suppressed(both["phone"])
    assert len(db.session.scalars(select(Suppression)).all()) == 1


def test_the_audit_keeps_the_bare_id_and_holds(
    both: dict[str, str], maya: Patient, book: Path
) -> None:
    patient_id, clinic_id = maya.id, maya.clinic_id
    done = erasure.erase(maya, book, OPERATOR, NOON)
    (entry,) = db.session.scalars(select(AuditEntry).filter_by(action="patient.erased"))
    assert (entry.subject_id, entry.clinic_id) == (patient_id, clinic_id)
    assert entry.detail == {"rows": done.total}
    assert list(audit_chain.verify_all()) == []
    assert ledger.noted(book) == {ledger.shadow_of(patient_id)} == ledger.in_audit()


def test_an_erasure_that_fails_at_the_end_erases_nothing(
    app: Flask, both: dict[str, str], maya: Patient, book: Path
) -> None:
    before = contents(app)

    def about_to_commit(*_: Any) -> None:
        raise RuntimeError("the power went")

    event.listen(db.session, "before_commit", about_to_commit)
    try:
        with pytest.raises(RuntimeError):
            erasure.erase(maya, book, OPERATOR, NOON)
    finally:
        event.remove(db.session, "before_commit", about_to_commit)
    assert contents(app) == before
    assert ledger.noted(book) == frozenset()


def test_an_erasure_inside_another_transaction_is_noted_when_that_commits(
    both: dict[str, str], maya: Patient, book: Path
) -> None:
    with transaction():
        erasure.erase(maya, book, OPERATOR, NOON)
        assert not book.exists()
    assert len(ledger.noted(book)) == 1


def test_a_clinic_erases_within_its_own_walls(
    app: Flask, both: dict[str, str], maya: Patient, book: Path
) -> None:
    with of_clinic(maya.clinic_id):
        erasure.erase(maya, book, OPERATOR, NOON)
    assert {name for name, rows in contents(app).items() if both["maya"] in rows} == {"audit_entry"}


def test_texts_from_a_number_that_two_share_stay(
    both: dict[str, str], maya: Patient, nils: Patient, book: Path
) -> None:
    with transaction():
        nils.phone = maya.phone
    erasure.erase(maya, book, OPERATOR, NOON)
    strays = select(InboundMessage).filter_by(provider_sid="SMMaya-stray")
    assert db.session.scalars(strays).one().body == SECRET_WORDS


def test_whoever_is_under_a_legal_hold_is_not_erased_until_released(
    app: Flask, both: dict[str, str], maya: Patient, book: Path
) -> None:
    holds.hold_patient(maya, " Lindqvist v. Riverside ", OPERATOR, NOON)
    assert (maya.held_since, maya.held_because) == (NOON, "Lindqvist v. Riverside")
    before = contents(app)
    with pytest.raises(Conflict, match="legal hold"):
        erasure.erase(maya, book, OPERATOR, NOON)
    assert contents(app) == before
    holds.release_patient(maya, OPERATOR, LATER)
    erasure.erase(maya, book, OPERATOR, LATER)
    actions = select(AuditEntry.action).order_by(AuditEntry.seq.desc()).limit(3)
    assert list(db.session.scalars(actions))[::-1] == [
        "patient.held",
        "patient.released",
        "patient.erased",
    ]


def test_a_hold_has_a_reason_and_is_put_and_lifted_once(maya: Patient) -> None:
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Invalid):
            holds.hold_patient(maya, reason, OPERATOR, NOON)
    with pytest.raises(Conflict):
        holds.release_patient(maya, OPERATOR, NOON)
    holds.hold_patient(maya, "a claim", OPERATOR, NOON)
    with pytest.raises(Conflict):
        holds.hold_patient(maya, "another", OPERATOR, LATER)
    assert maya.held_since == NOON


def test_whoever_is_in_the_ledger_is_erased_again_whatever_held_them_then(
    both: dict[str, str], maya: Patient, nils: Patient, book: Path
) -> None:
    holds.hold_patient(maya, "a claim that was settled later", OPERATOR, NOON)
    shadows = {ledger.shadow_of(maya.id)}
    assert erasure.erase_again(shadows, book, NOON) == 1
    assert list(db.session.scalars(select(Patient.id))) == [nils.id]
    assert erasure.erase_again(shadows, book, NOON) == 0
