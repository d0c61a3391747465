"""Changing what one proves oneself with: who may, and which sign-ins that ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from rehab.errors import Invalid, NotFound
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.services.access import credentials, links, second_factor, sign_ins
from rehab.services.access.errors import NotFresh, Refused
from rehab.services.access.links import Purpose
from tests.conftest import NOON
from tests.services.access.conftest import AGENT, HOME, PASSWORD, App, come_in

NEW = "nine dry otters"
LATER = NOON + timedelta(minutes=5)


def accept(token: str, password: str = NEW) -> sign_ins.Entered:
    return credentials.accept_invitation(token, password, address=HOME, agent=AGENT, now=NOON)


def test_an_invitation_sets_a_password_once(ana: Clinician) -> None:
    earlier = sign_ins.start(ana, AGENT, NOON)
    token = links.issue(Purpose.INVITATION, ana, NOON)
    assert accept(token).sign_in.clinician_id == ana.id
    assert sign_ins.signed_in(earlier.token, NOON) is None
    assert come_in(NOON, NEW).sign_in.clinician_id == ana.id
    with pytest.raises(NotFound):
        accept(token, "another wet password")


def test_a_weak_password_leaves_the_invitation_good(ana: Clinician) -> None:
    token = links.issue(Purpose.INVITATION, ana, NOON)
    for weak in ("short", "AnaRuiz99", "Riverside!", "password"):
        with pytest.raises(Invalid):
            accept(token, weak)
    assert accept(token).sign_in.clinician_id == ana.id


@pytest.mark.parametrize(("days", "good"), [(6.9, True), (7, False)])
def test_an_invitation_lives_a_week(ana: Clinician, days: float, good: bool) -> None:
    token = links.issue(Purpose.INVITATION, ana, NOON)
    found = links.find(Purpose.INVITATION, token, NOON + timedelta(days=days))
    assert (found is not None) is good


def test_a_new_invitation_voids_the_one_before(ana: Clinician) -> None:
    first, second = (links.issue(Purpose.INVITATION, ana, NOON) for _ in range(2))
    with pytest.raises(NotFound):
        accept(first)
    assert accept(second).sign_in.clinician_id == ana.id


def test_one_invitation_is_accepted_by_one_of_many(app: Flask, ana: Clinician) -> None:
    token = links.issue(Purpose.INVITATION, ana, NOON)

    def try_it(n: int) -> bool:
        with app.app_context():
            try:
                accept(token, f"{NEW} {n}")
            except NotFound:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(try_it, range(4))) == 1


def test_an_invitation_does_not_pass_the_second_factor(ana: Clinician, app_of_ana: App) -> None:
    entered = accept(links.issue(Purpose.INVITATION, ana, LATER))
    assert not entered.sign_in.passed_second_factor
    with pytest.raises(Refused):
        credentials.offer_second_factor(entered.sign_in, NOON)


def test_a_new_password_ends_every_other_sign_in(ana_with_password: Clinician) -> None:
    here, there = come_in(NOON), come_in(NOON)
    changed = credentials.change_password(here.sign_in, NEW, NOON)
    assert sign_ins.signed_in(changed.token, NOON) is not None
    assert sign_ins.signed_in(here.token, NOON) is None
    assert sign_ins.signed_in(there.token, NOON) is None
    with pytest.raises(Refused):
        come_in(NOON)
    assert come_in(NOON, NEW)


def test_the_operator_sets_a_password_and_ends_every_sign_in(ana_with_password: Clinician) -> None:
    here = come_in(NOON)
    credentials.set_password(ana_with_password.id, NEW, NOON)
    assert sign_ins.signed_in(here.token, NOON) is None
    with pytest.raises(Invalid):
        credentials.set_password(ana_with_password.id, "password", NOON)


def test_credentials_are_changed_only_by_who_is_fresh(ana_with_password: Clinician) -> None:
    stale = come_in(NOON).sign_in
    now = NOON + timedelta(minutes=10)
    with pytest.raises(NotFresh):
        credentials.change_password(stale, NEW, now)
    with pytest.raises(NotFresh):
        credentials.offer_second_factor(stale, now)
    with pytest.raises(NotFresh):
        credentials.confirm_second_factor(stale, "123456", now)


def test_a_password_alone_replaces_neither_password_nor_second_factor(app_of_ana: App) -> None:
    half = come_in(LATER).sign_in
    with pytest.raises(Refused):
        credentials.change_password(half, NEW, LATER)
    with pytest.raises(Refused):
        credentials.offer_second_factor(half, LATER)
    with pytest.raises(Refused):
        credentials.confirm_second_factor(half, app_of_ana.shows(LATER), LATER)


def test_enrolling_raises_this_sign_in_and_ends_the_others(ana_with_password: Clinician) -> None:
    here, there = come_in(NOON), come_in(NOON)
    app = App(credentials.offer_second_factor(here.sign_in, NOON).secret, [])
    with pytest.raises(Refused):
        credentials.confirm_second_factor(here.sign_in, "no code", NOON)
    risen, codes = credentials.confirm_second_factor(here.sign_in, app.shows(NOON), NOON)
    assert risen.sign_in.passed_second_factor
    assert risen.known_device is not None
    assert len(codes) == 10
    assert sign_ins.signed_in(here.token, NOON) is None
    assert sign_ins.signed_in(there.token, NOON) is None


def test_a_reset_takes_the_second_factor_and_every_sign_in(ana: Clinician, app_of_ana: App) -> None:
    entered = come_in(LATER, code=app_of_ana.shows(LATER))
    credentials.reset_second_factor(ana.id, NOON)
    assert not second_factor.is_enrolled(ana.id)
    assert sign_ins.signed_in(entered.token, LATER) is None
    assert links.find(Purpose.DEVICE, entered.known_device or "", LATER) is None
    assert not come_in(LATER).sign_in.passed_second_factor


def test_a_changed_password_forgets_known_browsers(app_of_ana: App) -> None:
    entered = come_in(LATER, code=app_of_ana.shows(LATER))
    credentials.change_password(entered.sign_in, NEW, LATER)
    assert links.find(Purpose.DEVICE, entered.known_device or "", LATER) is None


def test_a_patient_has_no_credentials_of_staff(maya: Patient) -> None:
    sign_in = sign_ins.start(maya, AGENT, NOON).sign_in
    for change in (
        lambda: credentials.change_password(sign_in, PASSWORD, NOON),
        lambda: credentials.offer_second_factor(sign_in, NOON),
        lambda: credentials.confirm_second_factor(sign_in, "123456", NOON),
    ):
        with pytest.raises(Refused):
            change()
