"""The clinic's own exercises and programs, made and changed at the desk."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml
from werkzeug.datastructures import MultiDict

from rehab.models.clinic import Clinician
from rehab.models.shelf import EXERCISE
from rehab.programs.library import Library, read_library, shipped_folder
from rehab.programs.library.writing import exercise_content, program_content
from rehab.services import shelves
from rehab.web.desk import own_exercise, own_program
from tests.web.sign_in.conftest import SAME_SITE, Browser

OWN = "/clinic/library/own"

MARCH = {
    "name": "Seated march",
    "category": "strengthening",
    "region": "hips",
    "start": "Sit tall on a firm chair.",
    "movement": "Lift one knee,\r\n lower it slowly, and change sides.",
    "figure": "li-march",
    "muscles": "hip flexors",
    "equipment": "chair, band or dumbbells",
    "cautions": "C-HIPREP",
    "evidence": "usual-practice",
    "levels-1-sets": "1",
    "levels-1-reps": "6",
    "levels-1-days_per_week": "3",
    "levels-1-each_side": "1",
    "levels-1-note": "hands hold the seat",
    "levels-3-sets": "1",
    "levels-3-reps": "8",
    "levels-3-days_per_week": "3",
    "levels-3-each_side": "1",
    "levels-3-load_factor": "1,2",
}
"""What is typed into the form; the second row of the ladder is left empty."""

HIPS = {
    "name": "Hips, gently",
    "track": "both",
    "weeks": "2",
    "sessions_per_week": "3",
    "summary": "A seated start for sore hips.",
    "regions": "hips",
    "between_sessions": "low-impact",
    "evidence": "who-activity-2020",
    "phases-1-name": "Seated",
    "phases-1-to_day": "14",
    "phases-1-start_level": "1",
    "phases-1-exercises-1": "own-seated-march",
    "phases-1-exercises-3": "li-walk",
    "phases-2-start_level": "1",
}


def values(page: str) -> dict[str, str]:
    """What stands in the form's fields."""
    inputs = re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page)
    areas = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)<', page)
    return {name: unescape(value) for name, value in [*inputs, *areas]}


def faults(page: str) -> dict[str, str]:
    """The faults of a page by the field that they stand beside."""
    said = re.findall(r'<p class="fault" id="([^"]+)-fault">(.*?)</p>', page, re.DOTALL)
    return {name: unescape(text) for name, text in said}


@pytest.fixture
def march(desk: Browser) -> str:
    """The address of her exercise."""
    answer = desk.post(f"{OWN}/exercises", do="save", **MARCH)
    assert answer.status_code == 303, faults(answer.text)
    return answer.headers["Location"]


@pytest.fixture
def hips(desk: Browser, march: str) -> str:
    """The address of her program."""
    answer = desk.post(f"{OWN}/programs", do="save", **HIPS)
    assert answer.status_code == 303, faults(answer.text)
    return answer.headers["Location"]


def test_what_was_typed_is_kept_as_a_file_of_the_library_would_say_it(
    desk: Browser, march: str, ana: Clinician
) -> None:
    assert march == "/clinic/library/exercises/own-seated-march"
    assert yaml.safe_load(desk.get(f"{OWN}/exercises/own-seated-march.yaml").text) == {
        "id": "own-seated-march",
        "name": "Seated march",
        "category": "strengthening",
        "region": "hips",
        "muscles": ["hip flexors"],
        "equipment": ["chair", "band or dumbbells"],
        "start": "Sit tall on a firm chair.",
        "movement": "Lift one knee, lower it slowly, and change sides.",
        "levels": [
            {
                **{"sets": 1, "reps": 6, "days_per_week": 3, "each_side": True},
                "note": "hands hold the seat",
            },
            {"sets": 1, "reps": 8, "days_per_week": 3, "each_side": True, "load_factor": 1.2},
        ],
        "cautions": ["C-HIPREP"],
        "evidence": ["usual-practice"],
        "figure": "li-march",
    }
    page = desk.get(march).text
    assert "is saved as version 1" in page
    assert "/li-march.svg" in page


