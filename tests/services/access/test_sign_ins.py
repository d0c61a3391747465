"""Sign-ins: how long they last, that they are listed and ended, and that their token changes."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from rehab.errors import NotFound
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.sign_in import SignIn
from rehab.services.access import sign_ins
from rehab.services.access.devices import device_of
from rehab.services.access.errors import NotFresh, Refused
from tests.conftest import NOON
from tests.services.access.conftest import AGENT


def after(**time: float) -> datetime:
    return NOON + timedelta(**time)


def test_only_the_hash_of_a_token_is_kept(ana: Clinician) -> None:
    entered = sign_ins.start(ana, AGENT, NOON)
    kept = db.session.scalars(select(SignIn.token_hash)).one()
    assert len(kept) == 32
    assert entered.token.encode() not in kept
    assert sign_ins.signed_in(entered.token, NOON) == entered.sign_in
    assert entered.sign_in.kind == "staff"
    assert entered.sign_in.device == "Firefox, Linux"


@pytest.mark.parametrize("token", ["", "x", "ü" * 43, "A" * 43, "\x00"])
def test_another_token_is_nobodys(ana: Clinician, token: str) -> None:
    sign_ins.start(ana, AGENT, NOON)
    assert sign_ins.signed_in(token, NOON) is None


@pytest.mark.parametrize(("minutes", "lasts"), [(14.9, True), (15, False)])
def test_staff_who_are_idle_are_signed_out(ana: Clinician, minutes: float, lasts: bool) -> None:
    token = sign_ins.start(ana, AGENT, NOON).token
    assert (sign_ins.signed_in(token, after(minutes=minutes)) is not None) is lasts


def test_staff_at_work_stay_for_twelve_hours_and_no_longer(ana: Clinician) -> None:
    token = sign_ins.start(ana, AGENT, NOON).token
    for minute in range(10, 12 * 60, 10):
        assert sign_ins.signed_in(token, after(minutes=minute)) is not None
    assert sign_ins.signed_in(token, after(hours=12)) is None


def test_a_patients_device_stays_for_ninety_days_unused_or_not(maya: Patient) -> None:
    entered = sign_ins.start(maya, AGENT, NOON)
    assert entered.sign_in.kind == "patient"
    assert sign_ins.signed_in(entered.token, after(days=89.9)) is not None
    assert sign_ins.signed_in(entered.token, after(days=90)) is None


def test_being_seen_is_written_twice_a_minute_at_most(ana: Clinician) -> None:
    entered = sign_ins.start(ana, AGENT, NOON)
    for second, seen in ((29, 0), (30, 30), (59, 30), (60, 60)):
        sign_ins.signed_in(entered.token, after(seconds=second))
        assert db.session.scalars(select(SignIn.last_seen_at)).one() == after(seconds=seen)


def test_a_rise_changes_the_token_and_ends_the_old_one(ana: Clinician) -> None:
    entered = sign_ins.start(ana, AGENT, NOON)
    risen = sign_ins.rise(entered.sign_in, after(minutes=12), second_factor=True)
    assert risen.token != entered.token
    assert risen.sign_in.id == entered.sign_in.id
    assert risen.sign_in.passed_second_factor
    assert risen.sign_in.expires_at == entered.sign_in.expires_at
    assert sign_ins.signed_in(entered.token, after(minutes=12)) is None
    assert sign_ins.signed_in(risen.token, after(minutes=12)) == risen.sign_in
    again = sign_ins.rise(risen.sign_in, after(minutes=13))
    assert again.sign_in.passed_second_factor


def test_what_has_ended_cannot_rise(ana: Clinician) -> None:
    entered = sign_ins.start(ana, AGENT, NOON)
    sign_ins.end(entered.sign_in, entered.sign_in.id)
    with pytest.raises(Refused):
        sign_ins.rise(entered.sign_in, NOON)
    idle = sign_ins.start(ana, AGENT, NOON)
    with pytest.raises(Refused):
        sign_ins.rise(idle.sign_in, after(minutes=15))


@pytest.mark.parametrize(("minutes", "fresh"), [(0, True), (9.9, True), (10, False)])
def test_fresh_is_ten_minutes(ana: Clinician, minutes: float, fresh: bool) -> None:
    sign_in = sign_ins.start(ana, AGENT, NOON).sign_in
    assert sign_ins.is_fresh(sign_in, after(minutes=minutes)) is fresh


def test_a_sign_in_that_proved_nothing_is_never_fresh(maya: Patient) -> None:
    entered = sign_ins.start(maya, AGENT, NOON, fresh=False)
    with pytest.raises(NotFresh):
        sign_ins.require_fresh(entered.sign_in, NOON)
    sign_ins.require_fresh(sign_ins.rise(entered.sign_in, NOON).sign_in, NOON)


def test_a_person_sees_their_own_sign_ins_the_last_seen_first(
    ana: Clinician, boris: Clinician, maya: Patient
) -> None:
    first = sign_ins.start(ana, AGENT, NOON).sign_in
    second = sign_ins.start(ana, "Mozilla/5.0 (iPhone) Safari", after(minutes=1)).sign_in
    sign_ins.start(boris, AGENT, NOON)
    sign_ins.start(maya, AGENT, NOON)
    assert sign_ins.beside(first, after(minutes=2)) == [second, first]
    assert sign_ins.beside(first, after(minutes=15, seconds=30)) == [second]


def test_sign_ins_are_ended_one_by_one_or_all_but_this(ana: Clinician) -> None:
    here, there, elsewhere = (sign_ins.start(ana, AGENT, NOON) for _ in range(3))
    sign_ins.end(here.sign_in, there.sign_in.id)
    assert sign_ins.signed_in(there.token, NOON) is None
    with pytest.raises(NotFound):
        sign_ins.end(here.sign_in, there.sign_in.id)
    assert sign_ins.end_others(here.sign_in) == 1
    assert sign_ins.signed_in(elsewhere.token, NOON) is None
    assert sign_ins.signed_in(here.token, NOON) is not None
    assert sign_ins.end_all(ana) == 1


def test_nobody_ends_another_persons_sign_in(
    ana: Clinician, boris: Clinician, maya: Patient
) -> None:
    anas = sign_ins.start(ana, AGENT, NOON).sign_in
    for other in (boris, maya):
        theirs = sign_ins.start(other, AGENT, NOON).sign_in
        with pytest.raises(NotFound):
            sign_ins.end(theirs, anas.id)
        assert sign_ins.end_others(theirs) == 0
    with pytest.raises(NotFound):
        sign_ins.end(anas, uuid4())


def test_a_sign_in_is_one_persons(ana: Clinician, maya: Patient) -> None:
    both = sign_ins.start(ana, AGENT, NOON).sign_in
    db.session.get_one(SignIn, both.id).patient_id = maya.id
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (AGENT, "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/18 Safari/605", "Safari, Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140", "Chrome, iPhone"),
        (
            "Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28 Chrome/130 Safari/537",
            "Samsung Internet, Android",
        ),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_coarsely(agent: str, device: str) -> None:
    assert device_of(agent) == device
    assert len(device) <= 40
