"""Which passwords are refused, and that every keyboard's way of writing one is the same."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.errors import Invalid
from rehab.services.access import hashing, passwords

ABOUT = ("ana.ruiz@riverside-clinic.example", "Ana Ruiz", "Riverside")


def why_not(password: str) -> str | None:
    try:
        passwords.checked(password, ABOUT)
    except Invalid as error:
        return error.errors["password"][0]
    return None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 8"),
        ("kx7!pQz", "at least 8"),
        ("x" * 1025, "at most 1024"),
        ("\ufdfa" * 1024, "at most 1024"),
        ("password", "try first"),
        ("PASSWORD", "try first"),
        ("Password1!", "try first"),
        ("p@ssw0rd", "try first"),
        ("P4$$w0rd2024", "try first"),
        ("12345678", "try first"),
        ("1q2w3e4r", "try first"),
        ("!!Summer2026!!", "try first"),
        ("physiotherapy", "try first"),
        ("aaaaaaaaaaaa", "try first"),
        ("abababababab", "try first"),
        ("\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44", "try first"),
        ("ana.ruiz@riverside-clinic.example", "too close"),
        ("AnaRuiz2024", "too close"),
        ("ruiz-ana!!", "too close"),
        ("Riverside1", "too close"),
        ("ana@riverside", "too close"),
    ],
)
def test_a_password_that_strangers_try_early_is_refused(password: str, why: str) -> None:
    assert why in (why_not(password) or "")


@pytest.mark.parametrize(
    "password",
    [
        "three wet herons",
        "kx7!pQzr",
        "alllowercase but long",
        "9402817365",
        "¡¿§§%%&&//((",
        "ana likes turquoise boats",
        "пароль мой длинный",
        "z" * 512 + "qw" * 256,
    ],
)
def test_nothing_is_asked_of_a_password_but_length_and_being_uncommon(password: str) -> None:
    assert why_not(password) is None


@given(st.text(string.ascii_letters + string.digits, min_size=14, max_size=60))
def test_a_long_random_password_is_never_called_common(password: str) -> None:
    reason = why_not(password)
    assert reason is None or len(set(password.casefold())) < 3


def test_two_ways_of_writing_one_password_are_one() -> None:
    composed, decomposed = "caf\u00e9 at the quay", "cafe\u0301 at the quay"
    shadow = hashing.PASSWORDS.hash(passwords.checked(composed, ABOUT))
    assert passwords.matches(shadow, decomposed)
    assert not passwords.matches(shadow, "cafe at the quay")


def test_an_overlong_try_is_wrong_without_any_work() -> None:
    assert not passwords.matches(None, "x" * 1025)


def test_the_list_is_folded_and_says_nothing_twice() -> None:
    words = passwords.COMMON.read_text(encoding="utf-8").split()
    assert len(words) > 300
    assert len(words) == len(set(words))
    assert all(word == passwords.normal(word).casefold() for word in words)
