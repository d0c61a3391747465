"""The SVG itself: sound XML with a title, framed, without script, the same every time."""

import re
from xml.etree import ElementTree

import pytest

from rehab.figures.clock import told
from rehab.figures.frame import HEIGHT, WIDTH
from rehab.figures.motion import moved
from rehab.figures.picture import Caption, moving, still
from rehab.figures.pose import View
from rehab.figures.props.catalogue import CATALOGUE
from rehab.figures.props.placing import surroundings
from tests.figures.poses import BRIDGE, SQUAT, figure

SVG = "{http://www.w3.org/2000/svg}"
CAPTION = Caption("Bridge & <more>", "Lift the hips.", "en")
BOTH = pytest.mark.parametrize("draw", [moving, still])
TOLD = {
    "towel": {"at": "hand_near"},
    "cushion": {"at": "knee_near"},
    "ball": {"at": "belly"},
    "pack": {"at": "low_back"},
    "band": {"between": ["hand_near", [90, 90]]},
    "strap": {"between": ["hand_near", "hand_far"]},
    "stick": {"between": ["head", "low_back"]},
    "anchor": {"at": [90, 110]},
    "glow": {"along": ["toe_near", "belly", "head"]},
}


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own drawing


@BOTH
def test_a_picture_has_a_name_and_a_description_in_its_language(draw) -> None:
    root = parsed(draw(figure(BRIDGE), CAPTION))
    assert root.get("role") == "img"
    assert root.get("lang") == "en"
    assert root.findtext(f"{SVG}title") == "Bridge & <more>"
    assert root.findtext(f"{SVG}desc") == "Lift the hips."


@BOTH
def test_every_picture_has_the_same_shape(draw) -> None:
    for name in (BRIDGE, SQUAT):
        root = parsed(draw(figure(name), CAPTION))
        _, _, width, height = (float(n) for n in root.get("viewBox", "").split())
        assert (root.get("width"), root.get("height")) == ("320", "240")
        assert width / height == pytest.approx(WIDTH / HEIGHT, rel=0.005)


@BOTH
def test_nothing_in_a_picture_runs_or_is_fetched(draw) -> None:
    svg = draw(figure(BRIDGE), CAPTION)
    assert re.findall(r"<script|href|@import|\son\w+=|url\((?!#c\))", svg) == []


def test_only_the_moving_picture_moves() -> None:
    assert "<animate" in moving(figure(BRIDGE), CAPTION)
    assert "<animate" not in still(figure(BRIDGE), CAPTION)


def test_every_list_of_values_has_a_time_for_each() -> None:
    svg = moving(figure(BRIDGE), CAPTION)
    lists = re.findall(r'values="([^"]*)" keyTimes="([^"]*)"', svg)
    assert lists
    for values, times in lists:
        assert values.count(";") == times.count(";")
        moments = [float(time) for time in times.split(";")]
        assert (moments[0], moments[-1], moments) == (0, 1, sorted(moments))


def test_dark_is_for_screens_only_so_that_paper_stays_light() -> None:
    assert "@media screen and (prefers-color-scheme:dark)" in moving(figure(SQUAT), CAPTION)


def test_the_same_figure_is_drawn_the_same_every_time() -> None:
    assert moving(figure(BRIDGE), CAPTION) == moving(figure(BRIDGE), CAPTION)


def test_only_the_colours_that_are_seen_are_named() -> None:
    svg = moving(figure(SQUAT), CAPTION)
    style = re.findall(r"<style>(.*)</style>", svg)[0]
    named = set(re.findall(r"--(\w+):", style))
    assert named == set(re.findall(r"var\(--(\w+)\)", style))


def test_muscles_are_tinted_unless_the_figure_names_its_own() -> None:
    assert 'class="m"' in moving(figure(SQUAT), CAPTION, ["quadriceps"])
    assert 'class="m"' not in moving(figure(SQUAT, tint=[]), CAPTION, ["quadriceps"])


def test_the_still_picture_shows_the_frames_that_are_chosen() -> None:
    three = [{"from": "standing"}, {"arms": [0, 0]}, {"arms": [80, 80]}]
    panels = [
        still(figure(SQUAT, frames=three, **more), CAPTION).count("<svg ")
        for more in ({}, {"still": [1, 3]}, {"still": [2]})
    ]
    assert panels == [1 + 3, 1 + 2, 1 + 1]


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_prop_can_be_drawn_in_every_view(kind: str, view: View) -> None:
    base = "lying" if view.is_from_above else "standing"
    prop = {kind: TOLD[kind]} if kind in TOLD else kind
    frames = [{"from": base}, {"arms": [0, 0], "along": 1}]
    drawn = figure(SQUAT, view=view.value, contacts={}, props=[prop], frames=frames)
    with_it, without = (
        moving(each, CAPTION)
        for each in (drawn, figure(SQUAT, view=view.value, contacts={}, frames=frames))
    )
    parsed(with_it)
    assert len(with_it) > len(without)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (-0.04, "0"), (0.5, ".5"), (-0.5, "-.5"), (12.34, "12.3"), (10, "10"), (-1, "-1")],
)
def test_numbers_are_as_short_as_svg_reads_them(number: float, text: str) -> None:
    assert told(number) == text


def test_a_band_is_held_in_the_palm() -> None:
    frames = [{"from": "standing", "arm_near": [0, 0, 0]}, {"arm_near": [0, 20, 20]}]
    band = {"band": {"between": ["hand_near", [120, 90]], "width": 5}}
    drawn = figure(SQUAT, frames=frames, props=[band])
    start = surroundings(drawn)
    found = moved(drawn, start).moments[0].state.joints(drawn.view)
    told_x = re.search(r'stroke-width="5" class="c e" d="M(-?[\d.]+)', moving(drawn, CAPTION))
    assert told_x is not None
    assert found["wrist_near"].x + 3 < float(told_x[1]) < found["hand_near"].x - 3


def test_a_towel_may_be_folded() -> None:
    towels = [{"towel": {"at": "hand_near", "folded": folded}} for folded in (False, True)]
    rolled, flat = (moving(figure(SQUAT, props=[towel]), CAPTION) for towel in towels)
    assert '<circle class="r"' in rolled
    assert '<rect class="r"' in flat
