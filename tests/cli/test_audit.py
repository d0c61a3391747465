"""`rehab audit verify`: the ends to note, and one line for each chain that does not hold."""

from uuid import UUID, uuid4

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from rehab.cli.audit import audit
from rehab.extensions import db
from rehab.services.audit import SYSTEM, Subject, record
from rehab.services.transactions import transaction
from tests.conftest import NOON, lift_triggers


def run(app: Flask, *arguments: str) -> Result:
    db.session.rollback()
    return app.test_cli_runner().invoke(audit, ["verify", *arguments])


@pytest.fixture
def clinic_id(app: Flask) -> str:
    """A clinic whose audit has five entries; the operator's has one."""
    clinic, somebody = uuid4(), uuid4()
    with transaction():
        for n in range(5):
            record("patient.opened", Subject("patient", somebody, clinic), SYSTEM, {"n": n}, NOON)
        record("keys.rotated", Subject("keyring"), SYSTEM, {}, NOON)
    return str(clinic)


def tamper(statement: str) -> None:
    triggers = lift_triggers()
    db.session.execute(text(statement))
    for trigger in triggers:
        db.session.execute(text(trigger))
    db.session.commit()


def ends(app: Flask) -> list[str]:
    done = run(app)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_it_prints_the_end_of_each_chain_and_takes_it_back_as_expected(
    app: Flask, clinic_id: str
) -> None:
    told = ends(app)
    assert [line.split(":")[:2] for line in told] == [
        ["00000000-0000-0000-0000-000000000000", "1"],
        [clinic_id, "5"],
    ]
    expected = [part for end in told for part in ("--expect", end)]
    assert run(app, *expected).stdout.splitlines() == told


def test_an_audit_of_nothing_holds(app: Flask) -> None:
    assert ends(app) == []


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        (
            "UPDATE audit_entry SET action = 'x' WHERE seq = 3",
            "entry 3: the entry is not as it was written",
        ),
        ("DELETE FROM audit_entry WHERE seq = 2", "entry 2: the entry is missing: next is 3"),
        ("DELETE FROM audit_entry WHERE seq = 5", "entry 5: the head knows of 5 entries"),
    ],
)
def test_a_chain_that_was_changed_is_a_line_and_a_failure(
    app: Flask, clinic_id: str, statement: str, line: str
) -> None:
    tamper(statement)
    done = run(app)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"clinic {clinic_id}, {line}",
        "Error: 1 of the chains of the audit do not hold",
    ]


def test_a_chain_that_was_removed_whole_is_missed_where_its_end_was_noted(
    app: Flask, clinic_id: str
) -> None:
    noted = ends(app)[1]
    tamper("DELETE FROM audit_entry WHERE action = 'patient.opened'")
    tamper("DELETE FROM audit_head WHERE count = 5")
    assert run(app, "--expect", noted).exit_code == 1
    assert (
        f"clinic {clinic_id}, entry 1: 5 entries were noted" in run(app, "--expect", noted).stderr
    )


@pytest.mark.parametrize("end", ["", "x:1:2", f"{UUID(int=7)}:1:zz", f"{'-' * 36}:1:{'a' * 64}"])
def test_an_end_that_is_none_is_a_usage_error(app: Flask, end: str) -> None:
    assert run(app, "--expect", end).exit_code == 2
