"""What a report costs: so many statements and no more, however many sessions came before it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from rehab.models.audit import AuditEntry
from rehab.models.decision import Decision
from rehab.models.kept_answer import KeptAnswer
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.services import mornings, plans, reminders, sessions
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from tests.api.conftest import rows
from tests.conftest import NOON, Caller
from tests.queries import READS, WRITES, counted

DAY = timedelta(days=1)
ALL = READS + WRITES

OF_A_REPORT, OF_A_MORNING, OF_A_WAKING_AFTER = 17, 19, 25
"""Statements of one request; what counts callers is told of every tenth only."""


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    starts_on = maya.today(NOON - 40 * DAY)
    wish = Assignment("lb-subacute-6w", 4, weekdays=tuple(range(7)), starts_on=starts_on)
    return plans.assign(maya, wish, library, NOON - 40 * DAY)


def lived(plan: Plan, earlier: int, library: Library, until: datetime) -> None:
    """So many sessions on the days before, each with the morning after; today's texts wait."""
    for days in range(earlier, 0, -1):
        then = until - days * DAY
        sessions.report_session(plan, SessionReport(then, 4, 4, 4), library, then)
        woken = MorningReport(plan.patient.today(then + DAY), pain=3, sleep=7)
        mornings.report_morning(plan, woken, library, then + DAY / 2)
    reminders.plan_ahead(until - DAY / 4)


def told(as_ana: Caller, plan: Plan, what: str, said: dict[str, Any]) -> tuple[Any, list[str]]:
    path = f"/plans/{plan.id}/{what}"
    as_ana("GET", f"/plans/{plan.id}")
    with counted(ALL) as asked:
        answer = as_ana("POST", path, said, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return answer, asked


def a_session(at: datetime) -> dict[str, Any]:
    return {"performed_at": at.isoformat(), "before": 4, "during": 4, "after": 4}


@pytest.mark.parametrize("earlier", [0, 3, 18])
def test_a_report_costs_the_same_however_long_the_plan_has_run(
    as_ana: Caller, plan: Plan, library: Library, earlier: int
) -> None:
    lived(plan, earlier, library, NOON)
    _, asked = told(as_ana, plan, "sessions", a_session(NOON))
    assert len(asked) <= OF_A_REPORT, "\n".join(asked)


@pytest.mark.parametrize("earlier", [0, 3, 18])
def test_a_morning_costs_the_same_however_long_the_plan_has_run(
    as_ana: Caller, plan: Plan, library: Library, earlier: int
) -> None:
    """It decides again from the session of the day before, where there is one."""
    lived(plan, earlier, library, NOON - DAY)
    if earlier:
        sessions.report_session(plan, SessionReport(NOON - DAY, 4, 4, 4), library, NOON - DAY)
    said = {"on": str(plan.patient.today(NOON)), "pain": 3, "sleep": 6}
    _, asked = told(as_ana, plan, "mornings", said)
    assert len(asked) <= (OF_A_WAKING_AFTER if earlier else OF_A_MORNING), "\n".join(asked)


def test_what_is_stored_in_one_table_goes_there_in_one_statement(
    as_ana: Caller, plan: Plan, library: Library
) -> None:
    lived(plan, 3, library, NOON)
    _, asked = told(as_ana, plan, "sessions", a_session(NOON))
    inserted = [line.split()[2] for line in asked if line.startswith("INSERT")]
    assert len(inserted) == len(set(inserted))
    assert {"session", "decision", "audit_entry", "kept_answer"} <= set(inserted)


@pytest.mark.parametrize("said", [{}, {"during": 9, "after": 9}, {"red_flags": ["first"]}])
def test_the_answer_is_what_is_stored(
    as_ana: Caller, plan: Plan, library: Library, said: dict[str, Any]
) -> None:
    """The decisions are told without being read again: they are told as they will be read."""
    lived(plan, 3, library, NOON)
    flags = list(library.red_flags)[: len(said.get("red_flags", ()))]
    given = {**a_session(NOON), **said, "red_flags": flags}
    answer, _ = told(as_ana, plan, "sessions", given)
    assert answer.json["decisions"]
    assert as_ana("GET", f"/sessions/{answer.json['id']}").json == answer.json


def test_a_report_that_fails_at_the_last_leaves_nothing(
    as_ana: Caller, plan: Plan, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Session, decisions, texts, audit and the kept answer are one transaction."""
    lived(plan, 3, library, NOON)
    tables = (Session, Decision, AuditEntry, KeptAnswer)
    before = [rows(table) for table in tables]

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("rehab.services.audit._move_head", fail)
    monkeypatch.setattr(as_ana.client.application, "testing", False)
    path = f"/plans/{plan.id}/sessions"
    key = {"Idempotency-Key": "one"}
    assert as_ana("POST", path, a_session(NOON), headers=key).status_code == 500
    assert [rows(table) for table in tables] == before
