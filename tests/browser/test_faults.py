"""Nothing goes wrong unseen: what a page hides from its reader fails the test."""

import re
from typing import NoReturn

import pytest
from playwright.sync_api import Page

from rehab.web.sign_in import patients
from tests.browser.stage import Stage

PLANTED = {
    "inline script": (
        "const s = document.createElement('script'); s.text = 'window.ran = 1';"
        " document.body.append(s)",
        "Content Security Policy",
    ),
    "inline style": (
        "document.querySelector('h1').setAttribute('style', 'color: red')",
        "Content Security Policy",
    ),
    "style element": (
        "const s = document.createElement('style'); s.textContent = 'a{}'; document.head.append(s)",
        "Content Security Policy",
    ),
    "picture from elsewhere": (
        "document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/'}))",
        "Content Security Policy",
    ),
    "timer that fails": (
        "setTimeout(() => { throw new TypeError('a stumble') })",
        "console: TypeError: a stumble",
    ),
    "event that fails": (
        "document.body.onclick = () => { throw new TypeError('a slip') }; document.body.click()",
        "script: a slip",
    ),
    "promise that nobody keeps": ("Promise.reject(new Error('a word'))", "script: a word"),
    "complaint": ("console.error('a complaint')", "console: a complaint"),
    "lost file": ("fetch('/assets/nowhere.js')", "status of 404"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_in_a_page_fails_its_test(stage: Stage, phone: Page, planted: str) -> None:
    script, told = PLANTED[planted]
    phone.goto("/enter")
    phone.evaluate(f"() => {{ {script} }}")
    phone.wait_for_timeout(100)
    with pytest.raises(AssertionError, match=f"went wrong unseen:\n(.*\n)*.*{told}"):
        stage.close()


def test_the_policy_holds_while_it_is_tested(stage: Stage, phone: Page) -> None:
    stage.faults.expect("Executing inline script violates")
    phone.goto("/enter")
    phone.evaluate(f"() => {{ {PLANTED['inline script'][0]} }}")
    assert phone.evaluate("window.ran") is None


def test_a_server_that_fails_says_what_it_was(
    stage: Stage, phone: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object, **__: object) -> NoReturn:
        raise ZeroDivisionError("in a thread of the server")

    monkeypatch.setattr(patients, "page", stumble)
    stage.faults.expect("status of 500")
    phone.goto("/enter")
    fault = re.escape("server: ZeroDivisionError('in a thread of the server')")
    with pytest.raises(AssertionError, match=fault):
        stage.close()


def test_what_should_go_wrong_and_does_not_fails_as_well(stage: Stage, phone: Page) -> None:
    stage.faults.expect("status of 422")
    phone.goto("/enter")
    with pytest.raises(AssertionError, match=r"should have gone wrong, and did not: .*422"):
        stage.close()


def test_a_page_that_was_left_in_a_hurry_is_no_fault(stage: Stage, phone: Page) -> None:
    phone.goto("/enter")
    phone.evaluate("() => { fetch('/enter'); location.assign('/sign-in') }")
    phone.wait_for_url("**/sign-in")
    stage.close()
