"""Ana at her desk: an alert comes while she looks, a text is answered, a note is kept."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.stage import Stage
from tests.conftest import NOON

POLL = "00:06"
"""A little more than the seconds between two looks for news."""

HOUR = timedelta(hours=1)


def test_a_red_flag_shows_within_ten_seconds_and_is_closed_with_a_note(
    stage: Stage, desk: Page
) -> None:
    stage.sign_in(desk, stage.ana)
    desk.goto("/clinic/audit")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Audit")
    with desk.expect_response("**/clinic/news*"):
        desk.clock.run_for(POLL)
    place = desk.get_by_label("By whom")
    place.focus()
    stage.trained(stage.maya.plan_id, NOON, red_flags=("RF02",))
    desk.clock.run_for(POLL)
    note = desk.get_by_role("status").filter(has_text="Maya Lindqvist")
    expect(note).to_contain_text("Red flag")
    expect(place).to_be_focused()
    expect(desk).to_have_title("(1) Audit - Riverside")
    expect(desk.locator("[data-count-number]")).to_have_text("1")
    axe.check(desk)

    note.get_by_role("link", name="Open").click()
    desk.get_by_text("Close: Maya Lindqvist, Red flag").click()
    expect(desk.get_by_text("The plan stays paused when you close this.")).to_be_visible()
    axe.check(desk)
    desk.get_by_label("What was done").fill("Called her; she is on her way to A&E.")
    desk.get_by_role("button", name="Close with this note").click()
    expect(desk.get_by_text("The alert is closed.")).to_be_visible()
    expect(desk.locator("[data-count]")).to_be_hidden()
    desk.clock.run_for(POLL)
    expect(desk.locator(".news-note")).to_have_count(0)
    desk.get_by_role("link", name="Closed").click()
    expect(desk.get_by_text("she is on her way to A&E")).to_be_visible()
    axe.check(desk)


def test_a_text_is_read_answered_by_hand_and_noted(stage: Stage, desk: Page) -> None:
    stage.text_back(stage.maya, "Can you call me?")
    stage.tick()
    stage.sign_in(desk, stage.ana)
    desk.goto("/clinic/inbox")
    desk.get_by_role("link", name="Texts with Maya").click()
    words = desk.get_by_label("Text to Maya")
    words.fill("Of course 🙂 at four?")
    expect(desk.get_by_text("A plain text cannot carry 🙂")).to_be_visible()
    words.fill("Of course, at four?")
    expect(desk.get_by_text("30 characters, one text.")).to_be_visible()
    axe.check(desk)
    desk.get_by_role("button", name="Send").click()
    expect(desk.get_by_text("The text is on its way.")).to_be_visible()
    stage.tick()
    assert "Riverside: Of course, at four?" in stage.texts(stage.maya)

    desk.get_by_role("link", name="Record").click()
    desk.get_by_label("New note").fill("Rings at four, wants to talk about stairs.")
    desk.get_by_role("button", name="Add to the record").click()
    expect(desk.locator(".note-words")).to_have_text("Rings at four, wants to talk about stairs.")
    axe.check(desk)
    desk.get_by_role("link", name="Enter answers to Fatigue").click()
    desk.get_by_label("6", exact=True).check(force=True)
    axe.check(desk)
    desk.get_by_role("button", name="Put in the record").click()
    expect(desk.get_by_text("Fatigue: the answers are in the record.")).to_be_visible()
    desk.get_by_role("link", name="Audit").click()
    expect(desk.get_by_text("wrote a text by hand")).to_be_visible()
    axe.check(desk)


def test_a_desk_that_was_left_open_says_that_the_sign_in_has_ended(
    stage: Stage, desk: Page
) -> None:
    stage.sign_in(desk, stage.ana)
    desk.goto("/clinic/inbox")
    with desk.expect_response("**/clinic/news*"):
        desk.clock.run_for(POLL)
    stage.later(minutes=20)
    desk.clock.run_for(POLL)
    expect(desk.get_by_role("status")).to_contain_text("Your sign-in has ended")
