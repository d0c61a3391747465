"""Staff at their door: a password, the app, and where they were going."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.services import clinics, enrolment
from rehab.services.access import links, people
from rehab.services.access.links import Purpose
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.services.access.conftest import PASSWORD, App
from tests.web.sign_in.conftest import EMAIL, Browser, Page

SECOND = timedelta(seconds=1)


def test_a_password_and_the_app_open_the_clinic(
    browser: Browser, phone_of_ana: App, maya: Patient
) -> None:
    asked = browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert asked.headers["Location"] == "/sign-in/code"
    answer = browser.post("/sign-in/code", code=phone_of_ana.shows(NOON))
    assert answer.headers["Location"] == "/clinic"
    clinic = browser.get("/clinic")
    assert clinic.status_code == 200
    assert "Maya Lindqvist" in clinic.text


def test_the_address_may_be_typed_in_any_case(browser: Browser, phone_of_ana: App) -> None:
    answer = browser.post("/sign-in", email=" Ana@Riverside.Example ", password=PASSWORD)
    assert answer.status_code == 303


@pytest.mark.parametrize("path", ["/clinic", "/account", "/account/password"])
def test_nobody_gets_past_a_door_without_signing_in(browser: Browser, path: str) -> None:
    assert browser.get(path).headers["Location"] == f"/sign-in?next={path}"


@pytest.mark.parametrize("path", ["/clinic", "/account", "/account/second-factor"])
def test_a_password_alone_opens_nothing(browser: Browser, phone_of_ana: App, path: str) -> None:
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert browser.get(path).headers["Location"] == f"/sign-in/code?next={path}"


def test_the_way_through_both_doors_ends_where_it_was_going(
    browser: Browser, phone_of_ana: App
) -> None:
    to_door = browser.get("/account?x=1").headers["Location"]
    assert to_door == "/sign-in?next=/account?x%3D1"
    door = browser.get(to_door)
    assert 'name="next" value="/account?x=1"' in door.text
    asked = browser.post("/sign-in", email=EMAIL, password=PASSWORD, next="/account?x=1")
    assert 'name="next" value="/account?x=1"' in browser.follow(asked).text
    answer = browser.post("/sign-in/code", code=phone_of_ana.shows(NOON), next="/account?x=1")
    assert answer.headers["Location"] == "/account?x=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/clinic\\..\\evil",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n//evil.example",
        " /clinic",
        "clinic",
        "/" + "a" * 600,
    ],
)
def test_no_way_leads_to_another_host(browser: Browser, phone_of_ana: App, elsewhere: str) -> None:
    assert 'name="next"' not in browser.get("/sign-in").text
    browser.post("/sign-in", email=EMAIL, password=PASSWORD, next=elsewhere)
    answer = browser.post("/sign-in/code", code=phone_of_ana.shows(NOON), next=elsewhere)
    assert answer.headers["Location"] == "/clinic"


def test_a_wrong_password_and_an_unknown_address_get_the_same_page(
    browser: Browser, another: Browser, ana_with_password: Clinician
) -> None:
    wrong = browser.post("/sign-in", email=EMAIL, password="not this one")
    unknown = another.post("/sign-in", email="eve@nowhere.example", password="not this one")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text == unknown.text.replace("eve@nowhere.example", EMAIL)
    assert list(wrong.headers.keys()) == list(unknown.headers.keys())
    assert browser.cookie() is None


def test_a_fault_stands_beside_its_field_and_keeps_the_address_but_no_password(
    browser: Browser, ana_with_password: Clinician
) -> None:
    answer = browser.post("/sign-in", email=EMAIL, password="a wrong password")
    page = Page(answer.text)
    email = next(field for field in page.all("input") if field.get("name") == "email")
    assert email["value"] == EMAIL
    assert email["aria-invalid"] == "true"
    assert email["aria-describedby"] == "email-fault"
    assert any(tag.get("id") == "email-fault" and tag["role"] == "alert" for tag in page.all("p"))
    assert "a wrong password" not in answer.text


def test_every_step_up_is_a_new_id_and_the_old_one_is_worth_nothing(
    browser: Browser, another: Browser, phone_of_ana: App
) -> None:
    browser.client.set_cookie("rehab_sign_in", "chosen-by-somebody-else")
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    half_way = browser.cookie()
    browser.post("/sign-in/code", code=phone_of_ana.shows(NOON))
    all_the_way = browser.cookie()
    assert len({"chosen-by-somebody-else", half_way, all_the_way, None}) == 4
    assert half_way is not None
    another.client.set_cookie("rehab_sign_in", half_way)
    assert another.get("/clinic").headers["Location"].startswith("/sign-in?")


def test_a_browser_that_signs_in_anew_leaves_no_sign_in_behind(
    ana_in: Browser, another: Browser, phone_of_ana: App, at: Callable[[datetime], None]
) -> None:
    before = ana_in.cookie()
    ana_in.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert before is not None
    another.client.set_cookie("rehab_sign_in", before)
    assert another.get("/clinic").status_code == 303


def test_a_code_counts_once(ana_in: Browser, another: Browser, phone_of_ana: App) -> None:
    another.post("/sign-in", email=EMAIL, password=PASSWORD)
    answer = another.post("/sign-in/code", code=phone_of_ana.shows(NOON))
    assert answer.status_code == 401
    assert "did not work" in answer.text


def test_a_recovery_code_does_as_well_as_the_app(browser: Browser, phone_of_ana: App) -> None:
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    answer = browser.post("/sign-in/code", code=phone_of_ana.on_paper[0].lower())
    assert answer.headers["Location"] == "/clinic"
    assert "9 of 10 left" in browser.get("/account").text


def test_who_has_come_in_is_not_asked_again(ana_in: Browser) -> None:
    assert ana_in.get("/sign-in/code").headers["Location"] == "/clinic"


def test_a_forged_cookie_is_nobody(browser: Browser, phone_of_ana: App) -> None:
    for forged in ("x", "A" * 43, "\u00e9", "' OR 1=1 --", ""):
        browser.client.set_cookie("rehab_sign_in", forged)
        assert browser.get("/clinic").headers["Location"] == "/sign-in?next=/clinic"


def test_fifteen_minutes_of_silence_end_a_sign_in(
    ana_in: Browser, at: Callable[[datetime], None]
) -> None:
    at(NOON + timedelta(minutes=15) - SECOND)
    assert ana_in.get("/clinic").status_code == 200
    at(NOON + timedelta(minutes=30))
    assert ana_in.get("/clinic").status_code == 303


def test_after_the_way_out_the_old_cookie_opens_nothing(ana_in: Browser, another: Browser) -> None:
    kept = ana_in.cookie()
    answer = ana_in.post("/sign-out")
    assert answer.headers["Location"] == "/sign-in"
    assert ana_in.cookie() is None
    assert kept is not None
    another.client.set_cookie("rehab_sign_in", kept)
    assert another.get("/clinic").status_code == 303


def test_looking_at_the_way_out_is_not_taking_it(ana_in: Browser) -> None:
    assert ana_in.get("/sign-out").status_code == 405
    assert ana_in.get("/clinic").status_code == 200


def test_too_many_guesses_are_told_when_to_come_back(
    browser: Browser, ana_with_password: Clinician
) -> None:
    answers = [browser.post("/sign-in", email=EMAIL, password="wrong") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 360
    assert "Too many tries" in answers[-1].text


def test_a_browser_that_is_known_is_not_locked_out_by_strangers(
    ana_in: Browser, another: Browser
) -> None:
    assert ana_in.cookie("rehab_device")
    ana_in.post("/sign-out")
    for _ in range(11):
        another.client.post(
            "/sign-in",
            data={"email": EMAIL, "password": "wrong"},
            headers={"Sec-Fetch-Site": "same-origin"},
            environ_base={"REMOTE_ADDR": "198.51.100.9"},
        )
    assert ana_in.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 303


def test_somebody_of_another_clinic_sees_none_of_it(
    ana_in: Browser, maya: Patient, boris: Clinician
) -> None:
    with transaction():
        said = {"given_name": "Otto", "phone": "+4930901820", "zone": "Europe/Berlin"}
        enrolment.enrol(boris.clinic_id, said, boris.email, NOON)
    page = ana_in.get("/clinic").text
    assert "Maya" in page
    assert "Otto" not in page


def test_who_has_been_let_go_gets_no_further(
    ana_in: Browser, ana: Clinician, phone_of_ana: App
) -> None:
    """Of two owners one may be let go: her sign-ins end, and none leads anywhere any more."""
    clinics.add_clinician(ana.clinic_id, "cleo@riverside.example", "Cleo", NOON, "owner")
    clinics.amend_clinician(ana, {"active": False}, NOON)
    assert ana_in.get("/clinic").status_code == 303


# Invitations


@pytest.fixture
def invited(ana: Clinician) -> str:
    with transaction():
        return links.issue(Purpose.INVITATION, ana, NOON)


def test_an_invitation_sets_a_password_and_leads_to_the_app(browser: Browser, invited: str) -> None:
    shown = browser.get(f"/invitation/{invited}")
    assert shown.status_code == 200
    assert EMAIL in shown.text
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    answer = browser.post(f"/invitation/{invited}", password=PASSWORD)
    assert answer.headers["Location"] == "/account/second-factor"
    assert browser.get(f"/invitation/{invited}").status_code == 404
    assert browser.post(f"/invitation/{invited}", password=PASSWORD).status_code == 404


def test_a_bad_password_leaves_the_invitation_good_and_says_why(
    browser: Browser, invited: str
) -> None:
    answer = browser.post(f"/invitation/{invited}", password="short")
    assert answer.status_code == 422
    assert "at least 8 characters" in answer.text
    assert browser.post(f"/invitation/{invited}", password=PASSWORD).status_code == 303


def test_a_newer_invitation_makes_the_older_one_void(browser: Browser, invited: str) -> None:
    again = people.invite(EMAIL, NOON)
    assert browser.get(f"/invitation/{invited}").status_code == 404
    assert browser.get(f"/invitation/{again}").status_code == 200


def test_guessing_at_invitations_is_slowed_down(browser: Browser, app: object) -> None:
    answers = [browser.get(f"/invitation/guess{n}") for n in range(11)]
    assert [answer.status_code for answer in answers] == [404] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
