"""Two hosts over one database: what they share, and what happens when the database dies."""

import json
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, cycle
from uuid import uuid4

from benchmarks import stage
from rehab import clock
from rehab.extensions import db
from rehab.models.message import DeliveryState, OutboundMessage
from rehab.models.session import Session
from tests.hosts.conftest import Hosts, until

UNTIL_LOOKED_UP = 240
"""Seconds: a lease of two minutes, and a look a minute later, on a machine that is busy."""


def test_a_limit_is_counted_over_both_hosts(hosts: Hosts) -> None:
    """Three codes in a quarter of an hour: who has asked one host is refused by the other."""
    asked = [hosts.post(hosts.webs[n % 2], "/enter", phone="+447900000999") for n in range(5)]
    assert asked == [200, 200, 200, 429, 429]


def test_a_token_is_good_on_both_hosts_and_a_host_may_change_in_between(hosts: Hosts) -> None:
    """Nothing is kept on a host: what one has taken, the other shows, and the same id sent to both
    is one session."""
    who, id_ = hosts.cast[-1], str(uuid4())
    said = {"id": id_, "before": 2, "during": 3, "after": 2}
    said |= {"performed_at": clock.now().isoformat()}
    path = f"/api/v1/plans/{who.plan_id}/sessions"
    first, second = (hosts.ask(web, path, json.dumps(said).encode()) for web in hosts.webs)
    assert (first[0], second[0]) == (201, 201)
    assert json.loads(first[1])["id"] == json.loads(second[1])["id"] == id_


def test_the_database_is_killed_under_load_and_everybody_heals_alone(hosts: Hosts) -> None:
    """kill -9 of the postmaster while texts leave and sessions are reported. Answers fail while it
    is away and not after; nothing is lost or done twice; no process is started again."""
    texted, reporting = hosts.cast[:20], hosts.cast[20:-1]
    with stage.inside(hosts.app):
        at_first = {row.id for row in db.session.query(Session.id)}
        stage.forget_texts()
        for part in range(10):
            due = clock.now() + timedelta(seconds=part)
            stage.queue(texted[part::10], due, f"hosts {part}")
        db.session.remove()
    patients = Reporters(hosts, reporting)
    patients.start()
    before = len(hosts.server.double.messages)
    until(lambda: len(hosts.server.double.messages) > before + 4)
    killed = time.monotonic()
    hosts.database.kill()
    time.sleep(1)
    hosts.database.start()
    back = time.monotonic()
    answered = len(patients.told)
    until(lambda: len(patients.told) > answered + 20)
    patients.end()
    assert {failed.status for failed in patients.failed} == {503}
    assert all(failed.ended > killed for failed in patients.failed)
    assert not [failed for failed in patients.failed if failed.began > back + 2]
    with stage.inside(hosts.app):
        db.engine.dispose()
        until(lambda: not _due() and _accepted(), UNTIL_LOOKED_UP)
        known, accepted = {row.id for row in db.session.query(Session.id)}, _accepted()
        db.session.remove()
    taken = hosts.server.double.per_callback()
    assert known - at_first == set(patients.told)
    assert set(taken.values()) == {1}
    assert accepted <= set(taken)
    assert all(process.poll() is None for process in hosts.processes)


def _due() -> int:
    """How many texts wait whose time has come. One whose claim died with the database is held until
    its lease runs out; then it is looked up."""
    waiting = db.session.query(OutboundMessage.id).filter(
        OutboundMessage.state == DeliveryState.PENDING, OutboundMessage.due_at < clock.now()
    )
    count = waiting.count()
    db.session.rollback()
    return count


def _accepted() -> set[str]:
    """The texts of which the database says that the provider has them."""
    rows = db.session.query(OutboundMessage.id).filter_by(state=DeliveryState.ACCEPTED)
    found = {str(row.id) for row in rows}
    db.session.rollback()
    return found


@dataclass(frozen=True)
class Failed:
    """An answer that was not 201, from when until when it was waited for."""

    began: float
    ended: float
    status: int


class Reporters(threading.Thread):
    """Patients who report one session after another, at the two hosts in turn and each with
    a token of their own, until they are told to end; what fails is sent again."""

    def __init__(self, hosts: Hosts, cast: list[stage.Someone]) -> None:
        super().__init__(daemon=True)
        self.hosts, self.cast = hosts, cast
        self.told: list[object] = []
        self.failed: list[Failed] = []
        self._ends = threading.Event()

    def run(self) -> None:
        turns = count()
        for token, who in cycle(enumerate(self.cast)):
            id_ = uuid4()
            said = {"before": 2, "during": 3, "after": 2, "id": str(id_)}
            said |= {"performed_at": clock.now().isoformat()}
            path = f"/api/v1/plans/{who.plan_id}/sessions"
            body = json.dumps(said).encode()
            while not self._is_told(self.hosts.webs[next(turns) % 2], path, body, token):
                self._ends.wait(0.2)
            self.told.append(id_)
            if self._ends.is_set():
                return

    def end(self) -> None:
        """Wait until the session that is on its way is told."""
        self._ends.set()
        self.join(UNTIL_LOOKED_UP)
        assert not self.is_alive()

    def _is_told(self, web: str, path: str, body: bytes, token: int) -> bool:
        began = time.monotonic()
        status, _ = self.hosts.ask(web, path, body, token)
        if status != 201:
            self.failed.append(Failed(began, time.monotonic(), status))
        return status == 201
