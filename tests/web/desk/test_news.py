"""News for pages that stay open: small, mostly nothing, and never a reason to stay signed in."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.services.alerts import INFORMATION, URGENT, open_alert
from tests.conftest import NOON
from tests.web.sign_in.conftest import Browser

MINUTE = timedelta(minutes=1)


def test_a_page_hears_of_what_came_since_it_was_opened(
    desk: Browser, maya: Patient, at: Callable[[datetime], None]
) -> None:
    open_alert(maya, "old", INFORMATION, "x", NOON - 10 * MINUTE)
    first = desk.get("/clinic/news").json
    assert first is not None
    assert (first["items"], first["waiting"]) == ([], {"all": 1, "urgent": 0})
    at(NOON + 2 * MINUTE)
    alert = open_alert(maya, "red_flag", URGENT, "Paused.", NOON + MINUTE)
    told = desk.client.get("/clinic/news", query_string={"since": first["since"]}).json
    assert told is not None
    assert told["waiting"] == {"all": 2, "urgent": 1}
    (item,) = told["items"]
    assert item["id"].startswith(f"alert-{alert.id}-")
    assert (item["level"], item["who"]) == (3, "Maya Lindqvist")
    assert (item["title"], item["about"]) == ("Red flag", "Paused.")
    assert f"alert-{alert.id}" in desk.get(item["where"].partition("#")[0]).text


def test_nothing_new_is_hardly_an_answer(desk: Browser, maya: Patient) -> None:
    first = desk.get("/clinic/news")
    assert first.headers["Cache-Control"] == "no-store"
    tag = {"If-None-Match": first.headers["ETag"]}
    again = desk.client.get("/clinic/news", headers=tag)
    assert (again.status_code, again.data) == (304, b"")
    open_alert(maya, "red_flag", URGENT, "Paused.", NOON)
    assert desk.client.get("/clinic/news", headers=tag).status_code == 200


@pytest.mark.parametrize("since", ["", "yesterday", "2026-03-02T11:00", "9999-01-01T00:00Z"])
def test_a_moment_that_is_none_is_now(desk: Browser, maya: Patient, since: str) -> None:
    answer = desk.client.get("/clinic/news", query_string={"since": since})
    assert answer.json is not None
    assert answer.json["since"] == NOON.isoformat()


def test_a_browser_that_was_left_open_is_signed_out_all_the_same(
    desk: Browser, at: Callable[[datetime], None]
) -> None:
    """It asks every few seconds; who asks is the page, and nobody may sit before it."""
    for minutes in range(1, 15):
        at(NOON + minutes * MINUTE)
        assert desk.get("/clinic/news").status_code == 200
    at(NOON + 15 * MINUTE)
    answer = desk.get("/clinic/news")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


def test_a_person_who_looks_at_a_page_stays_signed_in(
    desk: Browser, at: Callable[[datetime], None]
) -> None:
    at(NOON + 10 * MINUTE)
    assert desk.get("/clinic/inbox").status_code == 200
    at(NOON + 20 * MINUTE)
    assert desk.get("/clinic/news").status_code == 200


def test_next_door_hears_nothing(
    desk_of: Callable[[Clinician], Browser], boris: Clinician, maya: Patient
) -> None:
    open_alert(maya, "red_flag", URGENT, "Paused.", NOON)
    told = desk_of(boris).get("/clinic/news").json
    assert told is not None
    assert (told["items"], told["waiting"]["all"]) == ([], 0)
