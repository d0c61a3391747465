"""What comes at the same moment, by two doors: each is done, and neither ends the other."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.message import InboundMessage, Kind, OutboundMessage, Suppression
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.services import enrolment, reminders, replies
from rehab.services.replies import Inbound
from rehab.services.transactions import hold, transaction

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

PATIENCE = 30
"""Seconds after which two that wait for each other would have been parted by PostgreSQL."""

A_MOMENT = 0.5
"""Seconds in which the other one comes as far as it can while this one holds the plan."""

ROUNDS = 8
"""A race that is lost only sometimes is run more than once."""

Job = Callable[[], object]


class Doer(threading.Thread):
    """One job in an app context of its own, and how it failed if it did."""

    def __init__(self, app: Flask, job: Job, start: threading.Barrier | None = None) -> None:
        super().__init__(daemon=True)
        self.app, self.job, self.together = app, job, start
        self.error: Exception | None = None

    def run(self) -> None:
        with self.app.app_context():
            try:
                if self.together is not None:
                    self.together.wait(PATIENCE)
                self.job()
            except Exception as error:
                self.error = error
            finally:
                db.session.remove()

    def ended(self) -> Exception | None:
        """How it failed, once it is through."""
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.error


def at_once(app: Flask, *jobs: Job) -> list[Exception | None]:
    """Begin them all at the same moment; how each of them failed."""
    db.session.rollback()
    together = threading.Barrier(len(jobs))
    doers = [Doer(app, job, together) for job in jobs]
    for doer in doers:
        doer.start()
    return [doer.ended() for doer in doers]


def texted(phone: str, sid: str, body: str, library: Library, at: datetime) -> Job:
    return lambda: replies.receive(Inbound(sid, phone, "+1500", body), library, at)


def queue_emptied() -> None:
    with transaction():
        db.session.query(OutboundMessage).delete()


def count(model: type, **which: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**which)) or 0


def planning(_: UUID) -> object:
    queue_emptied()
    return reminders.plan_ahead(NOW)


def moving(patient_id: UUID) -> object:
    patient = db.session.get_one(Patient, patient_id)
    return enrolment.amend(patient, {"zone": "Europe/Berlin"}, "ana@riverside.example", NOW)


@pytest.mark.parametrize("other", [planning, moving])
def test_who_changes_a_plan_and_who_plans_all_do_not_wait_for_each_other(
    app: Flask, maya: Patient, plan: Plan, other: Callable[[UUID], object]
) -> None:
    """A report begins with the plan and ends with its texts; so must everything else."""
    patient_id, plan_id = maya.id, plan.id
    db.session.commit()
    doer = Doer(app, lambda: other(patient_id))
    with transaction():
        mine = db.session.get_one(Plan, plan_id)
        hold(mine)
        doer.start()
        doer.join(A_MOMENT)
        reminders.replan(mine, NOW)
    assert doer.ended() is None
    assert count(OutboundMessage, plan_id=plan_id) > 0


def test_done_meets_the_planning_of_all_reminders(
    app: Flask, maya: Patient, plan: Plan, library: Library
) -> None:
    phone, failed = maya.phone, []
    for n in range(ROUNDS):
        at = NOW + DAY + n * MINUTE
        queue_emptied()
        done = texted(phone, f"SM{n}", f"done {n % 9}", library, at)
        failed += at_once(app, lambda at=at: reminders.plan_ahead(at), done)
    assert failed == [None, None] * ROUNDS
    assert (count(Session), count(InboundMessage)) == (1, ROUNDS)


def test_two_stops_at_once_are_one_and_are_confirmed_once(
    app: Flask, maya: Patient, library: Library
) -> None:
    phone = maya.phone
    for n in range(ROUNDS):
        at = NOW + n * MINUTE
        stops = [texted(phone, f"SM{n}-{i}", "STOP", library, at) for i in range(2)]
        assert at_once(app, *stops) == [None, None]
        db.session.expire_all()
        assert not maya.sms_consent
        assert count(Suppression) == 1
        assert count(OutboundMessage, kind=Kind.CONFIRMATION) == n + 1
        texted(phone, f"SM{n}-start", "START", library, at + MINUTE / 2)()
    assert count(InboundMessage) == 3 * ROUNDS


def test_two_texts_of_danger_at_once_are_kept_and_open_one_alert(
    app: Flask, maya: Patient, plan: Plan, library: Library
) -> None:
    phone = maya.phone
    for n in range(ROUNDS):
        with transaction():
            db.session.query(Alert).delete()
        words = [texted(phone, f"SM{n}-{i}", f"chest pain {i}", library, NOW) for i in range(2)]
        assert at_once(app, *words) == [None, None]
        assert count(Alert, kind="danger_words", closed_at=None) == 1
    assert count(InboundMessage, intent="safety") == 2 * ROUNDS
