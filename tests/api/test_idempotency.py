"""A write with an Idempotency-Key is done once, however often and from however many sides it is
sent; a write that fails leaves nothing behind."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.kept_answer import KeptAnswer
from rehab.models.patient import Patient
from rehab.models.session import Session
from rehab.services import clinics, tokens
from tests.api.conftest import MAYA, SESSION, problem, rows
from tests.conftest import NOON, Caller

KEY = {"Idempotency-Key": "one"}
DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


def test_the_same_key_twice_is_one_patient_and_one_answer(as_ana: Caller) -> None:
    first = as_ana("POST", "/patients", MAYA, headers=KEY)
    again = as_ana("POST", "/patients", MAYA, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.data, first.content_type) == (again.data, again.content_type)
    assert rows(Patient) == 1


def test_what_is_not_done_again_is_not_on_record_again(as_ana: Caller) -> None:
    for _ in range(3):
        as_ana("POST", "/patients", MAYA, headers=KEY)
    enrolled = select(AuditEntry).filter_by(action="patient.enrolled")
    assert len(db.session.scalars(enrolled).all()) == 1


def test_without_a_key_each_is_done(as_ana: Caller) -> None:
    as_ana("POST", "/patients", MAYA)
    as_ana("POST", "/patients", MAYA)
    assert (rows(Patient), rows(KeptAnswer)) == (2, 0)


def test_threads_with_one_key_make_one_row(app: Flask, as_ana: Caller, plan_id: str) -> None:
    db.session.rollback()

    def send(_: int) -> tuple[int, bytes]:
        caller = Caller(app.test_client(), as_ana.token)
        answer = caller("POST", f"/plans/{plan_id}/sessions", SESSION, headers=KEY)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(8)))
    assert [status for status, _ in answers] == [201]
    assert rows(Session) == 1


def test_a_key_with_another_body_is_refused(as_ana: Caller) -> None:
    as_ana("POST", "/patients", MAYA, headers=KEY)
    other = as_ana("POST", "/patients", {**MAYA, "given_name": "Mia"}, headers=KEY)
    assert "Idempotency-Key" in problem(other, 422)["errors"]
    assert rows(Patient) == 1


def test_a_key_is_its_askers_own(
    app: Flask, as_ana: Caller, as_boris: Caller, riverside: Any
) -> None:
    cleo = clinics.add_clinician(riverside.id, "cleo@riverside.example", "Cleo", NOON)
    as_cleo = Caller(app.test_client(), tokens.issue_token(cleo.email, (), NOON))
    made = [c("POST", "/patients", MAYA, headers=KEY).json["id"] for c in (as_ana, as_cleo)]
    made.append(as_boris("POST", "/patients", MAYA, headers=KEY).json["id"])
    assert len(set(made)) == rows(Patient) == 3


def test_a_key_is_for_one_path(as_ana: Caller, patient_id: str) -> None:
    other = as_ana("POST", "/patients", {**MAYA, "phone": "+442079460124"}).json["id"]
    for id_ in (patient_id, other):
        answer = as_ana("PATCH", f"/patients/{id_}", {"given_name": "Mia"}, headers=KEY)
        assert answer.json["id"] == id_


@pytest.mark.parametrize(("later", "made"), [(DAY, 1), (DAY + SECOND, 2)])
def test_after_a_day_a_key_is_new(
    as_ana: Caller, at: Callable[[datetime], None], later: timedelta, made: int
) -> None:
    as_ana("POST", "/patients", MAYA, headers=KEY)
    at(NOON + later)
    assert as_ana("POST", "/patients", MAYA, headers=KEY).status_code == 201
    assert rows(Patient) == made


@pytest.mark.parametrize(
    ("body", "status"),
    [({**MAYA, "zone": "Nowhere/Else"}, 422), ({**MAYA, "surprise": 1}, 422), (None, 422)],
)
def test_a_request_that_fails_keeps_nothing_and_may_be_mended(
    as_ana: Caller, body: Any, status: int
) -> None:
    problem(as_ana("POST", "/patients", body, headers=KEY), status)
    assert rows(KeptAnswer) == 0
    assert as_ana("POST", "/patients", MAYA, headers=KEY).status_code == 201


def test_a_conflict_keeps_nothing(as_ana: Caller, plan_id: str) -> None:
    problem(as_ana("POST", f"/plans/{plan_id}/resume", {}, headers=KEY), 409)
    assert rows(KeptAnswer) == 0


def test_a_change_is_made_once(as_ana: Caller, plan_id: str) -> None:
    path = f"/plans/{plan_id}"
    first = as_ana("PATCH", path, {"usual_pain": 6}, headers=KEY)
    as_ana("PATCH", path, {"usual_pain": 3})
    again = as_ana("PATCH", path, {"usual_pain": 6}, headers=KEY)
    assert (again.json, again.headers["ETag"]) == (first.json, first.headers["ETag"])
    assert as_ana("GET", path).json["usual_pain"] == 3


def test_an_end_is_made_once(as_ana: Caller, ana: Clinician) -> None:
    """The second answer is the first one's, not that of a token which is over."""
    token_id = tokens.issue_token(ana.email, (), NOON).split("_")[1]
    first = as_ana("DELETE", f"/tokens/{token_id}", headers=KEY)
    again = as_ana("DELETE", f"/tokens/{token_id}", headers=KEY)
    assert (first.status_code, again.status_code, again.data) == (204, 204, b"")
    assert rows(KeptAnswer) == 1


@pytest.mark.parametrize("key", ["", "k" * 129])
def test_a_key_has_its_length(as_ana: Caller, key: str) -> None:
    answer = as_ana("POST", "/patients", MAYA, headers={"Idempotency-Key": key})
    assert "Idempotency-Key" in problem(answer, 422)["errors"]
    assert rows(Patient) == 0


def test_reads_take_no_key_and_every_write_does(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in ("get", "post", "patch", "delete"):
                names = [p["name"] for p in operation.get("parameters", []) if "name" in p]
                assert ("Idempotency-Key" in names) is (method != "get"), (method, path)


def test_a_read_with_a_key_is_read_anew(as_ana: Caller, patient_id: str) -> None:
    path = f"/patients/{patient_id}"
    as_ana("GET", path, headers=KEY)
    as_ana("PATCH", path, {"given_name": "Mia"})
    assert as_ana("GET", path, headers=KEY).json["given_name"] == "Mia"
