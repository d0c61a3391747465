"""The page of an intake: everything on it is kept when something is wrong, nothing by looking."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.message import SmsConsent
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.screening import Screening
from rehab.programs.library import Library
from rehab.services import clinics, consent
from rehab.services.transactions import transaction
from rehab.web.desk import assign_choices as choices
from rehab.web.desk import assign_form as form
from tests.conftest import NOON
from tests.services.test_intake import counts
from tests.web.sign_in.conftest import SAME_SITE, Browser

FORM = "/clinic/assign"
LOOK = "/clinic/assign/preview"
FILLED: dict[str, Any] = {
    "given_name": "Nils",
    "family_name": "Berg",
    "phone": "020 7946 0177",
    "zone": "Europe/London",
    "language": "en",
    "lasted": "3",
    "lasted_unit": "weeks",
    "usual_pain": "4",
    "asked": "1",
    "program_id": "lb-subacute-6w",
    "weekdays": ["0", "2", "4"],
    "starts_on": "2026-03-02",
    "exercise_at": "18:00",
    "morning_at": "08:30",
    "autonomy": "ease",
    "floor": "1",
    "agreed": "by_phone",
}

Sent = Callable[..., TestResponse]


@pytest.fixture
def sent(desk: Browser) -> Sent:
    """Ana's form, filled in with the usual but for what is said; None leaves a field out."""
    key = str(uuid4())

    def send(path: str = FORM, browser: Browser = desk, **said: Any) -> TestResponse:
        fields = {"key": key, **FILLED, **said}
        return browser.client.post(
            path, data={k: v for k, v in fields.items() if v is not None}, headers=SAME_SITE
        )

    return send


