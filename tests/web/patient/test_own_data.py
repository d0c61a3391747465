"""My data: what is on file, a copy behind a fresh code, what is wrong, and to be erased."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services import consent, enrolment, preferences
from rehab.services.audit import Actor, ActorKind
from rehab.services.privacy import requests
from rehab.services.privacy.holds import hold_patient
from rehab.web.words import LANGUAGES
from tests.conftest import NOON
from tests.web.patient.conftest import MAYAS
from tests.web.sign_in.conftest import Browser, Page, code_on

PAGES = ("/me/data", "/me/data/wrong", "/me/data/take", "/me/data/erase")
LATER = NOON + timedelta(minutes=10)
"""By then the sign-in is fresh no more."""

FORM = {"form": "json"}


def told() -> list[tuple[str, int, str]]:
    rows = db.session.scalars(select(Alert).order_by(Alert.opened_at, Alert.kind))
    return [(alert.kind, alert.level, alert.about) for alert in rows]


@pytest.mark.parametrize("path", PAGES)
def test_the_data_are_for_whoever_is_signed_in(browser: Browser, plan: Plan, path: str) -> None:
    assert browser.get(path).headers["Location"].startswith("/enter")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_and_in_the_patients_language(
    her_phone: Browser, maya: Patient, path: str, language: str
) -> None:
    preferences.choose_language(maya, language, NOON)
    answer = her_phone.get(path)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    page = Page(answer.text)
    assert len(page.all("h1")) == 1
    assert not [a for _, a in page.tags if "style" in a]
    labelled = {attrs["for"] for attrs in page.all("label")}
    assert {t["id"] for t in page.all("textarea")} <= labelled
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_on_file_is_shown_with_the_number_masked(her_phone: Browser, maya: Patient) -> None:
    answer = her_phone.get("/me/data")
    for shown in ("Maya Lindqvist", "•••• 0123", "United Kingdom", "English", "On"):
        assert shown in Page(answer.text).text
    assert "2079460123" not in answer.text


# What is wrong


def test_what_is_wrong_reaches_the_clinic(her_phone: Browser, maya: Patient) -> None:
    answer = her_phone.post("/me/data/wrong", words="My name is Maja")
    assert answer.headers["Location"] == "/me/data?saved=told"
    assert "Your clinic has your message" in her_phone.follow(answer).text
    ((kind, level, about),) = told()
    assert (kind, level) == ("details_wrong", 1)
    assert about.endswith("\nMy name is Maja")


def test_a_new_line_is_one_character_though_a_browser_sends_two(
    her_phone: Browser, maya: Patient
) -> None:
    lines = ["x" * 24] * 20
    assert len("\n".join(lines)) == 499
    assert her_phone.post("/me/data/wrong", words="\r\n".join(lines)).status_code == 303
    (alert,) = db.session.scalars(select(Alert))
    assert alert.about.splitlines()[1:] == lines
    assert "\r" not in alert.about


@pytest.mark.parametrize("words", ["", "   ", "x" * 501])
def test_no_words_and_too_many_are_explained_and_kept(
    her_phone: Browser, maya: Patient, words: str
) -> None:
    answer = her_phone.post("/me/data/wrong", words=words)
    assert answer.status_code == 422
    (field,) = Page(answer.text).all("textarea")
    assert field["aria-invalid"] == "true"
    assert "words-fault" in str(field["aria-describedby"])
    assert f">{words}</textarea>" in answer.text
    assert told() == []


def test_after_five_a_day_the_page_says_to_wait(her_phone: Browser, maya: Patient) -> None:
    for number in range(5):
        assert her_phone.post("/me/data/wrong", words=f"Thing {number}").status_code == 303
    answer = her_phone.post("/me/data/wrong", words="Thing 5")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


# To be erased


def test_the_wish_to_be_erased_is_told_once(her_phone: Browser, maya: Patient) -> None:
    for _ in range(2):
        answer = her_phone.post("/me/data/erase")
        assert answer.headers["Location"] == "/me/data?saved=erasure"
    assert "Somebody will call you" in her_phone.follow(answer).text
    assert told() == [("erasure_asked", 2, requests.WANTS_ERASURE)]
    page = Page(her_phone.get("/me/data/erase").text)
    assert "You asked on Monday 2 March" in page.text
    assert [f["action"] for f in page.all("form")] == []
    assert "Asked on Monday 2 March" in Page(her_phone.get("/me/data").text).text


def test_a_legal_hold_changes_nothing_that_the_patient_sees(
    her_phone: Browser, maya: Patient
) -> None:
    free = [her_phone.get(path).text for path in PAGES]
    hold_patient(maya, "a law suit over a fall", Actor(ActorKind.OPERATOR), NOON)
    assert [her_phone.get(path).text for path in PAGES] == free
    assert her_phone.post("/me/data/erase").headers["Location"] == "/me/data?saved=erasure"
    copy = her_phone.post("/me/data/take", **FORM)
    assert copy.status_code == 200
    assert "suit" not in copy.text
    assert "held" not in copy.text.replace('"held_because"', "").replace('"held_since"', "")


# The copy


def test_a_fresh_sign_in_has_the_copy_at_once(her_phone: Browser, plan: Plan) -> None:
    answer = her_phone.post("/me/data/take", **FORM)
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rehab-2026-03-02.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    copy = json.loads(answer.data)
    assert copy["patient"]["given_name"] == "Maya"
    assert [p["id"] for p in copy["plans"]] == [str(plan.id)]
    assert "why" not in {name for row in copy["decisions"] for name in row}
    entries = select(AuditEntry).filter_by(action="patient.exported")
    (entry,) = db.session.scalars(entries)
    assert (entry.actor_kind, entry.actor_id) == ("patient", plan.patient_id)


def test_the_copy_comes_as_tables_too(her_phone: Browser, plan: Plan) -> None:
    answer = her_phone.post("/me/data/take", form="csv")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert {"patient.csv", "plans.csv", "left_out.csv"} <= set(archive.namelist())


def test_the_copy_is_of_oneself_alone(her_phone: Browser, maya: Patient, ana: Clinician) -> None:
    said = {"given_name": "Nils", "phone": MAYAS, "zone": "UTC"}
    nils = enrolment.enrol(ana.clinic_id, said, ana.email, NOON)
    copy = her_phone.post("/me/data/take", **FORM).text
    assert str(maya.id) in copy
    assert "Nils" not in copy
    assert str(nils.id) not in copy


def test_a_form_that_there_is_not_is_refused(her_phone: Browser, maya: Patient) -> None:
    assert her_phone.post("/me/data/take", form="pdf").status_code == 400


def test_a_phone_that_lies_about_gives_no_copy_without_a_new_code(
    her_phone: Browser, plan: Plan, at: Callable[[datetime], None]
) -> None:
    at(LATER)
    page = Page(her_phone.get("/me/data/take").text)
    assert [f["action"] for f in page.all("form")] == ["/me/data/code/new"]
    assert her_phone.post("/me/data/take", **FORM).headers["Location"] == "/me/data/take"
    asked = her_phone.post("/me/data/code/new")
    assert asked.headers["Location"] == "/me/data/code"
    assert "•••• 0123" in her_phone.follow(asked).text
    wrong = her_phone.post("/me/data/code", code="000")
    assert wrong.status_code == 422
    assert Page(wrong.text).all("input")[0]["aria-invalid"] == "true"
    before = her_phone.cookie()
    right = her_phone.post("/me/data/code", code=code_on(MAYAS))
    assert right.headers["Location"] == "/me/data/take"
    assert her_phone.cookie() != before
    assert her_phone.cookie("rehab_code") is None
    assert "Download" in her_phone.follow(right).text
    assert her_phone.post("/me/data/take", **FORM).status_code == 200
    at(LATER + timedelta(minutes=10))
    assert her_phone.post("/me/data/take", **FORM).status_code == 303


def test_a_code_of_another_browser_proves_nothing(
    her_phone: Browser, another: Browser, maya: Patient, at: Callable[[datetime], None]
) -> None:
    at(LATER)
    her_phone.post("/me/data/code/new")
    hers = code_on(MAYAS)
    at(LATER + timedelta(minutes=1))
    another.post("/enter", phone=MAYAS)
    theirs = code_on(MAYAS)
    if theirs != hers:
        assert her_phone.post("/me/data/code", code=theirs).status_code == 422
    assert her_phone.post("/me/data/code", code=hers).status_code == 303


def test_without_having_asked_for_a_code_there_is_no_page_for_it(
    her_phone: Browser, maya: Patient
) -> None:
    assert her_phone.get("/me/data/code").headers["Location"] == "/me/data/take"
    assert her_phone.post("/me/data/code", code="1").headers["Location"] == "/me/data/take"


def test_who_gets_no_texts_is_told_why_no_code_can_come(
    her_phone: Browser, maya: Patient, at: Callable[[datetime], None]
) -> None:
    consent.suppress(maya.phone, "sms", NOON)
    at(LATER)
    page = Page(her_phone.get("/me/data/take").text)
    assert "no code can reach you" in page.text
    assert page.all("form") == []


def test_codes_and_copies_are_few(
    her_phone: Browser, plan: Plan, at: Callable[[datetime], None]
) -> None:
    answers = [her_phone.post("/me/data/take", **FORM).status_code for _ in range(7)]
    assert answers == [200] * 6 + [429]
    at(LATER)
    asked = [her_phone.post("/me/data/code/new").status_code for _ in range(4)]
    assert asked[-1] == 429
