"""A patient's data over the API: handed over to whoever treats them, erased by an owner alone."""

import io
import zipfile
from typing import Any

import pytest

from rehab.api.bearer import OWNERS_ONLY
from rehab.models.kept_answer import KeptAnswer
from rehab.services import tokens
from rehab.services.privacy import ledger
from rehab.services.privacy.export import EXPORTS
from rehab.wiring import wiring
from tests.api.conftest import SESSION, problem, rows
from tests.conftest import NOON, Caller


@pytest.fixture
def as_owner(as_ana: Caller, ana: Any) -> Caller:
    return Caller(as_ana.client, tokens.issue_token(ana.email, tokens.SCOPES, NOON))


def test_everything_is_handed_over_as_a_document(
    as_ana: Caller, patient_id: str, plan_id: str
) -> None:
    as_ana("POST", f"/plans/{plan_id}/sessions", SESSION)
    answer = as_ana("GET", f"/patients/{patient_id}/export")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    name = f'attachment; filename="patient-{patient_id}.json"'
    assert answer.headers["Content-Disposition"] == name
    assert answer.headers["Cache-Control"] == "no-store"
    assert [s["plan_id"] for s in answer.json["sessions"]] == [plan_id]
    assert answer.json["patient"]["given_name"] == "Maya"


def test_or_as_a_zip_of_tables(as_ana: Caller, patient_id: str) -> None:
    answer = as_ana("GET", f"/patients/{patient_id}/export?format=csv")
    assert answer.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.read("patient.csv").decode().splitlines()[1].count("Maya") == 1


@pytest.mark.parametrize("asked", ["format=xml", "format=", "form=json", "format=json&x=1"])
def test_another_format_is_no_format(as_ana: Caller, patient_id: str, asked: str) -> None:
    problem(as_ana("GET", f"/patients/{patient_id}/export?{asked}"), 422)


def test_nobody_carries_off_a_clinic_one_patient_at_a_time(as_ana: Caller, patient_id: str) -> None:
    for _ in range(EXPORTS.burst):
        assert as_ana("GET", f"/patients/{patient_id}/export").status_code == 200
    answer = as_ana("GET", f"/patients/{patient_id}/export")
    problem(answer, 429)
    assert int(answer.headers["Retry-After"]) > 0


def test_an_owner_erases_and_then_there_is_nobody(
    as_owner: Caller, patient_id: str, plan_id: str
) -> None:
    answer = as_owner("POST", f"/patients/{patient_id}/erase")
    assert answer.status_code == 200
    assert answer.json["id"] == patient_id
    assert answer.json["rows"]["patient"] == answer.json["rows"]["plans"] == 1
    for path in (f"/patients/{patient_id}", f"/plans/{plan_id}"):
        problem(as_owner("GET", path), 404)
    problem(as_owner("POST", f"/patients/{patient_id}/erase"), 404)
    assert ledger.path_of(wiring().settings).exists()


def test_an_erasure_that_is_asked_for_twice_with_one_key_is_answered_twice(
    as_owner: Caller, patient_id: str
) -> None:
    """What was kept to be answered again about the patient goes, but not this."""
    key = {"Idempotency-Key": "enrol"}
    said = {"given_name": "Otto", "phone": "+442079460124", "zone": "UTC"}
    otto = as_owner("POST", "/patients", said, headers=key).json["id"]
    assert rows(KeptAnswer) == 1
    key = {"Idempotency-Key": "erase"}
    first = as_owner("POST", f"/patients/{otto}/erase", headers=key)
    second = as_owner("POST", f"/patients/{otto}/erase", headers=key)
    assert (first.status_code, second.json) == (200, first.json)
    assert rows(KeptAnswer) == 1


def test_a_hold_is_put_and_lifted_by_an_owner(as_owner: Caller, patient_id: str) -> None:
    held = as_owner("POST", f"/patients/{patient_id}/hold", {"because": "a claim"})
    assert (held.json["held_because"], held.json["held_since"][:10]) == ("a claim", "2026-03-02")
    told = problem(as_owner("POST", f"/patients/{patient_id}/erase"), 409)
    assert "legal hold" in told["detail"]
    free = as_owner("POST", f"/patients/{patient_id}/release")
    assert (free.json["held_because"], free.json["held_since"]) == (None, None)
    assert as_owner("POST", f"/patients/{patient_id}/erase").status_code == 200


@pytest.mark.parametrize("what", ["erase", "hold", "release"])
def test_what_ends_or_holds_a_record_is_an_owners(as_ana: Caller, what: str) -> None:
    views = as_ana.client.application.view_functions
    (view,) = (v for name, v in views.items() if name in (f"privacy.{what}",))
    assert hasattr(view, OWNERS_ONLY)
