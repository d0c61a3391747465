"""Sealed texts, the keyring and the columns that seal: what opens, what must not, who is found."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, Text, create_engine, select
from sqlalchemy import type_coerce as seen_as
from sqlalchemy.exc import CompileError, StatementError

from rehab.extensions import db
from rehab.models.keyring import open_vault, vault
from rehab.vault import Keyring, Unsealable, Vault, cookie_key
from rehab.vault.chain import START, link
from rehab.vault.columns import EncryptedJson, EncryptedText, PhoneKey, vault_of
from tests.conftest import NOON

SECRET = "a secret of a test, long enough to be one"
PLACE = "patient.phone"
MAYA = "+442079460123"

METADATA = MetaData()
DIARY = Table(
    "diary_of_a_test",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("note", EncryptedText("diary_of_a_test.note")),
    Column("values", EncryptedJson("diary_of_a_test.values")),
    Column("phone_key", PhoneKey, index=True),
)


def a_vault(secret: str = SECRET) -> Vault:
    return Vault(secret)


@given(text=st.text(), place=st.sampled_from(["patient.phone", "alert.note"]))
def test_what_is_sealed_opens_again_where_it_was_sealed(text: str, place: str) -> None:
    sealed = a_vault().seal(text, place)
    assert a_vault().unseal(sealed, place) == text
    assert re.fullmatch(r"v1\.[0-9a-f]{8}\.[A-Za-z0-9_=-]+", sealed)


def test_the_same_text_is_never_sealed_alike() -> None:
    own = a_vault()
    assert len({own.seal(MAYA, PLACE) for _ in range(100)}) == 100


def test_nothing_of_a_text_is_seen_in_its_seal() -> None:
    sealed = a_vault().seal("Lindqvist", PLACE)
    assert "Lindqvist" not in sealed


@given(data=st.data())
def test_a_seal_with_one_character_changed_does_not_open(data: st.DataObject) -> None:
    sealed = a_vault().seal("sore after the stairs", PLACE)
    spot = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != sealed[spot]))
    with pytest.raises(Unsealable) as caught:
        a_vault().unseal(sealed[:spot] + other + sealed[spot + 1 :], PLACE)
    assert "stairs" not in str(caught.value)


@pytest.mark.parametrize("text", ["12", "123", "1234"])
def test_a_seal_is_written_in_one_way_only(text: str) -> None:
    """The last character of base64 has bits that decode to nothing, and line ends are ignored."""
    sealed = a_vault().seal(text, PLACE)
    bare = sealed.rstrip("=")
    padding = sealed[len(bare) :]
    others = {f"{bare[:-1]}{last}{padding}" for last in "ABCDEFGHabcdefgh0123456789-_"}
    for other in sorted({*others, f"{sealed}=", f"{sealed}\n", f"{bare}\n{padding}"} - {sealed}):
        with pytest.raises(Unsealable):
            a_vault().unseal(other, PLACE)


@pytest.mark.parametrize(
    ("secret", "place", "why"),
    [
        (SECRET, "clinic.phone", "was not sealed there"),
        ("another secret, as long as the first one", PLACE, "not on the keyring"),
    ],
)
def test_a_seal_opens_in_no_other_place_and_with_no_other_secret(
    secret: str, place: str, why: str
) -> None:
    with pytest.raises(Unsealable, match=why):
        a_vault(secret).unseal(a_vault().seal(MAYA, PLACE), place)


@pytest.mark.parametrize("stored", ["", "Maya", "v1", "v1.", "v1.12345678", "v2.12345678.AAAA"])
def test_a_plain_text_is_not_taken_for_a_sealed_one(stored: str) -> None:
    with pytest.raises(Unsealable, match="not a sealed text"):
        a_vault().unseal(stored, PLACE)


def test_machines_with_one_secret_have_one_first_keyring() -> None:
    assert Keyring.first(SECRET) == Keyring.first(SECRET)
    assert a_vault().phone_key(MAYA) == a_vault().phone_key(MAYA)


def test_no_purpose_has_the_key_of_another() -> None:
    own = a_vault()
    keys = [own.ring.anchor, own.ring.newest.material, own.audit_key, own.phone_key("")]
    assert len({*keys, bytes.fromhex(cookie_key(SECRET))}) == 5


@given(phones=st.sets(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True), min_size=2))
def test_every_number_has_a_key_of_its_own(phones: set[str]) -> None:
    own = a_vault()
    assert len({own.phone_key(phone) for phone in phones}) == len(phones)
    assert all(len(own.phone_key(phone)) == 16 for phone in phones)


def test_a_number_is_found_by_no_other_secret() -> None:
    assert a_vault().phone_key(MAYA) != a_vault("another").phone_key(MAYA)


def test_a_keyring_tells_no_key_when_it_is_printed() -> None:
    ring = Keyring.first(SECRET).turned(NOON)
    shown = repr(ring) + repr(a_vault())
    assert not any(repr(raw) in shown for raw in (ring.anchor, *(k.material for k in ring.keys)))


def test_a_locked_keyring_opens_with_its_secret_alone() -> None:
    ring = Keyring.first(SECRET).turned(NOON).settled(NOON + timedelta(hours=1))
    locked = ring.locked(SECRET)
    assert Keyring.unlocked(locked, SECRET) == ring
    with pytest.raises(Unsealable, match="REHAB_SECRET_KEY is not the one"):
        Keyring.unlocked(locked, "another")


def test_a_turned_keyring_seals_with_the_new_key_and_opens_with_both() -> None:
    old = a_vault()
    sealed = old.seal("before", PLACE)
    locked = old.lock_with(old.ring.turned(NOON))
    new = Vault(SECRET, lambda: locked)
    assert new.unseal(sealed, PLACE) == "before"
    assert new.seal("after", PLACE).split(".")[1] == new.ring.newest.id != sealed.split(".")[1]
    assert new.phone_key(MAYA) == old.phone_key(MAYA)
    assert new.audit_key == old.audit_key


def test_a_retired_key_seals_no_more_and_still_opens() -> None:
    ring = Keyring.first(SECRET).turned(NOON)
    assert ring.is_turning
    settled = ring.settled(NOON)
    assert not settled.is_turning
    assert settled.in_use == (ring.newest,)
    locked = settled.locked(SECRET)
    assert Vault(SECRET, lambda: locked).unseal(a_vault().seal("x", PLACE), PLACE) == "x"


def test_a_vault_learns_of_a_key_that_another_machine_has_added() -> None:
    kept: list[str] = []
    here, there = (Vault(SECRET, lambda: kept[-1] if kept else None) for _ in range(2))
    assert here.unseal(there.seal("one", PLACE), PLACE) == "one"
    kept.append(there.lock_with(there.ring.turned(NOON)))
    there.refresh()
    assert here.unseal(there.seal("two", PLACE), PLACE) == "two"
    assert here.ring == there.ring


def test_a_vault_serves_many_threads() -> None:
    own = a_vault()

    def round_trip(n: int) -> bool:
        return own.unseal(own.seal(f"note {n}", PLACE), PLACE) == f"note {n}"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(round_trip, range(2000)))


@given(detail=st.dictionaries(st.text(), st.integers()), other=st.text(min_size=1))
def test_a_link_holds_its_entry_and_the_one_before(detail: dict[str, int], other: str) -> None:
    said = {"at": NOON, "detail": detail}
    own = link(b"key", said, START)
    assert own == link(b"key", json.loads(json.dumps({"detail": detail})) | {"at": NOON}, START)
    assert own not in {
        link(b"key", said, own),
        link(b"other", said, START),
        link(b"key", {**said, "detail": other}, START),
    }


@pytest.fixture
def diary(app: Flask) -> Iterator[None]:
    """A table with each kind of sealed column, in the server's own database."""
    METADATA.create_all(db.engine)
    yield
    db.session.rollback()
    METADATA.drop_all(db.engine)


