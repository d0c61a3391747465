"""A session that something comes between: a reload, a call, midnight, no network, danger. Nothing
is lost, and it is told once."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from tests.browser.player import (
    FOUR,
    answer_the_rest,
    begin,
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
    told,
    touch,
    until_kept,
)
from tests.browser.stage import Stage
from tests.conftest import NOON


@pytest.fixture
def phone(stage: Stage) -> Page:
    """Maya's phone, signed in, before her first session."""
    page = stage.open()
    stage.sign_in(page)
    return page


# Torn away


def test_the_back_button_goes_one_step_back_and_loses_nothing(phone: Page) -> None:
    begin(phone)
    touch(phone)
    phone.clock.run_for(8_500)
    skip_exercise(phone, "part")
    skip_exercises(phone, 3)
    phone.locator("#during-7").check()
    go_on(phone)
    expect(heading(phone)).to_have_text("And how much pain now?")
    phone.go_back()
    expect(phone.locator("#during-7")).to_be_checked()
    for name in ("Walking", "Figure-four stretch", "Bridge", "Pelvic tilt"):
        phone.go_back()
        expect(heading(phone)).to_have_text(name)
    phone.get_by_role("button", name="Back").click()
    expect(phone.locator("#before-3")).to_be_checked()
    phone.go_forward()
    expect(heading(phone)).to_have_text("Pelvic tilt")


@pytest.mark.parametrize("way", ["reload", "another tab"])
def test_a_session_is_gone_on_with_where_it_was_left(stage: Stage, phone: Page, way: str) -> None:
    begin(phone)
    skip_exercises(phone, 4)
    rate(phone, "during", 6)
    phone.locator("#after-4").check()
    until_kept(phone, "after", 4)
    if way == "reload":
        phone.reload()
    else:
        context = phone.context
        phone.close()
        phone = context.new_page()
        phone.goto("/me")
        phone.get_by_role("link", name="Continue where you stopped").click()
    expect(heading(phone)).to_have_text("And how much pain now?")
    expect(phone.locator("#after-4")).to_be_checked()
    phone.go_back()
    expect(phone.locator("#during-6")).to_be_checked()
    phone.go_forward()
    go_on(phone)
    for _ in range(3):
        go_on(phone)
    finish(phone)
    phone.wait_for_url("**/sessions/*")
    assert (the_one(stage)["during"], the_one(stage)["completion"]) == (6, 100)


def test_minutes_that_ran_go_on_after_a_reload(phone: Page) -> None:
    begin(phone)
    skip_exercises(phone, 3)
    touch(phone)
    phone.clock.run_for("01:00")
    phone.reload()
    hold_time(phone)
    expect(heading(phone)).to_have_text("Walking")
    expect(phone.locator("[data-count]")).to_have_text(re.compile(r"3:5\d"))
    expect(main(phone)).to_have_text("Pause")


def test_minutes_that_ended_long_ago_are_asked_about(stage: Stage, phone: Page) -> None:
    begin(phone)
    skip_exercises(phone, 3)
    touch(phone)
    phone.clock.run_for(3_000)
    phone.goto("about:blank")
    stage.later(hours=3)
    phone.clock.resume()
    phone.goto("/me/session")
    expect(heading(phone).last).to_have_text("Did you do this one?")
    phone.get_by_role("button", name="No, go on without it").click()
    answer_the_rest(phone)
    finish(phone)
    phone.wait_for_url("**/sessions/*")
    assert ticks(the_one(stage), "done") == FOUR[:3]


def test_holds_that_were_counted_stay_counted_after_a_reload(phone: Page) -> None:
    begin(phone)
    touch(phone)
    phone.clock.run_for(15_500)
    expect(phone.locator("[data-set]")).to_have_text("3 of 6 times")
    phone.reload()
    expect(phone.locator("[data-set]")).to_have_text("3 of 6 times")
    expect(main(phone)).to_have_text("Go on")


def test_two_tabs_tell_one_session(stage: Stage, phone: Page) -> None:
    begin(phone)
    skip_exercises(phone, 4)
    other = phone.context.new_page()
    open_session(other)
    expect(heading(other)).to_have_text("Worst pain during the session?")
    to_the_end(other)
    look_again(phone)
    phone.wait_for_url("**/me")
    assert the_one(stage)["completion"] == 100


