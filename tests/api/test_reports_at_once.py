"""Many phones at once against real processes: every report is stored once, and none is refused for
a reason of ours."""

import json
import signal
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from rehab import clock
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.services import audit_chain, enrolment, plans, tokens
from rehab.services.plans import Assignment
from tests.cli.test_serve import REHAB, environment, free_port

THREADS, PLANS, REPORTS = 32, 4, 96
CATEGORIES = 3


def post(port: int, path: str, token: str, said: dict[str, object]) -> int:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(said["id"]),
    }
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, json.dumps(said), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.fixture
def cast(ana: Clinician, library: Library) -> list[UUID]:
    """Plans that have run for a day."""
    now = clock.now() - timedelta(days=1)
    found = []
    for n in range(PLANS):
        said = {"given_name": f"P{n}", "phone": f"+44207946020{n}", "zone": "Europe/London"}
        patient: Patient = enrolment.enrol(ana.clinic_id, said, ana.email, now)
        found.append(plans.assign(patient, Assignment("lb-subacute-6w", 4), library, now).id)
    return found


def test_each_of_many_reports_at_once_is_stored_once(
    app: Flask, ana: Clinician, cast: list[UUID], tmp_path: Path
) -> None:
    """Each report is sent three times, under one key: by phones that did not hear the answer."""
    callers = [tokens.issue_token(ana.email, (), clock.now()) for _ in range(8)]
    clinic_id, url = ana.clinic_id, app.config["SQLALCHEMY_DATABASE_URI"]
    began = clock.now()
    wanted = {uuid4(): (cast[n % PLANS], began + timedelta(seconds=n)) for n in range(REPORTS)}
    db.session.commit()
    port = free_port()
    env = environment(tmp_path, port) | {
        "REHAB_DATABASE_URL": url,
        "REHAB_SCHEDULER": "off",
        "REHAB_SECRET_KEY": secret_of(app),
    }
    server = subprocess.Popen([*REHAB, "serve"], env=env, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        said = ""
        while said.count("Booting worker") < 2:
            said += server.stderr.readline()

        def tell(n: int) -> int:
            id_, (plan_id, at) = list(wanted.items())[n // 3]
            path = f"/api/v1/plans/{plan_id}/sessions"
            ratings = {"before": 4, "during": 4, "after": 4}
            told = {"id": str(id_), "performed_at": at.isoformat(), **ratings}
            return post(port, path, callers[n // 3 % len(callers)], told)

        with ThreadPoolExecutor(THREADS) as pool:
            answers = Counter(pool.map(tell, range(3 * REPORTS)))
    finally:
        server.send_signal(signal.SIGTERM)
        _, rest = server.communicate(timeout=60)
    assert answers == {201: 3 * REPORTS}, rest
    assert "Traceback" not in rest
    assert set(db.session.scalars(select(Session.id))) == set(wanted)
    assert rows(Decision, replaced_at=None) == CATEGORIES * REPORTS
    assert rows(AuditEntry, action="session.reported") == REPORTS
    assert audit_chain.verify(clinic_id) is None
    for plan in db.session.scalars(select(Plan)):
        assert {load["last_day"] for load in plan.loads.values()} <= {1, 2}


def secret_of(app: Flask) -> str:
    """The secret of the app under test, for a server over the same database."""
    data: Path = app.extensions["rehab"].settings.data_dir
    return (data / "secret_key").read_text(encoding="ascii")


def rows(model: type, **which: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**which)) or 0