def written(**row: object) -> int:
    key = db.session.execute(DIARY.insert().values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def test_the_database_sees_no_plain_text(diary: None) -> None:
    written(note="sore knee", values={"n": 6}, phone_key=MAYA)
    note, values = DIARY.c.note, DIARY.c["values"]
    assert db.session.execute(select(note, values, DIARY.c.phone_key)).one() == (
        "sore knee",
        {"n": 6},
        vault().phone_key(MAYA),
    )
    raw = db.session.execute(select(seen_as(note, Text), seen_as(values, Text))).one()
    assert all(re.fullmatch(r"v1\.[0-9a-f]{8}\.[^.]+", cell) for cell in raw)


def test_nothing_stays_nothing(diary: None) -> None:
    written(note=None, values=None, phone_key=None)
    raw = [seen_as(DIARY.c.note, Text), seen_as(DIARY.c["values"], Text), DIARY.c.phone_key]
    assert db.session.execute(select(*raw)).one() == (None, None, None)
    assert len(db.session.execute(select(DIARY).where(DIARY.c.note.is_(None))).all()) == 1


def test_a_number_is_found_by_its_key(diary: None) -> None:
    written(id=1, phone_key=MAYA)
    written(id=2, phone_key=MAYA[:-1] + "4")
    by_number = select(DIARY.c.id).where(DIARY.c.phone_key == MAYA)
    by_key = select(DIARY.c.id).where(DIARY.c.phone_key == vault().phone_key(MAYA))
    among = select(DIARY.c.id).where(DIARY.c.phone_key.in_([MAYA, "+15550100"]))
    assert [db.session.scalars(q).all() for q in (by_number, by_key, among)] == [[1]] * 3


@pytest.mark.parametrize("name", ["note", "values"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda column: column == "x",
        lambda column: column != "x",
        lambda column: column.in_(["x"]),
        lambda column: column.like("x%"),
        lambda column: column > "x",
        lambda column: column.desc(),
        lambda column: "x" + column,
        lambda column: column == DIARY.c.phone_key,
    ],
)
def test_a_sealed_column_is_never_compared_searched_or_sorted_by(name: str, ask: object) -> None:
    with pytest.raises(TypeError, match=f"diary_of_a_test.{name} is sealed"):
        ask(DIARY.c[name])  # type: ignore[operator]


def test_a_cell_moved_to_another_column_does_not_open(diary: None) -> None:
    written(values={"n": 6})
    moved = DIARY.update().values({DIARY.c.note: seen_as(DIARY.c["values"], Text)})
    db.session.connection().execute(moved)
    with pytest.raises(Unsealable, match=r"diary_of_a_test\.note"):
        db.session.scalars(select(DIARY.c.note)).one()


def test_a_sealed_value_is_never_written_into_a_statement(diary: None) -> None:
    statement = DIARY.insert().values(note="sore knee")
    with pytest.raises(CompileError) as caught:
        statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    assert "is never written into a statement" in str(caught.value.__cause__)


def test_an_engine_without_a_vault_seals_nothing() -> None:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as connection, pytest.raises(StatementError, match="no vault"):
        connection.execute(DIARY.insert().values(note="sore knee"))
    engine.dispose()


def test_two_engines_in_one_process_keep_to_their_own_keys() -> None:
    one, two = (create_engine("sqlite://") for _ in range(2))
    first, second = open_vault(one, "the secret of one"), open_vault(two, "the secret of two")
    assert (vault_of(one.dialect), vault_of(two.dialect)) == (first, second)
    for engine in (one, two):
        _write_and_read(engine)
        engine.dispose()


def _write_and_read(engine: Engine) -> None:
    METADATA.create_all(engine)
    with engine.begin() as connection:
        connection.execute(DIARY.insert().values(note="sore knee"))
        assert connection.scalar(select(DIARY.c.note)) == "sore knee"