def test_a_tab_that_was_left_behind_catches_up(phone: Page) -> None:
    begin(phone)
    other = phone.context.new_page()
    open_session(other)
    hold_time(other)
    skip_exercises(other, 2)
    expect(heading(other)).to_have_text("Figure-four stretch")
    look_again(phone)
    expect(heading(phone)).to_have_text("Figure-four stretch")


def test_a_session_without_a_network_is_kept_and_sent_once(stage: Stage, phone: Page) -> None:
    begin(phone)
    phone.wait_for_load_state("networkidle")
    with stage.offline(phone):
        skip_exercises(phone, 4)
        answer_the_rest(phone)
        finish(phone)
        expect(heading(phone)).to_have_text("Thank you. It is kept on this phone.")
        expect(phone.get_by_text("What you ticked is worth a talk.")).to_be_hidden()
        assert told(stage) == []
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.locator("[data-connection]")).to_contain_text("Sent")
    session = the_one(stage)
    assert (session["during"], session["completion"]) == (4, 100)
    phone.goto("/me/session")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Done for today")


def test_a_clock_that_was_put_right_meanwhile_makes_no_session_of_the_future(
    stage: Stage, phone: Page
) -> None:
    phone.clock.set_system_time(NOON + timedelta(hours=3))
    begin(phone)
    skip_exercises(phone, 4)
    phone.clock.resume()
    phone.clock.set_system_time(NOON)
    phone.reload()
    said: list[dict[str, list[str]]] = []
    phone.on("request", lambda sent: sent.post_data and said.append(parse_qs(sent.post_data)))
    to_the_end(phone)
    ((started_at,),) = [each["started_at"] for each in said]
    assert abs(datetime.fromisoformat(started_at) - NOON) < timedelta(minutes=1)


@pytest.fixture
def forgetful(stage: Stage) -> Page:
    """A phone that keeps nothing."""
    page = stage.open()
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined });")
    stage.sign_in(page)
    return page


def test_a_phone_that_keeps_nothing_says_so_and_tries_again(stage: Stage, forgetful: Page) -> None:
    begin(forgetful)
    with stage.offline(forgetful):
        skip_exercises(forgetful, 4)
        answer_the_rest(forgetful)
        finish(forgetful)
        expect(heading(forgetful)).to_have_text("There is no network just now")
    forgetful.get_by_role("button", name="Try again").click()
    finish(forgetful)
    forgetful.wait_for_url("**/sessions/*")
    assert the_one(stage)["completion"] == 100


def test_danger_on_a_phone_that_keeps_nothing_is_told_when_it_can_be(
    stage: Stage, forgetful: Page
) -> None:
    to_the_red_flags(forgetful)
    tell = forgetful.get_by_role("button", name="Tell my clinic now")
    with stage.offline(forgetful):
        forgetful.locator("[value=RF01]").check()
        forgetful.clock.resume()
        tell.click()
        expect(forgetful.get_by_text("Your clinic could not be told from here.")).to_be_visible()
    tell.click()
    expect(forgetful.get_by_text("Your clinic has been told.")).to_be_visible()
    assert the_one(stage)["red_flags"] == ["RF01"]


def test_what_the_server_does_not_take_is_told_and_may_be_put_right(
    stage: Stage, phone: Page
) -> None:
    stage.faults.expect("status of 422")
    begin(phone)
    skip_exercises(phone, 4)
    answer_the_rest(phone)
    note = phone.get_by_label("A note for your physiotherapist")
    note.evaluate(
        "field => { field.removeAttribute('maxlength'); field.value = 'x'.repeat(2001); }"
    )
    finish(phone)
    expect(heading(phone)).to_have_text("This could not be taken")
    expect(phone.get_by_text("Please keep to 2000 characters.")).to_be_visible()
    phone.get_by_role("button", name="Look at it again").click()
    note.fill("short")
    finish(phone)
    phone.wait_for_url("**/sessions/*")
    assert the_one(stage)["note"] == "short"


def test_a_session_begun_before_midnight_belongs_to_its_day(stage: Stage, phone: Page) -> None:
    stage.now(datetime(2026, 3, 2, 23, 50, tzinfo=UTC))
    open_session(phone)
    rate(phone, "before", 3)
    skip_exercises(phone, 4)
    stage.now(datetime(2026, 3, 3, 0, 10, tzinfo=UTC))
    to_the_end(phone)
    assert the_one(stage)["on"] == date(2026, 3, 2)


