"""Today's plan, asked for again and again: cheap, never stale, and never another clinic's."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select, text, update

from rehab.api.today import TODAY_OUT
from rehab.extensions import db
from rehab.models.clinic import ApiToken, Clinic, Clinician
from rehab.models.plan import Plan
from rehab.services import tokens
from rehab.services.today import today
from rehab.tenancy import across_clinics
from rehab.wiring import library, wiring
from tests.api.conftest import SESSION, problem
from tests.conftest import NOON, Caller


@contextmanager
def statements() -> Iterator[list[str]]:
    """All that the database is told, the beginning of a transaction too."""
    found: list[str] = []
    listen = (db.engine, "before_cursor_execute", lambda c, k, said, *_: found.append(said))
    event.listen(*listen)
    try:
        yield found
    finally:
        event.remove(*listen)


def fresh(plan_id: str, now: datetime = NOON) -> Any:
    """What the plan holds, worked out anew."""
    db.session.rollback()
    plan = db.session.scalars(select(Plan).where(Plan.id == UUID(plan_id))).one()
    return TODAY_OUT.dump(today(plan, plan.patient.today(now), library()))


def test_a_day_that_was_told_before_takes_one_statement_and_no_transaction(
    as_ana: Caller, plan_id: str
) -> None:
    first = as_ana("GET", f"/plans/{plan_id}/today")
    with statements() as said:
        again = as_ana("GET", f"/plans/{plan_id}/today")
    assert len(said) == 1
    assert said[0].startswith("SELECT")
    assert again.data == first.data
    assert again.headers["Content-Type"] == "application/json"
    assert again.json == fresh(plan_id)


ACTS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/plans/{id}/sessions", SESSION),
    ("POST", "/plans/{id}/pause", {"reason": "a cold"}),
    ("PATCH", "/plans/{id}", {"weekdays": [5]}),
    ("PATCH", "/plans/{id}", {"usual_pain": 7}),
    ("POST", "/plans/{id}/discharge", {"reason": "well"}),
]


@pytest.mark.parametrize(("method", "path", "body"), ACTS)
def test_what_changes_a_plan_is_told_at_once(
    as_ana: Caller, plan_id: str, method: str, path: str, body: dict[str, Any]
) -> None:
    asked = [f"/plans/{plan_id}/today", f"/plans/{plan_id}/today?before=7"]
    before = [as_ana("GET", each).json for each in asked]
    assert as_ana(method, path.format(id=plan_id), body).status_code < 300
    after = [as_ana("GET", each).json for each in asked]
    assert after[0] == fresh(plan_id)
    assert after != before


def test_midnight_where_the_patient_lives_brings_the_next_day(
    as_ana: Caller, plan_id: str, at: Callable[[datetime], None]
) -> None:
    days = []
    for hours in (1, 11, 12, 13):
        at(NOON + timedelta(hours=hours, minutes=-1))
        answer = as_ana("GET", f"/plans/{plan_id}/today")
        assert answer.status_code == 200, answer.text
        days.append(answer.json["on"])
    assert days == ["2026-03-02"] * 3 + ["2026-03-03"]


def test_a_shelf_that_has_changed_is_looked_at_again(as_ana: Caller, plan_id: str) -> None:
    as_ana("GET", f"/plans/{plan_id}/today")
    as_ana("GET", f"/plans/{plan_id}/today")
    assert len(wiring().days) == 1
    db.session.execute(update(Clinic).values(shelf_edition=Clinic.shelf_edition + 1))
    db.session.commit()
    as_ana("GET", f"/plans/{plan_id}/today")
    assert len(wiring().days) == 2


def test_what_one_clinic_was_told_the_other_is_not(
    as_ana: Caller, as_boris: Caller, plan_id: str
) -> None:
    assert as_ana("GET", f"/plans/{plan_id}/today").status_code == 200
    problem(as_boris("GET", f"/plans/{plan_id}/today"), 404)


@pytest.mark.parametrize(
    "end",
    [
        lambda: update(ApiToken).values(revoked_at=NOON),
        lambda: update(ApiToken).values(expires_at=NOON),
        lambda: update(ApiToken).values(secret_hash=bytes(32)),
        lambda: update(Clinician).values(deactivated_at=NOON),
    ],
)
def test_a_token_ended_by_another_process_opens_nothing_the_next_moment(
    as_ana: Caller, plan_id: str, end: Callable[[], Any]
) -> None:
    assert as_ana("GET", f"/plans/{plan_id}/today").status_code == 200
    db.session.execute(end())
    db.session.commit()
    problem(as_ana("GET", f"/plans/{plan_id}/today"), 401)


def test_a_role_or_a_scope_that_was_taken_away_is_gone_at_once(
    as_ana: Caller, plan_id: str
) -> None:
    assert as_ana("GET", f"/plans/{plan_id}/today").status_code == 200
    db.session.execute(update(ApiToken).values(scopes=[]))
    db.session.commit()
    problem(as_ana("GET", f"/plans/{plan_id}/today"), 403)


def test_many_threads_that_read_and_report_meet_no_fault(
    app: Flask, as_ana: Caller, ana: Clinician, plan_id: str
) -> None:
    callers = [Caller(app.test_client(), tokens.issue_token(ana.email, (), NOON)) for _ in range(8)]
    db.session.remove()

    def call(number: int) -> int:
        caller = Caller(app.test_client(), callers[number % 8].token)
        if number % 4:
            return int(caller("GET", f"/plans/{plan_id}/today").status_code)
        at = (NOON - timedelta(minutes=5 + number)).isoformat()
        said = {**SESSION, "performed_at": at}
        return int(caller("POST", f"/plans/{plan_id}/sessions", said).status_code)

    with ThreadPoolExecutor(32) as pool:
        answers = set(pool.map(call, range(96)))
    assert answers <= {200, 201, 409, 422}
    assert {200, 201} <= answers
    with across_clinics("tests"):
        assert as_ana("GET", f"/plans/{plan_id}/today").json == fresh(plan_id)


def test_a_connection_that_died_is_found_out_and_the_question_asked_again(
    app: Flask, as_ana: Caller, plan_id: str
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("a file does not hang up")
    assert as_ana("GET", f"/plans/{plan_id}/today").status_code == 200
    db.session.remove()
    with db.engine.connect() as killer, db.engine.connect() as other:
        other.close()
        killer.execute(text(KILL))
        assert as_ana("GET", f"/plans/{plan_id}/today").status_code == 200


KILL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
