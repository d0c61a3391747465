"""What becomes of the text with the code: it leaves first, once, and nothing keeps the code."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.notifications.senders import Kind as What
from rehab.notifications.senders import Outcome
from rehab.programs.library import Library
from rehab.services import consent, delivery, enrolment, reconciliation
from rehab.services.delivery import Desk
from tests.conftest import NOON
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender
from tests.web.sign_in.conftest import EMAIL, Browser, code_on

MAYAS = "+442079460123"
NIGHT = NOON.replace(hour=23)
URL = "http://127.0.0.1:8000"


def text_of_the_code() -> OutboundMessage:
    return db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.SIGN_IN)).one()


def codes_of(sender: RecordingSender) -> list[str]:
    return [text.body[-6:] for text in sender.sent if "your code" in text.body]


def tick(library: Library, sender: RecordingSender, now: datetime) -> None:
    delivery.dispatch(Desk(sender, library, URL, SetClock(now), "w1"))


def test_it_leaves_at_once_even_at_night_and_before_all_others(
    browser: Browser,
    maya: Patient,
    library: Library,
    sender: RecordingSender,
    at: Callable[[datetime], None],
) -> None:
    at(NIGHT)
    browser.post("/enter", phone=MAYAS)
    code = code_on(MAYAS)
    tick(library, sender, NIGHT)
    assert sender.sent[0].body.endswith(f"#{code}")
    assert sender.sent[0].validity_seconds <= 600


def test_somebody_who_wants_no_reminders_gets_the_code_they_asked_for(
    browser: Browser, maya: Patient, library: Library, sender: RecordingSender
) -> None:
    enrolment.amend(maya, {"sms_consent": False}, EMAIL, NOON)
    browser.post("/enter", phone=MAYAS)
    tick(library, sender, NOON)
    assert [text.to for text in sender.sent] == [MAYAS]


def test_a_stop_after_the_asking_holds_it_back(
    browser: Browser, maya: Patient, library: Library, sender: RecordingSender
) -> None:
    browser.post("/enter", phone=MAYAS)
    consent.suppress(MAYAS, "stop", NOON)
    tick(library, sender, NOON)
    assert sender.sent == []


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome(What.ACCEPTED, provider_sid="SM1"), DeliveryState.ACCEPTED),
        (Outcome(What.FAILED), DeliveryState.FAILED),
        (Outcome(What.UNKNOWN), DeliveryState.UNKNOWN),
    ],
)
def test_once_it_has_left_the_code_is_kept_nowhere(
    browser: Browser,
    maya: Patient,
    library: Library,
    sender: RecordingSender,
    outcome: Outcome,
    state: DeliveryState,
) -> None:
    browser.post("/enter", phone=MAYAS)
    code = code_on(MAYAS)
    sender.outcomes = [outcome]
    tick(library, sender, NOON)
    message = text_of_the_code()
    assert (message.state, message.body) == (state, "(sign-in code)")
    assert code not in f"{message.values} {message.dedupe_key} {message.state_reason}"
    assert browser.post("/enter/code", code=code).status_code == 303


def test_while_it_may_be_tried_again_the_words_stay(
    browser: Browser, maya: Patient, library: Library, sender: RecordingSender
) -> None:
    browser.post("/enter", phone=MAYAS)
    code = code_on(MAYAS)
    sender.outcomes = [Outcome(What.RETRY)]
    tick(library, sender, NOON)
    assert code_on(MAYAS) == code
    tick(library, sender, NOON + timedelta(minutes=1))
    assert codes_of(sender) == [code, code]


def test_one_that_got_lost_is_never_sent_again_without_its_code(
    browser: Browser, maya: Patient, library: Library, sender: RecordingSender
) -> None:
    browser.post("/enter", phone=MAYAS)
    sender.outcomes, sender.takes_unknown = [Outcome(What.UNKNOWN)], False
    tick(library, sender, NOON)
    for minutes in range(1, 15):
        now = NOON + timedelta(minutes=minutes)
        reconciliation.reconcile(sender, library, URL, now)
        tick(library, sender, now)
    assert len(codes_of(sender)) == 1
    assert not any("(sign-in code)" in text.body for text in sender.sent)
    assert text_of_the_code().state is DeliveryState.EXPIRED
