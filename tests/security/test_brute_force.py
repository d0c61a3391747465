"""Guessing, counted at the doors themselves: how many tries are compared at once and in a day."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.services.access import codes, links, second_factor, staff
from rehab.services.access.limits import Limit
from rehab.services.tokens import issue_token
from tests.conftest import NOON
from tests.security.conftest import Stranger
from tests.services.access.conftest import PASSWORD, App, CountingHasher
from tests.web.sign_in.conftest import EMAIL

At = Callable[[datetime], None]
New = Callable[..., Stranger]
DAY_IN_STEPS_OF = {minutes: range(0, 24 * 60, minutes) for minutes in (5, 6)}
WRONG = "wrong wrong wrong"


def until_told_to_wait(knock: Callable[[int], TestResponse]) -> int:
    """How many tries were heard before one was told to wait."""
    for heard in range(100):
        answer = knock(heard)
        if answer.status_code == 429:
            assert int(answer.headers["Retry-After"]) > 0
            return heard
        assert answer.status_code in (303, 401, 404), answer.status_code
    raise AssertionError("nobody was ever told to wait")


# A texted code


def guess_codes(visitor: Stranger) -> bool:
    """Ask for a code and try more often than may be; whether one was to be had."""
    asked = visitor.post("/enter", phone="+442079460123").status_code
    if asked == 303:
        for guess in range(codes.MOST_TRIES + 2):
            assert visitor.post("/enter/code", code=f"not-{guess}").status_code == 401
    return asked == 303


def test_a_code_is_compared_five_times_and_three_codes_are_to_be_had_at_once(
    maya: Patient, stranger: New, hasher: CountingHasher
) -> None:
    visitor = stranger()
    had = until_told_to_wait(lambda _: visitor.post("/enter", phone=maya.phone))
    assert had == codes.NUMBER_SOON.burst == 3
    assert hasher.worked == had
    for _ in range(10):
        visitor.post("/enter/code", code="not it")
    assert hasher.worked == had + codes.MOST_TRIES == 3 + 5


def test_a_day_of_guessing_at_a_number_opens_it_once_in_ten_thousand(
    maya: Patient, stranger: New, hasher: CountingHasher, at: At
) -> None:
    """From a new network each time, as soon as the number may be texted again."""
    had = 0
    for minute in DAY_IN_STEPS_OF[5]:
        at(NOON + timedelta(minutes=minute))
        had += guess_codes(stranger(f"10.0.{minute // 250}.{minute % 250}"))
    compared = hasher.worked - had
    assert compared == had * codes.MOST_TRIES
    assert 50 < compared <= 100
    assert compared / 10**6 <= 1 / 10_000


def test_one_network_asks_for_ten_numbers_a_day_and_no_more(
    maya: Patient, stranger: New, at: At
) -> None:
    visitor, had = stranger(), 0
    for minute in DAY_IN_STEPS_OF[5]:
        at(NOON + timedelta(minutes=minute))
        answer = visitor.post("/enter", phone=f"+4420794{60000 + minute}")
        had += answer.status_code == 303
    assert 10 <= had <= 2 * codes.ADDRESS_DAY.burst


# A password


@pytest.mark.parametrize(
    ("spread", "limit"), [("addresses", staff.ACCOUNT), ("accounts", staff.NETWORK)]
)
def test_a_password_is_tried_so_often_and_then_not_compared(
    ana_with_password: Clinician, stranger: New, hasher: CountingHasher, spread: str, limit: Limit
) -> None:
    def knock(n: int) -> TestResponse:
        visitor = stranger(f"10.0.0.{n}" if spread == "addresses" else "10.0.0.1")
        email = EMAIL if spread == "addresses" else f"somebody{n}@riverside.example"
        return visitor.post("/sign-in", email=email, password=WRONG)

    hasher.worked = 0
    heard = until_told_to_wait(knock)
    assert heard == limit.burst == {"addresses": 10, "accounts": 20}[spread]
    assert hasher.worked == heard


def test_after_too_many_tries_even_the_right_password_is_not_compared(
    ana_with_password: Clinician, stranger: New, hasher: CountingHasher
) -> None:
    visitor = stranger()
    until_told_to_wait(lambda _: visitor.post("/sign-in", email=EMAIL, password=WRONG))
    before = hasher.worked
    assert visitor.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 429
    assert hasher.worked == before


def test_a_day_of_guessing_at_an_account_is_two_hundred_and_fifty_guesses(
    ana_with_password: Clinician, stranger: New, hasher: CountingHasher, at: At
) -> None:
    hasher.worked = 0
    for minute in DAY_IN_STEPS_OF[6]:
        at(NOON + timedelta(minutes=minute))
        for n in range(10 if minute == 0 else 2):
            visitor = stranger(f"10.{n}.{minute // 250}.{minute % 250}")
            visitor.post("/sign-in", email=EMAIL, password=WRONG)
    assert 240 <= hasher.worked <= 250


# A second factor


def test_a_second_factor_is_tried_five_times_whichever_browser_tries(
    phone_of_ana: App, stranger: New
) -> None:
    def knock(n: int) -> TestResponse:
        visitor = stranger(f"10.0.0.{n}")
        assert visitor.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 303
        return visitor.post("/sign-in/code", code=f"{n:06d}")

    assert until_told_to_wait(knock) == second_factor.GUESSES.burst == 5


def test_codes_of_the_app_and_codes_on_paper_are_guessed_at_from_one_bucket(
    phone_of_ana: App, stranger: New
) -> None:
    visitor = stranger()
    visitor.post("/sign-in", email=EMAIL, password=PASSWORD)
    guesses = ("000000", "AAAAA-AAAAA")
    assert until_told_to_wait(lambda n: visitor.post("/sign-in/code", code=guesses[n % 2])) == 5
    again = visitor.post("/sign-in/code", code=phone_of_ana.on_paper[0])
    assert again.status_code == 429


def test_a_day_of_guessing_at_a_second_factor_opens_it_once_in_1300(
    phone_of_ana: App, stranger: New, at: At
) -> None:
    """By somebody who has the password; each guess may fit one of three steps."""
    heard, visitor = 0, stranger()
    for minute in DAY_IN_STEPS_OF[6]:
        at(NOON + timedelta(minutes=minute))
        for _ in range(6 if minute == 0 else 2):
            answer = visitor.post("/sign-in/code", code="no code")
            if answer.status_code == 303:
                visitor.post("/sign-in", email=EMAIL, password=PASSWORD)
                answer = visitor.post("/sign-in/code", code="no code")
            heard += answer.status_code == 401
    assert 230 <= heard <= 245
    assert heard * (2 * second_factor.DRIFT + 1) / 10**6 < 1 / 1300


# A link, a token


@pytest.mark.parametrize("path", ["/l/{}", "/invitation/{}", "/{}"])
def test_links_are_guessed_at_ten_times_whatever_they_open(
    maya: Patient, stranger: New, path: str
) -> None:
    visitor = stranger()
    alphabet = links.BASE58
    heard = until_told_to_wait(lambda n: visitor.get(path.format("Guess1234"[:-1] + alphabet[n])))
    assert heard == links.MISSES.burst == 10
    for other in ("/l/Guess1234", "/invitation/Guess1234", "/Guess1234"):
        assert visitor.get(other).status_code == 429
    assert stranger("203.0.113.2").get(path.format("Guess1234")).status_code == 404


def test_a_reminders_link_has_fifty_two_bits_and_a_token_two_hundred_and_fifty_six(
    ana: Clinician,
) -> None:
    assert len(links.BASE58) ** links.REMINDER_LENGTH > 2**52
    secret = issue_token(ana.email, (), NOON).rpartition("_")[2]
    assert len(bytes.fromhex(secret)) * 8 == 256


def test_no_header_of_ones_own_is_another_address(
    ana_with_password: Clinician, stranger: New
) -> None:
    """With no proxy trusted, what a stranger writes into X-Forwarded-For counts for nothing."""
    visitor = stranger()

    def knock(n: int) -> TestResponse:
        return visitor.client.post(
            "/sign-in",
            data={"email": f"somebody{n}@riverside.example", "password": WRONG},
            headers={
                "Sec-Fetch-Site": "same-origin",
                "X-Forwarded-For": f"10.0.0.{n}",
                "Forwarded": f"for=10.0.0.{n}",
                "X-Real-IP": f"10.0.0.{n}",
            },
        )

    assert until_told_to_wait(knock) == staff.NETWORK.burst


def test_a_guess_is_on_record_whomever_it_was_at(
    ana_with_password: Clinician, maya: Patient, stranger: New
) -> None:
    """By id, where there is one: never the address or the number that was tried."""
    for n, email in enumerate((EMAIL, "nobody@riverside.example")):
        stranger(f"10.0.0.{n}").post("/sign-in", email=email, password=WRONG)
    for n, phone in enumerate((maya.phone, "+442079460999")):
        visitor = stranger(f"10.0.1.{n}")
        visitor.post("/enter", phone=phone)
        visitor.post("/enter/code", code="not it")
    failed = select(AuditEntry.subject_id).where(AuditEntry.action == "sign_in.failed")
    assert sorted(db.session.scalars(failed), key=str) == sorted(
        [ana_with_password.id, maya.id, None, None], key=str
    )
