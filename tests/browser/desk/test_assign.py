"""Ana assigns: from a telephone call to the first text, by keys alone; and what she ticks opens."""

from typing import Literal

from playwright.sync_api import Page, expect

from tests.browser.axe import check
from tests.browser.stage import Stage
from tests.browser.test_keyboard import press

MOST_KEYS = 75
"""What a whole intake may cost, names and number typed out; it took 62 when this was written."""


class Keys:
    """A keyboard that is counted; whatever it reaches is in sight and marked."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> str:
        name = ""
        for key in keys:
            self.count += 1
            name = press(self.page, key)
        return name

    def type(self, text: str) -> None:
        self.count += len(text)
        self.page.keyboard.type(text)

    def to(self, name: str, most: int = 12) -> None:
        """On to what is called so, by the tabulator."""
        passed: list[str] = []
        while not passed or not passed[-1].startswith(name):
            assert len(passed) < most, f"no way to {name!r}, but past {passed}"
            passed.append(self.press("Tab"))


def checked(page: Page) -> None:
    """By day and by night; a colour on its way from one to the other is neither."""
    schemes: tuple[Literal["dark", "light"], ...] = ("dark", "light")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        check(page)


def test_from_a_call_to_the_first_text_by_keys_alone(stage: Stage, desk: Page) -> None:
    stage.sign_in(desk, stage.ana)
    desk.goto("/clinic/assign")
    expect(desk.get_by_label("Given name")).to_be_focused()
    checked(desk)
    keys = Keys(desk)
    keys.type("Nils")
    keys.press("Tab")
    keys.type("Berg")
    keys.press("Tab")
    keys.type("02079460177")
    keys.to("It has hurt for")
    keys.type("3")
    expect(desk.get_by_text("Proposed: acute.")).to_be_visible()
    keys.press("Tab", "Tab", "Tab", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    expect(desk.locator("#usual-4")).to_be_checked()
    keys.to("Nothing to tick: go on")
    keys.press("Enter")
    keys.to("I have asked all of these")
    keys.press("Space")
    keys.to("Lower back - acute easing")
    keys.press("ArrowDown")
    expect(desk.get_by_text("Ask about, before you assign:").locator("visible=true")).to_have_count(
        1
    )
    expect(desk.get_by_role("checkbox", name="Wed")).to_be_checked()
    keys.to("Starts on", most=20)
    keys.to("Agreed, in person")
    keys.press("ArrowDown")
    keys.page.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="The first texts")).to_be_in_viewport()
    expect(
        desk.get_by_text("Nils, your session is ready for 18:00: 4 exercises").first
    ).to_be_visible()
    checked(desk)
    keys.to("Assign")
    keys.page.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Nils Berg has a plan")
    checked(desk)
    assert keys.count <= MOST_KEYS, keys.count
    stage.tick()
    nils = stage.person("Nils")
    assert [text.startswith("Riverside: You signed up") for text in stage.texts(nils)] == [True]
    stage.later(hours=6, minutes=6)
    stage.tick()
    assert "your session is ready for 18:00" in stage.texts(nils)[-1]


def test_what_is_ticked_says_what_to_do_and_stops_what_must_stop(stage: Stage, desk: Page) -> None:
    stage.faults.expect("status of 422")
    stage.sign_in(desk, stage.ana)
    desk.goto(f"/clinic/assign?patient={stage.maya.id}")
    says = desk.get_by_text("Stop, and get medical advice the same day.")
    expect(says).to_be_hidden()
    desk.get_by_role("checkbox", name="One calf or thigh").check()
    expect(says).to_be_visible()
    desk.get_by_label("Region").select_option("neck")
    expect(desk.get_by_text("3 of 13")).to_be_visible()
    expect(desk.get_by_role("radio", name="Lower back - acute")).to_be_hidden()
    desk.get_by_role("radio", name="Neck - acute").check()
    desk.get_by_role("button", name="Assign").click()
    expect(desk.get_by_role("alert")).to_contain_text("Nothing is assigned. The red flag is on")
    expect(desk.locator("#red_flags-fault")).to_contain_text("No exercise is assigned.")
    expect(desk.get_by_role("radio", name="Neck - acute")).to_be_checked()
    checked(desk)


def test_without_a_script_the_page_does_the_same(stage: Stage) -> None:
    desk = stage.open(viewport={"width": 820, "height": 1180}, java_script_enabled=False)
    stage.sign_in(desk, stage.ana)
    desk.goto(f"/clinic/assign?patient={stage.maya.id}")
    desk.get_by_label("Region").select_option("neck")
    desk.get_by_role("button", name="Show").click()
    expect(desk.get_by_text("3 of 13")).to_be_visible()
    desk.get_by_role("radio", name="Neck - acute").check()
    desk.get_by_label("It has hurt for").fill("5")
    desk.locator("#usual-5").check()
    desk.get_by_label("I have asked all of these").check()
    desk.get_by_label("Both: the new one beside it").check()
    desk.get_by_role("button", name="Preview").last.click()
    expect(desk.get_by_role("heading", name="The first texts")).to_be_visible()
    desk.get_by_role("button", name="Assign").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Maya Lindqvist has a plan")
    desk.get_by_role("button", name="Sign their phone in now").click()
    expect(desk.get_by_text("It works once, for 15 minutes")).to_be_visible()
