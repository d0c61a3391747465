"""Every act of a person on a patient's record has its entry: who did it, and nothing private."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from rehab.errors import RehabError
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.decision import PROPOSED, Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import (
    alerts,
    clinician_acts,
    clinics,
    consent,
    corrections,
    enrolment,
    measures,
    mornings,
    plan_changes,
    replies,
    safety,
    sessions,
    thread,
    tokens,
)
from rehab.services.actors import acting, acting_as, actor_of, enter, saw
from rehab.services.audit import SYSTEM, Actor, ActorKind
from rehab.services.audit_chain import verify_all
from rehab.services.measures import Answer, MeasureReport
from rehab.services.mornings import MorningReport
from rehab.services.replies import Inbound
from rehab.services.safety import ScreeningReport
from rehab.services.sessions import SessionReport
from tests.conftest import NOON

LATER = NOON + timedelta(minutes=5)
SAID = SessionReport(performed_at=NOON, before=4, during=4, after=4, note="Uncle Lindqvist")
PEG = tuple(Answer(item, 5) for item in ("pain", "enjoyment", "activity"))


def entries() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))


def actions() -> list[str]:
    return [entry.action for entry in entries()]


Act = Callable[[Plan, Clinician, Library], Any]


def _told(plan: Plan, library: Library) -> Any:
    return sessions.report_session(plan, SAID, library, LATER)


def _alert(plan: Plan, by: Clinician, library: Library) -> Any:
    opened = alerts.open_alert(plan.patient, "test", 1, "a test", NOON, plan)
    return clinician_acts.close_alert(opened.id, "rang Maya", by, library, LATER)


def _corrected(plan: Plan, by: Clinician, library: Library) -> Any:
    changes = {"after": 5}
    session = _told(plan, library)
    return corrections.correct_session(session, plan, changes, by.email, library, LATER)


def _overridden(plan: Plan, by: Clinician, library: Library) -> Any:
    decision = _told(plan, library).decisions[0]
    return clinician_acts.override(decision, 1, 0.5, "too soon", by, library, LATER)


def _undone(plan: Plan, by: Clinician, library: Library) -> Any:
    _overridden(plan, by, library)
    act = db.session.scalars(select(Decision).filter_by(clinician_id=by.id)).one()
    return clinician_acts.undo(act, by, "changed my mind", library, LATER)


def _approved(plan: Plan, by: Clinician, library: Library) -> Any:
    decision = _told(plan, library).decisions[0]
    decision.state, decision.accepted = PROPOSED, {"step": decision.step, "dose": 1.0}
    db.session.commit()
    return clinician_acts.approve_all([decision.id], by, library, LATER)


def _texted(body: str) -> Act:
    def text(plan: Plan, _by: Clinician, library: Library) -> Any:
        number = plan.patient.phone
        return replies.receive(Inbound(f"SM{body}", number, "+15550100", body), library, LATER)

    return text


USE_CASES: dict[str, tuple[Act, dict[str, Any]]] = {
    "patient.amended": (
        lambda p, c, _: enrolment.amend(p.patient, {"family_name": "Berg"}, c.email, LATER),
        {"fields": ["family_name"]},
    ),
    "plan.amended": (
        lambda p, c, lib: plan_changes.amend(p, {"usual_pain": 6}, c, "worse", lib, LATER),
        {"fields": ["usual_pain"]},
    ),
    "plan.paused": (lambda p, c, lib: plan_changes.pause(p, c, "a trip", lib, LATER), {}),
    "plan.discharged": (lambda p, c, _: plan_changes.discharge(p, c, "well", LATER), {}),
    "session.reported": (lambda p, _, lib: _told(p, lib), {}),
    "session.corrected": (_corrected, {"fields": ["after"]}),
    "morning.reported": (
        lambda p, _, lib: mornings.report_morning(p, MorningReport(NOON.date(), 3), lib, LATER),
        {},
    ),
    "measure.answered": (
        lambda p, _, lib: measures.report_measure(
            p, MeasureReport("peg", NOON.date(), PEG), lib, LATER
        ),
        {},
    ),
    "screening.answered": (
        lambda p, _, lib: safety.answer(p, ScreeningReport(NOON.date(), ()), lib, LATER),
        {},
    ),
    "decision.approved": (_approved, {}),
    "decision.overridden": (_overridden, {}),
    "decision.undone": (_undone, {}),
    "alert.closed": (_alert, {}),
    "message.written": (lambda p, *_: thread.write(p.patient, "Hello Maya", LATER), {}),
    "consent.revoked": (
        lambda p, c, _: consent.revoke(p.patient, "clinic", c.email, LATER),
        {"channel": "clinic"},
    ),
    "consent.granted": (
        lambda p, c, _: consent.grant(p.patient, "clinic", c.email, LATER),
        {"channel": "clinic"},
    ),
    "consent.bedtime": (
        lambda p, c, _: consent.choose_bedtime(p.patient, p.exercise_at, c.email, LATER),
        {"channel": "clinic"},
    ),
    "clinic.amended": (
        lambda _, c, __: clinics.amend_clinic(c.clinic, {"name": "Brook"}, LATER),
        {"fields": ["name"]},
    ),
    "clinician.added": (
        lambda _, c, __: clinics.add_clinician(c.clinic_id, "x@y.example", "X", LATER),
        {"role": "clinician"},
    ),
    "clinician.amended": (
        lambda _, c, __: clinics.amend_clinician(c, {"role": "owner"}, LATER),
        {"fields": ["role"], "role": "owner"},
    ),
    "token.issued": (
        lambda _, c, __: tokens.issue_token(c.email, (), LATER),
        {"scopes": ["read", "write"]},
    ),
}


@pytest.mark.parametrize("action", USE_CASES)
def test_a_use_case_leaves_its_entry(
    eased: Plan, ana: Clinician, library: Library, action: str
) -> None:
    act, detail = USE_CASES[action]
    before = len(entries())
    with acting_as(actor_of(ana, "0" * 16)):
        act(eased, ana, library)
    (entry,) = [e for e in entries()[before:] if e.action == action]
    said = {name: value for name, value in entry.detail.items() if name != "terms"}
    assert said == detail
    assert (entry.actor_kind, entry.actor_id, entry.token_id) == ("clinician", ana.id, "0" * 16)
    assert (entry.clinic_id, entry.at) == (ana.clinic_id, LATER)
    assert list(verify_all()) == []


def test_no_entry_holds_a_name_a_number_or_a_word_of_anybody(
    eased: Plan, ana: Clinician, library: Library
) -> None:
    for action in sorted(USE_CASES, key="plan.discharged".__eq__):
        act, _ = USE_CASES[action]
        try:
            act(eased, ana, library)
        except RehabError:
            db.session.rollback()
    said = json.dumps([[e.action, e.subject_kind, e.detail] for e in entries()])
    private = ("Maya", "Lindqvist", "Berg", "Brook", "2079460123", "worse", "a trip", "example")
    assert [word for word in private if word in said] == []
    assert len(entries()) > len(USE_CASES)


@pytest.mark.parametrize(
    ("body", "action"),
    [("STOP", "consent.revoked"), ("DONE", "session.reported"), ("START", "consent.granted")],
)
def test_what_a_patient_texts_the_patient_did(
    eased: Plan, ana: Clinician, library: Library, body: str, action: str
) -> None:
    before = len(entries())
    _texted(body)(eased, ana, library)
    (entry,) = [e for e in entries()[before:] if e.action == action]
    assert (entry.actor_kind, entry.actor_id) == ("patient", eased.patient_id)
    assert acting() == SYSTEM


def test_the_same_report_again_is_no_act(eased: Plan, library: Library) -> None:
    for _ in range(2):
        _told(eased, library)
    assert actions().count("session.reported") == 1


def test_what_fails_is_not_on_record(eased: Plan, ana: Clinician, library: Library) -> None:
    before = actions()
    with pytest.raises(RehabError):
        plan_changes.resume(eased, ana, "", library, LATER)
    assert actions() == before


def test_who_looked_is_on_record_once_an_hour(
    maya: Patient, ana: Clinician, boris: Clinician
) -> None:
    def seen() -> int:
        return actions().count("patient.seen")

    for minutes, entries_by_then in ((0, 1), (30, 1), (59, 1), (60, 2), (119, 2), (120, 3)):
        saw(ana, maya, NOON + timedelta(minutes=minutes))
        assert seen() == entries_by_then, minutes
    saw(boris, maya, NOON)
    assert seen() == 4


def test_an_act_is_of_whoever_was_let_in_last() -> None:
    operator = Actor(ActorKind.OPERATOR)
    assert acting() == SYSTEM
    with acting_as(operator):
        assert acting() == operator
        with acting_as(SYSTEM):
            assert acting() == SYSTEM
        enter(SYSTEM)
    assert acting() == SYSTEM
