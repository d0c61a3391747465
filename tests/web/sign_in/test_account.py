"""One's own account: the app is set up, devices are ended, the password is changed."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from tests.conftest import NOON
from tests.services.access.conftest import PASSWORD, App
from tests.web.sign_in.conftest import EMAIL, Browser, Page

MINUTE = timedelta(minutes=1)
NEXT_STEP = timedelta(seconds=30)


def secret_on(html: str) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', html)
    assert found
    return found[1].replace(" ", "")


def test_the_first_sign_in_sets_the_app_up_before_any_patient_is_opened(
    browser: Browser, ana_with_password: Clinician, maya: Patient
) -> None:
    asked = browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert asked.headers["Location"] == "/account/second-factor"
    assert browser.get("/clinic").headers["Location"] == "/account/second-factor?next=/clinic"
    shown = browser.post("/account/second-factor", next="/clinic")
    app = App(secret_on(shown.text), [])
    confirmed = browser.post("/account/second-factor/confirm", code=app.shows(NOON), next="/clinic")
    codes = re.findall(r"<code>([A-Z2-7]{5}-[A-Z2-7]{5})</code>", confirmed.text)
    assert len(set(codes)) == 10
    assert 'href="/clinic"' in confirmed.text
    assert "Maya" in browser.get("/clinic").text


def test_the_picture_is_drawn_into_the_page_and_the_secret_is_in_groups(
    browser: Browser, ana_with_password: Clinician
) -> None:
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    answer = browser.post("/account/second-factor")
    page = Page(answer.text)
    assert len(page.all("svg")) == 1
    assert not page.all("img")
    assert re.search(r'class="secret">([A-Z2-7]{4} ){7}[A-Z2-7]{4}<', answer.text)
    assert answer.headers["Cache-Control"] == "no-store"


def test_looking_at_the_set_up_makes_no_secret(
    browser: Browser, ana_with_password: Clinician
) -> None:
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert not Page(browser.get("/account/second-factor").text).all("svg")


def test_a_wrong_first_code_shows_no_secret_again_and_the_right_one_still_counts(
    browser: Browser, ana_with_password: Clinician
) -> None:
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    secret = secret_on(browser.post("/account/second-factor").text)
    wrong = browser.post("/account/second-factor/confirm", code="1")
    assert wrong.status_code == 401
    assert secret not in wrong.text.replace(" ", "")
    right = browser.post("/account/second-factor/confirm", code=App(secret, []).shows(NOON))
    assert right.status_code == 200


def test_confirming_gives_a_new_id(browser: Browser, ana_with_password: Clinician) -> None:
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    before = browser.cookie()
    secret = secret_on(browser.post("/account/second-factor").text)
    browser.post("/account/second-factor/confirm", code=App(secret, []).shows(NOON))
    assert browser.cookie() not in (before, None)


def test_what_is_old_news_asks_for_the_password_again(
    ana_in: Browser, phone_of_ana: App, at: Callable[[datetime], None]
) -> None:
    later = NOON + 11 * MINUTE
    at(later)
    sent = ana_in.get("/account/password")
    assert sent.headers["Location"] == "/account/again?next=/account/password"
    assert "Code of the app" in ana_in.follow(sent).text
    said = {"password": PASSWORD, "next": "/account/password"}
    assert ana_in.post("/account/again", code="000000", **said).status_code == 401
    proved = ana_in.post("/account/again", code=phone_of_ana.shows(later), **said)
    assert proved.headers["Location"] == "/account/password"
    assert ana_in.follow(proved).status_code == 200


@pytest.mark.parametrize("path", ["/account/second-factor", "/account/recovery-codes"])
def test_a_form_that_comes_too_late_leads_to_the_proof(
    ana_in: Browser, at: Callable[[datetime], None], path: str
) -> None:
    at(NOON + 11 * MINUTE)
    assert ana_in.post(path).headers["Location"] == "/account/again?next=/account"


def test_a_new_password_ends_every_other_sign_in_and_keeps_this_one(
    ana_in: Browser, another: Browser, phone_of_ana: App
) -> None:
    another.post("/sign-in", email=EMAIL, password=PASSWORD)
    another.post("/sign-in/code", code=phone_of_ana.on_paper[0])
    before = ana_in.cookie()
    answer = ana_in.post("/account/password", password="four dry herons")
    assert answer.headers["Location"] == "/account"
    assert ana_in.cookie() != before
    assert ana_in.get("/clinic").status_code == 200
    assert another.get("/clinic").status_code == 303
    assert another.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 401
    assert another.post("/sign-in", email=EMAIL, password="four dry herons").status_code == 303


def test_a_weak_new_password_is_refused_beside_its_field(ana_in: Browser) -> None:
    answer = ana_in.post("/account/password", password="password")
    assert answer.status_code == 422
    assert "strangers try first" in answer.text


def test_new_recovery_codes_make_the_old_ones_worthless(
    ana_in: Browser, another: Browser, phone_of_ana: App
) -> None:
    new = re.findall(r"<code>([\w-]+)</code>", ana_in.post("/account/recovery-codes").text)
    assert len(new) == 10
    another.post("/sign-in", email=EMAIL, password=PASSWORD)
    old = another.post("/sign-in/code", code=phone_of_ana.on_paper[0])
    assert old.status_code == 401
    assert another.post("/sign-in/code", code=new[0]).status_code == 303


def test_every_device_is_listed_and_can_be_ended_from_another(
    ana_in: Browser, another: Browser, phone_of_ana: App
) -> None:
    another.post("/sign-in", email=EMAIL, password=PASSWORD)
    another.post("/sign-in/code", code=phone_of_ana.on_paper[0])
    listed = ana_in.get("/account").text
    assert listed.count("Firefox, Linux</span>") == 2
    assert listed.count("this device") == 1
    ends = re.findall(r'action="(/account/sign-ins/[0-9a-f-]{36}/end)"', listed)
    assert len(ends) == 2
    (theirs,) = [path for path in ends if path not in re.findall(_end_here(), listed)]
    assert ana_in.post(theirs).status_code == 303
    assert another.get("/clinic").status_code == 303
    assert ana_in.get("/clinic").status_code == 200


def _end_here() -> str:
    return r'action="(/account/sign-ins/[0-9a-f-]{36}/end)">\s*<button[^>]*>Sign out here'


def test_all_the_others_can_be_ended_at_once(
    ana_in: Browser, another: Browser, phone_of_ana: App
) -> None:
    another.post("/sign-in", email=EMAIL, password=PASSWORD)
    another.post("/sign-in/code", code=phone_of_ana.on_paper[0])
    ana_in.post("/account/sign-ins/end-others")
    assert another.get("/clinic").status_code == 303
    assert ana_in.get("/clinic").status_code == 200


def test_ending_the_sign_in_one_is_in_is_the_way_out(ana_in: Browser) -> None:
    (here,) = re.findall(_end_here(), ana_in.get("/account").text)
    assert ana_in.post(here).headers["Location"] == "/sign-in"
    assert ana_in.cookie() is None


def test_nobody_ends_the_sign_in_of_somebody_else(ana_in: Browser, another: Browser) -> None:
    (here,) = re.findall(_end_here(), ana_in.get("/account").text)
    assert another.post(here).headers["Location"].startswith("/sign-in")
    assert ana_in.get("/clinic").status_code == 200
    unknown = "/account/sign-ins/00000000-0000-0000-0000-000000000000/end"
    assert ana_in.post(unknown).status_code == 404
