"""The API in the hands of a page: staff past both doors, and patients with their own plan alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from rehab.models.clinic import READ_ONLY, Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import enrolment, plans, sessions, tokens
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.services.access.conftest import PASSWORD, App
from tests.web.sign_in.conftest import EMAIL, SAME_SITE, Browser, code_on

MAYAS = "+442079460123"
SESSION = {"performed_at": NOON.isoformat(), "before": 2, "during": 3, "after": 2}


def call(browser: Browser, method: str, path: str, **more: Any) -> TestResponse:
    headers = {**SAME_SITE, **more.pop("headers", {})}
    return browser.client.open(f"/api/v1{path}", method=method, headers=headers, **more)


def assigned(patient: Patient, library: Library) -> Plan:
    return plans.assign(patient, Assignment("lb-subacute-6w", 4, weekdays=(0,)), library, NOON)


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    return assigned(maya, library)


@pytest.fixture
def maya_in(browser: Browser, maya: Patient) -> Browser:
    browser.post("/enter", phone=MAYAS)
    browser.post("/enter/code", code=code_on(MAYAS))
    return browser


def test_staff_past_both_doors_use_the_api_as_with_a_token(ana_in: Browser, maya: Patient) -> None:
    listed = call(ana_in, "GET", "/patients")
    assert [each["given_name"] for each in listed.get_json()["items"]] == ["Maya"]
    changed = call(ana_in, "PATCH", f"/patients/{maya.id}", json={"given_name": "May"})
    assert changed.status_code == 200


def test_after_ten_minutes_what_harms_most_asks_for_a_fresh_proof(
    ana_in: Browser, ana: Clinician, maya: Patient, at: Callable[[Any], None]
) -> None:
    """A laptop that was left open; a token, which nobody leaves open, needs none."""
    path, number = f"/patients/{maya.id}", {"phone": "+442079460188"}
    assert call(ana_in, "GET", f"{path}/export").status_code == 200
    at(NOON + timedelta(minutes=11))
    assert call(ana_in, "GET", f"{path}/export").status_code == 403
    assert call(ana_in, "PATCH", path, json=number).status_code == 403
    assert call(ana_in, "POST", f"{path}/erase").status_code == 403
    assert call(ana_in, "PATCH", path, json={"given_name": "May"}).status_code == 200
    token = {"Authorization": f"Bearer {tokens.issue_token(ana.email, (), NOON)}"}
    assert call(ana_in, "PATCH", path, json=number, headers=token).status_code == 200


def test_a_password_alone_is_no_sign_in_for_the_api(
    browser: Browser, phone_of_ana: App, maya: Patient
) -> None:
    assert call(browser, "GET", "/patients").status_code == 401
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    answer = call(browser, "GET", "/patients")
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_staff_without_an_app_have_no_sign_in_for_the_api_either(
    browser: Browser, ana_with_password: Clinician
) -> None:
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert call(browser, "GET", "/patients").status_code == 401


def test_a_request_with_a_token_is_judged_by_that_alone(ana_in: Browser, ana: Clinician) -> None:
    wrong = {"Authorization": "Bearer rehab_no_token"}
    assert call(ana_in, "GET", "/patients", headers=wrong).status_code == 401
    only_read = tokens.issue_token(ana.email, ("read",), NOON)
    reading = {"Authorization": f"Bearer {only_read}"}
    body = {"given_name": "Otis", "phone": "+442079460124", "zone": "Europe/London"}
    assert call(ana_in, "POST", "/patients", headers=reading, json=body).status_code == 403
    assert call(ana_in, "POST", "/patients", json=body).status_code == 201


def test_a_form_from_elsewhere_cannot_use_the_cookie(ana_in: Browser) -> None:
    body = {"given_name": "Otis", "phone": "+442079460124", "zone": "Europe/London"}
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert call(ana_in, "POST", "/patients", headers=elsewhere, json=body).status_code == 403
    assert call(ana_in, "GET", "/patients").get_json()["items"] == []


def test_a_role_reaches_as_far_by_cookie_as_by_token(
    ana_in: Browser, ana: Clinician, maya: Patient
) -> None:
    assert call(ana_in, "GET", "/clinic").status_code == 200
    with transaction():
        ana.role = READ_ONLY
    assert call(ana_in, "GET", "/clinic").status_code == 403
    changed = call(ana_in, "PATCH", f"/patients/{maya.id}", json={"given_name": "May"})
    assert changed.status_code == 403
    assert call(ana_in, "GET", f"/patients/{maya.id}").status_code == 200


def test_who_has_been_let_go_has_no_sign_in(ana_in: Browser, ana: Clinician, maya: Patient) -> None:
    with transaction():
        ana.deactivated_at = NOON
    answer = call(ana_in, "GET", "/patients")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].lower() == "bearer"


def test_a_patient_reads_and_reports_her_own_plan(maya_in: Browser, plan: Plan) -> None:
    today = call(maya_in, "GET", f"/plans/{plan.id}/today")
    assert today.get_json()["status"] == "due"
    told = call(maya_in, "POST", f"/plans/{plan.id}/sessions", json=SESSION)
    assert told.status_code == 201
    session = told.get_json()["id"]
    corrected = call(maya_in, "PATCH", f"/sessions/{session}", json={"after": 4})
    assert corrected.get_json()["after"] == 4
    morning = {"on": str(NOON.date()), "pain": 2}
    assert call(maya_in, "POST", f"/plans/{plan.id}/mornings", json=morning).status_code == 201
    assert call(maya_in, "GET", f"/plans/{plan.id}/decisions").get_json()["items"]


def test_a_correction_says_that_the_patient_made_it(
    maya_in: Browser, plan: Plan, ana: Clinician
) -> None:
    told = call(maya_in, "POST", f"/plans/{plan.id}/sessions", json=SESSION).get_json()
    call(maya_in, "PATCH", f"/sessions/{told['id']}", json={"after": 4})
    token = tokens.issue_token(ana.email, (), NOON)
    headers = {"Authorization": f"Bearer {token}"}
    versions = call(maya_in, "GET", f"/sessions/{told['id']}/versions", headers=headers)
    assert [each["corrected_by"] for each in versions.get_json()["items"]] == ["patient"]


def test_a_key_makes_a_patients_report_once(maya_in: Browser, plan: Plan) -> None:
    once = {"Idempotency-Key": "k"}
    path = f"/plans/{plan.id}/sessions"
    first, again = (
        call(maya_in, "POST", path, json=SESSION, headers=once).get_json() for _ in range(2)
    )
    assert first == again


@pytest.fixture(params=["of her clinic", "of another clinic"])
def somebody_elses(
    request: pytest.FixtureRequest, maya: Patient, boris: Clinician, library: Library
) -> Plan:
    clinic_id = maya.clinic_id if request.param == "of her clinic" else boris.clinic_id
    said = {"given_name": "Otis", "phone": "+442079460124", "zone": "Europe/London"}
    return assigned(enrolment.enrol(clinic_id, said, EMAIL, NOON), library)


def test_somebody_elses_plan_is_not_there_for_a_patient(
    maya_in: Browser, plan: Plan, somebody_elses: Plan
) -> None:
    base = f"/plans/{somebody_elses.id}"
    morning = {"on": str(NOON.date()), "pain": 2}
    answers = [
        call(maya_in, "GET", f"{base}/today"),
        call(maya_in, "GET", f"{base}/decisions"),
        call(maya_in, "POST", f"{base}/sessions", json=SESSION),
        call(maya_in, "POST", f"{base}/mornings", json=morning),
    ]
    assert {answer.status_code for answer in answers} == {404}


def test_a_patient_corrects_nobody_elses_session(
    maya_in: Browser, ana: Clinician, somebody_elses: Plan, library: Library
) -> None:

    theirs = sessions.report_session(
        somebody_elses, SessionReport(NOON, before=1, during=1, after=1), library, NOON
    )
    assert call(maya_in, "PATCH", f"/sessions/{theirs.id}", json={"after": 9}).status_code == 404


def test_every_other_route_is_the_clinics(maya_in: Browser, plan: Plan, maya: Patient) -> None:
    for method, path in (
        ("GET", "/patients"),
        ("GET", f"/patients/{maya.id}"),
        ("GET", f"/plans/{plan.id}"),
        ("GET", f"/plans/{plan.id}/sessions"),
        ("GET", "/alerts"),
        ("GET", f"/patients/{maya.id}/messages"),
        ("GET", "/clinic"),
    ):
        assert call(maya_in, method, path).status_code == 403, path
    paused = call(maya_in, "POST", f"/plans/{plan.id}/pause", json={"reason": "x"})
    assert paused.status_code == 403


def test_after_the_way_out_the_cookie_is_nobody(
    maya_in: Browser, plan: Plan, at: Callable[..., None]
) -> None:
    kept = maya_in.cookie()
    maya_in.post("/sign-out")
    assert kept is not None
    maya_in.client.set_cookie("rehab_sign_in", kept)
    assert call(maya_in, "GET", f"/plans/{plan.id}/today").status_code == 401
