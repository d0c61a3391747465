"""What a physiotherapist comes for between two patients, over the demo's dozen, and its cost.

The clicks are counted as they happen; `pytest -rP` tells the numbers.
"""

import sys
from dataclasses import dataclass
from time import monotonic

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.stage import DESK, Stage


@dataclass
class Hand:
    """Counts its clicks, and the seconds that the machine makes it wait."""

    page: Page
    clicks: int = 0
    waited: float = 0.0

    def click(self, where: Locator, then: Locator) -> None:
        """Click, and wait until what was wanted stands there."""
        began = monotonic()
        where.click()
        expect(then).to_be_visible()
        self.clicks += 1
        self.waited += monotonic() - began

    def costs(self, task: str, clicks: int) -> None:
        """Tell what it took. Raises AssertionError for more than `clicks`."""
        sys.stdout.write(f"{task}: {self.clicks} clicks, {self.waited:.1f} s of waiting\n")
        assert self.clicks <= clicks, f"{task} takes {self.clicks} clicks"


@pytest.fixture
def hand(demo: Stage) -> Hand:
    """Ana's, with the caseload before her."""
    page = demo.open(**DESK)
    demo.sign_in(page, demo.person("Ana Ruiz"))
    page.goto("/clinic")
    return Hand(page)


def test_the_sickest_is_the_first(hand: Hand) -> None:
    page = hand.page
    first = page.locator("main a[href*='/clinic/patients/']").first
    expect(first).to_have_text("Marcus Bell")
    hand.click(first, page.get_by_role("heading", name="Marcus Bell"))
    expect(page.get_by_role("region", name="Waits for you")).to_contain_text("Red flag")
    hand.costs("find the sickest patient, and why", 1)


def test_why_a_plan_has_changed_is_one_mark_away(hand: Hand) -> None:
    page = hand.page
    hand.click(
        page.get_by_role("link", name="Jack Brennan"),
        page.get_by_role("heading", name="Jack Brennan"),
    )
    hand.click(
        page.locator(".timeline .decision").last,
        page.get_by_role("heading", name="Rules that bound"),
    )
    expect(page.locator("main")).to_contain_text("Recovery session next")
    hand.costs("say why the plan changed", 2)


def test_every_green_step_up_is_approved_in_two_clicks(hand: Hand) -> None:
    page = hand.page
    hand.click(
        page.get_by_role("link", name="Approve green step-ups"),
        page.get_by_role("checkbox", checked=True).first,
    )
    waiting = page.get_by_role("checkbox", checked=True).count()
    assert waiting >= 2
    hand.click(page.get_by_role("button", name="Approve"), page.locator(".notice-good"))
    hand.costs(f"approve {waiting} step-ups", 2)


def test_a_hand_out_is_printed(hand: Hand) -> None:
    page = hand.page
    page.evaluate("window.print = () => { document.title = 'printed' }")
    hand.click(
        page.get_by_role("link", name="Grace Okafor"),
        page.get_by_role("heading", name="Grace Okafor"),
    )
    hand.click(
        page.get_by_role("link", name="Paper and files"),
        page.get_by_role("link", name="Hand-out"),
    )
    print_button = page.get_by_role("button", name="Print")
    hand.click(page.get_by_role("link", name="Hand-out"), print_button)
    page.evaluate("window.print = () => { document.title = 'printed' }")
    print_button.click()
    hand.clicks += 1
    expect(page).to_have_title("printed")
    hand.costs("print a hand-out", 4)
