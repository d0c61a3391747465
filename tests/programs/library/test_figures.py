"""Pose files that are wrong in one place, and what is said of each."""

from collections.abc import Callable
from pathlib import Path

import pytest
from marshmallow import ValidationError

from rehab.programs.library.figures import load_figure

Spoil = Callable[[str, str, str], None]
Faults = Callable[..., list[str]]

BRIDGE = "figures/lb-bridge.yaml"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("view: side", "view: top", "view: must be one of side, front, back, above, above-back"),
        ("from: crook-lying", "trunk: 90", "frames[1].from: is missing; one of standing"),
        ("from: crook-lying", "from: lying", "frames[1].from: must, in this view, be one of"),
        ("trunk: 203", "trunk: up", "frames[2].trunk: must be a number from -400 to 400"),
        ("trunk: 203", "knee: 203", "frames[2].knee: is not a field here"),
        ("trunk: 203", "legs: [1]", "frames[2].legs: must hold 2 to 3 items, not 1"),
        ("[mat]", "[rug]", "props[1]: must be one of mat, bed"),
        ("[mat]", "[{mat: {colour: 1}}]", "props[1].colour: is not a field here"),
        ("[mat]", "[{mat: {width: 1}}]", "props[1].width: must be a number from 40 to 300"),
        ("feet: floor", "fins: floor", "frames[1].contacts.fins: is not a part that can touch"),
        ("feet: floor", "feet: chair", "frames[1].contacts.feet: chair is nothing that it can"),
        ("view: side", "view: side\nperson: 9", "person: must be a whole number from 1 to 4"),
        ("view: side", "view: side\nstill: [3]", "still: there is no frame 3"),
        ("view: side", "view: side\ntint: [heart]", "tint[1]: must be one of"),
        ("id: lb-bridge", "id: lb-bridges", "id: must be lb-bridge, as the file is"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    folder: Path, spoil: Spoil, faults: Faults, old: str, new: str, expected: str
) -> None:
    spoil(BRIDGE, old, new)
    assert faults(folder)[0].startswith(f"{BRIDGE}: {expected}")


def test_a_figure_of_no_exercise_is_a_fault(folder: Path, faults: Faults) -> None:
    text = (folder / BRIDGE).read_text(encoding="utf-8").replace("id: lb-bridge", "id: lb-nothing")
    (folder / "figures/lb-nothing.yaml").write_text(text, encoding="utf-8")
    assert faults(folder) == ["figures/lb-nothing.yaml: id: there is no exercise lb-nothing"]


def test_a_prop_that_is_tied_to_nothing_is_a_fault_of_its_file() -> None:
    figure = {
        "id": "made-up",
        "view": "side",
        "props": ["mat", {"strap": {"between": ["hand_near", "foot_near"]}}],
        "frames": [{"from": "supine"}, {"leg_near": [40, 40]}],
    }
    with pytest.raises(ValidationError) as caught:
        load_figure(figure)
    assert caught.value.messages == {"props": {1: {"strap": "there is no foot_near here"}}}
