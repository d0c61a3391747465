"""Every page of the doors: sound for a reader, a screen reader and the content policy."""

import logging
import re
from collections.abc import Callable

import pytest
from flask import Flask

from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.programs.library import Library
from rehab.services import enrolment, plans
from rehab.services.access import links
from rehab.services.access.links import Purpose
from rehab.services.plans import Assignment
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.services.access.conftest import PASSWORD, App
from tests.web.sign_in.conftest import EMAIL, Browser, Page, code_on

MAYAS = "+442079460123"
TYPED_FOR = {
    "email": "username",
    "password": ("current-password", "new-password"),
    "code": "one-time-code",
    "phone": "tel",
}


def walk_of_staff(browser: Browser, app: App) -> None:
    browser.get("/sign-in?next=/account")
    browser.post("/sign-in", email=EMAIL, password="wrong")
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    browser.get("/sign-in/code")
    browser.post("/sign-in/code", code="wrong")
    browser.post("/sign-in/code", code=app.shows(NOON))
    for path in ("/clinic", "/account", "/account/password", "/account/again"):
        browser.get(path)
    browser.get("/account/second-factor")
    browser.post("/account/second-factor")
    browser.post("/account/second-factor/confirm", code="wrong")
    browser.post("/account/recovery-codes")
    browser.post("/account/password", password="short")
    browser.post("/account/again", password="wrong", code="wrong")
    browser.get("/invitation/unknown")


def walk_of_a_patient(browser: Browser, tokens: dict[Purpose, str]) -> None:
    browser.get("/enter")
    browser.post("/enter", phone='"><b>020')
    browser.follow(browser.post("/enter", phone=MAYAS))
    browser.post("/enter/code", code="wrong")
    browser.post("/enter/code", code=code_on(MAYAS))
    browser.get(f"/l/{tokens[Purpose.ENTRY]}")
    browser.post(f"/l/{tokens[Purpose.ENTRY]}")
    for path in ("/me", "/account", "/l/unknown"):
        browser.get(path)
    browser.get(f"/{tokens[Purpose.REMINDER]}")
    browser.post(f"/{tokens[Purpose.REMINDER]}", pain="x")
    browser.get(f"/invitation/{tokens[Purpose.INVITATION]}")
    browser.post(f"/invitation/{tokens[Purpose.INVITATION]}", password="x")
    for _ in range(4):
        browser.post("/enter", phone=MAYAS)


@pytest.fixture
def tokens(maya: Patient, ana: Clinician, library: Library) -> dict[Purpose, str]:
    said = {"given_name": "Otis", "phone": MAYAS, "zone": "Europe/London"}
    enrolment.enrol(maya.clinic_id, said, EMAIL, NOON)
    wish = Assignment("lb-subacute-6w", 4, weekdays=(0, 6), starts_on=NOON.date().replace(day=1))
    plan = plans.assign(maya, wish, library, NOON)
    about = {Purpose.ENTRY: maya, Purpose.REMINDER: plan, Purpose.INVITATION: ana}
    with transaction():
        return {purpose: links.issue(purpose, whom, NOON) for purpose, whom in about.items()}


@pytest.fixture
def walked(
    browser: Browser,
    another: Browser,
    phone_of_ana: App,
    tokens: dict[Purpose, str],
    maya: Patient,
) -> list[str]:
    """The pages of both walks: the staff's in English, the patient's in Spanish."""
    with transaction():
        maya.language = "es"
    another.language = "es"
    walk_of_staff(browser, phone_of_ana)
    walk_of_a_patient(another, tokens)
    return browser.pages + another.pages


def test_every_page_is_sound(walked: list[str], library: Library) -> None:
    assert len(walked) > 25
    for html in walked:
        page = Page(html)
        assert page.inside == [], html
        assert len(page.all("h1")) == 1, html
        assert len(page.all("main")) == 1
        assert page.all("html")[0]["lang"] in ("en", "es")
        assert page.all("title")
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids)), html
        described = [a["aria-describedby"] for _, a in page.tags if "aria-describedby" in a]
        assert {id_ for each in described for id_ in (each or "").split()} <= set(ids)


def test_every_field_has_a_label_and_says_what_it_is_for(walked: list[str]) -> None:
    seen = set()
    for html in walked:
        page = Page(html)
        labelled = {label["for"] for label in page.all("label")}
        for field in page.all("input"):
            if field.get("type") in ("hidden", "search"):
                continue
            assert field["id"] in labelled, html
            if field["type"] != "radio":
                seen.add(field["name"])
                assert (field["autocomplete"] or "") in TYPED_FOR[field["name"] or ""], html
    assert seen == set(TYPED_FOR)


def test_nothing_stands_in_a_page_that_the_policy_would_refuse(walked: list[str]) -> None:
    for html in walked:
        page = Page(html)
        assert not page.all("style")
        assert not any(page.scripts)
        for tag, attrs in page.tags:
            assert "style" not in attrs, (tag, attrs)
            assert not any(name.startswith("on") for name in attrs), (tag, attrs)
            for name in ("src", "href", "action"):
                address = attrs.get(name) or "/"
                assert address.startswith(("/", "#", "data:,", "tel:")), (tag, attrs)
                assert not address.startswith("//")


