"""Two phones, one plan: reports at the same moment are settled one after the other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select

from rehab.errors import Conflict
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.services import clinician_acts, plans, sessions
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from tests.services.test_progression import START, settled_week, standing


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_same_report_from_many_threads_is_stored_once(
    app: Flask, maya: Patient, library: Library
) -> None:
    plan_id = plans.assign(maya, Assignment("lb-subacute-6w", 4), library, START).id
    db.session.rollback()
    said = SessionReport(performed_at=START, before=4, during=9, after=9, id=uuid4())

    def send(_: int) -> UUID:
        with app.app_context():
            plan = db.session.get_one(Plan, plan_id)
            stored = sessions.report_session(plan, said, library, START).id
            db.session.remove()
            return stored

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(send, range(12))) == {said.id}
    db.session.rollback()
    assert (count(Session), count(Decision), count(Alert)) == (1, 3, 1)


def test_sessions_at_the_same_moment_are_all_walked(
    app: Flask, maya: Patient, library: Library
) -> None:
    plan_id = plans.assign(maya, Assignment("lb-subacute-6w", 4), library, START).id
    db.session.rollback()
    later = START + timedelta(days=12)

    def send(day: int) -> None:
        with app.app_context():
            plan = db.session.get_one(Plan, plan_id)
            at = START + timedelta(days=day)
            said = SessionReport(performed_at=at, before=4, during=4, after=4)
            sessions.report_session(plan, said, library, later)
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(12)))
    db.session.rollback()
    plan = db.session.get_one(Plan, plan_id)
    decisions = standing(plan)
    assert [d.inputs["report"]["day"] for d in decisions] == list(range(12))
    befores = [d.inputs["before"]["last_day"] for d in decisions]
    assert befores == [None, *range(11)]
    assert plan.loads["strengthening"]["last_day"] == 11


def test_one_proposal_is_approved_by_one_of_many(
    app: Flask, maya: Patient, library: Library, ana: Clinician
) -> None:
    plan = plans.assign(maya, Assignment("lb-subacute-6w", 4), library, START)
    settled_week(plan, library)
    proposal_id, ana_id, plan_id = standing(plan)[-1].id, ana.id, plan.id
    now = START + timedelta(days=5)
    db.session.rollback()

    def approve(_: int) -> bool:
        with app.app_context():
            decision = db.session.get_one(Decision, proposal_id)
            by = db.session.get_one(Clinician, ana_id)
            try:
                clinician_acts.approve(decision, by, library, now)
            except Conflict:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(approve, range(8))) == 1
    db.session.rollback()
    assert db.session.get_one(Plan, plan_id).loads["strengthening"]["step"] == 2


def test_an_alert_is_closed_once(
    app: Flask, maya: Patient, library: Library, ana: Clinician
) -> None:
    plan = plans.assign(maya, Assignment("lb-subacute-6w", 4), library, START)
    said = SessionReport(performed_at=START, before=4, during=9, after=9)
    sessions.report_session(plan, said, library, START)
    alert_id, ana_id = db.session.scalars(select(Alert.id)).one(), ana.id
    db.session.rollback()

    def close(n: int) -> bool:
        with app.app_context():
            by = db.session.get_one(Clinician, ana_id)
            try:
                clinician_acts.close_alert(alert_id, f"note {n}", by, library, START)
            except Conflict:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(close, range(8))) == 1
