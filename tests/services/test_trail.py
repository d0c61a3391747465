"""Reading the audit: of one patient or of the clinic, by who acted and what they did."""

from datetime import timedelta

import pytest

from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services import enrolment, notes, trail
from rehab.services.actors import acting_as, actor_of, saw
from rehab.services.audit import ActorKind
from rehab.services.trail import A_PAGE, Asked, Trail
from tests.conftest import NOON

HOUR = timedelta(hours=1)


@pytest.fixture
def nils(ana: Clinician) -> Patient:
    said = {"given_name": "Nils", "phone": "+442079460177", "zone": "UTC"}
    return enrolment.enrol(ana.clinic_id, said, ana.email, NOON)


def actions(found: Trail) -> list[str]:
    return [entry.action for entry in found.entries]


def test_a_patients_trail_holds_what_hangs_on_them_and_no_other(
    maya: Patient, plan: Plan, nils: Patient, ana: Clinician
) -> None:
    with acting_as(actor_of(ana)):
        saw(ana, maya, NOON)
        saw(ana, nils, NOON)
        notes.write(maya, "gravel", ana, NOON)
        notes.write(nils, "sand", ana, NOON)
    found = trail.trail(ana.clinic_id, Asked(maya.id))
    assert actions(found)[:2] == ["note.written", "patient.seen"]
    assert actions(found).count("note.written") == actions(found).count("patient.seen") == 1
    assert "plan.assigned" in actions(found)
    assert "clinic.opened" not in actions(found)
    whole = trail.trail(ana.clinic_id, Asked())
    assert len(whole.entries) > len(found.entries)
    names = {whole.patients[entry.seq].given_name for entry in whole.entries if _is_note(entry)}
    assert names == {"Maya", "Nils"}


def _is_note(entry: AuditEntry) -> bool:
    return entry.action == "note.written"


@pytest.mark.parametrize(
    ("actor", "group", "expected"),
    [
        (None, "looks", {"patient.seen"}),
        (None, "inbox", {"note.written"}),
        ("ana", None, {"patient.seen", "note.written"}),
        ("ana", "plans", set()),
        (ActorKind.SYSTEM, "plans", {"plan.assigned"}),
    ],
)
def test_it_is_asked_for_by_who_and_what(
    maya: Patient,
    plan: Plan,
    ana: Clinician,
    actor: ActorKind | str | None,
    group: str | None,
    expected: set[str],
) -> None:
    with acting_as(actor_of(ana)):
        saw(ana, maya, NOON)
        notes.write(maya, "gravel", ana, NOON)
    who = ana.id if actor == "ana" else actor
    asked = Asked(maya.id, who, group)  # type: ignore[arg-type]
    assert set(actions(trail.trail(ana.clinic_id, asked))) == expected


def test_it_goes_on_where_a_page_ends_and_loses_nothing(maya: Patient, ana: Clinician) -> None:
    for n in range(A_PAGE + 2):
        notes.write(maya, f"{n}", ana, NOON + n * HOUR)
    first = trail.trail(ana.clinic_id, Asked(maya.id, group="inbox"))
    assert len(first.entries) == A_PAGE
    rest = trail.trail(ana.clinic_id, Asked(maya.id, group="inbox", before=first.goes_on_before))
    assert (len(rest.entries), rest.goes_on_before) == (2, None)


def test_next_door_reads_nothing_of_it(maya: Patient, plan: Plan, boris: Clinician) -> None:
    assert trail.trail(boris.clinic_id, Asked(maya.id)).entries == []
    assert set(trail.staff(boris.clinic_id).values()) == {"Boris Kohl"}
