"""The cost of a guess: what argon2id is asked to spend, and what it is spent on."""

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from rehab.services.access import hashing
from tests.services.access.conftest import CountingHasher

REAL = {
    "passwords": (PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1), "PASSWORDS"),
    "codes": (PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1), "CODES"),
}


@pytest.mark.parametrize(("wanted", "name"), REAL.values(), ids=REAL)
def test_secrets_cost_what_the_cheat_sheet_asks(
    wanted: PasswordHasher, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    hasher: PasswordHasher = getattr(hashing, name)
    shadow = hasher.hash("a secret")
    assert not wanted.check_needs_rehash(shadow)
    assert extract_parameters(shadow).type is Type.ID
    assert len(shadow) <= 128
    assert hashing.matches(hasher, shadow, "a secret")
    assert not hashing.matches(hasher, shadow, "another")


def test_no_shadow_costs_as_much_as_a_wrong_one(hasher: CountingHasher) -> None:
    shadow = hasher.hash("a secret")
    hasher.worked = 0
    assert not hashing.matches(hasher, shadow, "wrong")
    assert hasher.worked == 1
    assert not hashing.matches(hasher, None, "wrong")
    assert hasher.worked == 2


def test_a_token_has_256_bits_and_no_sign_that_needs_escaping() -> None:
    tokens = {hashing.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}
    assert set("".join(tokens)) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )
