"""What makes no sense is refused by field, and nothing of it is kept."""

import base64
import json
from typing import Any

import pytest
from flask import Flask

from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session
from rehab.services import thread
from tests.api.conftest import MAYA, PLAN, SESSION, problem, rows
from tests.conftest import Caller


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"nickname": "May"}, "nickname"),
        ({"given_name": 7}, "given_name"),
        ({"given_name": ""}, "given_name"),
        ({"given_name": "x" * 81}, "given_name"),
        ({"given_name": "May\x00a"}, "given_name"),
        ({"phone": "020 7946 0123"}, "phone"),
        ({"phone": "+44 20 7946 0123"}, "phone"),
        ({"phone": "+12"}, "phone"),
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"zone": "europe/london"}, "zone"),
        ({"language": "tlh"}, "language"),
        ({"sms_consent": "yes"}, "sms_consent"),
        ({"sms_consent": 1}, "sms_consent"),
    ],
)
def test_a_patient_that_makes_no_sense_is_refused_by_field(
    as_ana: Caller, change: dict[str, Any], field: str
) -> None:
    answer = problem(as_ana("POST", "/patients", {**MAYA, **change}), 422)
    assert set(answer["errors"]) == {field}
    assert rows(Patient) == 0


@pytest.mark.parametrize("field", ["given_name", "phone", "zone"])
def test_a_patient_needs_a_name_a_phone_and_a_zone(as_ana: Caller, field: str) -> None:
    said = {k: v for k, v in MAYA.items() if k != field}
    assert set(problem(as_ana("POST", "/patients", said), 422)["errors"]) == {field}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"program_id": "no-such"}, "program_id"),
        ({"usual_pain": 11}, "usual_pain"),
        ({"usual_pain": "4"}, "usual_pain"),
        ({"usual_pain": True}, "usual_pain"),
        ({"track": "both"}, "track"),
        ({"starts_on": "2025-11-01"}, "starts_on"),
        ({"starts_on": "2027-06-01"}, "starts_on"),
        ({"starts_on": "yesterday"}, "starts_on"),
        ({"weekdays": [7]}, "weekdays.0"),
        ({"weekdays": []}, "weekdays"),
        ({"autonomy": "full"}, "autonomy"),
        ({"reminders": {"exercise_at": "25:00"}}, "reminders.exercise_at"),
        ({"reminders": {"lunch_at": "12:00"}}, "reminders.lunch_at"),
        ({"floor": 3, "ceiling": 2}, "ceiling"),
        ({"floor": 2.5}, "floor"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_by_field(
    as_ana: Caller, patient_id: str, change: dict[str, Any], field: str
) -> None:
    answer = as_ana("POST", f"/patients/{patient_id}/plans", {**PLAN, **change})
    assert set(problem(answer, 422)["errors"]) == {field}
    assert rows(Plan) == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"during": 11}, "during"),
        ({"during": -1}, "during"),
        ({"during": None}, "during"),
        ({"during": "3"}, "during"),
        ({"during": 3.5}, "during"),
        ({"during": True}, "during"),
        ({"performed_at": "2026-03-02T11:00:00"}, "performed_at"),
        ({"performed_at": "2026-03-03T11:00:00Z"}, "performed_at"),
        ({"performed_at": "2026-02-20T11:00:00Z"}, "performed_at"),
        ({"completion": 101}, "completion"),
        ({"not_completed_because": "lazy"}, "not_completed_because"),
        ({"exercises": [{"exercise_id": "li-swim"}]}, "exercises.0.exercise_id"),
        ({"exercises": [{"done": True}]}, "exercises.0.exercise_id"),
        ({"new_areas": ["soul"]}, "new_areas.0"),
        ({"red_flags": ["RF99"]}, "red_flags.0"),
        ({"mood": 3}, "mood"),
        ({"id": "not-a-uuid"}, "id"),
    ],
)
def test_a_session_that_makes_no_sense_is_refused_by_field(
    as_ana: Caller, plan_id: str, change: dict[str, Any], field: str
) -> None:
    answer = as_ana("POST", f"/plans/{plan_id}/sessions", {**SESSION, **change})
    assert set(problem(answer, 422)["errors"]) == {field}
    assert (rows(Session), rows(Decision)) == (0, 0)


@pytest.mark.parametrize("field", ["performed_at", "before", "during", "after"])
def test_a_session_needs_its_time_and_its_ratings(as_ana: Caller, plan_id: str, field: str) -> None:
    said = {k: v for k, v in SESSION.items() if k != field}
    answer = problem(as_ana("POST", f"/plans/{plan_id}/sessions", said), 422)
    assert set(answer["errors"]) == {field}


