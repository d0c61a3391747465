"""Triage: a red flag that is told at an intake stays with the patient, and stops what runs."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.note import Note
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.screening import Screening
from rehab.programs.library import Library
from rehab.services import plan_changes, plans, triage
from rehab.services.plans import Assignment
from tests.conftest import NOON

KEY = UUID("11111111-2222-3333-4444-555555555555")
MINUTE = timedelta(minutes=1)

Heeded = Callable[..., bool]


@pytest.fixture
def heeded(maya: Patient, ana: Clinician, library: Library) -> Heeded:
    def heed(*flags: str, found: str = "", key: UUID = KEY) -> bool:
        return triage.heed(maya, flags, found, key, ana, library, NOON + MINUTE)

    return heed


def all_of(model: type) -> list:  # type: ignore[type-arg]
    return list(db.session.scalars(select(model)))


def is_stopped(plan: Plan) -> bool:
    return all(load["paused"] for load in plan.loads.values())


def test_it_stops_every_plan_that_runs_and_is_on_record(
    heeded: Heeded, maya: Patient, plan: Plan, library: Library
) -> None:
    other = plans.assign(maya, Assignment("neck-desk-6w", 3), library, NOON)
    assert heeded("RF02", found="Since last night.")
    assert is_stopped(plan)
    assert is_stopped(other)
    [screening] = all_of(Screening)
    assert (screening.occasion, screening.red_flags) == ("intake", ["RF02"])
    [note] = all_of(Note)
    assert library.red_flags["RF02"].question in note.body
    assert note.body.endswith("Since last night.")
    assert {(alert.kind, alert.level) for alert in all_of(Alert)} == {("red_flag", 3)}


def test_a_plan_that_has_not_begun_is_stopped_as_well(
    heeded: Heeded, maya: Patient, library: Library
) -> None:
    soon = Assignment("lb-subacute-6w", 4, starts_on=NOON.date() + timedelta(days=9))
    plan = plans.assign(maya, soon, library, NOON)
    heeded("RF02")
    assert is_stopped(plan)
    assert len(all_of(Alert)) == 1


def test_the_alert_comes_though_a_clinician_has_paused_the_plan(
    heeded: Heeded, plan: Plan, ana: Clinician, library: Library
) -> None:
    plan_changes.pause(plan, ana, "a trip", library, NOON)
    heeded("RF02")
    assert [alert.plan_id for alert in all_of(Alert)] == [plan.id]


def test_without_a_plan_there_are_a_note_and_an_alert(heeded: Heeded, maya: Patient) -> None:
    assert heeded("RF01", "RF02")
    [alert] = all_of(Alert)
    assert (alert.patient_id, alert.plan_id, alert.level) == (maya.id, None, 3)
    assert "RF01, RF02" in alert.about
    assert (len(all_of(Note)), len(all_of(Screening))) == (1, 0)


def test_the_same_form_tells_it_once_and_another_one_again(heeded: Heeded, plan: Plan) -> None:
    counted = [heeded("RF02") and _screenings(), heeded("RF02") and _screenings()]
    counted.append(heeded("RF02", key=uuid4()) and _screenings())
    assert counted == [1, 1, 2]


def _screenings() -> int:
    return db.session.scalars(select(func.count()).select_from(Screening)).one()


@pytest.mark.parametrize("flags", [(), ("RF11",), ("RF99",)])
def test_what_may_be_looked_at_and_what_is_unknown_stops_nothing(
    heeded: Heeded, plan: Plan, flags: tuple[str, ...]
) -> None:
    assert not heeded(*flags)
    assert not is_stopped(plan)
    assert all_of(Note) == []
