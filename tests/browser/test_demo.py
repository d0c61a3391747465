"""The demo in a browser: its pages, its phones, and the tool that draws them all."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser import screens
from tests.browser.axe import check
from tests.browser.chromium import Chromium
from tests.browser.house import House
from tests.browser.stage import DESK, Stage


def test_its_pages_keep_to_the_guidelines_and_lead_to_its_phones(demo: Stage) -> None:
    phone = demo.open()
    for path in ("/", "/demo/phone", "/demo/sign-in"):
        phone.goto(path)
        assert check(phone) == []
    desk = demo.open(**DESK, color_scheme="dark")
    desk.goto("/")
    assert check(desk) == []
    desk.get_by_role("link", name="Grace Okafor").click()
    expect(desk).to_have_title("Grace's phone - demo")
    assert check(desk) == []


def test_a_text_arrives_on_an_open_phone_and_is_answered(demo: Stage) -> None:
    grace, desk = demo.person("Grace"), demo.open(**DESK)
    desk.goto(f"/demo/phone/{grace.id}")
    thread = desk.get_by_role("log")
    demo.tick()
    expect(thread).to_contain_text("You signed up")
    desk.get_by_role("button", name="HELP").click()
    demo.tick()
    expect(thread.get_by_role("listitem").last).to_contain_text("STOP")
    assert demo.texts(grace)[-1].startswith("Riverside")


def test_one_click_is_enough_to_be_a_patient(demo: Stage) -> None:
    phone = demo.open()
    phone.goto("/")
    phone.get_by_role("button", name="Sign in as Grace").click()
    expect(phone).to_have_url(f"{demo.house.url}/me")
    expect(phone.locator("main")).to_contain_text("Grace")


PAGES = (
    ("code", "/enter/code", screens.CALLER),
    ("reminder", "/{reminder}", screens.PATIENT),
    ("paused", "/me", "Marcus"),
)


def test_pages_are_drawn_for_people_to_look_at(
    demo_house: House, one_chromium: Chromium, tmp_path: Path
) -> None:
    views = [view for view in screens.VIEWS if (view.size, view.theme) == ("phone", "dark")]
    with one_chromium.awake() as awake:
        drawn = list(screens.draw(demo_house, awake, tmp_path, PAGES, views))
    assert [screen.picture for screen in drawn] == [
        f"{name}-phone-dark-{text}.png"
        for name in ("code-en", "reminder-en", "paused-en", "code-es", "reminder-es")
        for text in (100, 200)
    ]
    assert all((tmp_path / screen.picture).stat().st_size > 5000 for screen in drawn)
    sheet = screens.contact_sheet(drawn)
    assert all(f'src="{screen.picture}"' in sheet for screen in drawn)
