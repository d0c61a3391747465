"""A session led through on the phone: by touch, by keys, and exercise by exercise."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from rehab.extensions import db
from rehab.models.plan import Plan
from rehab.services.transactions import transaction
from tests.browser.player import (
    FOUR,
    PAST_A_BOUNCE,
    answer_the_rest,
    begin,
    cue,
    finish,
    go_on,
    heading,
    hide,
    hold_time,
    look_again,
    main,
    open_session,
    rate,
    skip_exercise,
    skip_exercises,
    the_one,
    ticks,
    to_the_end,
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


# A whole session


def test_a_session_from_its_first_question_to_thank_you(stage: Stage, phone: Page) -> None:
    begin(phone)
    for _ in FOUR:
        if main(phone).inner_text() == "Start":
            touch(phone)
            phone.clock.run_for("06:00")
        else:
            touch(phone)
        expect(cue(phone)).to_have_text("Done")
        touch(phone)
    phone.locator("#during-5").check()
    go_on(phone)
    rate(phone, "after", 3)
    rate(phone, "effort", 4)
    expect(heading(phone)).to_have_text("Does it hurt anywhere new?")
    go_on(phone)
    phone.get_by_role("button", name="None of these").click()
    phone.get_by_label("A note for your physiotherapist").fill("stiff at first")
    finish(phone)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you")
    session = the_one(stage)
    assert (session["before"], session["during"], session["after"]) == (3, 5, 3)
    assert (session["effort"], session["completion"], session["note"]) == (4, 100, "stiff at first")
    assert ticks(session, "done") == FOUR
    assert (session["new_areas"], session["red_flags"], session["doms"]) == ([], [], False)
    assert NOON <= session["performed_at"] < NOON + timedelta(minutes=1)
    assert session["source"] == "app"


def test_a_session_by_keys_alone(stage: Stage, phone: Page) -> None:
    keys = phone.keyboard
    open_session(phone)
    expect(heading(phone)).to_be_focused()

    def choose(steps: int) -> None:
        keys.press("Tab")
        keys.press("Space")
        for _ in range(steps):
            keys.press("ArrowRight")
        keys.press("Enter")

    choose(3)
    hold_time(phone)
    for name in ("Pelvic tilt", "Bridge", "Figure-four stretch", "Walking"):
        expect(heading(phone)).to_be_focused()
        expect(heading(phone)).to_have_text(name)
        main(phone).focus()
        keys.press("Enter")
        phone.clock.run_for("06:00")
        expect(cue(phone)).to_have_text("Done")
        expect(main(phone)).to_be_focused()
        keys.press("Enter")
        phone.clock.run_for(PAST_A_BOUNCE)
    for n in (4, 2, 5):
        expect(heading(phone)).to_be_focused()
        choose(n)
    for _ in range(2):
        phone.locator("[data-next]:visible").focus()
        keys.press("Enter")
    phone.clock.resume()
    phone.get_by_role("button", name="Finish").focus()
    keys.press("Enter")
    phone.wait_for_url("**/sessions/*")
    session = the_one(stage)
    assert [session[name] for name in ("before", "during", "after", "effort")] == [3, 4, 2, 5]
    assert session["completion"] == 100


def test_nothing_is_chosen_for_the_patient_and_an_open_question_says_so(phone: Page) -> None:
    open_session(phone)
    assert phone.locator("input:checked").count() == 0
    go_on(phone)
    question = phone.get_by_role("radiogroup", name="How much pain do you have right now?")
    expect(question.get_by_text("Please choose a number.")).to_be_visible()
    expect(question).to_have_attribute("aria-invalid", "true")
    phone.locator("#before-0").check()
    expect(question.get_by_text("Please choose a number.")).to_be_hidden()
    go_on(phone)
    expect(phone.locator("[data-exercise]:visible")).to_have_count(1)


def test_the_effort_may_be_left_out_and_is_then_not_said(stage: Stage, phone: Page) -> None:
    begin(phone)
    skip_exercises(phone, 4)
    to_the_end(phone)
    assert the_one(stage)["effort"] is None


# One exercise


def test_a_hold_is_counted_and_said_in_words(phone: Page) -> None:
    begin(phone)
    expect(phone.locator(".dosage:visible")).to_have_text("6 times, hold 3 s")
    touch(phone)
    phone.clock.run_for(500)
    heard = []
    for _ in range(40):
        heard.append(cue(phone).inner_text())
        phone.clock.run_for(1000)
    assert (
        heard
        == ["Get ready"] * 5 + (["Hold"] * 3 + ["Get ready"] * 3) * 5 + ["Hold"] * 3 + ["Done"] * 2
    )
    expect(cue(phone)).to_have_attribute("role", "status")


def test_a_hold_on_each_side_names_the_side(phone: Page) -> None:
    begin(phone)
    skip_exercises(phone, 2)
    side = phone.locator("[data-set]")
    expect(side).to_have_text("left side")
    touch(phone)
    phone.clock.run_for(5_500)
    expect(cue(phone)).to_have_text("Hold")
    phone.clock.run_for(10_000)
    expect(cue(phone)).to_have_text("Change sides")
    expect(side).to_have_text("right side")
    phone.clock.run_for(5_000)
    expect(cue(phone)).to_have_text("Get ready")
    phone.clock.run_for(3_000)
    expect(cue(phone)).to_have_text("Hold")
    phone.clock.run_for(10_000)
    expect(cue(phone)).to_have_text("Done")


@pytest.fixture
def pinned(stage: Stage) -> Callable[[str, int], None]:
    """Hold an exercise of Maya's at another rung."""

    def pin(exercise: str, step: int) -> None:
        with stage.backstage(), transaction():
            plan = db.session.get_one(Plan, stage.maya.plan_id)
            plan.pins = {**plan.pins, exercise: step}

    return pin


