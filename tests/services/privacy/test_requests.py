"""What a patient asks the clinic about their data: told once, kept whole, done by a person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rehab.errors import Invalid
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.services import alerts
from rehab.services.access.errors import TooMany
from rehab.services.audit import Actor, ActorKind
from rehab.services.privacy import requests
from rehab.services.privacy.holds import hold_patient
from tests.conftest import NOON

LATER = NOON + timedelta(hours=1)


def told() -> list[tuple[str, int, str]]:
    rows = db.session.scalars(select(Alert).order_by(Alert.opened_at, Alert.kind))
    return [(alert.kind, alert.level, alert.about) for alert in rows]


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


def test_what_is_wrong_reaches_the_clinic_in_the_patients_words(maya: Patient) -> None:
    requests.say_what_is_wrong(maya, "  I am Maja, with a j.\n", NOON)
    assert told() == [("details_wrong", 1, f"{requests.SAYS_WRONG}\nI am Maja, with a j.")]
    assert actions()[-1] == "data.disputed"


def test_more_words_join_the_alert_that_is_open_and_the_same_do_not(maya: Patient) -> None:
    for words in ("I am Maja", "My number ends in 9", "I am Maja"):
        requests.say_what_is_wrong(maya, words, LATER)
    ((_, _, about),) = told()
    assert about.splitlines() == [requests.SAYS_WRONG, "I am Maja", "My number ends in 9"]


def test_after_it_was_closed_a_new_one_is_opened(maya: Patient, ana: Clinician) -> None:
    first = requests.say_what_is_wrong(maya, "I am Maja", NOON)
    alerts.close_alert(maya.clinic_id, first.id, ana.id, "mended", NOON)
    requests.say_what_is_wrong(maya, "And Berg", LATER)
    assert [about.splitlines()[1:] for _, _, about in told()] == [["I am Maja"], ["And Berg"]]


@pytest.mark.parametrize("words", ["", "  \n", "x" * 501])
def test_nothing_and_too_much_are_refused(maya: Patient, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        requests.say_what_is_wrong(maya, words, NOON)
    assert list(caught.value.errors) == ["words"]
    assert told() == []


def test_it_is_no_way_to_chat(maya: Patient) -> None:
    for number in range(5):
        requests.say_what_is_wrong(maya, f"Thing {number}", NOON)
    with pytest.raises(TooMany):
        requests.say_what_is_wrong(maya, "Thing 5", NOON)
    assert "Thing 5" not in told()[0][2]
    requests.say_what_is_wrong(maya, "Thing 6", NOON + timedelta(days=1))
    assert "Thing 6" in told()[0][2]


def test_words_of_danger_are_for_a_person_at_once_here_too(maya: Patient) -> None:
    requests.say_what_is_wrong(maya, "My birthday, and I have chest pain", NOON)
    assert {(kind, level) for kind, level, _ in told()} == {
        ("details_wrong", 1),
        ("danger_words", 3),
    }


def test_a_wish_to_be_erased_is_an_alert_of_level_two_once(maya: Patient) -> None:
    assert requests.erasure_asked(maya) is None
    first = requests.ask_for_erasure(maya, NOON)
    second = requests.ask_for_erasure(maya, LATER)
    assert first.id == second.id
    assert told() == [("erasure_asked", 2, requests.WANTS_ERASURE)]
    assert actions().count("erasure.asked") == 1
    waiting = requests.erasure_asked(maya)
    assert waiting is not None
    assert waiting.opened_at == NOON


def test_once_the_clinic_has_answered_it_may_be_asked_again(maya: Patient, ana: Clinician) -> None:
    first = requests.ask_for_erasure(maya, NOON)
    alerts.close_alert(maya.clinic_id, first.id, ana.id, "must be kept until 2031", NOON)
    assert requests.erasure_asked(maya) is None
    assert requests.ask_for_erasure(maya, LATER).id != first.id


def test_somebody_under_a_legal_hold_is_told_the_same(maya: Patient) -> None:
    hold_patient(maya, "a law suit", Actor(ActorKind.OPERATOR), NOON)
    asked = requests.ask_for_erasure(maya, NOON)
    assert asked.about == requests.WANTS_ERASURE
    assert db.session.get(Patient, maya.id) is maya
