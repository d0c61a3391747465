"""A clinic's own shelf: kept in versions, held to the lint of the library, and nobody else's."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, select

from rehab.errors import Conflict, Invalid, NotFound
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinic, Clinician
from rehab.models.patient import Patient
from rehab.models.shelf import EXERCISE, PROGRAM, ShelfItem
from rehab.programs.library import Library
from rehab.programs.library.writing import exercise_content, program_content
from rehab.services import plan_changes, plans, shelf_faults, shelves, usage
from rehab.services.plans import Assignment
from rehab.tenancy import of_clinic
from rehab.wiring import library as seen
from rehab.wiring import wiring
from tests.conftest import NOON

LATER = NOON + timedelta(days=1)


@pytest.fixture
def bridge(library: Library) -> dict[str, Any]:
    """What the clinic says of its own bridge; it shows the picture of the shared one."""
    copy = exercise_content(library.exercises["lb-bridge"], "lb-bridge")
    return {**copy, "name": "Our bridge"}


@pytest.fixture
def back(library: Library) -> Callable[[str], dict[str, Any]]:
    """A program of two weeks with the clinic's own bridge in it."""

    def program(bridge_id: str) -> dict[str, Any]:
        copy = program_content(library.programs["lb-acute-2w"])
        copy["phases"][1]["exercises"][2] = bridge_id
        return {**copy, "name": "Our back, 2 weeks"}

    return program


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


Made = tuple[ShelfItem, ShelfItem]


@pytest.fixture
def made(ana: Clinician, bridge: dict[str, Any], back: Any, library: Library) -> Made:
    """Her bridge, and her program with it."""
    exercise = shelves.save(ana, EXERCISE, bridge, library, NOON)
    return exercise, shelves.save(ana, PROGRAM, back(exercise.item_id), library, NOON)


def ids(clinic: Clinic) -> set[str]:
    with of_clinic(clinic.id):
        return {id_ for id_ in (*seen().exercises, *seen().programs) if id_.startswith("own-")}


def test_what_a_clinic_made_is_in_its_library_and_in_no_other(
    app: Flask, made: Made, riverside: Clinic, boris: Clinician
) -> None:
    assert ids(riverside) == {"own-our-bridge", "own-our-back-2-weeks"}
    assert ids(boris.clinic) == set()
    assert not wiring().library.exercises.keys() & ids(riverside)


def test_two_clinics_may_have_the_same_id_for_different_things(
    made: Made, bridge: dict[str, Any], riverside: Clinic, boris: Clinician, library: Library
) -> None:
    theirs = {**bridge, "movement": "Another movement."}
    shelves.save(boris, EXERCISE, theirs, library, NOON)
    moves = []
    for clinic in (riverside, boris.clinic):
        with of_clinic(clinic.id):
            moves.append(seen().exercises["own-our-bridge"].movement)
    assert moves == [bridge["movement"], "Another movement."]


def test_a_name_that_is_taken_gets_a_number(
    made: Made, ana: Clinician, bridge: dict[str, Any], library: Library
) -> None:
    second = shelves.save(ana, EXERCISE, bridge, library, NOON)
    assert (second.item_id, second.version) == ("own-our-bridge-2", 1)


def test_a_change_is_a_new_version_and_a_running_plan_keeps_its_copy(
    made: Made, ana: Clinician, maya: Patient, bridge: dict[str, Any], library: Library
) -> None:
    with of_clinic(ana.clinic_id):
        plan = plans.assign(maya, Assignment("own-our-back-2-weeks", 4), seen(), NOON)
        shelves.save(
            ana, EXERCISE, {**bridge, "movement": "Lift."}, library, LATER, made[0].item_id
        )
        now = seen().programs["own-our-back-2-weeks"].exercises
    movements = [
        {e["id"]: e["movement"] for e in plan.program["exercises"]}["own-our-bridge"],
        {e.id: e.movement for e in now}["own-our-bridge"],
    ]
    assert movements == [bridge["movement"], "Lift."]
    versions = shelves.history(ana.clinic_id, EXERCISE, "own-our-bridge")
    assert [(v.version, v.created_at) for v in versions] == [(2, LATER), (1, NOON)]


def test_what_says_nothing_new_makes_no_version(
    made: Made, ana: Clinician, bridge: dict[str, Any], library: Library
) -> None:
    edition = ana.clinic.shelf_edition
    again = shelves.save(ana, EXERCISE, bridge, library, LATER, made[0].item_id)
    assert (again.version, ana.clinic.shelf_edition) == (1, edition)


