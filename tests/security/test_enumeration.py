"""Whether somebody is known here cannot be read from any answer: pairs of them, byte for byte."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from rehab.models.clinic import Clinic, Clinician
from rehab.models.patient import Patient
from rehab.services import clinics, consent, enrolment, tokens
from rehab.services.access import links
from rehab.services.access.links import Purpose
from tests.conftest import NOON
from tests.security.conftest import Stranger
from tests.services.access.conftest import CountingHasher
from tests.web.sign_in.conftest import EMAIL

New = Callable[..., Stranger]
NOBODY, NOBODYS = "nobody@riverside.example", "+442079460999"
WRONG = "wrong wrong wrong"


def told(answer: TestResponse, *said: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """All of an answer, without random tokens, the hour, and what one has typed oneself."""
    headers = [
        (name, re.sub(r"^(\w+=)[\w-]{43};|Expires=[^;]+", r"\1", value))
        for name, value in answer.headers
        if name not in ("Content-Length", "Date")
    ]
    body = answer.get_data()
    for own in said:
        body = body.replace(own.encode(), b"WHAT-WAS-TYPED")
    return answer.status_code, headers, body


# Words


@pytest.fixture
def invited(riverside: Clinic) -> str:
    """Somebody who has not chosen a password yet."""
    return clinics.add_clinician(riverside.id, "new@riverside.example", "New", NOON).email


def test_a_known_an_unknown_and_an_invited_address_get_the_same_page_for_the_same_work(
    ana_with_password: Clinician, invited: str, stranger: New, hasher: CountingHasher
) -> None:
    answers, work = [], []
    for email in (EMAIL, NOBODY, invited):
        hasher.worked = 0
        answer = stranger().post("/sign-in", email=email, password=WRONG)
        answers.append(told(answer, email))
        work.append(hasher.worked)
    assert answers[0][0] == 401
    assert answers == [answers[0]] * 3
    assert work == [1, 1, 1]


def test_a_known_and_an_unknown_address_are_told_to_wait_alike(
    ana_with_password: Clinician, stranger: New
) -> None:
    told_to = []
    for n, email in enumerate((EMAIL, NOBODY)):
        visitor, said = stranger(f"203.0.113.{n}"), []
        for _ in range(12):
            said.append(told(visitor.post("/sign-in", email=email, password=WRONG), email))
        told_to.append(said)
    assert [said[0] for said in told_to[0]] == [401] * 10 + [429] * 2
    assert told_to[0] == told_to[1]


def walk_of_a_code(visitor: Stranger, phone: str) -> list[Any]:
    """Everything that the patients' door says to a number whose owner has no code to give."""
    walk = [
        visitor.post("/enter", phone=phone),
        visitor.get("/enter/code"),
        *(visitor.post("/enter/code", code=f"not {n}") for n in range(6)),
        *(visitor.post("/enter", phone=phone) for _ in range(3)),
    ]
    return [told(answer, phone) for answer in walk]


def test_a_known_an_unknown_and_a_silenced_number_walk_the_same_way_for_the_same_work(
    maya: Patient, stranger: New, hasher: CountingHasher, riverside: Clinic
) -> None:
    silent = "+442079460188"
    said = {"given_name": "Otis", "phone": silent, "zone": "Europe/London"}
    enrolment.enrol(riverside.id, said, EMAIL, NOON)
    consent.suppress(silent, "STOP", NOON)
    walks, work = [], []
    for n, phone in enumerate((maya.phone, NOBODYS, silent)):
        hasher.worked = 0
        walks.append(walk_of_a_code(stranger(f"203.0.113.{n}"), phone))
        work.append(hasher.worked)
    assert [step[0] for step in walks[0]] == [303, 200, *[401] * 6, 303, 303, 429]
    assert walks == [walks[0]] * 3
    assert work == [work[0]] * 3 == [3 + 5] * 3


@pytest.mark.parametrize(
    ("path", "purpose"), [("/l/{}", Purpose.ENTRY), ("/invitation/{}", Purpose.INVITATION)]
)
def test_a_link_that_never_was_and_one_that_is_over_get_the_same_page(
    ana: Clinician, stranger: New, at: Callable[[datetime], None], path: str, purpose: Purpose
) -> None:
    """Run out, used, void, of another kind, and unknown."""
    old = links.issue(purpose, ana, NOON - timedelta(days=8))
    used = links.issue(purpose, ana, NOON)
    links.use_up(purpose, used, NOON)
    void = links.issue(purpose, ana, NOON)
    links.void(purpose, ana)
    kind = Purpose.INVITATION if purpose is Purpose.ENTRY else Purpose.ENTRY
    other = links.issue(kind, ana, NOON)
    answers = [
        told(stranger(f"203.0.113.{n}").get(path.format(token)), token)
        for n, token in enumerate((old, used, void, other, "never-was"))
    ]
    assert answers[0][0] == 404
    assert answers == [answers[0]] * 5


def test_an_api_token_that_is_wrong_in_any_way_gets_the_same_answer(
    app: Flask, ana: Clinician, at: Callable[[datetime], None]
) -> None:
    good, gone = (tokens.issue_token(ana.email, (), NOON) for _ in range(2))
    run_out = tokens.issue_token(ana.email, (), NOON - timedelta(days=2), days=1)
    tokens.revoke_token(gone.split("_")[1], NOON)
    nobodys = f"rehab_{'0' * 16}_{'0' * 64}"
    wrong = f"{good[:-4]}0000"
    client = app.test_client()
    answers = [
        told(client.get("/api/v1/patients", headers={"Authorization": f"Bearer {token}"}), token)
        for token in (wrong, gone, run_out, nobodys, "rubbish")
    ]
    assert answers[0][0] == 401
    assert answers == [answers[0]] * 5


def test_a_forged_cookie_is_answered_as_no_cookie(stranger: New, app: Flask) -> None:
    plain, forged = stranger(), stranger()
    forged.client.set_cookie("rehab_sign_in", "A" * 43)
    for path in ("/clinic", "/me", "/account", "/api/v1/patients"):
        assert told(plain.get(path)) == told(forged.get(path))
