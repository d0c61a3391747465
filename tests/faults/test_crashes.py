"""A worker that is killed at a named point: the next one sends what is left, and nothing twice."""

import os
import signal
from dataclasses import replace

import pytest

from rehab.models.patient import Patient
from rehab.services import outbox
from rehab.services.delivery import Desk, dispatch
from rehab.services.outcomes import LOOKS
from rehab.services.reconciliation import reconcile
from tests.doubles import twilio
from tests.doubles.clock import SetClock
from tests.faults import failpoints
from tests.faults.conftest import fork, queue, states
from tests.faults.failpoints import Mine, MinedSender


def killed_at(point: str, desk: Desk) -> None:
    """A worker that dispatches and asks, and gets no further than `point`."""
    mine = Mine(point)

    def work() -> None:
        failpoints.lay(mine)
        mined = MinedSender(desk.sender, mine)
        dispatch(replace(desk, sender=mined))
        reconcile(mined, desk.library, desk.public_url, desk.clock.now())

    _, status = os.waitpid(fork(work), 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def look_until_settled(desk: Desk, time: SetClock) -> None:
    for _ in LOOKS:
        reconcile(desk.sender, desk.library, desk.public_url, time.now())
        time.pass_by(minutes=10)


@pytest.mark.parametrize(
    ("point", "left", "taken"),
    [
        (failpoints.BEFORE_CLAIM_COMMIT, "pending", 0),
        (failpoints.AFTER_CLAIM_COMMIT, "sending", 0),
        (failpoints.BEFORE_POST, "sending", 0),
        (failpoints.AFTER_ACCEPT, "sending", 1),
        (failpoints.DURING_RECORD, "sending", 1),
    ],
)
def test_a_worker_killed_at_any_point_leaves_a_text_that_goes_once(
    maya: Patient,
    desk: Desk,
    time: SetClock,
    server: twilio.Server,
    point: str,
    left: str,
    taken: int,
) -> None:
    """Faults 1 to 3: before the claim is kept, before the request, before the answer is kept."""
    queue(maya, 1)
    killed_at(point, desk)
    assert states() == {left: 1}
    assert len(server.double.messages) == taken
    time.pass_by(minutes=3)
    assert outbox.give_up_leases(time.now()) == (left == "sending")
    look_until_settled(desk, time)
    dispatch(desk)
    assert states() == {"accepted": 1}
    assert len(server.double.messages) == 1


def test_a_worker_killed_while_it_settles_a_doubt_leaves_it_to_the_next(
    maya: Patient, desk: Desk, time: SetClock, server: twilio.Server
) -> None:
    """Fault 3 again: whoever looks a text up may be killed too."""
    queue(maya, 1)
    server.double.faults.append("500_after")
    assert dispatch(desk) == {"unknown": 1}
    time.pass_by(minutes=2)
    killed_at(failpoints.DURING_RECONCILE, desk)
    assert states() == {"unknown": 1}
    time.pass_by(minutes=3)
    look_until_settled(desk, time)
    assert states() == {"accepted": 1}
    assert len(server.double.messages) == 1
