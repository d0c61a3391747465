"""Longer ways through a session than the player's own hands: for tests that are about something
else, and for those that do each exercise as it is led."""

from playwright.sync_api import Page, expect

from tests.browser.player import go_on, main, open_session, rate, touch

ENDS = ("Next exercise", "To the last questions")
"""What the large button says once an exercise is over."""


def to_the_exercises(page: Page, before: int = 3) -> None:
    """From the session's address to its first exercise, while time goes on."""
    open_session(page)
    rate(page, "before", before)
    expect(page.locator("[data-step]:visible")).to_have_count(1)


def tick_all(page: Page) -> None:
    """On the long form, for who has no scripts: every exercise was done."""
    expect(page.locator("#during-3")).to_be_visible()
    for tick in page.get_by_label("Done").all():
        tick.check()


def skip(page: Page, answer: str = "all") -> None:
    """Go on from an exercise without its timers, and say how much of it was done."""
    exercise = page.locator("[data-exercise]:visible").get_attribute("data-exercise")
    page.locator("[data-onward]").click()
    page.locator(f"[data-ask-did] [value={answer}]").click()
    expect(page.locator(f"[data-exercise={exercise}]")).to_be_hidden()


def skip_all(page: Page) -> None:
    """To the questions after the last exercise."""
    while page.locator("[data-exercise]:visible").count():
        skip(page)


def play(page: Page) -> None:
    """Do the exercise that is shown as the player leads. Time must stand still, and is run on.

    Pages that are loaded later take a clock that was run for wrong by as much: ten minutes of all
    exercises of a test together are as far as the server believes a phone.
    """
    while main(page).inner_text() not in ENDS:
        touch(page)
        run_out(page)
    touch(page)


def run_out(page: Page) -> None:
    """Let time run until nothing is counted any more."""
    while main(page).inner_text() == "Pause":
        page.clock.run_for("00:10")


def answer_to_the_flags(page: Page, during: int = 4, after: int = 3, effort: int = 4) -> None:
    """From the worst pain to the red flags, with nothing new anywhere."""
    rate(page, "during", during)
    rate(page, "after", after)
    rate(page, "effort", effort)
    go_on(page)


def send(page: Page) -> None:
    """From the red flags, none of which is true, to the page after the session."""
    go_on(page)
    page.clock.resume()
    page.locator("[data-step=note] .actions button").click()
    page.wait_for_url("**/sessions/*")
