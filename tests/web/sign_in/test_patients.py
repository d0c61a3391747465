"""Patients at their door: a code on their own phone, or a link for one use."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.notifications.gsm7 import septets
from rehab.programs.library import Library
from rehab.services import clinics, consent, enrolment, plans
from rehab.services.access import code_text, links
from rehab.services.access.links import Purpose
from rehab.services.plans import Assignment
from rehab.services.transactions import transaction
from rehab.web.sign_in.patients import as_dialled
from tests.conftest import NOON
from tests.web.sign_in.conftest import Browser, Page, code_on

MAYAS, NOBODYS = "+442079460123", "+442079460199"
MINUTE = timedelta(minutes=1)


def come_in(browser: Browser, phone: str = MAYAS) -> None:
    browser.post("/enter", phone=phone)
    browser.post("/enter/code", code=code_on(phone))


def test_a_code_on_her_phone_lets_maya_in(browser: Browser, maya: Patient) -> None:
    asked = browser.post("/enter", phone="+44 (20) 7946-0123")
    assert asked.headers["Location"] == "/enter/code"
    answer = browser.post("/enter/code", code=code_on(MAYAS))
    assert answer.headers["Location"] == "/me"
    assert "Hello, Maya" in browser.get("/me").text
    assert browser.cookie("rehab_code") is None


def test_the_code_may_be_typed_with_a_gap(browser: Browser, maya: Patient) -> None:
    browser.post("/enter", phone=MAYAS)
    code = code_on(MAYAS)
    assert browser.post("/enter/code", code=f"{code[:3]} {code[3:]}").status_code == 303


def test_a_number_that_nobody_has_gets_the_same_answers(
    browser: Browser, another: Browser, maya: Patient
) -> None:
    known, unknown = (
        browser.post("/enter", phone=MAYAS),
        another.post("/enter", phone=NOBODYS),
    )
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert list(known.headers.keys()) == list(unknown.headers.keys())
    assert browser.follow(known).text == another.follow(unknown).text
    wrong = browser.post("/enter/code", code="0")
    assert wrong.text == another.post("/enter/code", code="0").text
    assert wrong.status_code == 401
    queued = db.session.scalars(select(OutboundMessage.phone).filter_by(kind=Kind.SIGN_IN)).all()
    assert queued == [MAYAS]


def test_a_number_that_said_stop_gets_no_code_and_everybody_reads_why(
    browser: Browser, maya: Patient
) -> None:
    with transaction():
        consent.suppress(MAYAS, "stop", NOON)
    answer = browser.follow(browser.post("/enter", phone=MAYAS))
    assert "take texts from the clinic" in answer.text
    assert "take texts from the clinic" in browser.get("/enter").text
    assert not db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.SIGN_IN)).all()


@pytest.mark.parametrize(
    "phone", ["", "020 7946 0123", "maya", "+44", "+44207946012345678901", "٣"]
)
def test_a_number_that_cannot_be_one_is_kept_in_the_field_with_the_reason(
    browser: Browser, app: object, phone: str
) -> None:
    answer = browser.post("/enter", phone=phone)
    assert answer.status_code == 422
    field = next(f for f in Page(answer.text).all("input") if f.get("name") == "phone")
    assert (field.get("value") or "") == phone
    assert field["aria-describedby"] == "phone-hint phone-fault"


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("+44 20 7946 0123", "+442079460123"),
        ("0044 (20) 7946.0123", "+442079460123"),
        ("+1 202-555-0111", "+12025550111"),
        ("020 7946 0123", "02079460123"),
    ],
)
def test_a_number_may_be_written_as_people_write_it(typed: str, dialled: str) -> None:
    assert as_dialled(typed) == dialled


def test_a_code_is_worth_nothing_in_another_browser(
    browser: Browser, another: Browser, maya: Patient
) -> None:
    browser.post("/enter", phone=MAYAS)
    assert another.post("/enter/code", code=code_on(MAYAS)).headers["Location"] == "/enter"
    another.client.set_cookie("rehab_code", "forged")
    assert another.post("/enter/code", code=code_on(MAYAS)).status_code == 401


def test_a_code_counts_once_and_for_ten_minutes(
    browser: Browser, maya: Patient, at: Callable[[datetime], None]
) -> None:
    browser.post("/enter", phone=MAYAS)
    token, code = browser.cookie("rehab_code"), code_on(MAYAS)
    at(NOON + 10 * MINUTE)
    assert token is not None
    browser.client.set_cookie("rehab_code", token)
    assert browser.post("/enter/code", code=code).status_code == 401
    at(NOON + 9 * MINUTE)
    assert browser.post("/enter/code", code=code).status_code == 303
    browser.client.set_cookie("rehab_code", token)
    assert browser.post("/enter/code", code=code).status_code == 401


def test_too_many_codes_are_told_when_to_come_back(browser: Browser, maya: Patient) -> None:
    answers = [browser.post("/enter", phone=MAYAS) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_who_shares_a_phone_says_who_they_are(
    browser: Browser, maya: Patient, riverside: object
) -> None:
    said = {"given_name": "Otis", "phone": MAYAS, "zone": "Europe/London"}
    otis = enrolment.enrol(maya.clinic_id, said, "ana@riverside.example", NOON)
    browser.post("/enter", phone=MAYAS)
    choice = browser.post("/enter/code", code=code_on(MAYAS))
    assert choice.status_code == 200
    offered = {button["value"] for button in Page(choice.text).all("button")}
    assert offered == {str(maya.id), str(otis.id)}
    assert "Lindqvist" not in choice.text
    assert browser.post("/enter/who", patient=str(otis.id)).headers["Location"] == "/me"
    assert "Hello, Otis" in browser.get("/me").text


@pytest.mark.parametrize("who", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nobody_chooses_to_be_somebody_else(browser: Browser, maya: Patient, who: str) -> None:
    browser.post("/enter", phone=MAYAS)
    assert browser.post("/enter/who", patient=who).status_code in (400, 401)
    assert browser.post("/enter/who", patient=str(maya.id)).status_code == 401
    assert browser.cookie() is None


def test_a_stranger_with_the_same_name_at_another_clinic_stays_apart(
    browser: Browser, maya: Patient, boris: Clinician
) -> None:
    said = {"given_name": "Nadia", "phone": NOBODYS, "zone": "Europe/Berlin"}
    enrolment.enrol(boris.clinic_id, said, boris.email, NOON)
    come_in(browser, NOBODYS)
    page = browser.get("/me").text
    assert "Hello, Nadia" in page
    assert "Maya" not in page


def test_a_patient_has_no_way_to_the_staffs_pages(browser: Browser, maya: Patient) -> None:
    come_in(browser)
    for path in ("/clinic", "/account/password", "/account/second-factor", "/sign-in/code"):
        assert browser.get(path).headers["Location"].startswith("/sign-in")


def test_a_device_stays_in_for_ninety_days(
    browser: Browser, maya: Patient, at: Callable[[datetime], None]
) -> None:
    come_in(browser)
    at(NOON + timedelta(days=89))
    assert browser.get("/me").status_code == 200
    at(NOON + timedelta(days=91))
    assert browser.get("/me").headers["Location"] == "/enter?next=/me"


def test_a_patient_sees_and_ends_her_devices(
    browser: Browser, another: Browser, maya: Patient
) -> None:
    come_in(browser)
    come_in(another)
    assert "Firefox, Linux" in browser.get("/me/devices").text
    browser.post("/account/sign-ins/end-others")
    assert another.get("/me").status_code == 303
    assert browser.post("/sign-out").headers["Location"] == "/enter"
    assert browser.get("/me").status_code == 303


def test_her_day_is_told_in_words(browser: Browser, maya: Patient, library: Library) -> None:
    come_in(browser)
    assert "No plan yet" in browser.get("/me").text
    plans.assign(maya, Assignment("lb-subacute-6w", 4, weekdays=(0,)), library, NOON)
    page = Page(browser.get("/me").text)
    assert "Your session for today" in page.text
    names = [each.name for each in library.programs["lb-subacute-6w"].phases[0].exercises]
    assert any(name in page.text for name in names)


# Languages


def test_the_page_speaks_the_browsers_language_and_then_the_patients(
    browser: Browser, maya: Patient
) -> None:
    browser.language = "es-MX,es;q=0.9,en;q=0.5"
    page = browser.get("/enter").text
    assert '<html lang="es">' in page
    assert "Enviarme un código" in page
    come_in(browser)
    assert '<html lang="en">' in browser.get("/me").text
    browser.language = "pl"
    assert '<html lang="en">' in browser.get("/enter").text


# Links


@pytest.fixture
def link(maya: Patient) -> str:
    with transaction():
        return links.issue(Purpose.ENTRY, maya, NOON)


def test_a_link_shows_a_button_which_uses_it_up(
    browser: Browser, another: Browser, link: str
) -> None:
    for _ in range(3):
        shown = browser.get(f"/l/{link}")
        assert shown.status_code == 200
        assert Page(shown.text).all("button")
        assert browser.cookie() is None
    assert browser.client.head(f"/l/{link}").status_code == 200
    assert browser.client.options(f"/l/{link}").status_code == 200
    assert browser.post(f"/l/{link}").headers["Location"] == "/me"
    assert browser.get("/me").status_code == 200
    assert another.get(f"/l/{link}").status_code == 404
    assert another.post(f"/l/{link}").status_code == 404
    assert another.cookie() is None


def test_a_link_of_staff_still_asks_for_the_app(
    browser: Browser, ana: Clinician, phone_of_ana: object
) -> None:
    with transaction():
        token = links.issue(Purpose.ENTRY, ana, NOON)
    assert browser.post(f"/l/{token}").headers["Location"] == "/sign-in/code"


def test_no_link_opens_another_kind_of_door(browser: Browser, link: str) -> None:
    assert browser.get(f"/invitation/{link}").status_code == 404


# The text


def test_the_text_names_the_clinic_and_ends_with_the_line_that_phones_read(
    browser: Browser, maya: Patient, public: Callable[[str], None]
) -> None:
    public("https://rehab.example:8443")
    browser.post("/enter", phone=MAYAS)
    text = db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.SIGN_IN)).one()
    assert text.body is not None
    lines = text.body.split("\n")
    code = lines[0].removeprefix("Riverside: ")[:6]
    assert code.isdigit()
    assert lines[1:] == ["", f"@rehab.example #{code}"]
    assert (text.due_at, text.expires_at) == (NOON, NOON + 10 * MINUTE)
    assert text.state is DeliveryState.PENDING


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_text_fits_in_one_message_with_the_longest_clinic_and_a_long_host(
    maya: Patient, library: Library, language: str
) -> None:
    clinics.amend_clinic(maya.clinic, {"name": "A clinic with a rather long name"}, NOON)
    maya.language = language
    length = septets(code_text.words(maya, "123456", library, "h" * 40))
    assert length is not None
    assert length <= 160
