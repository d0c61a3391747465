"""The clinic's own page: owners change it, others look, and what is shown once is shown once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from rehab.extensions import db
from rehab.models.clinic import CLINICIAN, Clinic, Clinician
from rehab.models.patient import Patient
from rehab.programs.library import Library
from rehab.services import clinics, tokens
from rehab.services.access import credentials, sign_ins
from rehab.services.clinic_texts import texts
from tests.conftest import NOON
from tests.services.access.conftest import PASSWORD
from tests.web.sign_in.conftest import Browser, Page

HERE = "/clinic/settings"
DETAILS = {"name": "Riverside", "zone": "Europe/London", "phone": "", "hours": ""}
NEW = {"name": "Priya Raman", "email": "priya@riverside.example", "role": "clinician"}


def test_an_owner_changes_the_clinics_details(desk: Browser, riverside: Clinic) -> None:
    said = {**DETAILS, "phone": "+44 (20) 7946-0199", "hours": " Mon-Fri  8-18 "}
    page = desk.follow(desk.post(HERE, **said))
    db.session.refresh(riverside)
    assert (riverside.phone, riverside.hours) == ("+442079460199", "Mon-Fri 8-18")
    assert "details are changed" in page.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("zone", "Mars/Olympus"), ("phone", "020 7946"), ("hours", "x" * 121)],
)
def test_what_cannot_be_is_said_beside_its_field_and_stays_typed(
    desk: Browser, riverside: Clinic, field: str, value: str
) -> None:
    answer = desk.post(HERE, **{**DETAILS, "hours": "Mondays", field: value})
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text
    assert "Mondays" in answer.text or field == "hours"
    db.session.refresh(riverside)
    assert riverside.hours == ""


def test_who_treats_sees_the_clinic_and_no_way_to_change_it(
    desk_of: Callable[[Clinician], Browser], treats: Clinician, riverside: Clinic
) -> None:
    tokens.issue_token("ana@riverside.example", (), NOON)
    page = desk_of(treats).get(HERE).text
    assert "+44 20 7946 0100" in page
    assert 'method="post" action="/clinic' not in page
    assert "rehab_" not in page


def test_an_invitation_is_shown_once_and_lets_them_in(desk: Browser, browser: Browser) -> None:
    page = desk.post(f"{HERE}/people", **NEW).text
    found = re.search(r"http://127\.0\.0\.1:8000(/invitation/[\w-]+)", page)
    assert found
    assert found[1] not in desk.get(HERE).text
    assert browser.get(found[1]).status_code == 200
    assert clinics.clinician_of(NEW["email"]).role == CLINICIAN


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("email", "nobody"), ("role", "king"), ("email", "ana@riverside.example")],
)
def test_somebody_who_cannot_be_invited_is_told_of_beside_the_field(
    desk: Browser, field: str, value: str
) -> None:
    answer = desk.post(f"{HERE}/people", **{**NEW, field: value})
    assert answer.status_code == 422
    assert f'id="new-{field}-fault"' in answer.text
    assert NEW["name"] in answer.text or field == "name"


def test_a_new_link_makes_the_one_before_it_void(
    desk: Browser, browser: Browser, treats: Clinician
) -> None:
    pages = [desk.post(f"{HERE}/people/{treats.id}/invite").text for _ in range(2)]
    old, new = (re.findall(r"8000(/invitation/[\w-]+)", page)[0] for page in pages)
    assert browser.get(old).status_code == 404
    assert browser.get(new).status_code == 200


def test_who_has_a_password_gets_no_link_that_would_replace_it(
    desk: Browser, treats: Clinician
) -> None:
    credentials.set_password(treats.id, PASSWORD, NOON)
    assert desk.post(f"{HERE}/people/{treats.id}/invite").status_code == 409
    assert f"/people/{treats.id}/invite" not in desk.get(HERE).text


def test_a_way_in_is_handed_out_only_by_who_has_proved_lately_who_they_are(
    desk: Browser, at: Callable[..., None]
) -> None:
    at(NOON + timedelta(minutes=14))
    desk.get(HERE)
    at(NOON + timedelta(minutes=28))
    answer = desk.post(f"{HERE}/people", **NEW)
    assert answer.status_code == 303
    assert "/account/again" in answer.headers["Location"]


def test_a_role_is_given_and_somebody_let_go_is_signed_out_everywhere(
    desk: Browser, desk_of: Callable[[Clinician], Browser], treats: Clinician
) -> None:
    theirs = desk_of(treats)
    desk.follow(desk.post(f"{HERE}/people/{treats.id}", role="read_only"))
    assert clinics.find_clinician(treats.clinic_id, treats.id).role == "read_only"
    page = desk.follow(desk.post(f"{HERE}/people/{treats.id}", act="go"))
    assert "works here no more" in page.text
    assert theirs.get(HERE).status_code == 303
    desk.follow(desk.post(f"{HERE}/people/{treats.id}", act="back"))
    assert clinics.find_clinician(treats.clinic_id, treats.id).is_active


@pytest.mark.parametrize("said", [{"act": "go"}, {"role": "clinician"}])
def test_the_last_owner_stays(desk: Browser, ana: Clinician, said: dict[str, str]) -> None:
    answer = desk.post(f"{HERE}/people/{ana.id}", **said)
    assert answer.status_code == 409
    assert "needs an owner" in answer.text


def test_an_act_that_is_none_changes_nothing(desk: Browser, treats: Clinician) -> None:
    assert desk.post(f"{HERE}/people/{treats.id}", act="dance").status_code == 400


def test_an_owner_ends_anybodys_token_but_not_next_doors(
    desk: Browser, treats: Clinician, boris: Clinician
) -> None:
    ours = tokens.issue_token(treats.email, (), NOON)
    theirs = tokens.issue_token(boris.email, (), NOON)
    ours_id, theirs_id = (token.split("_")[1] for token in (ours, theirs))
    page = desk.get(HERE).text
    assert (ours_id in page, theirs_id in page) == (True, False)
    assert desk.post(f"{HERE}/tokens/{theirs_id}/end").status_code == 404
    desk.follow(desk.post(f"{HERE}/tokens/{ours_id}/end"))
    assert tokens.token_bearer(ours, NOON) is None
    assert tokens.token_bearer(theirs, NOON) is not None


def test_next_doors_people_are_not_there(desk: Browser, boris: Clinician) -> None:
    assert boris.name not in desk.get(HERE).text
    assert desk.post(f"{HERE}/people/{boris.id}", act="go").status_code == 404
    assert desk.post(f"{HERE}/people/{boris.id}/invite").status_code == 404


def test_every_text_is_shown_in_each_language_as_it_arrives(
    desk: Browser, riverside: Clinic, library: Library
) -> None:
    words = Page(desk.get(f"{HERE}/texts").text).text
    for language in ("en", "es"):
        for text in texts(riverside, language, library, "http://127.0.0.1:8000"):
            assert text.body in words
            assert text.septets is not None
            assert (text.parts > 1) == (text.septets > 160)


def test_the_clinics_texts_are_counted_and_no_other_clinics(
    desk: Browser,
    desk_of: Callable[[Clinician], Browser],
    maya: Patient,
    boris: Clinician,
    at: Callable[..., None],
) -> None:
    at(NOON + timedelta(minutes=5))
    assert "waiting 1" in Page(desk.get(HERE).text).text
    assert "waiting 1" not in Page(desk_of(boris).get(HERE).text).text


def test_more_people_and_tokens_ask_no_more_of_the_database(desk: Browser, ana: Clinician) -> None:
    def asked() -> int:
        seen: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert desk.get(HERE).status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    few = asked()
    for n in range(4):
        added = clinics.add_clinician(ana.clinic_id, f"p{n}@riverside.example", f"P {n}", NOON)
        sign_ins.start(added, "Chrome", NOON, passed_second_factor=True)
        tokens.issue_token(added.email, (), NOON)
    assert asked() == few