def test_zero_is_a_rating(as_ana: Caller, plan_id: str) -> None:
    said = {**SESSION, "before": 0, "during": 0, "after": 0}
    answer = as_ana("POST", f"/plans/{plan_id}/sessions", said)
    assert (answer.json["before"], answer.json["during"], answer.json["effort"]) == (0, 0, None)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"on": "2026-03-02"}, "pain"),
        ({"on": "2026-03-02", "pain": 11}, "pain"),
        ({"on": "2026-03-09", "pain": 1}, "on"),
        ({"pain": 1}, "on"),
        ({"on": "2026-03-02", "pain": 1, "mood": 1}, "mood"),
    ],
)
def test_a_morning_that_makes_no_sense_is_refused_by_field(
    as_ana: Caller, plan_id: str, said: dict[str, Any], field: str
) -> None:
    answer = problem(as_ana("POST", f"/plans/{plan_id}/mornings", said), 422)
    assert set(answer["errors"]) == {field}
    assert rows(Morning) == 0


def test_bodies_are_json(as_ana: Caller) -> None:
    client, headers = as_ana.client, {"Authorization": f"Bearer {as_ana.token}"}
    form = client.post("/api/v1/patients", data={"given_name": "Maya"}, headers=headers)
    problem(form, 415)
    broken = client.post(
        "/api/v1/patients", data="{", headers=headers, content_type="application/json"
    )
    problem(broken, 400)
    listed = as_ana("POST", "/patients", [1])
    problem(listed, 422)


def test_unknown_query_parameters_are_refused(as_ana: Caller, plan_id: str) -> None:
    assert set(problem(as_ana("GET", "/patients?page=2"), 422)["errors"]) == {"page"}
    assert set(problem(as_ana("GET", f"/plans/{plan_id}?full=1"), 422)["errors"]) == {"full"}
    assert set(problem(as_ana("GET", "/alerts?limit=0"), 422)["errors"]) == {"limit"}
    assert set(problem(as_ana("GET", "/alerts?cursor=abc"), 422)["errors"]) == {"cursor"}


def test_a_wrong_method_says_what_is_allowed(as_ana: Caller) -> None:
    answer = as_ana("DELETE", "/patients")
    problem(answer, 405)
    assert {"GET", "POST"} <= {m.strip() for m in answer.headers["Allow"].split(",")}


def test_an_id_that_is_no_uuid_is_not_found(as_ana: Caller) -> None:
    problem(as_ana("GET", "/patients/1"), 404)


@pytest.mark.parametrize("body", ["", "   ", "x" * 481, "smile \N{SLIGHTLY SMILING FACE}"])
def test_a_text_by_hand_must_fit_a_phone(as_ana: Caller, maya: Patient, body: str) -> None:
    answer = as_ana("POST", f"/patients/{maya.id}/messages", {"body": body})
    assert set(problem(answer, 422)["errors"]) == {"body"}


def test_nobody_is_texted_without_consent(as_ana: Caller, patient_id: str) -> None:
    problem(as_ana("POST", f"/patients/{patient_id}/messages", {"body": "hello"}), 409)


@pytest.mark.parametrize(
    "body",
    [
        '{"given_name":' + "[" * 200_000,
        '{"usual_pain": ' + "9" * 5000 + "}",
        '{"a":' * 100_000,
        "\ufeff{}",
        "nul",
    ],
    ids=["deep list", "long number", "deep object", "byte order mark", "half a word"],
)
def test_a_body_that_cannot_be_read_is_a_bad_request(as_ana: Caller, body: str) -> None:
    headers = {"Authorization": f"Bearer {as_ana.token}"}
    answer = as_ana.client.post(
        "/api/v1/patients", data=body, headers=headers, content_type="application/json"
    )
    problem(answer, 400)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59"])
def test_the_edges_of_time_are_refused(as_ana: Caller, plan_id: str, moment: str) -> None:
    said = {**SESSION, "performed_at": moment}
    answer = problem(as_ana("POST", f"/plans/{plan_id}/sessions", said), 422)
    assert set(answer["errors"]) == {"performed_at"}
    session = as_ana("POST", f"/plans/{plan_id}/sessions", SESSION).json["id"]
    problem(as_ana("PATCH", f"/sessions/{session}", {"performed_at": moment}), 422)
    cursor = base64.urlsafe_b64encode(json.dumps([moment, "0" * 32]).encode()).decode()
    answer = as_ana("GET", f"/plans/{plan_id}/decisions?cursor={cursor}")
    assert answer.status_code in (200, 422)


@pytest.mark.parametrize("tick", [{"exercise_id": "li-walk"}, {}])
def test_a_corrected_tick_is_as_whole_as_a_first_one(
    as_ana: Caller, plan_id: str, tick: dict[str, Any]
) -> None:
    session = as_ana("POST", f"/plans/{plan_id}/sessions", SESSION).json["id"]
    answer = as_ana("PATCH", f"/sessions/{session}", {"exercises": [tick]})
    assert answer.status_code == (200 if tick else 422), answer.text


def test_a_fault_of_ours_is_a_problem_too(
    app: Flask, as_ana: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "sent_to", None)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    patient = as_ana("POST", "/patients", MAYA).json["id"]
    answer = problem(as_ana("GET", f"/patients/{patient}/messages"), 500)
    assert answer["detail"] == "Something went wrong here; it has been logged."
