"""Hands for a session that is led through: Maya's, on the stage of the browser tests."""

from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.session import Session
from tests.browser.stage import Stage

FOUR = ["lb-pelvic-tilt", "lb-bridge", "hip-figure4", "li-walk"]
"""Maya's first day: holds, repetitions, a hold on each side, minutes."""

PAST_A_BOUNCE = 500


def told(stage: Stage) -> list[dict[str, Any]]:
    """Every session as the server has it."""
    with stage.backstage():
        rows = db.session.scalars(select(Session).order_by(Session.performed_at)).all()
        return [
            {column.name: getattr(row, column.name) for column in Session.__table__.columns}
            for row in rows
        ]


def the_one(stage: Stage) -> dict[str, Any]:
    (session,) = told(stage)
    return session


def ticks(session: dict[str, Any], sign: str) -> list[str]:
    return [tick["exercise_id"] for tick in session["exercises"] if tick[sign]]


def open_session(page: Page, path: str = "/me/session") -> None:
    page.goto(path)
    expect(page.locator("[data-bar] [data-way]")).to_be_visible()


def start(page: Page) -> None:
    """From the card of today to a session that its scripts lead through."""
    page.get_by_role("link", name="Start").click()
    expect(page.locator("[data-bar] [data-way]")).to_be_visible()


def rate(page: Page, name: str, n: int) -> None:
    page.locator(f"#{name}-{n}").check()
    go_on(page)


def go_on(page: Page) -> None:
    page.locator("[data-next]:visible").click()


def main(page: Page) -> Locator:
    return page.locator("[data-main]")


def touch(page: Page) -> None:
    """The large button, a moment after the last time."""
    page.clock.run_for(PAST_A_BOUNCE)
    main(page).click()


def heading(page: Page) -> Locator:
    return page.locator("h2:visible")


def cue(page: Page) -> Locator:
    return page.locator("[data-cue]")


def begin(page: Page, before: int = 3) -> None:
    """The pain before it; then the first exercise, with time standing still."""
    open_session(page)
    rate(page, "before", before)
    expect(page.locator("[data-exercise]:visible")).to_have_count(1)
    hold_time(page)


def hold_time(page: Page) -> None:
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)


HAS_KEPT = """async ([name, value]) => {
  const asked = (request) => new Promise((done) => {
    request.onsuccess = () => done(request.result);
  });
  const shelf = await asked(indexedDB.open("rehab"));
  const drafts = await asked(shelf.transaction("drafts").objectStore("drafts").getAll());
  shelf.close();
  return drafts.some(({ fields }) => fields.some((each) => each[0] === name && each[1] === value));
}"""


def until_kept(page: Page, name: str, value: int) -> None:
    """Wait until the phone has written an answer down: what is torn away sooner is not there."""
    while not page.evaluate(HAS_KEPT, [name, str(value)]):
        page.wait_for_timeout(20)


def skip_exercise(page: Page, answer: str = "none") -> None:
    page.locator("[data-onward]").click()
    page.locator(f"[data-ask-did] [value={answer}]").click()


def skip_exercises(page: Page, n: int, answer: str = "all") -> None:
    for _ in range(n):
        skip_exercise(page, answer)


def answer_the_rest(page: Page, during: int = 4, after: int = 3) -> None:
    """From the worst pain to the note."""
    rate(page, "during", during)
    rate(page, "after", after)
    go_on(page)
    if page.locator("[data-step=why]:visible").count():
        go_on(page)
    go_on(page)
    go_on(page)


def finish(page: Page) -> None:
    page.clock.resume()
    page.get_by_role("button", name="Finish").click()


def to_the_end(page: Page) -> None:
    answer_the_rest(page)
    finish(page)
    page.wait_for_url("**/sessions/*")


def hide(page: Page) -> None:
    """Another app comes to the front."""
    page.evaluate(
        """() => {
          const is = (name, value) =>
            Object.defineProperty(document, name, { value, configurable: true });
          is("hidden", true);
          is("visibilityState", "hidden");
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )


def look_again(page: Page) -> None:
    page.evaluate(
        """() => {
          delete document.hidden;
          delete document.visibilityState;
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
