"""One's own API tokens: made once, listed, and ended."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from rehab.models.clinic import READ_ONLY, Clinician
from rehab.services import tokens
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.web.sign_in.conftest import Browser, Page

TOKEN = re.compile(r"rehab_[0-9a-f]{16}_[0-9a-f]{64}")


def made(browser: Browser, **form: str) -> str:
    found = TOKEN.search(browser.post("/account/tokens", **form).text)
    assert found
    return found[0]


@pytest.mark.parametrize(
    ("reach", "scopes"),
    [("look", ["read"]), ("work", ["read", "write"]), ("run", ["read", "write", "admin"])],
)
def test_a_token_is_shown_once_and_reaches_as_far_as_was_chosen(
    ana_in: Browser, reach: str, scopes: list[str]
) -> None:
    token = made(ana_in, reach=reach, days="30")
    known = tokens.token_bearer(token, NOON)
    assert known is not None
    assert (known.scopes, known.expires_at) == (scopes, NOON + timedelta(days=30))
    listed = ana_in.get("/account/tokens").text
    assert f"rehab_{known.id}" in listed
    assert not TOKEN.search(listed)


def test_a_token_that_is_ended_opens_nothing_and_is_listed_no_more(ana_in: Browser) -> None:
    token = made(ana_in, reach="work")
    id_ = token.split("_")[1]
    assert ana_in.post(f"/account/tokens/{id_}/revoke").status_code == 303
    assert tokens.token_bearer(token, NOON) is None
    assert id_ not in ana_in.get("/account/tokens").text


def test_another_clinicians_token_cannot_be_ended(ana_in: Browser, boris: Clinician) -> None:
    theirs = tokens.issue_token(boris.email, (), NOON)
    assert ana_in.post(f"/account/tokens/{theirs.split('_')[1]}/revoke").status_code == 404
    assert tokens.token_bearer(theirs, NOON) is not None


@pytest.mark.parametrize("days", ["0", "3651", "soon", "-1", "1.5", "٣"])
def test_days_that_make_no_sense_are_told_beside_the_field_and_kept(
    ana_in: Browser, days: str
) -> None:
    answer = ana_in.post("/account/tokens", reach="look", days=days)
    assert answer.status_code == 422
    page = Page(answer.text)
    (field,) = [each for each in page.all("input") if each.get("name") == "days"]
    assert field["value"] == days
    assert field["aria-invalid"] == "true"
    assert not TOKEN.search(answer.text)


def test_making_one_asks_for_a_fresh_proof(ana_in: Browser, at: Callable[[datetime], None]) -> None:
    at(NOON + timedelta(minutes=11))
    answer = ana_in.post("/account/tokens", reach="work")
    assert not TOKEN.search(answer.text)
    assert "/account/again" in answer.headers.get("Location", answer.text)


def test_running_the_clinic_is_offered_to_owners_alone(ana_in: Browser, ana: Clinician) -> None:
    assert "run the clinic" in ana_in.get("/account/tokens").text
    with transaction():
        ana.role = READ_ONLY
    assert "run the clinic" not in ana_in.get("/account/tokens").text
