"""Nobody needs to see the app, or to touch it: keys alone lead from today to thank you, the focus
is in sight all the way, and what is read out has an order that makes sense."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.session import Session
from tests.browser import hands
from tests.browser.player import PAST_A_BOUNCE, heading, hold_time, main, rate
from tests.browser.stage import DESK, Stage
from tests.conftest import NOON

FAR = 40
"""More steps of the focus than any way through a page takes."""

FOCUS = """() => {
  const it = document.activeElement;
  if (it === document.body) return null;
  const named = it.getAttribute("aria-label") ?? [...(it.labels ?? [])].at(-1)?.innerText;
  const marks = [it, it.nextElementSibling, it.closest("label")].filter(Boolean).filter((each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  });
  const box = (marks[0] ?? it).getBoundingClientRect();
  const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const seen = [it, ...marks].some((each) => there && each.contains(there));
  return { name: (named ?? it.innerText).trim(), marked: marks.length > 0, seen };
}"""


def press(page: Page, key: str) -> str:
    """Press a key; what it moves the focus to is in sight, and marked. Its name, or nothing where
    the focus has left the page for the browser's own buttons."""
    page.keyboard.press(key)
    focus = page.evaluate(FOCUS)
    if focus is None:
        return ""
    assert focus["marked"], f"nothing marks {focus['name']!r}"
    assert focus["seen"], f"{focus['name']!r} lies under something or off the screen"
    return str(focus["name"])


def reach(page: Page, name: str, key: str = "Tab") -> None:
    """Move the focus on until it is on what is called so."""
    passed = []
    for _ in range(FAR):
        passed.append(press(page, key))
        if passed[-1].startswith(name):
            return
    raise AssertionError(f"no way to {name!r}, but past {passed}")


def choose(page: Page, n: int) -> None:
    """The rating `n`, from the heading of its question, and on."""
    press(page, "Tab")
    press(page, "Space")
    for _ in range(n):
        press(page, "ArrowRight")
    page.keyboard.press("Enter")


def arrived(page: Page, name: str) -> None:
    """A new step is told by its heading, which has the focus."""
    expect(heading(page)).to_have_text(name)
    expect(heading(page)).to_be_focused()


@pytest.fixture(params=["phone", "desk"])
def page(request: pytest.FixtureRequest, stage: Stage) -> Page:
    """Maya is signed in, on a phone with a keyboard or at a desk."""
    page = stage.open(**(DESK if request.param == "desk" else {}))
    stage.sign_in(page)
    return page


