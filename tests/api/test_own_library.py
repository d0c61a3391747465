"""A clinic's own exercises and programs by the API: made, changed, assigned, and nobody else's."""

from typing import Any

import pytest

from rehab.models.patient import Patient
from rehab.programs.library import Library
from rehab.programs.library.writing import exercise_content, program_content
from tests.conftest import Caller


@pytest.fixture
def bridge(library: Library) -> dict[str, Any]:
    said = exercise_content(library.exercises["lb-bridge"], "lb-bridge")
    del said["id"]
    return {**said, "name": "Our bridge"}


@pytest.fixture
def back(library: Library) -> dict[str, Any]:
    said = program_content(library.programs["lb-acute-2w"])
    del said["id"]
    said["phases"][0]["exercises"][1] = "own-our-bridge"
    return {**said, "name": "Our back"}


def test_an_exercise_and_a_program_are_made_and_assigned(
    as_ana: Caller, maya: Patient, bridge: dict[str, Any], back: dict[str, Any]
) -> None:
    made = as_ana("POST", "/exercises", bridge)
    assert (made.status_code, made.json["id"]) == (201, "own-our-bridge")
    program = as_ana("POST", "/programs", back)
    assert (program.status_code, program.json["id"]) == (201, "own-our-back")
    listed = as_ana("GET", "/exercises?q=our+bridge").json["items"]
    assert [item["id"] for item in listed] == ["own-our-bridge"]
    assert as_ana("GET", "/exercises/own-our-bridge/figure.svg").mimetype == "image/svg+xml"
    wish = {"program_id": "own-our-back", "usual_pain": 4}
    assert as_ana("POST", f"/patients/{maya.id}/plans", wish).status_code == 201


def test_a_new_version_replaces_the_one_that_was_seen(
    as_ana: Caller, bridge: dict[str, Any]
) -> None:
    as_ana("POST", "/exercises", bridge)
    path, said = "/exercises/own-our-bridge", {**bridge, "start": "Lie.", "over": 1}
    changed = as_ana("POST", path, said)
    assert (changed.status_code, changed.json["start"]) == (200, "Lie.")
    assert as_ana("POST", path, {**said, "start": "Sit."}).status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [({"levels": []}, "levels"), ({"name": "\ud800"}, "name"), ({"id": "own-x"}, "id")],
)
def test_what_the_lint_refuses_is_refused_by_field(
    as_ana: Caller, bridge: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    answer = as_ana("POST", "/exercises", {**bridge, **change})
    assert answer.status_code == 422
    assert field in answer.text


def test_what_is_shared_or_next_doors_cannot_be_changed(
    as_ana: Caller, as_boris: Caller, bridge: dict[str, Any]
) -> None:
    as_ana("POST", "/exercises", bridge)
    assert as_ana("POST", "/exercises/lb-bridge", bridge).status_code == 404
    assert as_boris("POST", "/exercises/own-our-bridge", bridge).status_code == 404
    assert as_boris("GET", "/exercises/own-our-bridge").status_code == 404
