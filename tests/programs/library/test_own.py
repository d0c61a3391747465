"""A clinic's own entries beside the library: ids of their own, the same lint, the same files."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rehab.programs.library import Library, read_library, shipped_folder
from rehab.programs.library.changes import Change, changes
from rehab.programs.library.fields import ID
from rehab.programs.library.own import LONGEST_ID, OWN, Shelf, own_faults, own_id, with_own
from rehab.programs.library.search import Wanted, equipment_named, exercises_found, programs_found
from rehab.programs.library.writing import as_file, exercise_content, program_content


@pytest.fixture
def bridge(library: Library) -> dict[str, Any]:
    return {**exercise_content(library.exercises["lb-bridge"], "lb-bridge"), "id": "own-bridge"}


def test_no_id_of_the_shipped_library_is_one_of_a_clinics_own(library: Library) -> None:
    ids = {*library.exercises, *library.programs}
    assert not [id_ for id_ in ids if id_.startswith(OWN)]


@given(st.text(max_size=120), st.integers(0, 3))
def test_an_id_is_valid_own_and_free_whatever_the_name(name: str, times: int) -> None:
    taken: set[str] = set()
    for _ in range(times + 1):
        id_ = own_id(name, taken)
        assert id_ not in taken
        assert ID.fullmatch(id_)
        assert id_.startswith(OWN)
        assert len(id_) <= LONGEST_ID
        taken.add(id_)


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Seated march", "own-seated-march"),
        ("Él puente: 2ª", "own-el-puente-2a"),
        ("own-bridge", "own-bridge"),
        ("腰の運動", "own-item"),
        ("a" * 80, "own-" + "a" * 52),
        ("abc " * 20, "own" + "-abc" * 13),
    ],
)
def test_an_id_tells_the_name(name: str, id_: str) -> None:
    assert own_id(name, ()) == id_


def test_every_shipped_file_can_be_written_again(library: Library) -> None:
    for exercise in library.exercises.values():
        file = shipped_folder() / "exercises" / f"{exercise.id}.yaml"
        written = as_file(exercise_content(exercise))
        assert yaml.safe_load(written) == yaml.safe_load(file.read_text(encoding="utf-8"))
        plain = '"' not in file.read_text(encoding="utf-8")
        assert not plain or written == file.read_text(encoding="utf-8")
    for program in library.programs.values():
        file = shipped_folder() / "programs" / f"{program.id}.yaml"
        said = yaml.safe_load(as_file(program_content(program)))
        assert said == yaml.safe_load(file.read_text(encoding="utf-8"))


def test_a_sound_shelf_stands_beside_the_library(library: Library, bridge: dict[str, Any]) -> None:
    program = {**program_content(library.programs["lb-acute-2w"]), "id": "own-back"}
    program["phases"][0]["exercises"][0] = "own-bridge"
    seen, faults = with_own(library, Shelf({"own-bridge": bridge}, {"own-back": program}))
    assert faults == []
    assert seen.programs["own-back"].exercises[0].id == "own-bridge"
    assert seen.figures["own-bridge"] is library.figures["lb-bridge"]
    assert seen.exercises.keys() - library.exercises.keys() == {"own-bridge"}
    assert seen.version != library.version


def test_what_is_broken_is_left_out_and_so_is_what_needs_it(
    library: Library, bridge: dict[str, Any]
) -> None:
    program = {**program_content(library.programs["lb-acute-2w"]), "id": "own-back"}
    program["phases"][0]["exercises"][0] = "own-bridge"
    broken = {**bridge, "evidence": ["nobody-knows"]}
    shelf = Shelf({"own-bridge": broken}, {"own-back": program})
    seen, faults = with_own(library, shelf)
    assert [str(fault) for fault in faults] == [
        "exercises/own-bridge.yaml: evidence[1]: nobody-knows is not in evidence.yaml"
    ]
    assert seen.exercises.keys() == library.exercises.keys()
    assert seen.programs.keys() == library.programs.keys()
    assert own_faults(library, shelf) == faults


def test_a_borrowed_picture_is_that_of_a_shared_exercise_and_stays_with_the_retired(
    library: Library, bridge: dict[str, Any]
) -> None:
    chained = {**bridge, "id": "own-second", "figure": "own-bridge"}
    shelf = Shelf({"own-bridge": bridge, "own-second": chained})
    assert [fault.field for fault in own_faults(library, shelf)] == ["figure"]
    seen, _ = with_own(library, Shelf(retired={"own-bridge": bridge}))
    assert seen.borrowed == {"own-bridge": "lb-bridge"}
    assert "own-bridge" not in seen.exercises


def test_a_file_that_borrows_a_picture_passes_the_check(
    tmp_path: Path, bridge: dict[str, Any]
) -> None:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "own-bridge.yaml").write_text(as_file(bridge), encoding="utf-8")
    read = read_library(shipped_folder(), tmp_path)
    assert read.borrowed == {"own-bridge": "lb-bridge"}


def test_a_picture_of_nothing_and_a_second_picture_are_faults(
    folder: Path, spoil: Any, faults: Any
) -> None:
    spoil("exercises/lb-bridge.yaml", "id: lb-bridge", "id: lb-bridge\nfigure: lb-dead-bug")
    spoil("exercises/lb-dead-bug.yaml", "id: lb-dead-bug", "id: lb-dead-bug\nfigure: nobody")
    assert faults(folder) == [
        "exercises/lb-bridge.yaml: figure: it has a figure of its own",
        "exercises/lb-dead-bug.yaml: figure: there is no figure of nobody",
    ]


def test_versions_are_told_apart_field_by_field(bridge: dict[str, Any]) -> None:
    levels = [*bridge["levels"]]
    levels[0] = {"sets": 1, "reps": 5, "days_per_week": 7, "each_side": True}
    after = {**bridge, "levels": levels[:4], "equipment": [], "start": "Lie down."}
    del after["figure"]
    assert changes(bridge, after) == [
        Change("Equipment", "mat, band from level 4", "none"),
        Change("Starting position", bridge["start"], "Lie down."),
        Change(
            "Level 1",
            "sets 1, repetitions 6, 3 days a week, (half range)",
            "sets 1, repetitions 5, 7 days a week, each side",
        ),
        Change(
            "Level 5",
            "sets 3, repetitions 10, 3 days a week, load factor 1.4, (march with one foot)",
            "",
        ),
        Change("Picture of", "lb-bridge", ""),
    ]
    assert changes(bridge, {**bridge}) == []


def test_phases_are_told_apart(library: Library) -> None:
    before = program_content(library.programs["lb-acute-2w"])
    after = program_content(library.programs["lb-acute-2w"])
    after["phases"][1]["exercises"] = ["li-walk"]
    (change,) = changes(before, after)
    assert change.field == "Phase 2"
    assert change.after == "Move, days 6-14, from level 1: li-walk"


def test_equipment_is_named_thing_by_thing(library: Library) -> None:
    named = equipment_named(library)
    assert {"mat", "band", "dumbbells", "strap"} <= set(named)
    assert not [thing for thing in named if " or " in thing or "level" in thing]


def test_none_finds_what_needs_nothing(library: Library) -> None:
    found = exercises_found(library, Wanted(equipment="none"))
    assert found
    assert all(exercise.equipment == () for exercise in found)
    bare = replace(library, programs={"x": replace(library.programs["lb-acute-2w"], phases=())})
    assert [p.id for p in programs_found(bare, Wanted(equipment="none"))] == ["lb-acute-2w"]


def test_a_track_finds_the_exercises_of_its_programs(library: Library) -> None:
    found = {e.id for e in exercises_found(library, Wanted(track="chronic"))}
    used = {e.id for p in library.programs.values() if p.track == "chronic" for e in p.exercises}
    assert found == used