def test_a_program_of_our_own_is_shown_with_its_exercises(desk: Browser, hips: str) -> None:
    page = desk.get(hips).text
    assert "Seated march" in page
    assert 'href="/clinic/assign?program=own-hips-gently"' in page
    assert 'href="/clinic/library/programs/own-hips-gently"' in desk.get(OWN).text


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"name": ""}, {"name": "This is missing."}),
        ({"cautions": ""}, {"cautions": "This is empty."}),
        ({"muscles": "a,a"}, {"muscles": "This is in the list already."}),
        (
            {"levels-1-reps": "many"},
            {"levels-1-reps": "This must be a whole number from 1 to 60, not 'many'."},
        ),
        (
            {"levels-3-sets": "6"},
            {"levels-2": "Load index 172.8 is 9.60 times the 18 of the level before"},
        ),
        ({"levels-3-minutes": "5"}, {"levels-2-minutes": "This is not a field here."}),
        ({"figure": "own-seated-march"}, {"figure": "There is no figure of own-seated-march."}),
    ],
)
def test_a_fault_stands_beside_its_field_and_what_was_typed_stays(
    desk: Browser, typed: dict[str, str], beside: dict[str, str]
) -> None:
    answer = desk.post(f"{OWN}/exercises", do="save", **{**MARCH, **typed})
    assert answer.status_code == 422
    said = faults(answer.text)
    assert said.keys() == beside.keys()
    for name, text in beside.items():
        assert text in said[name]
    kept = values(answer.text)
    assert kept["levels-1-note"] == "hands hold the seat"
    assert kept["equipment"] == "chair, band or dumbbells"
    assert kept["levels-1-reps"] == typed.get("levels-1-reps", "6")
    assert kept["levels-2-reps"] == "8"


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"phases-1-to_day": "13"}, ["phases-1-to_day"]),
        ({"phases-1-exercises-1": "own-nothing"}, ["phases-1-exercises-1"]),
        ({"between_sessions": "relaxation"}, ["between_sessions"]),
        ({"weeks": "soon"}, ["weeks"]),
        ({"phases-2-name": "Empty"}, ["phases-2-exercises", "phases-2-to_day"]),
        ({"phases-1-start_level": "12"}, ["phases-1-start_level"]),
    ],
)
def test_a_program_is_held_to_the_same_lint(
    desk: Browser, march: str, typed: dict[str, str], beside: list[str]
) -> None:
    answer = desk.post(f"{OWN}/programs", do="save", **{**HIPS, **typed})
    assert answer.status_code == 422
    assert sorted(faults(answer.text)) == beside


def test_a_check_saves_nothing_and_tells_how_large_the_sessions_are(
    desk: Browser, march: str, ana: Clinician
) -> None:
    walks = {"phases-1-start_level": "6", "phases-1-exercises-2": "li-cycle"}
    page = desk.post(f"{OWN}/programs", do="check", **{**HIPS, **walks}).text
    assert "finds no fault" in page
    assert "that is a long session" in page
    assert [item.kind for item in shelves.newest(ana.clinic_id)] == [EXERCISE]


def test_more_rows_are_asked_for_without_losing_what_was_typed(desk: Browser) -> None:
    answer = desk.post(f"{OWN}/exercises", do="more", **MARCH)
    assert answer.status_code == 200
    kept = values(answer.text)
    assert kept["levels-2-reps"] == "8"
    assert "levels-7-reps" in kept
    assert faults(answer.text) == {}


def test_a_change_is_a_version_and_the_history_says_what_of(desk: Browser, march: str) -> None:
    changed = {**MARCH, "movement": "Lift one knee.", "levels-3-reps": "9", "over": "1"}
    answer = desk.post(f"{OWN}/exercises/own-seated-march", do="save", **changed)
    assert answer.status_code == 303
    page = unescape(desk.get(f"{OWN}/exercises/own-seated-march/history").text)
    assert "Version 2" in page
    assert "Ana Ruiz" in page
    assert re.findall(r'<th scope="row">([^<]+)</th>', page) == ["Movement", "Level 2"]
    assert "<ins>Lift one knee.</ins>" in page
    assert "repetitions 8" in page
    assert "repetitions 9" in page
    first = desk.get(f"{OWN}/exercises/own-seated-march.yaml?version=1").text
    assert "change sides" in first
    missing = desk.get(f"{OWN}/exercises/own-seated-march.yaml?version=9")
    assert missing.status_code == 404


