"""Texted codes: whom they let in, on which browser, how often they may be guessed at, and that an
unknown number is met with the same work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.errors import Invalid
from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.models.patient import Patient
from rehab.models.sign_in import Challenge, SignIn
from rehab.services import enrolment
from rehab.services.access import codes, patients, sign_ins
from rehab.services.access.errors import Refused, TooMany
from rehab.services.access.patients import Choice
from rehab.services.access.sign_ins import Entered
from tests.conftest import NOON
from tests.services.access.conftest import AGENT, ELSEWHERE, HOME, CountingHasher

UNKNOWN = "+442079460999"


@dataclass
class Queue:
    """Where the texts go: the codes by the patients' ids."""

    sent: list[tuple[UUID, str]] = field(default_factory=list)

    def __call__(self, patient: Patient, code: str) -> None:
        self.sent.append((patient.id, code))

    @property
    def code(self) -> str:
        return self.sent[-1][1]

    @property
    def wrong(self) -> str:
        return f"{(int(self.code) + 1) % 10**6:06d}"


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def ask(queue: Queue) -> Callable[..., str]:
    def ask(phone: str, now: datetime = NOON, address: str = HOME) -> str:
        return codes.ask(phone, address, queue, now)

    return ask


def enters(challenge: str, code: str, now: datetime = NOON) -> bool:
    try:
        patients.sign_in(challenge, code, AGENT, now)
    except Refused:
        return False
    return True


def relative(of: Patient, name: str) -> Patient:
    said = {"given_name": name, "phone": of.phone, "zone": of.zone}
    return enrolment.enrol(of.clinic_id, said, "ana@riverside.example", NOON + timedelta(hours=1))


def test_the_code_that_was_texted_signs_its_patient_in(
    maya: Patient, ask: Callable[..., str], queue: Queue
) -> None:
    challenge = ask(maya.phone)
    assert queue.sent[0][0] == maya.id
    assert len(queue.code) == 6
    assert queue.code.isdecimal()
    entered = patients.sign_in(challenge, f" {queue.code[:3]}-{queue.code[3:]} ", AGENT, NOON)
    assert isinstance(entered, Entered)
    assert entered.sign_in.patient_id == maya.id
    assert sign_ins.is_fresh(entered.sign_in, NOON)
    assert sign_ins.signed_in(entered.token, NOON) == entered.sign_in


def test_a_code_is_good_once(maya: Patient, ask: Callable[..., str], queue: Queue) -> None:
    challenge = ask(maya.phone)
    assert enters(challenge, queue.code)
    assert not enters(challenge, queue.code)


@pytest.mark.parametrize(("minutes", "good"), [(9.9, True), (10, False)])
def test_a_code_lives_ten_minutes(
    maya: Patient, ask: Callable[..., str], queue: Queue, minutes: float, good: bool
) -> None:
    assert enters(ask(maya.phone), queue.code, NOON + timedelta(minutes=minutes)) is good


def test_a_code_is_worthless_on_another_browser(
    maya: Patient, ask: Callable[..., str], queue: Queue
) -> None:
    mine = ask(maya.phone)
    my_code = queue.code
    theirs = ask(maya.phone, address=ELSEWHERE)
    while queue.code == my_code:
        theirs = ask(maya.phone, NOON + timedelta(minutes=15), ELSEWHERE)
    assert not enters(theirs, my_code)
    assert not enters("A" * 43, my_code)
    assert enters(mine, my_code)


def test_five_tries_and_the_right_code_comes_too_late(
    maya: Patient, ask: Callable[..., str], queue: Queue
) -> None:
    challenge = ask(maya.phone)
    assert [enters(challenge, queue.wrong) for _ in range(5)] == [False] * 5
    assert not enters(challenge, queue.code)


def test_the_fifth_try_may_be_the_right_one(
    maya: Patient, ask: Callable[..., str], queue: Queue
) -> None:
    challenge = ask(maya.phone)
    assert [enters(challenge, queue.wrong) for _ in range(4)] == [False] * 4
    assert enters(challenge, queue.code)


def test_a_try_beyond_the_fifth_is_not_even_compared(
    maya: Patient, ask: Callable[..., str], queue: Queue, hasher: CountingHasher
) -> None:
    challenge = ask(maya.phone)
    hasher.worked = 0
    for _ in range(9):
        enters(challenge, queue.wrong)
    assert hasher.worked == codes.MOST_TRIES


def test_a_day_of_guessing_at_a_number_is_a_hundred_guesses(
    maya: Patient, ask: Callable[..., str]
) -> None:
    """From as many networks as one likes; a guess is right once in a million."""
    texts = 0
    for minute in range(0, 24 * 60, 5):
        try:
            ask(maya.phone, NOON + timedelta(minutes=minute), f"network {minute}")
        except TooMany:
            continue
        texts += 1
    assert texts * codes.MOST_TRIES <= 100
    assert texts >= 10


@pytest.mark.parametrize("phone", ["+442079460123", UNKNOWN])
@pytest.mark.parametrize("by", ["number", "address"])
def test_three_texts_then_a_pause(
    maya: Patient, ask: Callable[..., str], phone: str, by: str
) -> None:
    for n in range(3):
        ask(*([phone, NOON, f"network {n}"] if by == "number" else [f"+4420794601{n:02}"]))
    with pytest.raises(TooMany) as refused:
        ask(phone, NOON, "network 4" if by == "number" else HOME)
    assert refused.value.retry_after_seconds == 300
    ask(phone, NOON + timedelta(minutes=5), "network 5" if by == "number" else HOME)


def test_what_is_no_number_is_said_to_be_none(app: Flask, ask: Callable[..., str]) -> None:
    with pytest.raises(Invalid):
        ask("020 7946 0123")