def test_a_session_of_last_evening_is_offered_after_midnight(stage: Stage, phone: Page) -> None:
    stage.now(datetime(2026, 3, 2, 23, 50, tzinfo=UTC))
    open_session(phone)
    rate(phone, "before", 3)
    skip_exercises(phone, 4)
    stage.now(datetime(2026, 3, 3, 0, 10, tzinfo=UTC))
    phone.goto("/me/session")
    phone.get_by_role("link", name="Finish it").click()
    expect(heading(phone)).to_have_text("Worst pain during the session?")
    to_the_end(phone)
    assert the_one(stage)["on"] == date(2026, 3, 2)


# Danger


def to_the_red_flags(page: Page) -> None:
    begin(page)
    skip_exercises(page, 4)
    rate(page, "during", 4)
    rate(page, "after", 3)
    go_on(page)
    go_on(page)


@pytest.mark.parametrize(
    ("flag", "heading_", "number"),
    [("RF01", "Stop now and call for help", "999"), ("RF06", "Stop, and get medical", None)],
)
def test_a_sign_of_danger_shows_whom_to_call_at_once_without_a_network(
    stage: Stage, phone: Page, flag: str, heading_: str, number: str | None
) -> None:
    to_the_red_flags(phone)
    with stage.offline(phone):
        phone.locator(f"[value={flag}]").check()
        expect(heading(phone)).to_contain_text(heading_)
        expect(heading(phone)).to_be_focused()
        calls = [a.get_attribute("href") for a in phone.locator("a[data-call]").all()]
        assert calls == [*([f"tel:{number}"] if number else []), "tel:+442079460100"]
        phone.clock.resume()
        phone.get_by_role("button", name="Tell my clinic now").click()
        expect(phone.get_by_text("Your clinic is told as soon as")).to_be_visible()
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.locator("[data-connection]")).to_contain_text("Sent")
    assert the_one(stage)["red_flags"] == [flag]
    with stage.backstage():
        assert [alert.level for alert in db.session.scalars(select(Alert))] == [3]


def test_thoughts_of_self_harm_lead_to_a_crisis_line(phone: Page) -> None:
    to_the_red_flags(phone)
    phone.locator("[value=RF19]").check()
    expect(heading(phone)).to_have_text("You are not alone with this")
    expect(phone.get_by_role("link", name="116 123")).to_be_visible()


def test_a_tick_by_mistake_is_taken_back_and_nobody_is_told(stage: Stage, phone: Page) -> None:
    to_the_red_flags(phone)
    phone.locator("[value=RF01]").check()
    phone.get_by_role("button", name="I ticked that by mistake").click()
    expect(phone.locator("[value=RF01]")).not_to_be_checked()
    phone.get_by_role("button", name="None of these").click()
    finish(phone)
    phone.wait_for_url("**/sessions/*")
    assert the_one(stage)["red_flags"] == []


def test_who_leaves_the_page_to_call_has_told_the_clinic(stage: Stage, phone: Page) -> None:
    to_the_red_flags(phone)
    phone.locator("[value=RF01]").check()
    phone.clock.resume()
    hide(phone)
    expect(phone.get_by_text("Your clinic has been told.")).to_be_visible()
    assert the_one(stage)["red_flags"] == ["RF01"]


def test_a_sign_that_can_wait_goes_on_to_the_end(stage: Stage, phone: Page) -> None:
    to_the_red_flags(phone)
    phone.locator("[value=RF12]").check()
    expect(phone.locator("[data-next]:visible")).to_have_text("Go on")
    go_on(phone)
    finish(phone)
    phone.wait_for_url("**/sessions/*")
    assert the_one(stage)["red_flags"] == ["RF12"]


def test_a_sign_that_can_wait_is_spoken_of_without_a_network_too(stage: Stage, phone: Page) -> None:
    to_the_red_flags(phone)
    phone.wait_for_load_state("networkidle")
    with stage.offline(phone):
        phone.locator("[value=RF12]").check()
        go_on(phone)
        finish(phone)
        expect(heading(phone)).to_have_text("Thank you. It is kept on this phone.")
        expect(phone.get_by_text("What you ticked is worth a talk.")).to_be_visible()
        expect(phone.get_by_role("link", name="Call Riverside")).to_be_visible()