def test_two_who_change_the_same_do_not_overwrite_each_other_unawares(
    desk: Browser, march: str
) -> None:
    for start in ("Sit.", "Stand."):
        said = {**MARCH, "start": start, "over": "1"}
        answer = desk.post(f"{OWN}/exercises/own-seated-march", do="save", **said)
    assert answer.status_code == 409
    assert "Ana Ruiz has changed this since you opened it" in answer.text
    kept = values(answer.text)
    assert kept["start"] == "Stand."
    assert 'name="over" value="2"' in answer.text
    again = desk.post(f"{OWN}/exercises/own-seated-march", do="save", **{**said, "over": "2"})
    assert again.status_code == 303
    assert "Stand." in desk.get(march).text


def test_retired_is_offered_no_more_until_it_comes_back(desk: Browser, hips: str) -> None:
    desk.post(f"{OWN}/programs/own-hips-gently/retire")
    assert "own-hips-gently" not in desk.get("/clinic/library").text
    page = desk.get(hips)
    assert page.status_code == 200
    assert "Assign" not in page.text
    desk.post(f"{OWN}/programs/own-hips-gently/bring-back")
    assert "own-hips-gently" in desk.get("/clinic/library").text


def test_what_was_retired_meanwhile_loses_nothing_that_was_typed(desk: Browser, march: str) -> None:
    path = f"{OWN}/exercises/own-seated-march"
    desk.post(f"{path}/retire")
    said = {**MARCH, "movement": "Twenty minutes of careful words.", "over": "1"}
    answer = desk.post(path, do="save", **said)
    assert answer.status_code == 409
    assert "Ana Ruiz has retired this" in answer.text
    assert "Twenty minutes of careful words." in answer.text


def test_what_both_retired_is_told_by_its_history(desk: Browser, hips: str) -> None:
    desk.post(f"{OWN}/programs/own-hips-gently/retire")
    desk.post(f"{OWN}/exercises/own-seated-march/retire")
    answer = desk.get(hips)
    assert answer.headers["Location"] == f"{OWN}/programs/own-hips-gently/history"


def test_an_exercise_that_a_program_needs_is_not_retired(desk: Browser, hips: str) -> None:
    answer = desk.post(f"{OWN}/exercises/own-seated-march/retire")
    assert answer.status_code == 409
    assert "Hips, gently" in answer.text


def test_the_archive_is_a_folder_that_the_check_passes(
    desk: Browser, hips: str, tmp_path: Path, library: Library
) -> None:
    packed = desk.get(f"{OWN}.zip")
    with ZipFile(BytesIO(packed.data)) as archive:
        archive.extractall(tmp_path)
    read = read_library(shipped_folder(), tmp_path)
    assert set(read.exercises) - set(library.exercises) == {"own-seated-march"}
    assert read.programs["own-hips-gently"].exercises[0].name == "Seated march"
    assert read.borrowed == {"own-seated-march": "li-march"}


def sent(desk: Browser, content: bytes) -> Any:
    data = {"file": (BytesIO(content), "some.yaml")}
    return desk.client.post(
        f"{OWN}/file", data=data, headers=SAME_SITE, content_type="multipart/form-data"
    )


