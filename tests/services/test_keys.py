"""Rotating the keys: nothing is lost, nothing hangs on an old key, and a kill only delays it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, Table, Text, Uuid, event, select
from sqlalchemy import type_coerce as seen_as

from rehab.extensions import db
from rehab.models.keyring import KeptKeyring, vault
from rehab.services import keys
from rehab.vault import Keyring, Unsealable, Vault
from rehab.vault.columns import EncryptedJson, EncryptedText, PhoneKey
from tests.conftest import NOON

LATER = NOON + timedelta(days=90)
METADATA = MetaData()
NOTES = Table(
    "notes_of_a_test",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("note", EncryptedText("notes_of_a_test.note")),
    Column("phone_key", PhoneKey),
)
VISITS = Table(
    "visits_of_a_test",
    METADATA,
    Column("room", Integer, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("values", EncryptedJson("visits_of_a_test.values")),
)
STORED = seen_as(NOTES.c.note, Text)


@pytest.fixture(autouse=True)
def _tables(app: Flask) -> Iterator[None]:
    METADATA.create_all(db.engine)
    yield
    db.session.rollback()
    METADATA.drop_all(db.engine)
    db.session.query(KeptKeyring).delete()
    db.session.commit()
    vault().refresh()


@pytest.fixture
def notes() -> dict[UUID, str]:
    """Seventy notes, and a row that has none."""
    said = {uuid4(): f"note {n}" for n in range(70)}
    rows = [
        {"id": key, "note": note, "phone_key": f"+4420794601{n}"}
        for n, (key, note) in enumerate(said.items(), 10)
    ]
    db.session.execute(NOTES.insert(), [*rows, {"id": uuid4(), "note": None, "phone_key": None}])
    visits = [{"room": n % 3, "day": n, "values": {"n": n}} for n in range(20)]
    db.session.execute(VISITS.insert(), visits)
    db.session.commit()
    return said


def read() -> dict[UUID, str]:
    rows = db.session.execute(select(NOTES.c.id, NOTES.c.note).where(NOTES.c.note.is_not(None)))
    return {row.id: row.note for row in rows}


def used() -> set[str]:
    """The keys that the stored cells name."""
    cells = [
        *db.session.scalars(select(STORED)),
        *db.session.scalars(select(seen_as(VISITS.c["values"], Text))),
    ]
    return {cell.split(".")[1] for cell in cells if cell is not None}


def rotate(**how: Any) -> keys.Rotation:
    db.session.rollback()
    return keys.rotate(how.pop("now", LATER), METADATA, **how)


@pytest.mark.parametrize("batch", [1, 7, 20, 70, 500])
def test_everything_is_sealed_anew_whatever_the_batch(notes: dict[UUID, str], batch: int) -> None:
    found = [vault().phone_key("+442079460110")]
    old = used()
    done = rotate(batch=batch)
    assert (done.resealed, done.left, done.unreadable) == (90, 0, ())
    assert {*done.retired} == old
    assert used() == {done.key_id} != old
    assert read() == notes
    visits = db.session.execute(select(VISITS.c.day, VISITS.c["values"])).all()
    assert sorted((day, values["n"]) for day, values in visits) == [(n, n) for n in range(20)]
    assert [vault().phone_key("+442079460110")] == found


def test_two_rotations_make_two_keys_and_the_last_is_used(notes: dict[UUID, str]) -> None:
    first, second = rotate(), rotate(now=LATER + timedelta(days=90))
    assert first.key_id != second.key_id
    assert used() == {second.key_id}
    assert second.retired == (first.key_id,)
    assert read() == notes
    assert [key.retired_at is None for key in vault().ring.keys] == [False, False, True]


@pytest.mark.parametrize("after", [0, 1, 6, 7, 8])
def test_a_rotation_that_was_killed_goes_on_with_the_same_key(
    notes: dict[UUID, str], after: int
) -> None:
    """Killed at the batch after so many: what had been committed stays, the rest is done."""
    seen = []

    def kill(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE notes_of") or statement.startswith("UPDATE visits_of"):
            seen.append(statement)
            if len(seen) > after:
                raise KeyboardInterrupt

    event.listen(db.engine, "before_cursor_execute", kill)
    with pytest.raises(KeyboardInterrupt):
        rotate(batch=10)
    event.remove(db.engine, "before_cursor_execute", kill)
    db.session.rollback()
    assert read() == notes
    key_id = vault().ring.newest.id
    done = rotate(batch=10)
    assert done.key_id == key_id
    assert done.resealed == 90 - after * 10
    assert done.left == 0
    assert used() == {key_id}
    assert read() == notes


def test_a_cell_written_meanwhile_is_its_writers(notes: dict[UUID, str]) -> None:
    """Between the reading of a batch and the update of its cell, the app writes that cell."""
    mine = min(notes, key=lambda key: key.hex)
    wrote = []

    def write(connection: Any, _cur: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE notes_of") and not wrote:
            wrote.append(mine)
            connection.execute(NOTES.update().where(NOTES.c.id == mine).values(note="newer"))

    event.listen(db.engine, "before_cursor_execute", write)
    done = rotate()
    event.remove(db.engine, "before_cursor_execute", write)
    assert (done.resealed, done.left) == (89, 0)
    assert read() == {**notes, mine: "newer"}


def test_a_cell_that_no_key_opens_is_named_and_keeps_the_old_key_in_use(
    notes: dict[UUID, str],
) -> None:
    spoilt = next(iter(notes))
    good = db.session.scalars(select(STORED).where(NOTES.c.id == spoilt)).one()
    spoil = NOTES.update().where(NOTES.c.id == spoilt)
    db.session.connection().execute(spoil.values({NOTES.c.note: seen_as(good[:-4] + "AAAA", Text)}))
    db.session.commit()
    done = rotate()
    assert done.unreadable == (f"notes_of_a_test.note of {spoilt}",)
    assert (done.resealed, done.left, done.retired) == (89, 1, ())
    assert rotate().key_id == done.key_id


def test_a_server_that_has_not_heard_of_the_new_key_loses_nothing(notes: dict[UUID, str]) -> None:
    unaware = Vault(vault()._secret)
    done = rotate()
    late = unaware.seal("late", "notes_of_a_test.note")
    straggler = uuid4()
    row = {NOTES.c.id: straggler, NOTES.c.note: seen_as(late, Text)}
    db.session.connection().execute(NOTES.insert().values(row))
    db.session.commit()
    assert read() == {**notes, straggler: "late"}
    again = rotate()
    assert used() == {again.key_id}
    assert again.key_id != done.key_id
    assert again.resealed == 91


def test_the_first_keyring_is_kept_when_a_server_starts(app: Flask) -> None:
    keys.keep_keyring(NOON, METADATA)
    keys.keep_keyring(LATER, METADATA)
    kept = db.session.scalars(select(KeptKeyring)).one()
    assert kept.changed_at == NOON
    assert vault().unlock(kept.locked) == Keyring.first(vault()._secret)


def test_a_server_with_another_secret_does_not_start(app: Flask) -> None:
    db.session.add(KeptKeyring(locked=Keyring.first("another").locked("another"), changed_at=NOON))
    db.session.commit()
    with pytest.raises(Unsealable, match="REHAB_SECRET_KEY is not the one"):
        keys.keep_keyring(NOON, METADATA)


def test_a_secret_that_does_not_open_what_is_there_is_not_kept(app: Flask) -> None:
    foreign = Vault("another").seal("a note", "notes_of_a_test.note")
    row = {NOTES.c.id: uuid4(), NOTES.c.note: seen_as(foreign, Text)}
    db.session.connection().execute(NOTES.insert().values(row))
    db.session.commit()
    with pytest.raises(Unsealable, match="not on the keyring"):
        keys.keep_keyring(NOON, METADATA)
    assert db.session.scalars(select(KeptKeyring)).all() == []


def test_a_new_secret_takes_over_and_touches_no_other_row(notes: dict[UUID, str]) -> None:
    """The rows of a server whose secret was another, and which has rotated once."""
    rotate()
    ring = vault().ring
    before = db.session.scalars(select(STORED).order_by(NOTES.c.id)).all()
    kept = db.session.scalars(select(KeptKeyring)).one()
    kept.locked = ring.locked("the secret before")
    db.session.commit()
    with pytest.raises(Unsealable):
        keys.take_over("not that one", LATER)
    keys.take_over("the secret before", LATER)
    assert vault().ring == ring
    assert db.session.scalars(select(STORED).order_by(NOTES.c.id)).all() == before
    assert read() == notes


def test_a_column_bound_to_another_place_is_refused() -> None:
    wrong = MetaData()
    Table("notes", wrong, Column("note", EncryptedText("patient.phone")))
    with pytest.raises(ValueError, match=r"notes\.note is sealed for patient\.phone"):
        keys.sealed_columns(wrong)


def test_the_servers_own_sealed_columns_are_bound_to_their_places(app: Flask) -> None:
    named = {str(column) for column in keys.sealed_columns()}
    assert all(place.count(".") == 1 for place in named)