def test_a_second_click_makes_no_second_item_and_no_conflict(
    made: Made, ana: Clinician, bridge: dict[str, Any], library: Library
) -> None:
    key, said = uuid4(), {**bridge, "name": "Low bridge"}
    first = shelves.save(ana, EXERCISE, said, library, NOON, key=key)
    assert shelves.save(ana, EXERCISE, said, library, LATER, key=key) is first
    other = shelves.save(ana, EXERCISE, {**said, "start": "Lie."}, library, LATER, key=key)
    assert other.item_id != first.item_id
    changed = {**bridge, "start": "Lie."}
    for _ in range(2):
        item = shelves.save(ana, EXERCISE, changed, library, LATER, made[0].item_id, over=1)
        assert item.version == 2


def test_who_saw_an_older_version_is_told_and_changes_nothing(
    made: Made, ana: Clinician, bridge: dict[str, Any], library: Library
) -> None:
    id_ = made[0].item_id
    shelves.save(ana, EXERCISE, {**bridge, "start": "Lie."}, library, LATER, id_, over=1)
    with pytest.raises(Conflict, match="Ana Ruiz has changed this"):
        shelves.save(ana, EXERCISE, {**bridge, "start": "Sit."}, library, LATER, id_, over=1)
    assert len(shelves.history(ana.clinic_id, EXERCISE, id_)) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"region": "elbow"}, "region"),
        ({"evidence": []}, "evidence"),
        ({"evidence": ["no-such-source"]}, "evidence[1]"),
        ({"cautions": ["C-NONE", "C-BP"]}, "cautions"),
        ({"figure": "no-such-figure"}, "figure"),
        ({"levels": [{"sets": 1, "reps": 6}]}, "levels[1].days_per_week"),
        (
            {
                "levels": [
                    {"sets": 1, "reps": 4, "days_per_week": 3},
                    {"sets": 3, "reps": 12, "days_per_week": 3},
                ]
            },
            "levels[2]",
        ),
        ({"colour": "red"}, "colour"),
    ],
)
def test_the_lint_of_the_library_names_the_field(
    ana: Clinician, bridge: dict[str, Any], library: Library, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        shelves.save(ana, EXERCISE, {**bridge, **change}, library, NOON)
    assert list(caught.value.errors) == [field]
    assert shelves.newest(ana.clinic_id) == []


def test_an_exercise_may_not_be_changed_so_that_a_program_with_it_breaks(
    made: Made, ana: Clinician, bridge: dict[str, Any], back: Any, library: Library
) -> None:
    high = back(made[0].item_id)
    high["phases"][1] |= {"exercises": [made[0].item_id], "start_level": 5}
    shelves.save(ana, PROGRAM, high, library, NOON, made[1].item_id)
    shorter = {**bridge, "levels": bridge["levels"][:3]}
    with pytest.raises(Invalid) as caught:
        shelves.save(ana, EXERCISE, shorter, library, LATER, made[0].item_id)
    assert caught.value.errors == {
        "": [
            "“Our back, 2 weeks” would no longer do: phases[2].start_level "
            "is 5, but no exercise of the phase goes beyond 3"
        ]
    }


def test_an_exercise_goes_only_after_the_programs_that_have_it(
    made: Made, ana: Clinician, riverside: Clinic, library: Library
) -> None:
    exercise, program = made
    with pytest.raises(Conflict, match="take it out of “Our back, 2 weeks” first"):
        shelves.retire(ana, EXERCISE, exercise.item_id, library, LATER)
    shelves.retire(ana, PROGRAM, program.item_id, library, LATER)
    shelves.retire(ana, EXERCISE, exercise.item_id, library, LATER)
    assert ids(riverside) == set()
    with pytest.raises(Conflict, match="there is no exercise own-our-bridge"):
        shelves.bring_back(ana, PROGRAM, program.item_id, library, LATER)
    shelves.bring_back(ana, EXERCISE, exercise.item_id, library, LATER)
    shelves.bring_back(ana, PROGRAM, program.item_id, library, LATER)
    assert ids(riverside) == {exercise.item_id, program.item_id}
    assert [v.version for v in shelves.history(ana.clinic_id, PROGRAM, program.item_id)] == [
        *(3, 2, 1)
    ]


def test_a_retired_exercise_still_shows_its_picture(
    made: Made, ana: Clinician, library: Library
) -> None:
    shelves.retire(ana, PROGRAM, made[1].item_id, library, LATER)
    shelves.retire(ana, EXERCISE, made[0].item_id, library, LATER)
    with of_clinic(ana.clinic_id):
        assert seen().borrowed == {"own-our-bridge": "lb-bridge"}


def test_an_act_of_one_state_is_refused_in_the_other(
    made: Made, ana: Clinician, bridge: dict[str, Any], library: Library
) -> None:
    id_ = made[1].item_id
    with pytest.raises(Conflict, match="not retired"):
        shelves.bring_back(ana, PROGRAM, id_, library, NOON)
    shelves.retire(ana, PROGRAM, id_, library, NOON)
    with pytest.raises(Conflict, match="retired already"):
        shelves.retire(ana, PROGRAM, id_, library, NOON)
    with pytest.raises(Conflict):
        shelves.save(ana, PROGRAM, made[1].content | {"weeks": 3}, library, NOON, id_)


def test_what_is_next_doors_is_not_there(made: Made, boris: Clinician, library: Library) -> None:
    with of_clinic(boris.clinic_id):
        with pytest.raises(NotFound):
            shelves.history(boris.clinic_id, EXERCISE, "own-our-bridge")
        with pytest.raises(NotFound):
            shelves.retire(boris, EXERCISE, "own-our-bridge", library, NOON)


def test_each_act_is_on_record(made: Made, ana: Clinician, library: Library) -> None:
    shelves.retire(ana, PROGRAM, made[1].item_id, library, LATER)
    told = select(AuditEntry.action).where(AuditEntry.action.like("%shelved%"))
    assert sorted(db.session.scalars(told)) == ["exercise.shelved", "program.shelved"]
    retired = select(AuditEntry.action).where(AuditEntry.action == "program.retired")
    assert list(db.session.scalars(retired)) == ["program.retired"]


def test_the_library_is_put_together_once_for_each_edition_of_the_shelf(
    made: Made, ana: Clinician, bridge: dict[str, Any], library: Library, statements: list[str]
) -> None:
    with of_clinic(ana.clinic_id):
        first = seen()
        statements.clear()
        assert seen() is first
        assert statements == []
        shelves.save(ana, EXERCISE, {**bridge, "start": "Lie."}, library, LATER, made[0].item_id)
        assert seen().exercises["own-our-bridge"].start == "Lie."


def test_a_clinic_without_a_shelf_has_the_shared_library_itself(
    ana: Clinician, library: Library, statements: list[str]
) -> None:
    with of_clinic(ana.clinic_id):
        assert seen() is library
    assert not [statement for statement in statements if "shelf_item" in statement]


def test_a_plan_may_swap_to_an_exercise_of_our_own(
    made: Made, ana: Clinician, maya: Patient
) -> None:
    with of_clinic(ana.clinic_id):
        plan = plans.assign(maya, Assignment("lb-subacute-6w", 4), seen(), NOON)
        said = {"swaps": {"lb-bridge": "own-our-bridge"}}
        plan_changes.amend(plan, said, ana, "hers is kinder", seen(), NOON)
    assert "own-our-bridge" in plan.program["phases"][0]["exercises"]
    assert usage.plans_with(ana.clinic_id, "own-our-bridge") == 1
    assert usage.plans_with(ana.clinic_id, "own-our") == 0
    assert usage.plans_by_program(ana.clinic_id) == {"lb-subacute-6w": 1}


def test_what_the_library_took_away_breaks_only_what_stands_on_it(
    made: Made, ana: Clinician, library: Library
) -> None:
    """A later edition of the library without an exercise: the program waits to be put right."""
    walk = {id_: it for id_, it in library.exercises.items() if id_ != "li-walk"}
    later = replace(library, exercises=walk, programs={})
    found = shelves.library_of(ana.clinic, later, {})
    assert "own-our-bridge" in found.exercises
    assert found.programs == {}
    wrong = shelf_faults.faults_of(shelves.newest(ana.clinic_id), later)
    assert [str(fault) for fault in wrong] == [
        "programs/own-our-back-2-weeks.yaml: phases[1].exercises[3]: there is no exercise li-walk",
        "programs/own-our-back-2-weeks.yaml: phases[2].exercises[4]: there is no exercise li-walk",
    ]


def test_a_program_waits_for_its_exercise_to_be_put_right(
    made: Made, ana: Clinician, back: Any, library: Library
) -> None:
    sources = {id_: it for id_, it in library.evidence.items() if id_ != "acsm-guidelines"}
    later = replace(library, evidence=sources, exercises={**library.exercises})
    with pytest.raises(Invalid) as caught:
        shelves.save(ana, PROGRAM, back(made[0].item_id), later, LATER, made[1].item_id)
    assert caught.value.errors == {"": ["an exercise in it has to be put right first"]}
