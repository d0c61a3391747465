"""Staff at the door: password, second factor, what strangers learn, and who is kept out."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.sign_in import Password, SignIn
from rehab.services.access import hashing, sign_ins, staff
from rehab.services.access.errors import Refused, TooMany
from tests.conftest import NOON
from tests.services.access.conftest import (
    AGENT,
    ELSEWHERE,
    HOME,
    PASSWORD,
    App,
    CountingHasher,
    come_in,
)

LATER = NOON + timedelta(minutes=5)


def wrong(email: str, now: object = NOON, address: str = ELSEWHERE, **more: str) -> None:
    with pytest.raises(Refused):
        staff.sign_in(email, "not it", address=address, agent=AGENT, now=now, **more)  # type: ignore[arg-type]


def test_a_password_alone_signs_in_without_the_second_factor(ana_with_password: Clinician) -> None:
    entered = come_in(NOON)
    assert entered.sign_in.clinician_id == ana_with_password.id
    assert not entered.sign_in.passed_second_factor
    assert entered.known_device is None
    assert sign_ins.is_fresh(entered.sign_in, NOON)


def test_an_address_may_be_typed_in_capitals(ana_with_password: Clinician) -> None:
    typed = " ANA@Riverside.example "
    entered = staff.sign_in(typed, PASSWORD, address=HOME, agent=AGENT, now=NOON)
    assert entered.sign_in.clinician_id == ana_with_password.id


def test_password_and_code_go_together_or_one_after_the_other(app_of_ana: App) -> None:
    entered = come_in(LATER, code=app_of_ana.shows(LATER))
    assert entered.sign_in.passed_second_factor
    half = come_in(LATER)
    assert not half.sign_in.passed_second_factor
    whole = staff.pass_second_factor(half.sign_in, app_of_ana.on_paper[0], LATER)
    assert whole.sign_in.passed_second_factor
    assert whole.token != half.token
    assert sign_ins.signed_in(half.token, LATER) is None


def test_a_wrong_code_signs_nobody_in(app_of_ana: App) -> None:
    before = len(db.session.scalars(select(SignIn)).all())
    with pytest.raises(Refused):
        come_in(LATER, code="no code")
    assert len(db.session.scalars(select(SignIn)).all()) == before


def test_a_stranger_cannot_tell_what_was_wrong(
    ana_with_password: Clinician, boris: Clinician, hasher: CountingHasher
) -> None:
    """A wrong password, a clinician without one, and nobody: same words, one argon2 each."""
    heard = []
    for email in (ana_with_password.email, boris.email, "nobody@riverside.example"):
        hasher.worked = 0
        with pytest.raises(Refused) as refused:
            staff.sign_in(email, "not it", address=ELSEWHERE, agent=AGENT, now=NOON)
        heard.append((str(refused.value), hasher.worked))
    assert len(set(heard)) == 1
    assert heard[0][1] == 1


@pytest.mark.parametrize("email", ["ana@riverside.example", "nobody@riverside.example"])
def test_an_account_is_guessed_at_ten_times_and_then_every_six_minutes(
    ana_with_password: Clinician, email: str
) -> None:
    for n in range(10):
        wrong(email, address=f"network {n}")
    with pytest.raises(TooMany) as refused:
        staff.sign_in(email, PASSWORD, address="network 11", agent=AGENT, now=NOON)
    assert refused.value.retry_after_seconds == 360
    wrong(email, NOON + timedelta(minutes=6), address="network 12")


def test_a_day_of_guessing_at_an_account_is_250_guesses(ana_with_password: Clinician) -> None:
    guesses = 0
    for minute in range(0, 24 * 60, 3):
        now = NOON + timedelta(minutes=minute)
        try:
            wrong("ana@riverside.example", now, address=f"network {minute}")
        except TooMany:
            continue
        guesses += 1
    assert 240 <= guesses <= 250


def test_a_network_is_slowed_down_over_all_accounts(ana_with_password: Clinician) -> None:
    for n in range(20):
        wrong(f"nobody{n}@riverside.example")
    with pytest.raises(TooMany):
        staff.sign_in("x@riverside.example", "x", address=ELSEWHERE, agent=AGENT, now=NOON)
    assert come_in(NOON).sign_in.clinician_id == ana_with_password.id


def test_an_owner_is_never_locked_out_for_good(ana_with_password: Clinician) -> None:
    for n in range(10):
        wrong("ana@riverside.example", address=f"network {n}")
    assert come_in(NOON + timedelta(minutes=6))


def test_strangers_cannot_keep_an_owner_out_of_a_known_browser(
    ana_with_password: Clinician, app_of_ana: App
) -> None:
    known = come_in(LATER, code=app_of_ana.shows(LATER)).known_device
    assert known is not None
    for n in range(10):
        wrong("ana@riverside.example", LATER, address=f"network {n}")
    with pytest.raises(TooMany):
        come_in(LATER)
    assert come_in(LATER, known_device=known).sign_in.clinician_id == ana_with_password.id
    with pytest.raises(TooMany):
        come_in(LATER, known_device="A" * 43)
    for n in range(10):
        wrong("ana@riverside.example", LATER, address=f"other {n}", known_device=known)
    with pytest.raises(TooMany):
        come_in(LATER, known_device=known)


def test_a_known_browser_is_known_for_its_own_account(
    ana_with_password: Clinician, app_of_ana: App, boris: Clinician
) -> None:
    known = come_in(LATER, code=app_of_ana.shows(LATER)).known_device
    assert known is not None
    for n in range(10):
        wrong(boris.email, LATER, address=f"network {n}")
    with pytest.raises(TooMany):
        staff.sign_in(boris.email, "x", address="new", agent=AGENT, now=LATER, known_device=known)


def test_right_passwords_cost_no_tries(ana_with_password: Clinician) -> None:
    assert len({come_in(NOON).token for _ in range(25)}) == 25


def test_a_shadow_of_older_parameters_is_renewed_at_the_next_sign_in(
    ana_with_password: Clinician, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = db.session.scalars(select(Password.shadow)).one()
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(hashing, "PASSWORDS", stronger)
    come_in(NOON)
    new = db.session.scalars(select(Password.shadow)).one()
    assert new != old
    assert not stronger.check_needs_rehash(new)
    come_in(NOON)
    assert db.session.scalars(select(Password.shadow)).one() == new


def test_freshening_asks_for_all_that_was_proved(app_of_ana: App) -> None:
    entered = come_in(LATER, code=app_of_ana.shows(LATER))
    now = LATER + timedelta(minutes=12)
    for password, code in ((PASSWORD, "no code"), ("not it", app_of_ana.shows(now))):
        with pytest.raises(Refused):
            staff.freshen(entered.sign_in, password, code, address=HOME, now=now)
    risen = staff.freshen(entered.sign_in, PASSWORD, app_of_ana.shows(now), address=HOME, now=now)
    assert sign_ins.is_fresh(risen.sign_in, now)
    assert risen.sign_in.passed_second_factor
    assert risen.token != entered.token


def test_freshening_half_a_sign_in_does_not_pass_its_second_factor(app_of_ana: App) -> None:
    half = come_in(LATER).sign_in
    risen = staff.freshen(half, PASSWORD, "", address=HOME, now=LATER)
    assert not risen.sign_in.passed_second_factor


def test_a_patient_has_no_second_factor_to_pass(maya: Patient) -> None:
    sign_in = sign_ins.start(maya, AGENT, NOON).sign_in
    with pytest.raises(Refused):
        staff.pass_second_factor(sign_in, "123456", NOON)
    with pytest.raises(Refused):
        staff.freshen(sign_in, PASSWORD, "", address=HOME, now=NOON)
