"""Intake: a telephone call becomes a patient with a plan, all of it or nothing, and once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from rehab.errors import Invalid
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.message import Kind, OutboundMessage, SmsConsent
from rehab.models.note import Note
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.screening import Screening
from rehab.programs.library import Library
from rehab.programs.program import Track
from rehab.services import consent, intake, plans, safety, triage
from rehab.services.intake import Intake
from rehab.services.newcomers import Newcomer
from rehab.services.plans import Assignment
from tests.conftest import NOON

KEY = UUID("11111111-2222-3333-4444-555555555555")
NILS = Newcomer("Nils", "Berg", "+442079460177", "Europe/London", "en")
WISH = Assignment("lb-subacute-6w", usual_pain=4, weekdays=(0, 2, 4))
SAID = Intake(key=KEY, who=NILS, wish=WISH, lasted="3 weeks", agreed=consent.PHONE)
KEPT = (Patient, Plan, Screening, SmsConsent, Note, OutboundMessage, AuditEntry)

Taken = Callable[..., Plan]


@pytest.fixture
def taken(ana: Clinician, library: Library) -> Taken:
    def take(**changes: Any) -> Plan:
        return intake.assign(ana.clinic, replace(SAID, **changes), ana, library, NOON)

    return take


def counts() -> dict[str, int]:
    return {m.__name__: db.session.scalars(select(func.count()).select_from(m)).one() for m in KEPT}


def one(model: type[Any]) -> Any:
    return db.session.scalars(select(model)).one()


def acts() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


def test_a_call_becomes_a_patient_with_consent_screening_note_and_plan(taken: Taken) -> None:
    plan = taken()
    patient = plan.patient
    assert (patient.given_name, patient.phone, patient.sms_consent) == ("Nils", NILS.phone, True)
    assert (plan.program_id, plan.usual_pain, plan.weekdays) == ("lb-subacute-6w", 4, [0, 2, 4])
    agreed = one(SmsConsent)
    assert (agreed.channel, agreed.wording) == ("phone", consent.SHOWN["en"])
    screening = one(Screening)
    assert (screening.occasion, screening.red_flags, screening.source) == ("intake", [], "desk")
    assert "hurt for 3 weeks; usual pain 4 of 10" in one(Note).body
    kinds = set(db.session.scalars(select(OutboundMessage.kind)))
    assert {Kind.WELCOME, Kind.EXERCISE} <= kinds
    known = ["patient.enrolled", "consent.granted", "plan.assigned", "screening.answered"]
    assert [act for act in acts() if act in known] == known


def test_the_same_form_sent_twice_assigns_once(taken: Taken) -> None:
    first = taken()
    before = counts()
    assert taken().id == first.id
    assert counts() == before


CHANGED = [
    {"who": replace(NILS, given_name="Berta", phone="+442079460178")},
    {"wish": replace(WISH, usual_pain=6)},
    {"found": "She fell last week."},
]


@pytest.mark.parametrize("changes", CHANGED)
def test_a_form_that_says_something_else_by_now_is_not_taken_for_the_first(
    taken: Taken, changes: dict[str, Any]
) -> None:
    taken()
    before = counts()
    with pytest.raises(Invalid) as refused:
        taken(**changes)
    assert set(refused.value.errors) == {"key"}
    assert counts() == before


def test_a_key_means_something_else_in_every_clinic(
    taken: Taken, boris: Clinician, library: Library
) -> None:
    ours = taken()
    theirs = intake.assign(boris.clinic, SAID, boris, library, NOON)
    assert theirs.id != ours.id
    assert theirs.patient.clinic_id == boris.clinic_id


def test_what_fails_at_the_end_leaves_nothing_of_the_beginning(
    taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counts()

    def fail(*_: Any) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(intake.notes, "write", fail)
    with pytest.raises(RuntimeError):
        taken()
    assert counts() == before


BLOCKED = [
    ({"red_flags": ("RF02",)}, "red_flags"),
    ({"red_flags": ("RF07", "RF11"), "looked_at": True}, "red_flags"),
    ({"red_flags": ("RF11",)}, "looked_at"),
    ({"red_flags": ("RF99",)}, "red_flags.0"),
    ({"wish": replace(WISH, bedtime=time(22)), "agreed": None}, "bedtime"),
    ({"wish": replace(WISH, program_id="nothing")}, "program_id"),
    ({"wish": replace(WISH, starts_on=date(2020, 1, 1))}, "starts_on"),
    ({"wish": replace(WISH, floor=3, ceiling=2)}, "ceiling"),
]


@pytest.mark.parametrize(("changes", "field"), BLOCKED)
def test_what_must_not_be_assigned_is_not_and_the_preview_says_so_too(
    taken: Taken, ana: Clinician, library: Library, changes: dict[str, Any], field: str
) -> None:
    before = counts()
    with pytest.raises(Invalid) as refused:
        taken(**changes)
    with pytest.raises(Invalid) as foreseen:
        intake.draft(ana.clinic, replace(SAID, **changes), library, NOON)
    assert set(refused.value.errors) == set(foreseen.value.errors) == {field}
    assert counts() == before


def test_an_emergency_is_told_what_to_do_now(ana: Clinician, library: Library) -> None:
    told = triage.faults(["RF01"], True, library)
    assert "call the emergency number now" in told["red_flags"][0]


def test_after_a_flag_that_was_looked_at_every_step_up_waits(
    taken: Taken, library: Library
) -> None:
    wish = replace(WISH, autonomy="bounded")
    plan = taken(red_flags=("RF11",), looked_at=True, found="Treated in 2019.", wish=wish)
    assert (plan.autonomy, plan.status) == ("advise", "active")
    assert one(Screening).red_flags == ["RF11"]
    note = one(Note).body
    assert library.red_flags["RF11"].question in note
    assert note.endswith("Treated in 2019.")


def test_the_questions_come_again_a_week_after_the_intake(taken: Taken, library: Library) -> None:
    plan = taken()
    today = date(2026, 3, 2)
    due = [
        safety.questions_on(plan, today + timedelta(days=n), library).occasion for n in (0, 6, 7)
    ]
    assert due == [None, None, "weekly"]


def test_a_known_number_is_somebody_known_unless_it_is_said_to_be_shared(
    taken: Taken, maya: Patient
) -> None:
    with pytest.raises(Invalid) as refused:
        taken(who=replace(NILS, phone=maya.phone))
    assert set(refused.value.errors) == {"phone"}
    plan = taken(who=replace(NILS, phone=maya.phone, shares_phone=True))
    assert plan.patient_id != maya.id


def test_a_number_that_is_known_next_door_is_nobodys_here(
    taken: Taken, boris: Clinician, library: Library
) -> None:
    intake.assign(boris.clinic, SAID, boris, library, NOON)
    assert taken().patient.given_name == "Nils"


RUNNING = [(intake.KEEP, "active"), (intake.DISCHARGE, "discharged")]


@pytest.mark.parametrize(("choice", "status"), RUNNING)
def test_a_plan_that_runs_already_is_kept_or_ended_as_was_said(
    taken: Taken, maya: Patient, library: Library, choice: str, status: str
) -> None:
    old = plans.assign(maya, Assignment("neck-desk-6w", 3), library, NOON)
    with pytest.raises(Invalid) as refused:
        taken(who=maya, agreed=None)
    assert set(refused.value.errors) == {"running"}
    new = taken(who=maya, agreed=None, running=choice)
    assert (old.status, new.status, new.patient_id) == (status, "active", maya.id)


def test_who_has_agreed_already_is_not_asked_or_welcomed_again(taken: Taken, maya: Patient) -> None:
    taken(who=maya, agreed=consent.CLINIC)
    assert [row.channel for row in db.session.scalars(select(SmsConsent))] == ["clinic"]


TRACKS = [(0.5, Track.ACUTE), (11.9, Track.ACUTE), (12, Track.CHRONIC), (104, Track.CHRONIC)]


@pytest.mark.parametrize(("weeks", "track"), TRACKS)
def test_pain_of_twelve_weeks_is_proposed_the_chronic_track(weeks: float, track: Track) -> None:
    assert intake.proposed_track(weeks) is track


def test_the_same_form_from_many_threads_assigns_once(
    app: Flask, ana: Clinician, library: Library
) -> None:
    ana_id = ana.id
    db.session.rollback()

    def send(_: int) -> UUID:
        with app.app_context():
            her = db.session.get_one(Clinician, ana_id)
            made = intake.assign(her.clinic, SAID, her, library, NOON).id
            db.session.remove()
            return made

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(send, range(6)))
    db.session.rollback()
    assert len(made) == 1
    assert (counts()["Patient"], counts()["Plan"], counts()["Note"]) == (1, 1, 1)
