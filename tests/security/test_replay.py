"""What was seen on its way is worth nothing twice, and no id of a sign-in can be planted."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.sign_in import SignIn
from rehab.services import enrolment
from rehab.services.access import links
from rehab.services.access.hashing import shadow_of
from rehab.services.access.links import Purpose
from tests.conftest import NOON
from tests.security.conftest import Stranger
from tests.services.access.conftest import PASSWORD, App
from tests.web.sign_in.conftest import EMAIL, Browser, code_on

At = Callable[[datetime], None]
New = Callable[..., Stranger]


def past_the_password(visitor: Stranger) -> Stranger:
    assert visitor.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 303
    return visitor


@pytest.mark.parametrize("seconds", [0, 1, 29, 30, 59])
def test_a_code_of_the_app_that_was_looked_at_over_the_shoulder_opens_no_second_browser(
    phone_of_ana: App, stranger: New, at: At, seconds: int
) -> None:
    """Not even in the steps in which the app's clock may be off."""
    seen = phone_of_ana.shows(NOON)
    hers = past_the_password(stranger())
    assert hers.post("/sign-in/code", code=seen).headers["Location"] == "/clinic"
    at(NOON + timedelta(seconds=seconds))
    thief = past_the_password(stranger("203.0.113.66"))
    assert thief.post("/sign-in/code", code=seen).status_code == 401
    assert thief.get("/clinic").status_code == 303


def test_a_code_from_before_the_last_one_opens_nothing_either(
    phone_of_ana: App, stranger: New, at: At
) -> None:
    earlier = phone_of_ana.shows(NOON - timedelta(seconds=30))
    past_the_password(stranger()).post("/sign-in/code", code=phone_of_ana.shows(NOON))
    thief = past_the_password(stranger("203.0.113.66"))
    assert thief.post("/sign-in/code", code=earlier).status_code == 401


def test_a_recovery_code_and_a_texted_code_open_one_browser(
    phone_of_ana: App, maya: Patient, stranger: New
) -> None:
    paper = phone_of_ana.on_paper[3]
    statuses = [
        past_the_password(stranger()).post("/sign-in/code", code=paper).status_code
        for _ in range(2)
    ]
    assert statuses == [303, 401]
    hers = stranger()
    hers.post("/enter", phone=maya.phone)
    challenge = hers.client.get_cookie("rehab_code")
    assert challenge
    texted = code_on(maya.phone)
    assert hers.post("/enter/code", code=texted).headers["Location"] == "/me"
    thief = stranger("203.0.113.66")
    thief.client.set_cookie("rehab_code", challenge.value)
    assert thief.post("/enter/code", code=texted).status_code == 401
    assert thief.post("/enter/who", patient=str(maya.id)).status_code == 401


@pytest.mark.parametrize("purpose", [Purpose.ENTRY, Purpose.INVITATION])
def test_a_link_opens_once(ana_with_password: Clinician, stranger: New, purpose: Purpose) -> None:
    token = links.issue(purpose, ana_with_password, NOON)
    path = f"/l/{token}" if purpose is Purpose.ENTRY else f"/invitation/{token}"
    said = {"password": "four dry otters"} if purpose is Purpose.INVITATION else {}
    assert stranger().post(path, **said).status_code == 303
    assert stranger("203.0.113.66").post(path, **said).status_code == 404


def test_a_cookie_that_was_copied_is_worth_nothing_after_the_way_out(
    ana_in: Browser, stranger: New
) -> None:
    thief = stranger("203.0.113.66")
    thief.client.set_cookie("rehab_sign_in", ana_in.cookie() or "")
    assert thief.get("/clinic").status_code == 200
    ana_in.post("/sign-out")
    assert thief.get("/clinic").status_code == 303
    assert thief.get("/api/v1/patients").status_code == 401


# An id that somebody else has chosen


def known_ids() -> list[bytes]:
    return list(db.session.scalars(select(SignIn.token_hash)))


def test_an_id_that_was_planted_is_never_that_of_a_sign_in(
    phone_of_ana: App, maya: Patient, stranger: New
) -> None:
    """Before each step somebody plants an id; after it the browser has another one."""
    planted = "planted-" + "A" * 35
    staff, patient = stranger(), stranger("203.0.113.2")
    steps = (
        (staff, "/sign-in", {"email": EMAIL, "password": PASSWORD}),
        (staff, "/sign-in/code", {"code": phone_of_ana.shows(NOON)}),
        (patient, "/enter/code", {}),
    )
    patient.post("/enter", phone=maya.phone)
    for visitor, path, said in steps:
        before = visitor.client.get_cookie("rehab_sign_in")
        if before is None:
            visitor.client.set_cookie("rehab_sign_in", planted)
        answer = visitor.post(path, **(said or {"code": code_on(maya.phone)}))
        assert answer.status_code == 303
        after = visitor.client.get_cookie("rehab_sign_in")
        assert after
        assert after.value not in (planted, before and before.value)
        assert shadow_of(after.value) in known_ids()
        assert shadow_of(before.value if before else planted) not in known_ids()


def test_a_planted_code_cookie_is_not_the_one_that_the_code_is_for(
    maya: Patient, stranger: New
) -> None:
    """A stranger asks for Maya's code and plants their own challenge in her browser: what she then
    asks for herself takes its place."""
    thief, hers = stranger("203.0.113.66"), stranger()
    thief.post("/enter", phone=maya.phone)
    challenge = thief.client.get_cookie("rehab_code")
    assert challenge
    hers.client.set_cookie("rehab_code", challenge.value)
    hers.post("/enter", phone=maya.phone)
    own = hers.client.get_cookie("rehab_code")
    assert own
    assert own.value != challenge.value


def test_one_browser_on_a_shared_computer_is_one_person(
    phone_of_ana: App, maya: Patient, stranger: New
) -> None:
    """Who signs in after another ends that one's sign-in: no cookie of it is good any more."""
    shared = past_the_password(stranger())
    shared.post("/sign-in/code", code=phone_of_ana.shows(NOON))
    anas = shared.client.get_cookie("rehab_sign_in")
    assert anas
    shared.post("/enter", phone=maya.phone)
    shared.post("/enter/code", code=code_on(maya.phone))
    assert shadow_of(anas.value) not in known_ids()


def test_a_cookie_of_a_half_open_door_is_worth_nothing_behind_it(
    phone_of_ana: App, stranger: New, app: Flask
) -> None:
    visitor = past_the_password(stranger())
    for path in ("/clinic", "/account", "/account/password"):
        answer = visitor.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in/code")
    assert visitor.get("/api/v1/patients").status_code == 401


def test_with_a_new_number_whoever_has_the_old_one_is_out(maya: Patient, stranger: New) -> None:
    """Signed in on the old number's phone, or with a link to be: neither is worth anything."""
    old, another = stranger("203.0.113.66"), stranger("203.0.113.67")
    old.post("/enter", phone=maya.phone)
    assert old.post("/enter/code", code=code_on(maya.phone)).status_code == 303
    link = links.issue(Purpose.ENTRY, maya, NOON)
    assert old.get("/me").status_code == 200
    enrolment.amend(maya, {"given_name": "May"}, EMAIL, NOON)
    assert old.get("/me").status_code == 200
    enrolment.amend(maya, {"phone": "+442079460199"}, EMAIL, NOON)
    assert old.get("/me").status_code == 303
    assert old.get("/api/v1/patients").status_code == 401
    assert another.post(f"/l/{link}").status_code == 404
