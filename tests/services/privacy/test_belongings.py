"""No table about a person without a place in what is handed over and what is erased."""

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, Table

from rehab.extensions import Base, db
from rehab.models.sign_in import SignIn
from rehab.services.privacy import belongings as ways
from rehab.services.privacy.belongings import NOT_THEIRS, NOUNS, belongings

pytestmark = pytest.mark.usefixtures("app")
"""The server is built, so that every table is known."""


def test_every_table_with_a_way_to_a_person_has_a_noun_and_every_other_a_reason() -> None:
    reached = {kind.table.name for kind in belongings()}
    tables = set(db.metadata.tables)
    assert reached == set(NOUNS)
    assert tables == reached | set(NOT_THEIRS)
    assert not reached & set(NOT_THEIRS)
    assert all(NOT_THEIRS.values())


def test_every_table_is_mapped_so_that_none_escapes() -> None:
    assert {m.local_table.name for m in Base.registry.mappers} == set(db.metadata.tables)


def test_a_new_table_about_a_plan_would_be_found() -> None:
    plan = db.metadata.tables["plan"]
    tied = Table("tied_of_a_test", MetaData(), Column("of", ForeignKey(plan.c.id)))
    loose = Table("loose_of_a_test", MetaData(), Column("of", plan.c.id.type))
    assert ([c.name for c in ways._links(tied)], ways._links(loose)) == (["of"], [])


def test_whoever_hangs_on_another_comes_after_it() -> None:
    places = {kind.table.name: n for n, kind in enumerate(belongings())}
    assert places["patient"] == 0
    for kind in belongings():
        for link in ways._links(kind.table):
            assert places[ways._parent(link).name] < places[kind.table.name]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("decision", ["plan_id"]),
        ("message_event", ["message_id"]),
        ("outbound_message", ["patient_id"]),
        ("alert", ["patient_id", "plan_id"]),
        ("link", ["patient_id", "plan_id"]),
    ],
)
def test_the_way_is_the_shortest_that_is_always_there(table: str, columns: list[str]) -> None:
    assert [c.name for c in ways._shortest(db.metadata.tables[table])] == columns


def test_a_clinicians_sign_in_is_nobodys_patient() -> None:
    (kind,) = [kind for kind in belongings() if kind.model is SignIn]
    assert [c.name for c in ways._shortest(kind.table)] == ["patient_id"]