def test_between_sets_there_is_a_rest_that_may_be_skipped(
    phone: Page, pinned: Callable[[str, int], None]
) -> None:
    pinned("lb-bridge", 3)
    begin(phone)
    skip_exercise(phone)
    where = phone.locator("[data-set]")
    expect(where).to_have_text("Set 1 of 2 · 8 times")
    expect(main(phone)).to_have_text("Set done")
    touch(phone)
    expect(cue(phone)).to_have_text("Rest")
    expect(phone.locator("[data-count]")).to_have_text("30")
    phone.clock.run_for(10_000)
    expect(phone.locator("[data-count]")).to_have_text("20")
    expect(main(phone)).to_have_text("Go on now")
    touch(phone)
    expect(where).to_have_text("Set 2 of 2 · 8 times")
    expect(main(phone)).to_have_text("Done")
    touch(phone)
    expect(main(phone)).to_have_text("Next exercise")


def test_repetitions_may_be_counted_in_rhythm(phone: Page) -> None:
    begin(phone)
    skip_exercise(phone)
    phone.get_by_role("button", name="Count with me").click()
    phone.clock.run_for(3_500)
    shown = []
    for _ in range(6):
        shown.append(phone.locator("[data-count]").inner_text())
        phone.clock.run_for(3_000)
    assert shown == [f"{n}/6" for n in range(1, 7)]
    expect(cue(phone)).to_have_text("Done")


def test_a_second_touch_at_once_is_the_same_touch(
    phone: Page, pinned: Callable[[str, int], None]
) -> None:
    pinned("lb-bridge", 3)
    begin(phone)
    skip_exercise(phone)
    touch(phone)
    main(phone).click()
    expect(cue(phone)).to_have_text("Rest")


def test_minutes_go_on_while_the_phone_is_locked(phone: Page) -> None:
    begin(phone)
    skip_exercises(phone, 3)
    touch(phone)
    phone.clock.run_for("01:00")
    expect(phone.locator("[data-count]")).to_have_text("4:00")
    phone.clock.fast_forward("01:30")
    phone.clock.run_for(200)
    expect(phone.locator("[data-count]")).to_have_text(re.compile("2:(29|30)"))
    expect(cue(phone)).to_have_text("Half way")
    phone.clock.fast_forward("10:00")
    expect(cue(phone)).to_have_text("Done")


