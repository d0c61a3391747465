"""No route changes anything, and no clinician opens a patient, without an entry in the audit."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.api import rates
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.services import tokens
from rehab.services.access.limits import Limit
from rehab.services.audit_chain import verify_all
from tests.api.conftest import problem
from tests.api.test_route_matrix import API, BODIES, Street, routes_of
from tests.api.test_route_matrix import street as street
from tests.conftest import NOON, Caller

NOT_YET = {
    "POST /api/v1/decisions/approve",
    "POST /api/v1/decisions/<uuid:id>/approve",
    "POST /api/v1/decisions/<uuid:id>/undo",
    "POST /api/v1/plans/<uuid:id>/advance-phase",
    "POST /api/v1/exercises",
    "POST /api/v1/exercises/<string:id>",
    "POST /api/v1/programs",
    "POST /api/v1/programs/<string:id>",
}
"""What nothing here is ready for: their use cases have tests of their own."""

LAST = ("discharge", "erase")

CHANGES: dict[str, dict[str, Any]] = {
    "PATCH /api/v1/plans/<uuid:id>": {"usual_pain": 6},
    "PATCH /api/v1/sessions/<uuid:id>": {"after": 5},
}
"""What changes something: a change of nothing is none."""

OPENED = {
    "GET /api/v1/patients/<uuid:id>",
    "GET /api/v1/patients/<uuid:id>/plans",
    "GET /api/v1/patients/<uuid:id>/messages",
    "GET /api/v1/patients/<uuid:id>/notes",
    "GET /api/v1/patients/<uuid:id>/consents",
    "GET /api/v1/plans/<uuid:id>",
    "GET /api/v1/plans/<uuid:id>/today",
    "GET /api/v1/plans/<uuid:id>/sessions",
    "GET /api/v1/plans/<uuid:id>/adherence",
    "GET /api/v1/plans/<uuid:id>/questions",
    "GET /api/v1/plans/<uuid:id>/mornings",
    "GET /api/v1/plans/<uuid:id>/measures",
    "GET /api/v1/plans/<uuid:id>/decisions",
    "GET /api/v1/sessions/<uuid:id>",
    "GET /api/v1/sessions/<uuid:id>/versions",
}


def entries() -> list[AuditEntry]:
    db.session.rollback()
    found = list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.at, AuditEntry.seq)))
    db.session.rollback()
    return found


def writes(app: Flask) -> list[str]:
    """Every route that changes something, in an order in which most succeed."""
    unsafe = (r for r in routes_of(app) if API in r and not r.startswith("GET"))
    return sorted(unsafe, key=lambda r: (r.endswith(LAST), r.endswith(LAST[-1:]), "PATCH" in r, r))


def test_every_write_leaves_an_entry_with_who_did_it(
    app: Flask, street: Street, ana: Clinician, monkeypatch: pytest.MonkeyPatch
) -> None:
    for route, body in CHANGES.items():
        monkeypatch.setitem(BODIES, route, body)
    own = tokens.issue_token(ana.email, (), NOON).split("_")[1]
    bearer = street.bearers["owner"].split("_")[1]
    mute, failed = [], set()
    for route in writes(app):
        before = len(entries())
        ids = {"token": own} if route.startswith("DELETE /api/v1/tokens") else None
        if street.ask(route, "owner", ids).status_code >= 300:
            failed.add(route)
            continue
        added = entries()[before:]
        if not added or {(e.actor_kind, e.actor_id) for e in added} != {("clinician", ana.id)}:
            mute.append(route)
    assert (mute, failed) == ([], NOT_YET)
    acts = [e for e in entries() if e.action == "plan.paused"]
    assert [e.token_id for e in acts] == [bearer]
    assert list(verify_all()) == []


@pytest.mark.parametrize("route", sorted(OPENED))
def test_opening_a_patient_is_on_record(street: Street, ana: Clinician, route: str) -> None:
    before = [e for e in entries() if e.action == "patient.seen"]
    assert street.ask(route, "read-only").status_code == 200
    (seen,) = [e for e in entries() if e.action == "patient.seen"][len(before) :]
    assert str(seen.subject_id) == street.ids["patient"]
    assert seen.actor_id != ana.id


def test_every_read_of_one_patient_is_among_them(app: Flask) -> None:
    of_one = {
        route
        for route in routes_of(app)
        if route.startswith("GET /api/v1/") and "<uuid:id>" in route
    }
    assert of_one - OPENED == {
        "GET /api/v1/patients/<uuid:id>/export",
        "GET /api/v1/clinicians/<uuid:id>/tokens",
    }


def test_a_program_that_runs_wild_is_slowed_down(
    as_ana: Caller, as_boris: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limit("api", burst=3, per=rates.REQUESTS.per)
    monkeypatch.setattr(rates, "REQUESTS", few)
    answers: list[Any] = [as_ana("GET", "/programs") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) == 4
    problem(answers[-1], 429)
    assert as_boris("GET", "/programs").status_code == 200
