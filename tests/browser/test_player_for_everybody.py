"""The session for everybody: without a script, by a link, dark, in Spanish, in large type."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.services.transactions import transaction
from tests.browser import hands
from tests.browser.axe import check
from tests.browser.player import (
    FOUR,
    go_on,
    heading,
    hold_time,
    open_session,
    rate,
    skip_exercises,
    start,
    the_one,
    ticks,
    to_the_end,
    told,
    touch,
)
from tests.browser.stage import Stage
from tests.conftest import NOON


@pytest.fixture
def phone(stage: Stage) -> Page:
    """Maya's phone, signed in, before her first session."""
    page = stage.open()
    stage.sign_in(page)
    return page


# Other doors


def test_a_session_without_a_script_is_one_long_form(stage: Stage) -> None:
    stage.faults.expect("status of 422")
    phone = stage.open(java_script_enabled=False)
    stage.sign_in(phone)
    phone.goto("/me/session")
    phone.locator("#before-3").check()
    phone.get_by_role("button", name="Go on").click()
    hands.tick_all(phone)
    phone.locator("#during-4").check()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("alert").first).to_be_visible()
    expect(phone.locator("#during-4")).to_be_checked()
    assert told(stage) == []
    phone.locator("#after-2").check()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you")
    session = the_one(stage)
    assert (session["before"], session["during"], session["after"]) == (3, 4, 2)
    assert (session["completion"], ticks(session, "done")) == (100, FOUR)


def test_the_link_in_a_text_leads_through_the_session_too(stage: Stage) -> None:
    phone = stage.open()
    stage.tick()
    stage.now(NOON + timedelta(hours=6))
    stage.tick()
    phone.goto(stage.link_for(stage.maya))
    start(phone)
    rate(phone, "before", 3)
    skip_exercises(phone, 4)
    to_the_end(phone)
    assert the_one(stage)["source"] == "link"


def test_an_answer_before_the_scripts_have_come_is_led_on(stage: Stage) -> None:
    phone = stage.open()
    stage.sign_in(phone)
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    phone.route("**/player/player.js*", hold_the_first)
    phone.goto("/me/session", wait_until="commit")
    rate(phone, "before", 3)
    expect(phone.locator("[data-bar] [data-way]")).to_be_visible()
    expect(heading(phone)).to_have_text("Pelvic tilt")
    assert held
    skip_exercises(phone, 4)
    to_the_end(phone)
    assert the_one(stage)["before"] == 3


# For everybody


@pytest.fixture(params=["light", "dark", "es", "large", "narrow"])
def dressed(request: pytest.FixtureRequest, stage: Stage) -> Page:
    """Maya's phone in other clothes: dark, in Spanish, with text twice as large, 320 px wide."""
    wishes: dict[str, dict[str, Any]] = {
        "dark": {"color_scheme": "dark"},
        "narrow": {"viewport": {"width": 320, "height": 568}},
    }
    page = stage.open(**wishes.get(request.param, {}))
    if request.param == "es":
        with stage.backstage(), transaction():
            db.session.get_one(Patient, stage.maya.id).language = "es"
    if request.param == "large":
        page.add_init_script(
            "addEventListener('DOMContentLoaded',"
            " () => { document.documentElement.style.fontSize = '200%'; });"
        )
    stage.sign_in(page)
    return page


def test_every_step_is_for_everybody(dressed: Page) -> None:
    """WCAG 2.2 AA as far as a machine sees it, and no step that scrolls sideways."""

    def look() -> None:
        check(dressed)
        wide = dressed.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, dressed.locator("h2:visible").first.inner_text()

    open_session(dressed)
    look()
    rate(dressed, "before", 6)
    look()
    go_on(dressed)
    hold_time(dressed)
    look()
    touch(dressed)
    look()
    dressed.locator("[data-too-much]").click()
    look()
    dressed.locator("[data-ask-too-much] button").last.click()
    skip_exercises(dressed, 4, "none")
    rate(dressed, "during", 4)
    rate(dressed, "after", 3)
    look()
    for _ in range(4):
        go_on(dressed)
        look()
    dressed.go_back()
    dressed.locator("[value=RF01]").check()
    look()


def test_every_target_is_large_enough_for_a_tired_thumb(phone: Page) -> None:
    def small() -> list[str]:
        found: list[str] = phone.evaluate(
            """() => [...document.querySelectorAll("button, a, .rung input, .tick, select")]
              .filter((each) => each.checkVisibility() && !each.closest(".skip, .body-figures"))
              .map((each) => [each.outerHTML.slice(0, 90), each.getBoundingClientRect()])
              .filter(([, box]) => box.width < 48 || box.height < 48)
              .map(([what, box]) => `${what}: ${box.width} x ${box.height}`)"""
        )
        return found

    open_session(phone)
    assert small() == []
    rate(phone, "before", 3)
    hold_time(phone)
    assert small() == []
    phone.get_by_role("button", name="Too much?").click()
    assert small() == []
    phone.get_by_role("button", name="No, keep going").click()
    skip_exercises(phone, 4)
    rate(phone, "during", 4)
    rate(phone, "after", 3)
    for _ in range(3):
        go_on(phone)
        assert small() == []