def test_a_pause_stops_the_count_and_goes_on_from_there(phone: Page) -> None:
    begin(phone)
    skip_exercises(phone, 3)
    touch(phone)
    phone.clock.run_for("02:00")
    touch(phone)
    expect(cue(phone)).to_have_text("Paused")
    left = phone.locator("[data-count]").inner_text()
    phone.clock.run_for("05:00")
    expect(phone.locator("[data-count]")).to_have_text(left)
    touch(phone)
    phone.clock.run_for("03:00")
    expect(cue(phone)).to_have_text("Done")


def test_an_easier_day_halves_what_is_left_and_is_not_a_hard_one(stage: Stage, phone: Page) -> None:
    begin(phone)
    skip_exercise(phone, "all")
    expect(phone.locator("[data-set]")).to_have_text("6 times")
    phone.get_by_role("button", name="Too much?").click()
    phone.get_by_role("button", name="Easier today").click()
    expect(cue(phone)).to_have_text("Half of what was left")
    expect(phone.locator("[data-set]")).to_have_text("3 times")
    touch(phone)
    touch(phone)
    skip_exercise(phone)
    touch(phone)
    expect(phone.locator("[data-count]")).to_have_text("2:30")
    phone.clock.run_for("02:31")
    touch(phone)
    answer_the_rest(phone)
    finish(phone)
    phone.wait_for_url("**/sessions/*")
    session = the_one(stage)
    assert session["completion"] == 50
    assert ticks(session, "done") == ["lb-pelvic-tilt", "lb-bridge", "li-walk"]
    assert not ticks(session, "too_sore")
    assert session["not_completed_because"] is None


def test_too_sore_and_stopped_are_told_apart(stage: Stage, phone: Page) -> None:
    begin(phone)
    phone.get_by_role("button", name="Too much?").click()
    phone.get_by_role("button", name="Too sore: skip this one").click()
    expect(cue(phone)).to_have_text("Left out. That is fine.")
    touch(phone)
    phone.get_by_role("button", name="Too much?").click()
    phone.get_by_role("button", name="Sharp or tearing pain.").click()
    expect(cue(phone)).to_contain_text("Good that you stopped.")
    touch(phone)
    skip_exercises(phone, 2)
    rate(phone, "during", 6)
    rate(phone, "after", 5)
    go_on(phone)
    expect(heading(phone)).to_have_text("Does it hurt anywhere new?")
    go_on(phone)
    go_on(phone)
    finish(phone)
    phone.wait_for_url("**/sessions/*")
    session = the_one(stage)
    assert ticks(session, "too_sore") == ["lb-pelvic-tilt"]
    stopped = {tick["exercise_id"]: tick["stopped_because"] for tick in session["exercises"]}
    assert stopped["lb-bridge"] == "sharp_pain"
    assert ticks(session, "done") == ["hip-figure4", "li-walk"]
    assert session["completion"] == 50


def test_what_was_left_out_may_be_done_after_all(phone: Page) -> None:
    begin(phone)
    phone.get_by_role("button", name="Too much?").click()
    phone.get_by_role("button", name="Too sore: skip this one").click()
    phone.get_by_role("button", name="Do it after all").click()
    expect(main(phone)).to_have_text("Start")
    touch(phone)
    phone.clock.run_for("01:00")
    expect(cue(phone)).to_have_text("Done")
    expect(phone.get_by_role("button", name="Do it after all")).to_be_hidden()


def test_what_the_clock_called_done_may_be_taken_back(stage: Stage, phone: Page) -> None:
    begin(phone)
    skip_exercise(phone, "all")
    taken_back = phone.locator("[data-undo]")
    touch(phone)
    expect(cue(phone)).to_have_text("Done")
    expect(taken_back).to_be_hidden()
    touch(phone)
    skip_exercise(phone, "all")
    touch(phone)
    phone.clock.run_for("05:01")
    expect(cue(phone)).to_have_text("Done")
    taken_back.click()
    expect(phone.locator("[data-ask-did] [value=part]")).to_be_hidden()
    phone.locator("[data-ask-did] [value=none]").click()
    answer_the_rest(phone)
    finish(phone)
    phone.wait_for_url("**/sessions/*")
    session = the_one(stage)
    assert ticks(session, "done") == FOUR[:3]
    assert session["completion"] == 75


