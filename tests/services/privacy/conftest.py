"""Maya, about whom there is a row in every table that can hold one, and Nils, who has the same."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.calendar_feed import CalendarFeed
from rehab.models.clinic import Clinician
from rehab.models.kept_answer import KeptAnswer
from rehab.models.message import Conversation, InboundMessage, MessageEvent, OutboundMessage
from rehab.models.note import Note
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.screening import Screening
from rehab.models.session import SessionVersion
from rehab.models.sign_in import Challenge, SignIn
from rehab.programs.library import Library
from rehab.services import alerts, enrolment, measures, mornings, plans, sessions
from rehab.services.access import links
from rehab.services.access.links import Purpose
from rehab.services.audit import Actor, ActorKind
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.services.transactions import transaction
from tests.conftest import NOON

SECRET_WORDS = "It hurts when I lift little Otto"
OPERATOR = Actor(ActorKind.OPERATOR)
DAY = timedelta(days=1)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "erasures"


@pytest.fixture
def nils(ana: Clinician) -> Patient:
    said = {"given_name": "Nils", "phone": "+442079460177", "zone": "UTC", "sms_consent": True}
    return enrolment.enrol(ana.clinic_id, said, ana.email, NOON)


@pytest.fixture
def live(library: Library) -> Callable[[Patient], Plan]:
    """Give somebody a story with a row in every table."""

    def live(patient: Patient) -> Plan:
        plan = plans.assign(patient, Assignment("lb-subacute-6w", usual_pain=4), library, NOON)
        said = SessionReport(NOON, before=4, during=4, after=4, note=SECRET_WORDS)
        session = sessions.report_session(plan, said, library, NOON)
        mornings.report_morning(plan, MorningReport(NOON.date(), pain=3), library, NOON)
        alerts.open_alert(patient, "test", 1, SECRET_WORDS, NOON, plan)
        links.issue(Purpose.REMINDER, plan, NOON)
        links.issue(Purpose.ENTRY, patient, NOON)
        with transaction():
            _add_the_rest(patient, plan, session.id)
        return plan

    return live


def _add_the_rest(patient: Patient, plan: Plan, session_id: Any) -> None:
    text = db.session.scalars(select(OutboundMessage).filter_by(patient_id=patient.id)).first()
    assert text is not None
    told = {"rule": SECRET_WORDS}
    token = patient.id.bytes * 2
    db.session.add_all(
        [
            measures.Measurement(
                plan_id=plan.id, measure_id="peg", on=NOON.date(), answers=[], recorded_at=NOON
            ),
            Screening(
                plan_id=plan.id, on=NOON.date(), occasion="x", red_flags=[], answered_at=NOON
            ),
            SessionVersion(session_id=session_id, said=told, corrected_at=NOON, corrected_by="ana"),
            MessageEvent(message_id=text.id, at=NOON, provider_status="sent", rank=3),
            received(patient, f"SM{patient.given_name}", patient.id),
            received(patient, f"SM{patient.given_name}-stray", None),
            Conversation(
                patient_id=patient.id,
                plan_id=plan.id,
                expects="morning",
                about_on=NOON.date(),
                asked_at=NOON,
                expires_at=NOON + DAY,
            ),
            Note(
                patient_id=patient.id,
                clinician=_somebody(patient),
                body=SECRET_WORDS,
                written_at=NOON,
            ),
            CalendarFeed(patient_id=patient.id, token_hash=token, created_at=NOON),
            SignIn(
                token_hash=token,
                patient_id=patient.id,
                created_at=NOON,
                last_seen_at=NOON,
                expires_at=NOON + DAY,
            ),
            Challenge(
                token_hash=token,
                number_seal=token,
                code_shadow="x",
                patient_ids=[str(patient.id)],
                created_at=NOON,
                expires_at=NOON + DAY,
            ),
            KeptAnswer(
                key=token,
                request=token,
                status=200,
                body=f'{{"plan_id": "{plan.id}", "note": "{SECRET_WORDS}"}}',
                at=NOON,
                content_type="application/json",
            ),
        ]
    )


def _somebody(patient: Patient) -> Clinician:
    """Who treats in the patient's clinic."""
    theirs = select(Clinician).filter_by(clinic_id=patient.clinic_id).limit(1)
    known = db.session.scalar(theirs)
    made = Clinician(
        clinic_id=patient.clinic_id, email="zoe@riverside.example", name="Zoe", created_at=NOON
    )
    return known or made


def received(patient: Patient, sid: str, patient_id: Any) -> InboundMessage:
    return InboundMessage(
        provider_sid=sid,
        sender=patient.phone,
        recipient="+442079460100",
        body=SECRET_WORDS,
        received_at=NOON,
        patient_id=patient_id,
        intent="pain",
        interpretation={"means": "pain", "why": SECRET_WORDS},
    )


def contents(app: Flask) -> dict[str, str]:
    """All that is stored, a text a table, as the server reads it."""
    db.session.rollback()
    db.session.expire_all()
    return {
        mapper.local_table.name: "\n".join(
            str({c.key: getattr(row, c.key) for c in mapper.column_attrs})
            for row in db.session.scalars(select(mapper.class_))
        )
        for mapper in Patient.registry.mappers
    }
