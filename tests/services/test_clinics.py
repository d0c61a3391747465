"""Clinics, their people, and what their tokens are good for."""

from datetime import timedelta

import pytest
from flask import Flask

from rehab.errors import Conflict, Invalid, NotFound
from rehab.models.clinic import CLINICIAN, OWNER, READ_ONLY, Clinic, Clinician
from rehab.services import clinics, tokens
from tests.conftest import NOON


def test_the_first_of_a_clinic_owns_it(riverside: Clinic, boris: Clinician) -> None:
    roles = [
        clinics.add_clinician(riverside.id, f"{n}@riverside.example", "X", NOON, role).role
        for n, role in enumerate((READ_ONLY, None, OWNER, READ_ONLY))
    ]
    assert roles == [OWNER, CLINICIAN, OWNER, READ_ONLY]
    assert boris.role == OWNER


def test_an_unknown_role_is_refused(riverside: Clinic) -> None:
    with pytest.raises(Invalid, match="role: must be one of owner, clinician, read_only"):
        clinics.add_clinician(riverside.id, "x@riverside.example", "X", NOON, "king")


def test_next_doors_people_are_not_found(riverside: Clinic, boris: Clinician) -> None:
    with pytest.raises(NotFound):
        clinics.find_clinician(riverside.id, boris.id)


def test_a_refused_change_changes_nothing(ana: Clinician) -> None:
    with pytest.raises(Conflict):
        clinics.amend_clinician(ana, {"role": CLINICIAN, "name": "Other"}, NOON)
    assert (ana.role, ana.name) == (OWNER, "Ana Ruiz")


@pytest.mark.parametrize(
    ("token", "good"),
    [
        ("{token}", True),
        ("{token}0", False),
        ("{id}", False),
        ("rehab_{id}_", False),
        ("other_{id}_{secret}", False),
        ("rehab_{nobodys}_{secret}", False),
        ("rehab__{secret}", False),
        ("rehab_\x00_{secret}", False),
        ("", False),
        ("rehab", False),
    ],
)
def test_a_token_is_good_whole_or_not_at_all(ana: Clinician, token: str, good: bool) -> None:
    issued = tokens.issue_token(ana.email, (), NOON)
    _, id_, secret = issued.split("_")
    said = token.format(token=issued, id=id_, secret=secret, nobodys="0" * 16)
    assert (tokens.token_bearer(said, NOON) is not None) == good


@pytest.mark.parametrize(("after", "good"), [(-1, True), (0, False), (1, False)])
def test_a_token_runs_out_on_the_second(ana: Clinician, after: int, good: bool) -> None:
    issued = tokens.issue_token(ana.email, (), NOON, days=30)
    then = NOON + timedelta(days=30, seconds=after)
    assert (tokens.token_bearer(issued, then) is not None) == good


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_a_token_lasts_a_day_to_ten_years(ana: Clinician, days: int) -> None:
    with pytest.raises(Invalid, match="days"):
        tokens.issue_token(ana.email, (), NOON, days)


def test_an_unknown_id_costs_the_same_comparison(
    app: Flask, ana: Clinician, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    fits = tokens.hmac.compare_digest

    def watch(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return fits(one, other)

    monkeypatch.setattr(tokens.hmac, "compare_digest", watch)
    issued = tokens.issue_token(ana.email, (), NOON)
    for said in (issued, issued + "0", "rehab_0000000000000000_00"):
        tokens.token_bearer(said, NOON)
    assert compared == [(32, 32)] * 3


def test_who_has_left_is_given_no_token(riverside: Clinic, ana: Clinician) -> None:
    lee = clinics.add_clinician(riverside.id, "lee@riverside.example", "Lee", NOON)
    clinics.amend_clinician(lee, {"active": False}, NOON)
    with pytest.raises(NotFound):
        tokens.issue_token(lee.email, (), NOON)


def test_a_token_is_revoked_once_and_by_whoever_has_it(ana: Clinician, boris: Clinician) -> None:
    issued = tokens.issue_token(ana.email, (), NOON)
    token_id = issued.split("_")[1]
    with pytest.raises(NotFound):
        tokens.revoke_token(token_id, NOON, boris.id)
    assert tokens.token_bearer(issued, NOON)
    tokens.revoke_token(token_id, NOON, ana.id)
    tokens.revoke_token(token_id, NOON + timedelta(days=1))
    assert tokens.token_bearer(issued, NOON) is None
    assert [token.revoked_at for token in tokens.all_of(ana)] == [NOON]
