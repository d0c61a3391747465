"""What a patient's thumb does in a session, for tests that are about something else."""

from playwright.sync_api import Locator, Page, expect

PAST_A_BOUNCE = 500
"""Milliseconds after which a touch is another touch."""


def heading(page: Page) -> Locator:
    """The name of the step that is shown."""
    return page.locator("h2:visible")


def main(page: Page) -> Locator:
    """The large button under an exercise."""
    return page.locator("[data-main]")


def go_on(page: Page) -> None:
    page.locator("[data-next]:visible").click()


def rate(page: Page, name: str, n: int) -> None:
    page.locator(f"#{name}-{n}").check()
    go_on(page)


def begin(page: Page, before: int = 3, path: str = "/me/session") -> None:
    """From a page's address to the first exercise."""
    page.goto(path)
    expect(page.locator("[data-bar] [data-way]")).to_be_visible()
    rate(page, "before", before)
    expect(page.locator("[data-step]:visible")).to_have_count(1)


def skip(page: Page, answer: str = "all") -> None:
    """Go on from an exercise without its timers, and say how much of it was done."""
    exercise = page.locator("[data-exercise]:visible").get_attribute("data-exercise")
    page.locator("[data-onward]").click()
    page.locator(f"[data-ask-did] [value={answer}]").click()
    expect(page.locator(f"[data-exercise={exercise}]")).to_be_hidden()


def skip_all(page: Page, answer: str = "all") -> None:
    """To the questions after the last exercise."""
    while page.locator("[data-exercise]:visible").count():
        skip(page, answer)


def play(page: Page) -> None:
    """Do the exercise that is shown as the player leads. Time must stand still, and is run on.

    Pages that are loaded later take a clock that was run for wrong by as much: ten minutes of all
    exercises of a test together are as far as the server believes a phone.
    """
    while main(page).inner_text() not in ("Next exercise", "To the last questions"):
        touch(page)
        while main(page).inner_text() == "Pause":
            page.clock.run_for("00:10")
    touch(page)


def touch(page: Page) -> None:
    """The large button, a moment after the last time."""
    page.clock.run_for(PAST_A_BOUNCE)
    main(page).click()


def hold_time(page: Page) -> None:
    """Let the page's time stand still where it is."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)


def answer_to_the_flags(page: Page, during: int = 4, after: int = 3, effort: int = 4) -> None:
    """From the worst pain to the red flags, with nothing new anywhere."""
    rate(page, "during", during)
    rate(page, "after", after)
    rate(page, "effort", effort)
    if page.locator("[data-step=why]:visible").count():
        go_on(page)
    go_on(page)


def finish(page: Page) -> None:
    """From the red flags, none of which is true, to the page after the session."""
    go_on(page)
    page.clock.resume()
    page.locator("[data-step=note] .actions button").click()
    page.wait_for_url("**/sessions/*")
