"""The body picture: every area has a checkbox, a name, a place in the picture, and its tint."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask

from rehab.programs.body import Area

STATIC = Path(__file__).parents[3] / "rehab/web/static"
ONE_SIDED = {
    Area.JAW: "front",
    Area.CHEST: "front",
    Area.ABDOMEN: "front",
    Area.HIPS: "front",
    Area.UPPER_BACK: "behind",
    Area.LOWER_BACK: "behind",
    Area.BUTTOCKS: "behind",
}


def drawn(stage: Flask, chosen: Sequence[str] = ()) -> str:
    template = stage.jinja_env.get_template("patient/_body.html")
    say = {"front": "Front", "behind": "Back"}
    picture = template.module.body("new_areas", chosen, say, str.upper)  # type: ignore[attr-defined]
    return str(picture)


@pytest.fixture
def picture(app: Flask) -> str:
    return drawn(app)


def test_every_area_has_a_checkbox_from_head_to_foot(picture: str) -> None:
    assert re.findall(r'name="new_areas" value="([\w ]+)"', picture) == list(Area)


def test_what_was_chosen_is_ticked_and_nothing_else(app: Flask) -> None:
    ticked = r'value="([\w ]+)"[^>]* checked>'
    assert re.findall(ticked, drawn(app)) == []
    assert re.findall(ticked, drawn(app, ["neck", "lower back"])) == ["neck", "lower back"]


def test_a_checkbox_is_called_by_its_one_visible_name(picture: str) -> None:
    """The labels in the picture are further labels of it, and must not be read with it."""
    for area in Area:
        name = f"new_areas-{area.replace(' ', '-')}-name"
        assert f'aria-labelledby="{name}"' in picture
        assert f'<span id="{name}">{area.upper()}</span>' in picture


def test_every_label_of_the_picture_belongs_to_a_checkbox_and_has_its_name(picture: str) -> None:
    boxes = set(re.findall(r'<input [^>]*\bid="([\w-]+)"', picture))
    labels = re.findall(r'<label class="body-area [\w-]+" for="([\w-]+)">', picture)
    assert set(labels) == boxes
    assert len(re.findall(r"<title>[A-Z ]+</title>", picture)) == len(labels)


@pytest.mark.parametrize("area", Area)
def test_an_area_is_in_the_picture_on_the_sides_on_which_it_can_be_seen(
    picture: str, area: Area
) -> None:
    front, behind = picture.split('<div class="body-side">')[1:]
    label = f'body-area area-{area.replace(" ", "-")}"'
    seen = [side for side, text in (("front", front), ("behind", behind)) if label in text]
    assert seen == ([ONE_SIDED[area]] if area in ONE_SIDED else ["front", "behind"])


@pytest.mark.parametrize("state", ["checked", "focus-visible"])
def test_every_area_shows_in_the_picture_that_it_is_chosen_or_looked_at(state: str) -> None:
    css = (STATIC / "body.css").read_text(encoding="utf-8")
    for area in Area:
        assert f'.body:has([value="{area}"]:{state}) .area-{area.replace(" ", "-")}' in css
