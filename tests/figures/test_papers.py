"""The paper on pose files names every key, pose, part, place, prop and muscle that there is."""

import re
from pathlib import Path

from rehab.figures.basic_poses import FLAT_POSES, SIDE_POSES
from rehab.figures.muscles import MUSCLES
from rehab.figures.pose import Loop, View
from rehab.figures.props.catalogue import CATALOGUE, HANDLES, SURFACES
from rehab.figures.touch import TRUNK_PARTS
from rehab.programs.library.figures import FigureSchema, FrameSchema
from rehab.programs.library.frames import ANCHORS, PLURALS

PAPER = (Path(__file__).parents[2] / "docs/figures.md").read_text(encoding="utf-8")
CODE = set(re.findall(r"`([^`\n]+)`", PAPER))
ROWS = dict(re.findall(r"^\| (`[^|]+`) \| (.*) \|$", PAPER, re.MULTILINE))


def test_every_field_of_a_file_and_of_a_frame_is_told() -> None:
    fields = {*FigureSchema().fields, *FrameSchema().fields}
    sided = {name for name in fields if re.search(r"_(far|right|left|top|bottom)$", name)}
    assert sorted(fields - sided - CODE - {"hip_near"}) == []


def test_every_name_is_told() -> None:
    names = {*SIDE_POSES, *FLAT_POSES, *View, *Loop, *TRUNK_PARTS, *PLURALS, *CATALOGUE}
    surfaces = {name for names in SURFACES.values() for name in names}
    handles = {
        name.removesuffix("_far").removesuffix("_near") for n in HANDLES.values() for name in n
    }
    told = {word.removesuffix("_near").removesuffix("…").removesuffix("_") for word in CODE} | CODE
    assert sorted({str(name) for name in names | surfaces | handles} - told) == []


def test_every_place_on_the_body_is_told() -> None:
    places = {name.removesuffix("_near").removesuffix("_far") for name in ANCHORS}
    told = {word.removesuffix("_near") for word in CODE}
    assert sorted(places - told) == []


def test_every_muscle_is_told() -> None:
    assert [name for name in MUSCLES if name not in re.sub(r"\s+", " ", PAPER)] == []


def test_everything_that_may_be_told_of_a_prop_is_in_its_row() -> None:
    rows = {name.strip("`"): text for names, text in ROWS.items() for name in names.split(", ")}
    for kind, told in CATALOGUE.items():
        missing = [field for field in told if f"`{field}`" not in rows[kind]]
        assert missing in ([], ["layer"]), kind
