"""Back, again and twice: whatever is pressed after an answer was given, it counts once, and nobody
is asked to send a form anew."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Route, expect
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.session import Morning
from tests.browser import hands
from tests.browser.player import (
    answer_the_rest,
    finish,
    go_on,
    heading,
    open_session,
    rate,
    told,
    until_kept,
)
from tests.browser.stage import Stage
from tests.conftest import NOON

REPORT = "**/me/session"


@pytest.fixture
def phone(stage: Stage) -> Page:
    """Maya's phone, signed in. Its browser keeps no pages, so that each is asked for."""
    page = stage.open(service_workers="block")
    stage.sign_in(page)
    return page


@pytest.fixture
def posted(phone: Page) -> list[str]:
    """Where the phone has sent anything to, in turn."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            seen.append(request.url.removeprefix(phone.url))

    phone.on("request", note)
    return seen


def whole_session(page: Page) -> None:
    hands.to_the_exercises(page)
    hands.skip_all(page)
    hands.answer_to_the_flags(page)
    hands.send(page)


def test_nothing_is_sent_twice_by_the_back_button(
    stage: Stage, phone: Page, posted: list[str]
) -> None:
    phone.goto("/me")
    whole_session(phone)
    after = phone.url
    for _ in range(12):
        phone.go_back()
        expect(phone.locator("[data-step]:visible")).to_have_count(0)
        if phone.url.endswith("/me"):
            break
    expect(phone.locator("section.day")).to_contain_text("Done for today")
    phone.goto(after)
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert (len(posted), len(told(stage))) == (1, 1)


def test_without_a_script_the_way_back_leads_to_no_form_that_was_sent(stage: Stage) -> None:
    """And the page after it is one to reload."""
    phone = stage.open(java_script_enabled=False)
    stage.sign_in(phone)
    phone.goto("/me/session?before=3")
    hands.tick_all(phone)
    for name in ("during", "after"):
        phone.locator(f"#{name}-3").check()
    send = phone.get_by_role("button", name="Send")
    send.click()
    for _ in range(2):
        expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you")
        phone.reload()
    phone.go_back()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Done for today")
    expect(send).to_have_count(0)
    assert len(told(stage)) == 1


def test_no_step_is_lost_by_a_reload(stage: Stage, phone: Page) -> None:
    open_session(phone)
    rate(phone, "before", 3)
    for _ in range(4):
        stays(phone)
        hands.skip(phone)
    for name in ("during", "after", "effort"):
        stays(phone)
        phone.locator(f"#{name}-4").check()
        until_kept(phone, name, 4)
        stays(phone)
        expect(phone.locator(f"#{name}-4")).to_be_checked()
        go_on(phone)
    for _ in range(2):
        stays(phone)
        go_on(phone)
    phone.locator("#note").fill("stiff")
    stays(phone)
    expect(phone.locator("#note")).to_have_value("stiff")
    phone.locator("[data-step=note] .actions button").click()
    phone.wait_for_url("**/sessions/*")
    (session,) = told(stage)
    said = [session[name] for name in ("before", "during", "after", "effort", "note")]
    assert (said, session["completion"]) == ([3, 4, 4, 4, "stiff"], 100)


def stays(page: Page) -> None:
    """A reload leads to the step that it left."""
    step = heading(page).inner_text()
    page.reload()
    expect(heading(page)).to_have_text(step)


def lost_on_the_way_back(route: Route) -> None:
    if route.request.method == "POST":
        route.fetch()
        route.abort("connectionreset")
    else:
        route.fallback()


def lost_on_the_way_there(route: Route) -> None:
    if route.request.method == "POST":
        route.abort("connectionreset")
    else:
        route.fallback()


@pytest.mark.parametrize(
    ("fate", "arrived"), [(lost_on_the_way_back, 1), (lost_on_the_way_there, 0)]
)
def test_a_session_whose_answer_was_lost_is_told_once(
    stage: Stage, phone: Page, fate: Callable[[Route], None], arrived: int
) -> None:
    stage.faults.expect("ERR_CONNECTION_RESET")
    hands.to_the_exercises(phone)
    hands.skip_all(phone)
    answer_the_rest(phone)
    phone.route(REPORT, fate)
    finish(phone)
    expect(heading(phone)).to_have_text("Thank you. It is kept on this phone.")
    assert len(told(stage)) == arrived
    phone.unroute(REPORT)
    phone.goto("/me")
    expect(phone.locator("[data-connection]")).to_contain_text("Sent")
    phone.reload()
    expect(phone.locator("section.day")).to_contain_text("Done for today")
    assert len(told(stage)) == 1


def test_a_morning_that_is_tapped_twice_and_put_right_is_one(stage: Stage, phone: Page) -> None:
    stage.trained(stage.maya.plan_id, NOON)
    stage.later(hours=20)
    phone.goto("/me")
    phone.locator("button[name=pain][value='3']").dblclick()
    expect(phone).to_have_url(re.compile(r"/me\?noted=pain$"))
    phone.reload()
    phone.locator("summary").click()
    phone.locator("button[name=pain][value='5']").click()
    expect(phone.locator("#woke")).to_have_text("Thank you, noted: 5 of 10.")
    phone.go_back()
    expect(phone.locator("section.day")).to_be_visible()
    with stage.backstage():
        assert db.session.scalars(select(Morning.pain)).all() == [5]
