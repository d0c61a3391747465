"""What is held is read once; after the transaction that held it, it is read anew."""

from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import plans
from rehab.services.plans import Assignment
from rehab.services.transactions import held, hold, is_held, to_hold, transaction
from tests.conftest import NOON
from tests.queries import counted


def a_plan(maya: Patient, library: Library) -> Plan:
    return plans.assign(maya, Assignment("lb-subacute-6w", 4), library, NOON)


def told_elsewhere(plan_id: UUID, edition: int) -> None:
    """Another process changes the row."""
    with db.engine.begin() as connection:
        table = Plan.__table__
        connection.execute(update(table).where(table.c.id == plan_id).values(edition=edition))


def test_a_row_is_held_until_its_transaction_ends(maya: Patient, library: Library) -> None:
    plan = a_plan(maya, library)
    with transaction():
        hold(plan)
        assert is_held(plan)
        with counted() as asked:
            hold(plan)
        assert asked == []
    assert not is_held(plan)


def test_a_row_that_was_held_before_is_read_anew(maya: Patient, library: Library) -> None:
    plan = a_plan(maya, library)
    plan_id = plan.id
    for edition in (7, 8):
        db.session.rollback()
        told_elsewhere(plan_id, edition)
        with transaction():
            hold(plan)
            assert plan.edition == edition


def test_a_row_that_is_found_to_be_changed_is_held_and_as_it_is_now(
    app: Flask, maya: Patient, library: Library
) -> None:
    plan = a_plan(maya, library)
    question = to_hold(select(Plan).where(Plan.id == plan.id), Plan)
    with transaction():
        plan.edition = 5
        with counted() as asked:
            found = held(question, {})
            assert found is plan
            hold(plan)
        assert len(asked) == 1
        assert is_held(plan)
        assert plan.edition == 5


def test_what_is_not_there_is_not_held(app: Flask) -> None:
    assert held(to_hold(select(Plan), Plan), {}) is None


def test_a_savepoint_that_is_undone_lets_go(maya: Patient, library: Library) -> None:
    plan = a_plan(maya, library)
    with transaction():
        inside = db.session.begin_nested()
        hold(plan)
        inside.rollback()
        assert not is_held(plan)
