"""Ana prints: what comes out is black on white, of the right size, and whole; and she tries the
policy by keys alone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import check
from tests.browser.stage import DESK, Stage
from tests.browser.test_keyboard import press
from tests.conftest import NOON

SIZES = {"A4": (595, 842), "Letter": (612, 792)}
"""Width and height in points."""

MOST_PAGES = {"handout": 3, "diary": 1, "report": 2}
"""Of a phase with four exercises and its diary; the report is of one page or two."""

PAGE = re.compile(rb"/Type\s*/Page\b")
BOX = re.compile(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)")

BLACK, WHITE = "rgb(0, 0, 0)", "rgb(255, 255, 255)"


def checked(page: Page) -> None:
    """By day and by night; a colour on its way from one to the other is neither."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        check(page)


@pytest.mark.parametrize("language", ["en", "es"])
def test_paper_comes_out_whole_and_black_on_white_in_the_patients_language(
    stage: Stage, language: str
) -> None:
    nina = stage.enrol("Nina", "+442079460155", language=language, family_name="Ostrowska-Lund")
    plan = stage.assign(nina, "lb-subacute-6w", starts_on=NOON.date() - timedelta(days=7))
    stage.trained(plan, NOON - timedelta(days=3), before=4, during=9, after=8)
    desk = stage.open(**DESK, color_scheme="dark")
    stage.sign_in(desk, stage.ana)
    for sheet, most in MOST_PAGES.items():
        desk.goto(f"/clinic/plans/{plan}/{sheet}")
        expect(desk.get_by_role("button", name="Print")).to_be_visible()
        for size, points in SIZES.items():
            drawn = desk.pdf(format=size)
            assert 1 <= len(PAGE.findall(drawn)) <= most, (sheet, size)
            for box in BOX.findall(drawn):
                assert tuple(map(float, box)) == pytest.approx(points, abs=2)
        desk.emulate_media(media="print", color_scheme="dark")
        expect(desk.locator(".paper")).to_have_css("color", BLACK)
        expect(desk.locator("body")).to_have_css("background-color", WHITE)
        for screen_only in (".masthead", ".tabs", ".paper-bar", "h1"):
            expect(desk.locator(screen_only)).to_be_hidden()
        desk.emulate_media(media="null")
        spoken = language if sheet != "report" else "en"
        said = {"en": "physiotherapist|diary|Report", "es": "fisioterapeuta|diario"}[spoken]
        expect(desk.locator(".paper")).to_contain_text(re.compile(said))
        checked(desk)


def test_the_policy_is_read_and_tried_by_keys_alone(stage: Stage, desk: Page) -> None:
    stage.sign_in(desk, stage.ana)
    desk.goto("/clinic/policy")
    checked(desk)
    desk.get_by_role("link", name="Try it").press("Enter")
    desk.wait_for_url("**/policy/try")
    desk.get_by_label("Track").focus()
    for _ in range(4):
        name = press(desk, "Tab")
    assert name.startswith("Run this patient")
    desk.keyboard.press("Enter")
    result = desk.get_by_role("table")
    expect(result).to_contain_text("Why")
    expect(desk.locator(".trial-sum")).to_contain_text("sessions by the chronic policy")
    checked(desk)

    log = desk.get_by_label("Sessions", exact=True)
    log.focus()
    desk.keyboard.press("ControlOrMeta+A")
    desk.keyboard.type("0 3 3 3 3\n3 3 44 3")
    assert press(desk, "Tab").startswith("Run this log")
    stage.faults.expect("status of 422")
    desk.keyboard.press("Enter")
    expect(log).to_have_value("0 3 3 3 3\n3 3 44 3")
    expect(log).to_have_accessible_description(re.compile("line 2: during: must be a whole number"))


def test_the_clinics_own_pages_are_for_everybody(stage: Stage, desk: Page) -> None:
    stage.sign_in(desk, stage.ana)
    desk.goto("/clinic/settings")
    desk.get_by_text("Invite somebody").press("Enter")
    invite = desk.locator("form").filter(has=desk.get_by_role("button", name="Make the link"))
    invite.get_by_label("Name").fill("Priya Raman")
    invite.get_by_label("E-mail").fill("priya@riverside.example")
    invite.get_by_role("button").press("Enter")
    expect(desk.locator("#invitation-link")).to_contain_text("/invitation/")
    checked(desk)
    desk.get_by_role("link", name="Every text as patients get it").click()
    expect(desk.get_by_role("row")).not_to_have_count(0)
    checked(desk)