def test_every_page_works_without_a_script(walked: list[str]) -> None:
    """A script may add to a page, and only to one; every form has a button and goes by POST, but
    for one that only searches."""
    for html in walked:
        page = Page(html)
        assert all(attrs["type"] == "module" for attrs in page.all("script"))
        changing = (form for form in page.all("form") if form.get("role") != "search")
        assert all(form["method"] == "post" for form in changing)
        assert len(page.all("button")) >= len(page.all("form"))


def test_no_page_repeats_a_secret(
    walked: list[str], browser: Browser, another: Browser, phone_of_ana: App
) -> None:
    cookies = [c.value for b in (browser, another) for c in b.client._cookies.values()]
    assert len(cookies) >= 3
    secrets = [PASSWORD, phone_of_ana.secret, *phone_of_ana.on_paper, *cookies]
    assert [secret for secret in secrets if any(secret in html for html in walked)] == []


def test_what_is_typed_is_shown_as_text(walked: list[str]) -> None:
    kept = [html for html in walked if "b&gt;020" in html]
    assert len(kept) == 1
    assert not any("<b>020" in html for html in walked)


def test_no_log_holds_a_secret(
    caplog: pytest.LogCaptureFixture,
    browser: Browser,
    another: Browser,
    phone_of_ana: App,
    tokens: dict[Purpose, str],
) -> None:
    with caplog.at_level(logging.INFO):
        walk_of_staff(browser, phone_of_ana)
        walk_of_a_patient(another, tokens)
    cookies = [c.value for b in (browser, another) for c in b.client._cookies.values()]
    secrets = [PASSWORD, phone_of_ana.secret, MAYAS, code_on(MAYAS), *tokens.values(), *cookies]
    assert [secret for secret in secrets if secret in caplog.text] == []


# Requests


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_a_form_from_elsewhere_is_refused_with_a_page(
    ana_in: Browser, headers: dict[str, str], status: int
) -> None:
    answer = ana_in.client.post("/account/sign-ins/end-others", headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert Page(answer.text).all("h1")
        assert ana_in.get("/clinic").status_code == 200


def test_nobody_is_signed_in_by_a_form_from_elsewhere(browser: Browser, phone_of_ana: App) -> None:
    said = {"email": EMAIL, "password": PASSWORD}
    answer = browser.client.post("/sign-in", data=said, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert browser.cookie() is None


def cookies_of(browser: Browser, app: App, base: str) -> dict[str, str]:
    """The Set-Cookie lines of Ana's way in, by name."""
    lines = []
    for path, said in (
        ("/sign-in", {"email": EMAIL, "password": PASSWORD}),
        ("/sign-in/code", {"code": app.shows(NOON)}),
        ("/enter", {"phone": MAYAS}),
    ):
        answer = browser.client.post(
            path, data=said, base_url=base, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert answer.status_code == 303
        lines += answer.headers.getlist("Set-Cookie")
    return {line.partition("=")[0]: line for line in lines}


def test_on_https_every_cookie_is_the_hosts_own(
    browser: Browser, phone_of_ana: App, public: Callable[[str], None]
) -> None:
    public("https://rehab.example")
    found = cookies_of(browser, phone_of_ana, "https://rehab.example")
    assert set(found) == {"__Host-rehab_sign_in", "__Host-rehab_device", "__Host-rehab_code"}
    for line in found.values():
        parts = {part.strip() for part in line.split(";")}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert not any(part.startswith("Domain") for part in parts)


def test_on_http_they_have_plain_names_and_are_kept_from_scripts_all_the_same(
    browser: Browser, phone_of_ana: App
) -> None:
    found = cookies_of(browser, phone_of_ana, "http://localhost")
    assert set(found) == {"rehab_sign_in", "rehab_device", "rehab_code"}
    assert all("HttpOnly" in line and "SameSite=Lax" in line for line in found.values())
    assert not any("Secure" in line for line in found.values())


def test_a_sign_in_of_staff_ends_with_the_browser_and_a_patients_does_not(
    browser: Browser, another: Browser, phone_of_ana: App, maya: Patient
) -> None:
    staff = browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert not re.search("Max-Age|Expires", staff.headers["Set-Cookie"])
    another.post("/enter", phone=MAYAS)
    answer = another.post("/enter/code", code=code_on(MAYAS))
    lines = answer.headers.getlist("Set-Cookie")
    mine = next(line for line in lines if line.startswith("rehab_sign_in="))
    assert f"Max-Age={90 * 24 * 3600}" in mine


def test_a_page_of_who_is_signed_in_is_kept_by_no_cache(ana_in: Browser) -> None:
    for path in ("/clinic", "/account", "/sign-in"):
        assert ana_in.get(path).headers["Cache-Control"] == "no-store"


def test_too_long_a_form_is_refused_with_a_page(browser: Browser, app: Flask) -> None:
    answer = browser.post("/sign-in", email="a" * 2_000_000, password="x")
    assert answer.status_code == 413
    assert Page(answer.text).all("h1")


@pytest.mark.parametrize("typed", ["\0", "a\0@b.example", "\ud7ff\uffff", "\u202e", "x" * 254])
def test_what_no_database_keeps_is_only_wrong(
    browser: Browser, ana_with_password: Clinician, typed: str
) -> None:
    assert browser.post("/sign-in", email=typed, password=typed, next=typed).status_code == 401
    assert browser.post("/enter", phone=typed).status_code == 422
    browser.client.set_cookie("rehab_code", "x")
    assert browser.post("/enter/code", code=typed).status_code == 401
    assert browser.post("/enter/who", patient=typed).status_code == 400
