"""Codes of the app and of the paper: each counts once, near its time, and guessing gets slow."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.sign_in import RecoveryCode
from rehab.services.access import second_factor
from rehab.services.access.errors import Refused, TooMany
from tests.conftest import NOON
from tests.services.access.conftest import App

LATER = NOON + timedelta(minutes=5)


def passes(clinician: Clinician, code: str, now: object = LATER) -> bool:
    try:
        second_factor.check(clinician.id, code, now)  # type: ignore[arg-type]
    except Refused:
        return False
    return True


def test_a_secret_counts_only_once_it_is_confirmed(ana: Clinician) -> None:
    offered = second_factor.offer(ana)
    assert not second_factor.is_enrolled(ana.id)
    code = App(offered.secret, []).shows(NOON)
    assert not passes(ana, code, NOON)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    with pytest.raises(Refused):
        second_factor.confirm(ana.id, wrong, NOON)
    assert not second_factor.is_enrolled(ana.id)
    assert len(second_factor.confirm(ana.id, code, NOON)) == 10
    assert second_factor.is_enrolled(ana.id)
    assert not passes(ana, code, NOON)
    assert passes(ana, App(offered.secret, []).shows(LATER))


def test_the_uri_names_the_clinician_and_the_clinic(ana: Clinician) -> None:
    offered = second_factor.offer(ana)
    assert offered.uri.startswith("otpauth://totp/Riverside:ana%40riverside.example?secret=")
    assert offered.secret in offered.uri
    assert len(offered.secret) == 32


def test_a_new_offer_leaves_the_old_app_in_force_until_it_is_confirmed(
    ana: Clinician, app_of_ana: App
) -> None:
    second_factor.offer(ana)
    assert passes(ana, app_of_ana.shows(LATER))


def test_nothing_offered_is_nothing_to_confirm(ana: Clinician) -> None:
    with pytest.raises(Refused):
        second_factor.confirm(ana.id, "123456", NOON)


@pytest.mark.parametrize(
    ("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_phone_may_be_half_a_minute_off(
    ana: Clinician, app_of_ana: App, steps: int, good: bool
) -> None:
    code = app_of_ana.shows(LATER + timedelta(seconds=30 * steps))
    assert passes(ana, code) is good


def test_a_code_is_never_accepted_again_nor_one_from_before_it(
    ana: Clinician, app_of_ana: App
) -> None:
    early, present = (app_of_ana.shows(LATER + timedelta(seconds=s)) for s in (-30, 0))
    assert passes(ana, present)
    assert not passes(ana, present)
    assert not passes(ana, present, LATER + timedelta(seconds=29))
    assert not passes(ana, early)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "\x00", "-" * 900])
def test_what_is_no_code_is_refused(ana: Clinician, app_of_ana: App, code: str) -> None:
    assert not passes(ana, code)


def test_a_code_may_be_typed_with_a_gap(ana: Clinician, app_of_ana: App) -> None:
    code = app_of_ana.shows(LATER)
    assert passes(ana, f" {code[:3]} {code[3:]} ")


def test_one_code_lets_one_of_many_in(app: Flask, ana: Clinician, app_of_ana: App) -> None:
    code, ana_id = app_of_ana.shows(LATER), ana.id
    db.session.rollback()

    def enter(_: int) -> bool:
        with app.app_context():
            try:
                second_factor.check(ana_id, code, LATER)
            except (Refused, TooMany):
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(enter, range(4))) == 1


def test_guessing_gets_slow_and_the_owner_is_let_in_again_later(
    ana: Clinician, app_of_ana: App
) -> None:
    for _ in range(5):
        assert not passes(ana, "no code")
    with pytest.raises(TooMany) as refused:
        passes(ana, app_of_ana.shows(LATER))
    assert refused.value.retry_after_seconds == 360
    again = LATER + timedelta(seconds=360)
    assert passes(ana, app_of_ana.shows(again), again)


def test_right_codes_cost_no_tries(ana: Clinician, app_of_ana: App) -> None:
    for minute in range(20):
        now = LATER + timedelta(minutes=minute)
        assert passes(ana, app_of_ana.shows(now), now)


def test_a_recovery_code_is_good_once_however_it_is_typed(ana: Clinician, app_of_ana: App) -> None:
    first, second, *_ = app_of_ana.on_paper
    assert passes(ana, first)
    assert not passes(ana, first)
    typed = second.lower().replace("-", " ").replace("o", "0").replace("i", "1")
    assert passes(ana, typed)
    assert second_factor.recovery_codes_left(ana.id) == 8


def test_recovery_codes_are_ten_of_fifty_bits_and_not_kept(ana: Clinician, app_of_ana: App) -> None:
    assert len(set(app_of_ana.on_paper)) == 10
    assert all(len(code.replace("-", "")) == 10 for code in app_of_ana.on_paper)
    kept = {row.shadow for row in db.session.query(RecoveryCode)}
    assert {len(shadow) for shadow in kept} == {32}


def test_recovery_codes_are_one_persons(ana: Clinician, app_of_ana: App, boris: Clinician) -> None:
    second_factor.confirm(boris.id, App(second_factor.offer(boris).secret, []).shows(NOON), NOON)
    assert not passes(boris, app_of_ana.on_paper[0])


def test_a_new_app_makes_new_recovery_codes(ana: Clinician, app_of_ana: App) -> None:
    new = App(second_factor.offer(ana).secret, [])
    codes = second_factor.confirm(ana.id, new.shows(LATER), LATER)
    assert not passes(ana, app_of_ana.on_paper[0])
    assert passes(ana, codes[0])


def test_forgetting_takes_all_of_it(ana: Clinician, app_of_ana: App) -> None:
    second_factor.forget(ana.id)
    assert not second_factor.is_enrolled(ana.id)
    assert second_factor.recovery_codes_left(ana.id) == 0
    assert not passes(ana, app_of_ana.on_paper[0])