def words(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def faults(answer: TestResponse) -> set[str]:
    """The fields that have a fault beside them."""
    assert answer.status_code == 422, answer.text
    return set(re.findall(r'class="fault" id="([a-z_]+)-fault"', answer.text))


def newest() -> Plan:
    return db.session.scalars(select(Plan).order_by(Plan.created_at.desc())).first()  # type: ignore[return-value]


def test_from_a_call_to_the_first_text(sent: Sent, desk: Browser) -> None:
    answer = sent()
    page = words(desk.follow(answer))
    plan = newest()
    assert answer.headers["Location"] == f"/clinic/assign/{plan.id}"
    assert plan.patient.phone == "+442079460177"
    assert "Lower back - back to strength, 6 weeks is assigned to Nils." in page
    assert "First text : the welcome, now" in page
    assert "First reminder : Monday 2 March 18:0" in page
    assert f"/clinic/plans/{plan.id}/handout" in desk.pages[-1]


def test_the_form_sent_twice_assigns_once_and_says_so(
    sent: Sent, desk: Browser, at: Callable[[datetime], None]
) -> None:
    first = sent()
    desk.follow(first)
    at(NOON + timedelta(seconds=2))
    second = sent()
    assert first.headers["Location"] == second.headers["Location"]
    assert "This form was sent before" in words(desk.follow(second))
    assert counts()["Plan"] == 1


def test_the_form_of_one_person_filled_in_for_another_loses_neither(
    sent: Sent, desk: Browser
) -> None:
    sent()
    berta = {"given_name": "Berta", "phone": "020 7946 0178"}
    answer = sent(**berta)
    assert answer.status_code == 422
    assert "has assigned a plan to Nils Berg before" in words(answer)
    assert 'value="Berta"' in answer.text
    key = re.search(r'name="key" value="([^"]+)"', answer.text)
    assert key is not None
    assert sent(key=key[1], **berta).status_code == 303
    assert set(db.session.scalars(select(Patient.given_name))) >= {"Nils", "Berta"}


def test_a_red_flag_of_somebody_on_file_is_kept_whatever_else_is_missing(
    sent: Sent, desk: Browser, maya: Patient, plan: Plan
) -> None:
    said = {"patient": str(maya.id), "red_flags": "RF02", "program_id": None, "do": "flag"}
    looked = sent(LOOK, **said)
    assert plan.status == "active"
    assert "record, and stop what runs" in words(looked)
    answer = sent(**said)
    assert answer.status_code == 422
    assert "The red flag is on Maya" in words(answer)
    assert plan.loads["strengthening"]["paused"]
    assert "Red flag" in words(desk.get("/clinic/inbox"))


def test_looking_changes_nothing_and_shows_the_week_and_the_texts(sent: Sent) -> None:
    before = counts()
    page = words(sent(LOOK))
    assert counts() == before
    assert "Mon 2 Mar Pelvic tilt: 6 times, hold 3 s" in page
    assert "Riverside: Nils, your session is ready for 18:00: 4 exercises" in page
    assert "Riverside: You signed up for plan news" in page


def test_texts_are_shown_in_the_language_of_the_patient(sent: Sent) -> None:
    page = sent(LOOK, language="es").text
    assert '<p class="seen-text" lang="es">Riverside: Nils, hoy a las 18:00' in page


MISSING = [
    ("given_name", "", "given_name"),
    ("phone", "12", "phone"),
    ("zone", "Mars/North", "zone"),
    ("language", "xx", "language"),
    ("lasted", "", "lasted"),
    ("lasted", "a while", "lasted"),
    ("lasted", "-1", "lasted"),
    ("usual_pain", None, "usual_pain"),
    ("usual_pain", "11", "usual_pain"),
    ("asked", None, "asked"),
    ("program_id", None, "program_id"),
    ("program_id", "no-such", "program_id"),
    ("starts_on", "soon", "starts_on"),
    ("starts_on", "2020-01-01", "starts_on"),
    ("exercise_at", "late", "exercise_at"),
    ("morning_at", "", "morning_at"),
    ("bedtime", "dark", "bedtime"),
    ("autonomy", "mine", "autonomy"),
    ("floor", "0", "floor"),
    ("ceiling", "x", "ceiling"),
    ("agreed", None, "agreed"),
    ("red_flags", ["RF02"], "red_flags"),
    ("red_flags", ["RF11"], "looked_at"),
]


@pytest.mark.parametrize(("field", "value", "fault"), MISSING)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(
    sent: Sent, field: str, value: Any, fault: str
) -> None:
    before = counts()
    for path in (FORM, LOOK):
        answer = sent(path, **{field: value})
        assert faults(answer) == {fault}
        assert 'value="Berg"' in answer.text
    assert counts() == before


def test_an_emergency_is_told_though_nothing_else_is_filled_in(sent: Sent) -> None:
    """Whoever ticks it first must not have to fill in a form to be told."""
    answer = sent(LOOK, given_name="", program_id=None, usual_pain=None, red_flags=["RF01"])
    assert {"red_flags", "given_name", "program_id", "usual_pain"} <= faults(answer)
    assert "Stop, and call the emergency number now." in words(answer)


def test_a_flag_that_was_looked_at_is_kept_and_does_not_stop_the_plan(sent: Sent) -> None:
    assert sent(red_flags=["RF11"], looked_at="1", found="Seen in clinic.").status_code == 303
    assert (newest().status, newest().autonomy) == ("active", "advise")
    assert db.session.scalars(select(Screening)).one().red_flags == ["RF11"]


LASTED = [("3", "weeks", "acute"), ("2", "months", "acute"), ("3", "months", "chronic")]


@pytest.mark.parametrize(("count", "unit", "track"), LASTED)
def test_how_long_it_has_hurt_proposes_the_track(
    sent: Sent, count: str, unit: str, track: str
) -> None:
    sent(lasted=count, lasted_unit=unit)
    assert newest().track == track


def test_the_clinician_overrules_the_proposal(sent: Sent) -> None:
    assert "written for acute pain, and the track is chronic" in words(sent(LOOK, track="chronic"))
    sent(track="chronic")
    assert newest().track == "chronic"


def test_no_day_ticked_leaves_the_days_to_the_program(sent: Sent) -> None:
    sent(weekdays=None, program_id="lb-acute-2w")
    assert newest().weekdays == [0, 1, 2, 3, 4]


CHANNELS = [("in_person", ["clinic"]), ("by_phone", ["phone"]), ("no", [])]


@pytest.mark.parametrize(("agreed", "channels"), CHANNELS)
def test_how_texts_were_agreed_to_is_on_the_record(
    sent: Sent, desk: Browser, agreed: str, channels: list[str]
) -> None:
    page = words(desk.follow(sent(agreed=agreed)))
    assert [row.channel for row in db.session.scalars(select(SmsConsent))] == channels
    assert ("No texts go to" in page) is not bool(channels)


def test_a_known_number_offers_whoever_has_it_and_keeps_what_was_typed(
    sent: Sent, maya: Patient
) -> None:
    answer = sent(phone="020 7946 0123")
    assert faults(answer) == {"phone"}
    assert "Maya Lindqvist has this number." in words(answer)
    assert f'name="patient" value="{maya.id}"' in answer.text
    taken_over = sent(LOOK, patient=str(maya.id), agreed=None)
    assert taken_over.status_code == 200
    assert "Assign to Maya Lindqvist" in words(taken_over)


def test_a_phone_may_be_shared_once_that_is_said_of_this_very_number(
    sent: Sent, maya: Patient
) -> None:
    assert faults(sent(phone="020 7946 0123", shares_phone="020 7946 0199")) == {"phone"}
    assert sent(phone="020 7946 0123", shares_phone="020 7946 0123").status_code == 303
    assert newest().patient_id != maya.id


def test_a_patient_with_a_plan_is_told_of_it_and_it_is_ended_if_that_is_said(
    sent: Sent, desk: Browser, maya: Patient, plan: Plan
) -> None:
    page = words(desk.get(f"{FORM}?patient={maya.id}"))
    assert "Maya has a plan that runs already" in page
    assert "Maya has agreed to texts." in page
    assert faults(sent(patient=str(maya.id))) == {"running"}
    assert sent(patient=str(maya.id), running="discharge").status_code == 303
    db.session.refresh(plan)
    assert plan.status == "discharged"


def test_a_number_that_said_stop_is_not_promised_texts(
    desk: Browser, sent: Sent, maya: Patient
) -> None:
    with transaction():
        consent.suppress(maya.phone, "stop", NOON)
    assert "has said STOP" in words(desk.get(f"{FORM}?patient={maya.id}"))
    answer = sent(patient=str(maya.id), running=None)
    assert f"No texts go to {'+44 20 7946 0123'}" in words(desk.follow(answer))


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ({"region": "neck"}, {"neck-acute-2w", "neck-desk-6w", "neck-sh-chronic-10w"}),
        ({"region": "neck", "suits": "chronic"}, {"neck-sh-chronic-10w"}),
        ({"region": "neck", "without": "elastic band"}, {"neck-acute-2w"}),
        ({"suits": "chronic", "region": "lower back"}, {"lb-chronic-12w"}),
        ({"region": "whole body", "suits": "acute"}, {"wb-flare-1w", "sleep-4w"}),
    ],
)
def test_filters_leave_the_programs_that_suit(
    sent: Sent, library: Library, wanted: dict[str, str], left: set[str]
) -> None:
    found = {c.program.id for c in choices.cards(library) if choices.suits(c, wanted)}
    assert found == left
    page = sent(LOOK, do="filter", program_id=None, given_name="", **wanted).text
    shown = re.findall(
        r'<div class="card-program" data-card.*?name="program_id" value="([^"]*)"', page, re.S
    )
    assert set(shown) == left
    assert f"{len(left)} of {len(choices.cards(library))}" in page