def test_a_file_opens_in_the_form_and_is_new_when_it_is_saved(
    desk: Browser, march: str, ana: Clinician
) -> None:
    raw = desk.get(f"{OWN}/exercises/own-seated-march.yaml").data
    page = sent(desk, raw).text
    kept = values(page)
    assert kept["name"] == "Seated march"
    assert kept["levels-2-load_factor"] == "1.2"
    assert f'action="{OWN}/exercises"' in page
    assert [item.version for item in shelves.newest(ana.clinic_id)] == [1]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "cannot be read"),
        (b"- a\n- b", "must be a mapping"),
        (b"a: [", "cannot be read"),
        (b"name: X", "neither levels, as an exercise has, nor phases"),
        (b"a: " + b"x" * 70_000, "larger than 64 kB"),
        (b"\xff\xfe\x00bad\x00", "cannot be read"),
    ],
)
def test_what_is_no_file_of_a_library_is_told_so(desk: Browser, content: bytes, says: str) -> None:
    answer = sent(desk, content)
    assert answer.status_code == 303
    assert says in unescape(desk.get(OWN).text)


@pytest.mark.parametrize(
    "content",
    [
        b"levels: 7",
        b"levels: [1, {sets: [1], reps: {a: b}, note: true}]\nname: {a: b}\ncautions: x",
        b"levels: []\ncolour: red\nmuscles: [[a], {b: c}]",
        b"phases: {a: b}",
        b"levels: []\nname: 2020-01-01\nstart: .nan\nmovement: !!binary aGk=\ncautions: !!set {a}",
        b"phases: [{name: [x], exercises: 5}, 3]\nweeks: 1.5\nregions: [1, {a: b}]",
        b"a: &a [x, x]\nb: &b [*a, *a]\nlevels: [*b, *b]",
    ],
)
def test_a_spoilt_file_still_opens_with_its_faults(desk: Browser, content: bytes) -> None:
    answer = sent(desk, content)
    assert answer.status_code == 422
    assert "Not saved." in answer.text


def test_next_door_sees_nothing_of_it(
    desk_of: Callable[[Clinician], Browser], desk: Browser, hips: str, boris: Clinician
) -> None:
    theirs = desk_of(boris)
    for path in ("edit", "history"):
        assert theirs.get(f"{OWN}/exercises/own-seated-march/{path}").status_code == 404
    assert theirs.get(f"{OWN}/exercises/own-seated-march.yaml").status_code == 404
    assert theirs.post(f"{OWN}/programs/own-hips-gently/retire").status_code == 404
    assert "own-hips" not in theirs.get(OWN).text
    with ZipFile(BytesIO(theirs.get(f"{OWN}.zip").data)) as archive:
        assert archive.namelist() == []


def test_who_only_looks_may_read_and_take_files(
    desk_of: Callable[[Clinician], Browser], hips: str, looks: Clinician
) -> None:
    theirs = desk_of(looks)
    assert theirs.get(f"{OWN}.zip").status_code == 200
    assert "New program" not in theirs.get(OWN).text
    for path in ("retire", "bring-back", ""):
        assert theirs.post(f"{OWN}/programs/own-hips-gently/{path}".rstrip("/")).status_code == 403


def test_every_entry_of_the_library_goes_through_the_form_unchanged(library: Library) -> None:
    """What a copy shows is what it saves: nothing is lost between a file and its form."""
    for exercise in library.exercises.values():
        said = exercise_content(exercise)
        shown = own_exercise.view(said)
        assert {"id": exercise.id, **own_exercise.content(MultiDict(_sent(shown)))} == said
    for program in library.programs.values():
        said = program_content(program)
        shown = own_program.view(said)
        assert {"id": program.id, **own_program.content(MultiDict(_sent(shown)))} == said


def _sent(shown: dict[str, Any]) -> list[tuple[str, str]]:
    """What a browser sends of a form that shows this."""
    pairs: list[tuple[str, str]] = []
    for name, value in shown.items():
        if name in ("levels", "phases"):
            for n, row in enumerate(value, start=1):
                pairs += _row_sent(f"{name}-{n}", row)
        elif isinstance(value, list):
            pairs += [(name, item) for item in value]
        else:
            pairs.append((name, str(value)))
    return pairs


def _row_sent(prefix: str, row: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = []
    for field, value in row.items():
        if field == "exercises":
            pairs += [(f"{prefix}-{field}-{n}", id_) for n, id_ in enumerate(value, start=1)]
        elif value is not False:
            pairs.append((f"{prefix}-{field}", str(value)))
    return pairs
