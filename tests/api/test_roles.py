"""Owners run the clinic, clinicians treat in it, the read-only look; tokens end when they must."""

from typing import Any

import pytest
from flask import Flask

from rehab.models.clinic import OWNER, Clinician
from rehab.services import tokens
from tests.api.conftest import problem
from tests.conftest import NOON, Caller

LEE = {"email": "Lee@riverside.example", "name": "Lee"}


@pytest.fixture
def as_owner(app: Flask, ana: Clinician, at: Any) -> Caller:
    return Caller(app.test_client(), tokens.issue_token(ana.email, tokens.SCOPES, NOON))


def signed_in(app: Flask, email: str) -> Caller:
    return Caller(app.test_client(), tokens.issue_token(email, (), NOON))


def test_somebody_new_is_a_clinician_unless_the_owner_says_otherwise(as_owner: Caller) -> None:
    lee = as_owner("POST", "/clinicians", LEE)
    assert (lee.status_code, lee.json["role"], lee.json["active"]) == (201, "clinician", True)
    assert lee.json["email"] == "lee@riverside.example"
    kim = {"email": "kim@riverside.example", "name": "Kim", "role": "read_only"}
    assert as_owner("POST", "/clinicians", kim).json["role"] == "read_only"
    listed = as_owner("GET", "/clinicians").json["items"]
    assert sorted(person["role"] for person in listed) == ["clinician", "owner", "read_only"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({**LEE, "email": "nowhere"}, "email"),
        ({**LEE, "role": "king"}, "role"),
        ({**LEE, "name": " "}, "name"),
    ],
)
def test_somebody_new_must_make_sense(as_owner: Caller, said: Any, field: str) -> None:
    assert field in problem(as_owner("POST", "/clinicians", said), 422)["errors"]


def test_one_address_signs_in_to_one_clinic(as_owner: Caller, boris: Clinician) -> None:
    problem(as_owner("POST", "/clinicians", {**LEE, "email": boris.email}), 409)


@pytest.mark.parametrize(
    "change", [{"role": "clinician"}, {"role": "read_only"}, {"active": False}]
)
def test_the_last_owner_stays(as_owner: Caller, ana: Clinician, change: dict[str, Any]) -> None:
    problem(as_owner("PATCH", f"/clinicians/{ana.id}", change), 409)
    lee = as_owner("POST", "/clinicians", {**LEE, "role": OWNER}).json
    assert as_owner("PATCH", f"/clinicians/{ana.id}", change).status_code == 200
    assert lee["role"] == OWNER


def test_an_owner_who_left_does_not_count(as_owner: Caller, ana: Clinician) -> None:
    lee = as_owner("POST", "/clinicians", {**LEE, "role": OWNER}).json
    assert as_owner("PATCH", f"/clinicians/{lee['id']}", {"active": False}).status_code == 200
    problem(as_owner("PATCH", f"/clinicians/{ana.id}", {"active": False}), 409)


def test_who_leaves_is_out_at_once_and_may_come_back(app: Flask, as_owner: Caller) -> None:
    lee = as_owner("POST", "/clinicians", LEE).json
    as_lee = signed_in(app, lee["email"])
    assert as_lee("GET", "/patients").status_code == 200
    gone = as_owner("PATCH", f"/clinicians/{lee['id']}", {"active": False}).json
    assert (gone["active"], gone["deactivated_at"]) == (False, "2026-03-02T12:00:00+00:00")
    problem(as_lee("GET", "/patients"), 401)
    as_owner("PATCH", f"/clinicians/{lee['id']}", {"active": True})
    assert as_lee("GET", "/patients").status_code == 200


def test_the_read_only_look_and_change_nothing(
    app: Flask, as_owner: Caller, patient_id: str
) -> None:
    lee = as_owner("POST", "/clinicians", {**LEE, "role": "read_only"}).json
    as_lee = signed_in(app, lee["email"])
    assert as_lee("GET", f"/patients/{patient_id}").status_code == 200
    said = problem(as_lee("PATCH", f"/patients/{patient_id}", {"given_name": "X"}), 403)
    assert said["detail"] == "you may look, not change"
    as_owner("PATCH", f"/clinicians/{lee['id']}", {"role": "clinician"})
    assert as_lee("PATCH", f"/patients/{patient_id}", {"given_name": "X"}).status_code == 200


def test_an_owner_needs_the_scope_to_run_the_clinic(as_ana: Caller) -> None:
    assert problem(as_ana("GET", "/clinic"), 403)["detail"] == "the token lacks the scope admin"


def test_an_owner_changes_the_clinic(as_owner: Caller) -> None:
    said = {"name": "Riverside Physio", "zone": "Europe/Dublin", "phone": "+35312345678"}
    changed = as_owner("PATCH", "/clinic", said).json
    assert said.items() <= changed.items()
    assert as_owner("PATCH", "/clinic", {"phone": ""}).json["phone"] == ""
    assert "zone" in problem(as_owner("PATCH", "/clinic", {"zone": "Mars"}), 422)["errors"]


def test_tokens_are_listed_without_their_secret_and_end_at_once(
    app: Flask, as_owner: Caller, ana: Clinician
) -> None:
    other = signed_in(app, ana.email)
    assert other("GET", "/patients").status_code == 200
    listed = as_owner("GET", "/tokens").json["items"]
    assert {tuple(item["scopes"]) for item in listed} == {("read", "write"), tokens.SCOPES}
    assert all(other.token.split("_")[2] not in str(item) for item in listed)
    token_id = other.token.split("_")[1]
    assert as_owner("DELETE", f"/tokens/{token_id}").status_code == 204
    problem(other("GET", "/patients"), 401)
    over = {item["id"]: item["revoked_at"] for item in as_owner("GET", "/tokens").json["items"]}
    assert over[token_id] == "2026-03-02T12:00:00+00:00"


def test_an_owner_ends_a_colleagues_token_and_nobody_else_does(
    app: Flask, as_owner: Caller
) -> None:
    lee = as_owner("POST", "/clinicians", LEE).json
    as_lee = signed_in(app, lee["email"])
    problem(as_lee("DELETE", f"/tokens/{as_owner.token.split('_')[1]}"), 404)
    theirs = as_owner("GET", f"/clinicians/{lee['id']}/tokens").json["items"]
    assert (
        as_owner("DELETE", f"/clinicians/{lee['id']}/tokens/{theirs[0]['id']}").status_code == 204
    )
    problem(as_lee("GET", "/patients"), 401)
