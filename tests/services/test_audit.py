"""The audit: what is recorded with whose transaction, and that no change to it goes unseen."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from rehab.extensions import db
from rehab.models.audit import NO_CLINIC, AuditEntry, AuditHead
from rehab.models.clinic import Clinic
from rehab.services.audit import ENTRIES, HEADS, SYSTEM, Actor, ActorKind, Subject, record
from rehab.services.audit_chain import Break, End, ends, verify, verify_all
from rehab.services.transactions import transaction
from tests.conftest import NOON, lift_triggers

HERE, THERE = UUID(int=1), UUID(int=2)
ANA = Actor(ActorKind.CLINICIAN, uuid4(), "0123456789abcdef")
MAYA = uuid4()
LENGTH = 9


class Door(StrEnum):
    API = "api"


def saw(clinic_id: UUID | None = HERE, n: int = 0) -> None:
    about = Subject("patient", MAYA, clinic_id)
    record("patient.opened", about, ANA, {"door": Door.API, "n": n}, NOON + timedelta(seconds=n))


@pytest.fixture
def chain(app: Flask) -> list[AuditEntry]:
    """A chain of nine entries, three a transaction."""
    for first in range(0, LENGTH, 3):
        with transaction():
            for n in range(first, first + 3):
                saw(n=n)
    return entries()


def entries(clinic_id: UUID = HERE) -> list[AuditEntry]:
    db.session.rollback()
    mine = select(AuditEntry).filter_by(clinic_id=clinic_id).order_by(AuditEntry.seq)
    return list(db.session.scalars(mine))


@contextmanager
def tampering() -> Iterator[None]:
    """What somebody could do who owns the database and has no key."""
    db.session.rollback()
    triggers = lift_triggers()
    yield
    for trigger in triggers:
        db.session.execute(text(trigger))
    db.session.commit()


def entry(seq: int) -> Any:
    return (ENTRIES.c.clinic_id == HERE) & (ENTRIES.c.seq == seq)


def head() -> AuditHead:
    db.session.rollback()
    return db.session.scalars(select(AuditHead).filter_by(clinic_id=HERE)).one()


def test_an_act_is_kept_with_all_that_was_said(app: Flask) -> None:
    plan = uuid4()
    detail = {"plan": plan, "door": Door.API, "step": 3, "ok": True, "rules": ["cap-1", "cap-2"]}
    with transaction():
        record("plan.changed", Subject("plan", plan, HERE), ANA, detail, NOON)
    (kept,) = entries()
    assert (kept.seq, kept.at, kept.action, kept.prev_hash) == (1, NOON, "plan.changed", "0" * 64)
    assert (kept.actor_kind, kept.actor_id, kept.token_id) == ("clinician", ANA.id, ANA.token_id)
    assert (kept.subject_kind, kept.subject_id) == ("plan", plan)
    plain = {"plan": str(plan), "door": "api", "step": 3, "ok": True, "rules": ["cap-1", "cap-2"]}
    assert kept.detail == plain


def test_a_chain_has_no_gap_and_ends_at_its_head(chain: list[AuditEntry]) -> None:
    assert [e.seq for e in chain] == [*range(1, LENGTH + 1)]
    assert [e.prev_hash for e in chain[1:]] == [e.hash for e in chain[:-1]]
    assert ends() == {HERE: End(LENGTH, chain[-1].hash)}
    assert verify(HERE) is None


def test_each_clinic_has_a_chain_of_its_own_and_the_operator_too(app: Flask) -> None:
    with transaction():
        for clinic_id in (THERE, HERE, None, THERE):
            saw(clinic_id)
    assert {c: end.count for c, end in ends().items()} == {NO_CLINIC: 1, HERE: 1, THERE: 2}
    assert list(verify_all()) == []


def test_an_act_that_is_rolled_back_was_none(app: Flask) -> None:
    def fail() -> None:
        with transaction():
            saw()
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fail()
    with transaction():
        db.session.add(Clinic(name="X", zone="UTC", created_at=NOON))
    assert entries() == []


def test_an_act_of_an_inner_use_case_is_kept_with_the_outer(app: Flask) -> None:
    with transaction():
        with transaction():
            saw(n=1)
        saw(n=2)
        db.session.flush()
    assert [e.detail["n"] for e in entries()] == [1, 2]


def test_an_act_in_a_savepoint_goes_or_stays_with_it(app: Flask) -> None:
    with transaction():
        saw(n=1)
        with db.session.begin_nested():
            saw(n=2)
        outer = db.session.begin_nested()
        saw(n=3)
        with db.session.begin_nested():
            saw(n=4)
        outer.rollback()
        saw(n=5)
    assert [e.detail["n"] for e in entries()] == [1, 2, 5]


def test_an_act_that_nobody_commits_is_not_kept_by_the_next(app: Flask) -> None:
    saw(n=1)
    db.session.close()
    with transaction():
        saw(n=2)
    assert [e.detail["n"] for e in entries()] == [2]


@pytest.mark.parametrize(
    "value",
    [
        "Maya",
        "maya lindqvist",
        "+442079460123",
        "442079460123",
        "p442079460123",
        "ana@riverside.example",
        "a" * 41,
        "",
        442079460123,
        2079460,
        -1_000_000,
        7.5,
        NOON,
        b"bytes",
        {"name": 1},
        ["cap-1", "Maya"],
    ],
)
def test_what_could_be_a_name_or_a_number_is_refused(app: Flask, value: object) -> None:
    with pytest.raises(ValueError, match=r"^seen: the audit takes ids") as caught:
        record("patient.opened", Subject("patient", MAYA, HERE), ANA, {"seen": value}, NOON)
    assert str(value) not in str(caught.value) or not value


@pytest.mark.parametrize(
    ("action", "kind", "detail", "now"),
    [
        ("Patient opened", "patient", {}, NOON),
        ("patient.opened", "Maya Lindqvist", {}, NOON),
        ("patient.opened", "patient", {"Maya Lindqvist": 1}, NOON),
        ("patient.opened", "patient", {}, NOON.replace(tzinfo=None)),
    ],
)
def test_an_act_is_said_in_slugs_and_has_an_instant(
    app: Flask, action: str, kind: str, detail: dict[str, int], now: datetime
) -> None:
    with pytest.raises(ValueError, match=r"takes ids|instant"):
        record(action, Subject(kind, MAYA, HERE), ANA, detail, now)


def test_an_act_of_the_server_has_no_person(app: Flask) -> None:
    with transaction():
        record("keys.rotated", Subject("keyring"), SYSTEM, {}, NOON)
    (kept,) = entries(NO_CLINIC)
    assert (kept.actor_kind, kept.actor_id, kept.subject_id) == ("system", None, None)
    assert verify(NO_CLINIC) is None


FORGED: dict[str, object] = {
    "at": NOON - timedelta(microseconds=1),
    "actor_kind": "patient",
    "actor_id": None,
    "token_id": "0123456789abcdee",
    "action": "patient.closed",
    "subject_kind": "plan",
    "subject_id": UUID(int=7),
    "detail": {},
    "prev_hash": "f" * 64,
    "hash": "f" * 64,
}


@pytest.mark.parametrize("seq", [1, 5, LENGTH])
@pytest.mark.parametrize("column", FORGED)
def test_a_changed_column_is_found_at_its_entry(
    chain: list[AuditEntry], seq: int, column: str
) -> None:
    with tampering():
        db.session.execute(ENTRIES.update().where(entry(seq)).values({column: FORGED[column]}))
    found = verify(HERE)
    assert found is not None
    assert (found.clinic_id, found.seq) == (HERE, seq)


def test_every_column_can_be_forged_by_the_test_above() -> None:
    assert {*FORGED, "clinic_id", "seq"} == {column.name for column in ENTRIES.columns}


@pytest.mark.parametrize("seq", [1, 5, LENGTH])
def test_a_removed_entry_is_found(chain: list[AuditEntry], seq: int) -> None:
    with tampering():
        db.session.execute(ENTRIES.delete().where(entry(seq)))
    found = verify(HERE, batch=2)
    assert found is not None
    assert found.seq == seq


def swap(one: int, other: int) -> None:
    for old, new in ((one, 99), (other, one), (99, other)):
        db.session.execute(ENTRIES.update().where(entry(old)).values(seq=new))


def add_one() -> None:
    row = {**dict(db.session.execute(select(ENTRIES).where(entry(LENGTH))).one()._mapping)}
    db.session.execute(ENTRIES.insert().values({**row, "seq": LENGTH + 1}))


def move_here() -> None:
    mine = ENTRIES.update().where(ENTRIES.c.clinic_id == HERE)
    db.session.execute(mine.values(clinic_id=THERE))
    db.session.execute(HEADS.update().values(clinic_id=THERE))


def cut(count: int, with_head: bool) -> None:
    db.session.execute(ENTRIES.delete().where(ENTRIES.c.seq > count))
    last = select(ENTRIES.c.hash).where(entry(count)).scalar_subquery()
    if with_head:
        db.session.execute(HEADS.update().values(count=count, hash=last))


@pytest.mark.parametrize(
    ("how", "clinic_id", "seq"),
    [
        (lambda: swap(3, 4), HERE, 3),
        (add_one, HERE, LENGTH + 1),
        (move_here, THERE, 1),
        (lambda: cut(6, with_head=False), HERE, 7),
        (lambda: cut(6, with_head=True), HERE, 7),
        (lambda: db.session.execute(HEADS.delete()), HERE, LENGTH + 1),
        (lambda: db.session.execute(ENTRIES.delete()), HERE, 1),
        (lambda: db.session.execute(HEADS.update().values(mark="0" * 64)), HERE, LENGTH + 1),
    ],
    ids=["reordered", "added", "moved", "tail", "tail and head", "head", "emptied", "mark"],
)
def test_a_change_to_the_chain_is_found_where_it_begins(
    chain: list[AuditEntry], how: Callable[[], object], clinic_id: UUID, seq: int
) -> None:
    with tampering():
        how()
    assert [(b.clinic_id, b.seq) for b in verify_all()] == [(clinic_id, seq)]


def test_a_cut_chain_is_not_made_whole_by_the_next_entry(chain: list[AuditEntry]) -> None:
    with tampering():
        cut(6, with_head=True)
    with transaction():
        saw(n=100)
    found = verify(HERE)
    assert found is not None
    assert (found.seq, found.why) == (
        7,
        "the entries before this one had been cut off or wound back",
    )
    assert [e.action for e in entries()][6:] == ["audit.head_not_ours", "patient.opened"]


def test_a_chain_wound_back_with_a_copied_head_is_found_by_what_was_noted(
    chain: list[AuditEntry],
) -> None:
    noted, copied = ends(), head()
    old = {c.name: getattr(copied, c.name) for c in HEADS.columns}
    with transaction():
        saw(n=100)
    later = ends()
    with tampering():
        db.session.execute(ENTRIES.delete().where(entry(LENGTH + 1)))
        db.session.execute(HEADS.update().values(old))
    assert verify(HERE) is None
    assert list(verify_all(noted)) == []
    assert list(verify_all(later)) == [Break(HERE, LENGTH + 1, f"{LENGTH + 1} entries were noted")]
    with transaction():
        saw(n=101)
    assert list(verify_all(noted)) == []
    why = "the entry is not the one that was noted"
    assert list(verify_all(later)) == [Break(HERE, LENGTH + 1, why)]


def test_a_chain_that_is_gone_is_found_by_what_was_noted(chain: list[AuditEntry]) -> None:
    noted = ends()
    with tampering():
        db.session.execute(ENTRIES.delete())
        db.session.execute(HEADS.delete())
    assert list(verify_all()) == []
    assert [b.seq for b in verify_all(noted)] == [1]


@pytest.mark.parametrize("batch", [1, 2, LENGTH, LENGTH + 1, 1000])
def test_a_whole_chain_is_whole_in_every_batch(chain: list[AuditEntry], batch: int) -> None:
    assert verify(HERE, batch=batch) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'x' WHERE seq = 1",
        "DELETE FROM audit_entry WHERE seq = 9",
        "DELETE FROM audit_entry",
        "UPDATE audit_head SET count = count - 1",
        "UPDATE audit_head SET mark = hash",
        "DELETE FROM audit_head",
        "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE seq = 1",
        "INSERT INTO audit_head SELECT * FROM audit_head",
    ],
)
def test_the_database_refuses_every_change(chain: list[AuditEntry], statement: str) -> None:
    before = [e.hash for e in chain]
    with pytest.raises(DBAPIError, match=r"never changed|duplicate key"):
        db.session.execute(text(statement))
    assert [e.hash for e in entries()] == before
    assert verify(HERE) is None


@pytest.mark.parametrize("table", ["audit_entry", "audit_head"])
def test_a_table_of_the_audit_is_neither_emptied_nor_replaced_into(
    chain: list[AuditEntry], table: str
) -> None:
    statement = {
        "postgresql": f"TRUNCATE {table} CASCADE",
        "sqlite": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",  # noqa: S608
    }
    with pytest.raises(DBAPIError, match="never changed"):
        db.session.execute(text(statement[db.engine.dialect.name]))
    db.session.rollback()
    assert verify(HERE) is None


def test_erasing_a_patient_leaves_a_chain_that_holds_and_names_nobody(
    chain: list[AuditEntry],
) -> None:
    """Nothing refers to the rows that are gone, so none of the audit has to change."""
    assert not ENTRIES.foreign_keys
    assert {e.subject_id for e in chain} == {MAYA}


def test_many_writers_never_fork_a_chain_nor_wait_for_each_other_for_good(app: Flask) -> None:
    """Each transaction writes to both clinics, every other one in the opposite order, and takes
    the lock of a shared row before or after it records."""
    clinic = Clinic(name="clinic", zone="UTC", created_at=NOON)
    db.session.add(clinic)
    db.session.commit()
    shared = update(Clinic).where(Clinic.id == clinic.id)
    db.session.rollback()

    def act(n: int) -> None:
        with app.app_context():
            with transaction():
                if n % 3:
                    db.session.execute(shared.values(name=f"clinic {n}"))
                for clinic_id in (HERE, THERE)[:: 1 if n % 2 else -1]:
                    saw(clinic_id, n)
                if not n % 3:
                    db.session.execute(shared.values(name=f"clinic {n}"))
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, range(60)))
    assert list(verify_all()) == []
    for clinic_id in (HERE, THERE):
        assert sorted(e.detail["n"] for e in entries(clinic_id)) == [*range(60)]


def test_a_chain_is_walked_while_others_write(app: Flask) -> None:
    def act(n: int) -> None:
        with app.app_context():
            with transaction():
                saw(n=n)
            db.session.remove()

    with ThreadPoolExecutor(3) as pool:
        writing = pool.map(act, range(40))
        db.session.rollback()
        found = [verify(HERE, batch=3) for _ in range(20)]
        list(writing)
    assert found == [None] * 20
    assert ends()[HERE].count == 40