def test_an_unknown_number_gets_the_same_answer_for_the_same_work(
    maya: Patient, ask: Callable[..., str], queue: Queue, hasher: CountingHasher
) -> None:
    work = []
    for phone in (maya.phone, UNKNOWN):
        hasher.worked = 0
        challenge = ask(phone)
        assert len(challenge) == 43
        asked = hasher.worked
        assert not enters(challenge, queue.wrong)
        work.append((asked, hasher.worked))
    assert work == [(1, 2), (1, 2)]
    assert len(queue.sent) == 1
    known, unknown = db.session.scalars(select(Challenge).order_by(Challenge.patient_ids)).all()
    assert (known.expires_at, known.tries) == (unknown.expires_at, unknown.tries)
    assert maya.phone.encode() not in known.number_seal + unknown.number_seal


def test_the_right_code_of_an_unknown_number_lets_nobody_in(
    app: Flask, ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes.secrets, "randbelow", lambda _: 123456)
    assert not enters(ask(UNKNOWN), "123456")
    assert db.session.scalars(select(SignIn)).all() == []


def test_a_number_that_has_changed_meanwhile_lets_nobody_in(
    maya: Patient, ask: Callable[..., str], queue: Queue
) -> None:
    challenge = ask(maya.phone)
    enrolment.amend(maya, {"phone": "+442079460188"}, "ana@riverside.example", NOON)
    assert not enters(challenge, queue.code)


def test_a_shared_phone_is_texted_once_and_asked_who_it_is(
    maya: Patient, ask: Callable[..., str], queue: Queue
) -> None:
    leo = relative(maya, "Leo")
    challenge = ask(maya.phone)
    assert [patient_id for patient_id, _ in queue.sent] == [maya.id]
    choice = patients.sign_in(challenge, queue.code, AGENT, NOON)
    assert choice == Choice((maya, leo))
    assert not enters(challenge, queue.code)
    entered = patients.choose(challenge, leo.id, AGENT, NOON)
    assert entered.sign_in.patient_id == leo.id
    with pytest.raises(Refused):
        patients.choose(challenge, maya.id, AGENT, NOON)


def test_only_who_has_the_number_can_be_chosen_and_only_after_the_code(
    maya: Patient, ask: Callable[..., str], queue: Queue, boris: Clinician
) -> None:
    relative(maya, "Leo")
    said = {"given_name": "Olga", "phone": "+442079460177", "zone": "UTC"}
    stranger = enrolment.enrol(boris.clinic_id, said, boris.email, NOON)
    challenge = ask(maya.phone)
    with pytest.raises(Refused):
        patients.choose(challenge, maya.id, AGENT, NOON)
    patients.sign_in(challenge, queue.code, AGENT, NOON)
    for other in (stranger.id, uuid4()):
        with pytest.raises(Refused):
            patients.choose(challenge, other, AGENT, NOON)
    with pytest.raises(Refused):
        patients.choose(challenge, maya.id, AGENT, NOON + timedelta(minutes=10))
    assert patients.choose(challenge, maya.id, AGENT, NOON).sign_in.patient_id == maya.id


def test_one_code_lets_one_of_many_threads_in(
    app: Flask, maya: Patient, ask: Callable[..., str], queue: Queue
) -> None:
    challenge, code = ask(maya.phone), queue.code
    db.session.rollback()

    def enter(_: int) -> bool:
        with app.app_context():
            try:
                return enters(challenge, code)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(enter, range(4))) == 1
    assert len(db.session.scalars(select(SignIn)).all()) == 1


def test_many_threads_have_five_tries_between_them(
    app: Flask, maya: Patient, ask: Callable[..., str], queue: Queue, hasher: CountingHasher
) -> None:
    challenge, wrong = ask(maya.phone), queue.wrong
    db.session.rollback()
    hasher.worked = 0

    def guess(_: int) -> None:
        with app.app_context():
            enters(challenge, wrong)
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(guess, range(12)))
    assert hasher.worked == 5


def test_a_fresh_code_freshens_its_own_patient_and_no_other(
    maya: Patient, ask: Callable[..., str], queue: Queue, riverside: Clinic
) -> None:
    before = sign_ins.start(maya, AGENT, NOON)
    later = NOON + timedelta(days=3)
    challenge = ask(maya.phone, later)
    risen = patients.freshen(before.sign_in, challenge, queue.code, later)
    assert sign_ins.is_fresh(risen.sign_in, later)
    assert risen.sign_in.id == before.sign_in.id
    assert sign_ins.signed_in(before.token, later) is None

    said = {"given_name": "Olga", "phone": "+442079460177", "zone": "UTC"}
    olga = enrolment.enrol(riverside.id, said, "ana@riverside.example", NOON)
    challenge = ask(olga.phone, later)
    with pytest.raises(Refused):
        patients.freshen(risen.sign_in, challenge, queue.code, later)


def test_staff_are_not_freshened_by_a_text(
    ana: Clinician, maya: Patient, ask: Callable[..., str], queue: Queue
) -> None:
    entered = sign_ins.start(ana, AGENT, NOON)
    challenge = ask(maya.phone)
    with pytest.raises(Refused):
        patients.freshen(entered.sign_in, challenge, queue.code, NOON)


def test_a_send_that_fails_leaves_no_challenge(maya: Patient) -> None:
    def broken(_patient: Patient, _code: str) -> None:
        raise RuntimeError("no queue")

    with pytest.raises(RuntimeError):
        codes.ask(maya.phone, HOME, broken, NOON)
    assert db.session.scalars(select(Challenge)).all() == []