def test_a_whole_session_by_keys_alone(stage: Stage, page: Page) -> None:
    page.goto("/me")
    assert press(page, "Tab") == "Skip to the content"
    page.keyboard.press("Enter")
    reach(page, "Start")
    page.keyboard.press("Enter")
    arrived(page, "How much pain do you have right now?")
    choose(page, 3)
    hold_time(page)
    for name in ("Pelvic tilt", "Bridge", "Figure-four stretch", "Walking"):
        arrived(page, name)
        do(page)
    for name, n in (
        ("Worst pain during the session?", 4),
        ("And how much pain now?", 2),
        ("How hard was it?", 5),
    ):
        arrived(page, name)
        choose(page, n)
    arrived(page, "Does it hurt anywhere new?")
    reach(page, "Nowhere new")
    page.keyboard.press("Enter")
    arrived(page, "Are any of these true?")
    reach(page, "None of these")
    page.keyboard.press("Space")
    arrived(page, "Anything else?")
    reach(page, "A note")
    page.keyboard.type("stiff")
    page.clock.resume()
    reach(page, "Finish")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions/*")
    reach(page, "To today")
    with stage.backstage():
        session = db.session.scalars(select(Session)).one()
        told = [session.before, session.during, session.after, session.effort, session.note]
    assert told == [3, 4, 2, 5, "stiff"]


def do(page: Page) -> None:
    """The exercise that is shown, by the large button, which keeps the focus."""
    reach(page, main(page).inner_text())
    while main(page).inner_text() not in hands.ENDS:
        page.clock.run_for(PAST_A_BOUNCE)
        page.keyboard.press("Enter")
        hands.run_out(page)
        expect(main(page)).to_be_focused()
    page.clock.run_for(PAST_A_BOUNCE)
    page.keyboard.press("Space")


def test_a_question_in_between_holds_the_focus_and_gives_it_back(page: Page) -> None:
    hands.to_the_exercises(page)
    reach(page, "Too much?")
    page.keyboard.press("Enter")
    answers = page.locator("dialog[open] button").all_inner_texts()
    passed = {press(page, "Shift+Tab") for _ in range(2 * len(answers))}
    assert passed == {*answers, ""}
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(main(page)).to_be_focused()


def test_the_way_back_goes_through_the_same_steps(page: Page) -> None:
    hands.to_the_exercises(page)
    arrived(page, "Pelvic tilt")
    reach(page, "Back", key="Shift+Tab")
    page.keyboard.press("Enter")
    arrived(page, "How much pain do you have right now?")
    reach(page, "3")
    expect(page.locator("#before-3")).to_be_checked()
    page.keyboard.press("Enter")
    arrived(page, "Pelvic tilt")


READ_OUT = {
    "today, with the morning's question": """
- link "Skip to the content"
- banner:
  - link "Riverside"
- main:
  - paragraph: Tuesday 3 March
  - heading "Good morning, Maya" [level=1]
  - heading "How much pain do you have right now?" [level=2]
  - paragraph: One tap answers. 0 is no pain, 10 the worst you can imagine.
  - group "How much pain do you have right now?":
    - button "0 , no pain"
    - button "1"
    - button "9"
    - button "10 , worst pain imaginable"
  - region "A rest day":
    - heading "A rest day" [level=2]
    - paragraph: A little gentle movement is welcome, if you like.
    - list "In this session":
      - listitem: Walking
    - link "Do the gentle ones"
    - paragraph: "Next session: Wednesday 4 March"
  - paragraph:
    - text: Questions?
    - 'link "Call Riverside: +44 20 7946 0100"'
- navigation "Parts of the app":
  - list:
    - listitem:
      - link "Today"
    - listitem:
      - link "Progress"
    - listitem:
      - link "Settings"
""",
    "a rating": """
- banner:
  - link "Leave the session; it is kept"
- main:
  - heading "Your session" [level=1]
  - radiogroup "How much pain do you have right now?":
    - heading "How much pain do you have right now?" [level=2]
    - radio "0 , no pain"
    - radio "1"
    - radio "10 , worst pain imaginable"
    - paragraph: 0 no pain 10 worst pain imaginable
  - paragraph: 4 exercises, about 6 min
  - button "Go on"
""",
    "an exercise": """
- banner:
  - button "Back"
  - paragraph: Exercise 1 of 4
  - link "Leave the session; it is kept"
- main:
  - heading "Your session" [level=1]
  - heading "Pelvic tilt" [level=2]
  - paragraph: 6 times, hold 3 s
  - list:
    - listitem: Lie on the back with the knees bent.
    - listitem: Flatten the low back into the floor, hold, and release.
  - status
  - paragraph: 1 of 6 times
  - button "Start"
  - button "Too much?"
  - button "Next"
""",
    "after the session": """
- main:
  - heading "Thank you. That was it for today." [level=1]
  - paragraph: You looked after yourself. That counts, whatever the numbers say.
  - region "What happens next":
    - heading "What happens next" [level=2]
    - paragraph: Tomorrow morning we ask how you woke. Then your plan is decided, and you see why.
    - paragraph: "Next session: Friday 6 March"
  - region "What you told us":
    - heading "What you told us" [level=2]
    - paragraph: Wednesday 4 March
    - term: Pain before
    - definition: "3"
    - paragraph:
      - link "Correct it"
      - link "All entries"
  - link "To today"
""",
    "progress": """
- main:
  - heading "Your progress" [level=1]
  - paragraph: Lower back - back to strength, 6 weeks, since 2 Mar
  - region "Pain over time":
    - heading "Pain over time" [level=2]
    - figure "Pain over time"
    - group: The same in numbers
  - region "Sessions done":
    - heading "Sessions done" [level=2]
    - figure "Sessions done"
    - group: The same in numbers
  - region "Where you stand":
    - heading "Where you stand" [level=2]
    - figure "Where you stand":
      - heading "Stretching" [level=3]
      - paragraph: Step 1 of 5. Next comes step 2, when your sessions stay calm.
  - region "Nights and mornings":
    - heading "Nights and mornings" [level=2]
""",
}
"""What a screen reader says, in its order; what stands between these may be left out."""


def test_what_is_read_out_has_an_order(stage: Stage, phone: Page) -> None:
    def reads(name: str) -> None:
        expect(phone.locator("body")).to_match_aria_snapshot(READ_OUT[name])

    stage.trained(stage.maya.plan_id, NOON)
    stage.now(NOON.replace(day=3, hour=9))
    stage.sign_in(phone)
    phone.goto("/me")
    reads("today, with the morning's question")
    stage.now(NOON.replace(day=4))
    phone.goto("/me/session")
    expect(phone.locator("[data-bar] [data-way]")).to_be_visible()
    reads("a rating")
    rate(phone, "before", 3)
    reads("an exercise")
    hands.skip_all(phone)
    hands.answer_to_the_flags(phone)
    hands.send(phone)
    reads("after the session")
    phone.goto("/me/progress")
    reads("progress")