def test_a_card_says_what_a_session_asks_and_warns_of_a_long_one(library: Library) -> None:
    by_id = {card.program.id: card for card in choices.cards(library)}
    sleep = by_id["sleep-4w"]
    assert (sleep.takes, sleep.minutes) == ("12-28 min", (12, 28))
    assert sleep.size is not None
    assert "28 min" in sleep.size
    assert by_id["lb-acute-2w"].size is None
    assert [c.code for c in by_id["lb-acute-2w"].cautions][:1] != ["C-NONE"]


def test_the_program_of_the_library_comes_chosen(desk: Browser) -> None:
    page = desk.get(f"{FORM}?program=sh-6w").text
    assert re.findall(r'name="program_id" value="([^"]*)"[^>]* checked', page) == ["sh-6w"]


def test_who_only_looks_may_preview_and_not_assign(
    sent: Sent, desk_of: Callable[[Clinician], Browser], looks: Clinician
) -> None:
    theirs = desk_of(looks)
    page = theirs.get(FORM)
    assert 'value="assign"' not in page.text
    assert sent(LOOK, browser=theirs).status_code == 200
    assert sent(browser=theirs).status_code == 403


def test_next_door_has_no_such_patient_and_no_such_plan(
    desk_of: Callable[[Clinician], Browser], boris: Clinician, maya: Patient, plan: Plan, sent: Sent
) -> None:
    theirs = desk_of(boris)
    asked = [
        theirs.get(f"{FORM}?patient={maya.id}"),
        theirs.get(f"/clinic/assign/{plan.id}"),
        theirs.post(f"/clinic/assign/{plan.id}/phone"),
        sent(browser=theirs, patient=str(maya.id)),
        sent(LOOK, browser=theirs, patient=str(maya.id)),
    ]
    assert {answer.status_code for answer in asked} == {404}


def test_a_code_to_scan_signs_the_patient_in_once(
    desk: Browser, browser: Browser, plan: Plan
) -> None:
    page = desk.post(f"/clinic/assign/{plan.id}/phone").text
    (path,) = re.findall(r'<p class="secret long">[^<]*?(/l/[\w-]+)</p>', page)
    assert "<svg" in page
    assert browser.post(path).headers["Location"] == "/me"
    assert browser.post(path).status_code == 404
    acts = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_id == plan.patient_id)
    )
    assert "patient.let_in" in set(acts)


@pytest.mark.parametrize(
    ("zone", "phone", "region", "language"),
    [
        ("Europe/London", "", "GB", "en"),
        ("Europe/Madrid", "", "ES", "es"),
        ("America/New_York", "", "US", "en"),
        ("Europe/London", "+34912345678", "ES", "es"),
        ("UTC", "", "ZZ", "en"),
        ("Europe/Berlin", "", "DE", "en"),
    ],
)
def test_the_form_begins_with_the_country_of_the_clinic(
    app: Flask, zone: str, phone: str, region: str, language: str
) -> None:
    clinic = clinics.open_clinic("Here", zone, NOON, phone=phone)
    begun = form.beginning(clinic, "", NOON.date())
    assert (form.region(clinic), begun["language"], begun["zone"]) == (region, language, zone)
    assert UUID(begun["key"])


def test_no_more_is_asked_of_the_database_for_more_patients(
    desk: Browser, sent: Sent, maya: Patient
) -> None:
    def asked() -> int:
        statements: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert sent(LOOK, given_name="Other").status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    desk.get(FORM)
    few = asked()
    for n in range(3):
        assert sent(key=str(uuid4()), phone=f"020 7946 018{n}").status_code == 303
    assert asked() == few
    assert few <= 15
