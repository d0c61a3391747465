"""A queue, a provider over the wire, and processes that are copies of this one."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from rehab import clock
from rehab.extensions import db
from rehab.models.message import Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.notifications.senders.twilio import TwilioSender
from rehab.programs.library import Library
from rehab.services import outbox
from rehab.services.delivery import Desk
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction
from rehab.settings import Settings
from tests.conftest import NOON
from tests.doubles import twilio
from tests.doubles.clock import SetClock

URL = "https://rehab.example"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def no_welcome(request: pytest.FixtureRequest) -> None:
    if "maya" in request.fixturenames:
        request.getfixturevalue("maya")
        with transaction():
            db.session.query(OutboundMessage).delete()


@pytest.fixture
def time() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def server() -> Iterator[twilio.Server]:
    with twilio.Server(twilio.Double()) as server:
        yield server


@pytest.fixture
def line(server: twilio.Server) -> TwilioSender:
    return TwilioSender.from_settings(settings_for(server), timeout=1.0)


@pytest.fixture
def desk(line: TwilioSender, library: Library, time: SetClock) -> Desk:
    return Desk(line, library, URL, time, "w1")


def settings_for(server: twilio.Server) -> Settings:
    return Settings(
        sms="twilio",
        twilio_account_sid=twilio.ACCOUNT,
        twilio_auth_token=twilio.TOKEN,
        twilio_from=twilio.NUMBER,
        twilio_api_url=server.url,
        public_url=URL,
    )


def queue(patient: Patient, count: int, real: bool = False, wait: timedelta = HOUR) -> None:
    """Answers that are due now, by the clock of the test or by the real one."""
    now = clock.now() if real else NOON
    outbox.enqueue(
        [
            Intention(patient, Kind.REPLY, "", f"r{n}", now, now + wait, body=f"Text {n}.")
            for n in range(count)
        ],
        now,
    )


def states() -> Counter[str]:
    """How many texts are in which state."""
    db.session.rollback()
    found = Counter(str(state) for state in db.session.scalars(select(OutboundMessage.state)))
    db.session.rollback()
    return found


def fork(work: Callable[[], object]) -> int:
    """Do it in a copy of this process, which ends with it; its id."""
    db.session.remove()
    db.engine.dispose()
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
        os._exit(0)
    finally:
        os._exit(1)