def test_an_exercise_that_was_passed_over_is_asked_about_and_then_why(
    stage: Stage, phone: Page
) -> None:
    begin(phone)
    skip_exercises(phone, 2)
    skip_exercises(phone, 2, "none")
    rate(phone, "during", 3)
    rate(phone, "after", 2)
    go_on(phone)
    expect(heading(phone)).to_have_text("What came in the way?")
    phone.get_by_label("No time").check()
    go_on(phone)
    go_on(phone)
    go_on(phone)
    finish(phone)
    phone.wait_for_url("**/sessions/*")
    session = the_one(stage)
    assert (session["completion"], session["not_completed_because"]) == (50, "time")
    assert ticks(session, "done") == FOUR[:2]


def test_a_call_in_the_middle_of_a_hold_pauses_it(phone: Page) -> None:
    begin(phone)
    touch(phone)
    phone.clock.run_for(6_000)
    hide(phone)
    phone.clock.run_for("10:00")
    expect(cue(phone)).to_have_text("Paused")
    expect(main(phone)).to_have_text("Go on")


def test_the_sound_is_off_until_it_is_turned_on_again(phone: Page) -> None:
    begin(phone)
    phone.get_by_role("button", name="Sound on").click()
    off = phone.get_by_role("button", name="Sound off")
    expect(off).to_have_attribute("aria-pressed", "false")
    phone.reload()
    expect(off).to_be_visible()
    off.click()
    expect(phone.get_by_role("button", name="Sound on")).to_be_visible()


def test_the_screen_is_asked_to_stay_on_during_exercises_alone(stage: Stage) -> None:
    phone = stage.open()
    phone.add_init_script(
        """window.locks = [];
        Object.defineProperty(navigator, "wakeLock", { value: { request: async () => {
          const lock = { released: false, release() { this.released = true; } };
          window.locks.push(lock);
          return lock;
        } } });"""
    )
    stage.sign_in(phone)
    begin(phone)
    held = "window.locks.filter((lock) => !lock.released).length"
    assert phone.evaluate(held) == 1
    phone.evaluate("window.locks[0].released = true")
    look_again(phone)
    assert phone.evaluate(held) == 1
    skip_exercises(phone, 4)
    expect(heading(phone)).to_have_text("Worst pain during the session?")
    assert phone.evaluate(held) == 0


def test_who_wants_less_motion_sees_a_still_picture_and_a_bare_number(stage: Stage) -> None:
    phone = stage.open(reduced_motion="reduce")
    stage.sign_in(phone)
    begin(phone)
    skip_exercise(phone)
    picture = phone.locator("[data-exercise=lb-bridge] img")
    expect(picture).to_be_visible()
    assert "still" in picture.evaluate("image => image.currentSrc")
    skip_exercise(phone)
    touch(phone)
    expect(phone.locator("[data-count]")).to_be_visible()
    expect(phone.locator("[data-dial] svg")).to_be_hidden()


# Pain before it


@pytest.mark.parametrize(
    ("before", "says", "first"),
    [
        (5, None, "Pelvic tilt"),
        (6, "Pain is up today: we go easy", "Pelvic tilt"),
        (8, "Pain is high today: let it settle", "Diaphragmatic breathing"),
    ],
)
def test_pain_before_it_eases_the_day(
    phone: Page, before: int, says: str | None, first: str
) -> None:
    open_session(phone)
    rate(phone, "before", before)
    if says:
        expect(heading(phone)).to_have_text(says)
        phone.get_by_role("button", name="Begin").click()
    expect(heading(phone)).to_have_text(first)


def test_another_answer_to_the_first_question_is_another_session(stage: Stage, phone: Page) -> None:
    open_session(phone)
    rate(phone, "before", 9)
    expect(heading(phone)).to_have_text("Pain is high today: let it settle")
    phone.go_back()
    rate(phone, "before", 2)
    expect(heading(phone)).to_have_text("Pelvic tilt")
    skip_exercises(phone, 4)
    to_the_end(phone)
    assert the_one(stage)["before"] == 2
    assert ticks(the_one(stage), "done") == FOUR
