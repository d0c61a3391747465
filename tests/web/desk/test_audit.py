"""The audit as it is read: sentences, filters, and whether the chain holds."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import rehab
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services import notes
from rehab.services.actors import acting_as, actor_of
from rehab.services.trail import GROUPS
from rehab.web.desk import acts
from tests.conftest import NOON, lift_triggers
from tests.web.sign_in.conftest import Browser


@pytest.fixture
def noted(maya: Patient, plan: Plan, ana: Clinician) -> Patient:
    with acting_as(actor_of(ana)):
        notes.write(maya, "gravel", ana, NOON)
    return maya


def test_of_a_patient_everybody_who_treats_reads_who_did_what(
    desk_of: Callable[[Clinician], Browser], treats: Clinician, noted: Patient
) -> None:
    page = desk_of(treats).get(f"/clinic/audit?patient={noted.id}").text
    for told in ("added a note to the record", "Ana Ruiz", "assigned a plan", "The server"):
        assert told in page
    assert "gravel" not in page
    again = desk_of(treats).get(f"/clinic/audit?patient={noted.id}&group=looks").text
    assert "looked at the patient" in again
    assert '<th scope="row" class="long">Tim</th>' in again
    assert "added a note" not in again


def test_of_the_clinic_its_owners_read_and_nobody_else(
    desk: Browser, desk_of: Callable[[Clinician], Browser], treats: Clinician, noted: Patient
) -> None:
    page = desk.get("/clinic/audit").text
    assert "opened the clinic" in page
    assert f'<a href="/clinic/audit?patient={noted.id}">Maya Lindqvist</a>' in page
    tims = desk_of(treats)
    answer = tims.get("/clinic/audit")
    assert "opened the clinic" not in answer.text
    assert "for its owners" in tims.follow(answer).text
    assert desk_of(treats).post("/clinic/audit/check").status_code == 403


def test_the_chain_is_checked_and_a_change_shows(desk: Browser, noted: Patient) -> None:
    assert "The chain holds." in desk.post("/clinic/audit/check").text
    triggers = lift_triggers()
    db.session.execute(text("UPDATE audit_entry SET action = 'plan.paused' WHERE seq = 2"))
    for trigger in triggers:
        db.session.execute(text(trigger))
    db.session.commit()
    assert "does not hold at entry 2" in desk.post("/clinic/audit/check").text


@pytest.mark.parametrize("query", ["who=x", "group=x", "before=x", "before=-1", "before=99"])
def test_a_strange_address_is_no_fault(desk: Browser, noted: Patient, query: str) -> None:
    assert desk.get(f"/clinic/audit?{query}").status_code == 200


def test_of_next_door_there_is_nothing(
    desk_of: Callable[[Clinician], Browser], boris: Clinician, noted: Patient
) -> None:
    assert desk_of(boris).get(f"/clinic/audit?patient={noted.id}").status_code == 404
    assert "Maya" not in desk_of(boris).get("/clinic/audit").text


def test_each_act_has_a_group_and_each_group_a_name() -> None:
    beginnings = tuple(slug for slugs in GROUPS.values() for slug in slugs)
    assert [act for act in acts.DID if not act.startswith(beginnings)] == []
    assert set(acts.GROUPS) == set(GROUPS)


def test_every_act_that_the_server_records_has_words() -> None:
    """Read off the source: what `acted` and `record` are called with."""
    sources = Path(rehab.__file__).parent.rglob("*.py")
    called = re.compile(r'\b(?:acted|record)\(\s*"([a-z_]+\.[a-z_]+)"')
    named: set[Any] = {act for path in sources for act in called.findall(path.read_text("utf-8"))}
    assert len(named) > 30
    assert named - set(acts.DID) == set()
