"""The doors for everybody. Each later page has this check in the tests of its own."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import check, findings
from tests.browser.stage import Stage

DOORS = ("/enter", "/enter/code", "/sign-in")


def go(stage: Stage, page: Page, path: str) -> None:
    """To a door; the one for the code is behind the one for the number."""
    page.goto("/enter" if path == "/enter/code" else path)
    if path == "/enter/code":
        page.locator("input[name=phone]").fill(stage.maya.phone)
        page.locator("main form button").click()
    expect(page).to_have_url(f"{stage.house.url}{path}")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", DOORS)
def test_a_door_keeps_to_the_guidelines(stage: Stage, path: str, theme: str) -> None:
    page = stage.open(color_scheme=theme)
    go(stage, page, path)
    assert check(page) == []


def test_a_door_that_complains_keeps_to_the_guidelines(stage: Stage, phone: Page) -> None:
    stage.faults.expect("status of 422")
    phone.goto("/enter")
    phone.locator("main form button").click()
    expect(phone.locator("[aria-invalid=true]")).to_be_visible()
    assert check(phone) == []


BROKEN = {
    "label": "document.querySelector('label').remove()",
    "html-has-lang": "document.documentElement.removeAttribute('lang')",
    "color-contrast": "document.querySelector('h1').style.color = '#e8e8e8'",
    "meta-viewport": "document.querySelector('meta[name=viewport]').content += ',user-scalable=no'",
}


@pytest.mark.parametrize("rule", BROKEN)
def test_what_breaks_the_guidelines_is_found_with_its_place(phone: Page, rule: str) -> None:
    phone.goto("/enter")
    phone.evaluate(BROKEN[rule])
    with pytest.raises(AssertionError, match=rf"/enter breaks WCAG 2.2 AA:\n{rule} .*:.*\n  \S"):
        check(phone)


def test_good_custom_is_told_and_fails_nothing(phone: Page) -> None:
    phone.goto("/enter")
    phone.evaluate("document.querySelector('h1').remove()")
    (advice,) = check(phone)
    assert (advice.rule, advice.is_advice) == ("page-has-heading-one", True)


def test_the_check_leaves_the_page_and_its_policy_as_they_were(stage: Stage, phone: Page) -> None:
    phone.goto("/enter")
    phone.clock.pause_at(stage.clock.wall.replace(hour=13))
    assert findings(phone) == []
    assert phone.evaluate("typeof axe") == "undefined"
    stage.faults.expect("Content Security Policy")
    phone.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://elsewhere/'}))")
