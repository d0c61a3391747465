"""A provider that falters, is busy, is gone for hours, or does not know us."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.message import Kind
from rehab.models.patient import Patient
from rehab.notifications.senders import Kind as Fate
from rehab.notifications.senders import Outcome, Outgoing, Reason
from rehab.programs.library import Library
from rehab.services import outbox
from rehab.services.delivery import Desk, Pace, dispatch
from rehab.services.outbox import Intention
from rehab.services.outcomes import LOOKS
from rehab.services.reconciliation import reconcile
from tests.doubles import twilio
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender
from tests.faults.conftest import URL, queue, states

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("fault", "look"), [("500_after", 0), ("503_after", 1), ("reset_after", 2), ("hang_after", 2)]
)
def test_what_was_taken_unheard_is_found_and_not_sent_again(
    maya: Patient, desk: Desk, time: SetClock, server: twilio.Server, fault: str, look: int
) -> None:
    """Fault 4: the answer is lost after the text was taken; it is listed late."""
    server.double.hidden_for = twilio.UNTIL_SHOWN
    server.double.faults.append(fault)
    queue(maya, 1)
    assert dispatch(desk) == {"unknown": 1}
    sent_at = time.now()
    for n, after in enumerate(LOOKS):
        if n == look:
            server.double.show()
        time.wall = sent_at + after
        reconcile(desk.sender, desk.library, URL, time.now())
        dispatch(desk)
        assert states() == {"accepted" if n >= look else "unknown": 1}
    assert len(server.double.asked) == 1


@pytest.mark.parametrize("fault", ["500_before", "reset_before"])
def test_what_was_lost_before_it_was_taken_is_sent_once_more(
    maya: Patient, desk: Desk, time: SetClock, server: twilio.Server, fault: str
) -> None:
    """Fault 5: only after the last look."""
    server.double.faults.append(fault)
    queue(maya, 1)
    sent_at = time.now()
    assert dispatch(desk) == {"unknown": 1}
    for after in LOOKS:
        assert dispatch(desk) == {}
        time.wall = sent_at + after
        reconcile(desk.sender, desk.library, URL, time.now())
    assert dispatch(desk) == {"accepted": 1}
    assert len(server.double.messages) == 1


def test_a_busy_provider_is_left_alone_as_long_as_it_asks(
    maya: Patient, desk: Desk, time: SetClock, server: twilio.Server
) -> None:
    """Fault 6: after a burst of 429 nobody sends for as long, and then every text goes once."""
    server.double.retry_after = 30
    server.double.faults.extend(["429"] * 10)
    queue(maya, 10)
    requests = []
    for _ in range(8):
        before = met(server)
        dispatch(desk)
        requests.append(met(server) - before)
        time.pass_by(seconds=10)
    assert requests[:3] == [10, 0, 0]
    assert sum(requests) == 20
    assert states() == {"accepted": 10}
    assert len(server.double.messages) == 10


def met(server: twilio.Server) -> int:
    """Requests to send so far, whatever was answered."""
    return server.double.met.total() + len(server.double.asked)


class Counting(RecordingSender):
    """A provider that is `gone` answers each call with the same."""

    gone: Outcome | None = None
    tries = 0

    async def send(self, message: Outgoing) -> Outcome:
        self.tries += 1
        return self.gone or await super().send(message)


UNREACHABLE = Outcome(Fate.RETRY, reason=Reason.NOT_ACCEPTED)
WRONG_KEY = Outcome(Fate.RETRY, code=20003, reason=Reason.OURS_IS_BROKEN)


@pytest.mark.parametrize(
    ("gone", "most_tries"), [(UNREACHABLE, 40), (WRONG_KEY, 15)], ids=["down", "wrong key"]
)
def test_a_provider_that_is_gone_for_hours_is_left_alone_and_told_of_once(
    maya: Patient, library: Library, time: SetClock, gone: Outcome, most_tries: int
) -> None:
    """Faults 7 and 8: few tries and one alert for a hundred texts; what is too late expires, and
    the rest goes when it is back."""
    sender = Counting()
    sender.gone = gone
    desk = Desk(sender, library, URL, time, "w1", pace=Pace(window=10))
    queue(maya, 100, wait=2 * HOUR)
    for _ in range(3 * 60):
        dispatch(desk)
        outbox.expire(time.now())
        time.pass_by(minutes=1)
    assert states() == {"expired": 100}
    assert 10 < sender.tries <= most_tries
    about_sending = select(Alert.kind).where(Alert.kind == "sending_stopped")
    assert len(db.session.scalars(about_sending).all()) == 1
    sender.gone = None
    late = time.now()
    fresh = Intention(maya, Kind.REPLY, "", "late", late, late + HOUR, body="Late.")
    outbox.enqueue([fresh], late)
    for _ in range(40):
        dispatch(desk)
        time.pass_by(minutes=1)
    assert states() == {"expired": 100, "accepted": 1}
