"""The morning question by touch: answered, corrected, answered without a network."""

from datetime import UTC, datetime

from playwright.sync_api import Page, expect
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.session import Morning
from tests.browser.stage import Stage
from tests.conftest import NOON

SETTLED = "navigator.serviceWorker.ready.then(() => {})"


def woke(stage: Stage) -> list[tuple[int | None, int | None]]:
    with stage.backstage():
        found = db.session.scalars(select(Morning).order_by(Morning.reported_at))
        return [(morning.pain, morning.sleep) for morning in found]


def tap(phone: Page, question: str, number: int) -> None:
    form = phone.locator("form[data-keep]").filter(has=phone.get_by_text(question))
    form.locator(f'button[value="{number}"]').tap()


def test_one_tap_answers_and_the_next_one_corrects(stage: Stage, phone: Page) -> None:
    stage.trained(stage.maya.plan_id, NOON)
    stage.later(hours=20)
    stage.sign_in(phone)
    phone.goto(f"{stage.house.url}/me")
    tap(phone, "How much pain do you have right now?", 0)
    expect(phone.get_by_text("noted: 0 of 10")).to_be_visible()
    phone.get_by_text("Not right? Tap another number.").tap()
    phone.locator('details button[value="7"]').tap()
    expect(phone.get_by_text("noted: 7 of 10")).to_be_visible()
    tap(phone, "How did you sleep?", 4)
    expect(phone.get_by_text("How long were you stiff")).to_be_visible()
    assert woke(stage) == [(7, 4)]


def test_without_a_network_it_is_kept_and_sent_when_it_returns(stage: Stage, phone: Page) -> None:
    stage.trained(stage.maya.plan_id, NOON)
    stage.later(hours=20)
    stage.sign_in(phone)
    phone.goto(f"{stage.house.url}/me")
    phone.evaluate(SETTLED)
    with stage.offline(phone):
        tap(phone, "How much pain do you have right now?", 3)
        expect(phone.locator("form[data-keep]")).to_be_hidden()
        expect(phone.locator("[data-connection]")).to_contain_text("Kept on this phone: 1.")
        assert woke(stage) == []
    expect(phone.locator("[data-connection]")).to_contain_text("Sent")
    assert woke(stage) == [(3, None)]


def test_an_answer_after_one_that_was_sent_is_sent_again(stage: Stage, phone: Page) -> None:
    stage.trained(stage.maya.plan_id, NOON)
    stage.later(hours=20)
    stage.sign_in(phone)
    phone.goto(f"{stage.house.url}/me")
    tap(phone, "How much pain do you have right now?", 3)
    phone.get_by_text("Not right? Tap another number.").tap()
    phone.evaluate(SETTLED)
    with stage.offline(phone):
        phone.locator('details button[value="7"]').tap()
        expect(phone.locator("[data-connection]")).to_contain_text("Kept on this phone: 1.")
        phone.locator("details").evaluate("details => { details.hidden = false; }")
        phone.locator("details form").evaluate("form => { form.hidden = false; }")
        phone.locator('details button[value="5"]').tap()
        expect(phone.locator("details form")).to_be_hidden()
        expect(phone.locator("[data-connection]")).to_contain_text("Kept on this phone: 1.")
    expect(phone.locator("[data-connection]")).to_contain_text("Sent")
    assert woke(stage) == [(5, None)]


def test_the_page_of_another_day_asks_for_no_morning(stage: Stage, phone: Page) -> None:
    stage.trained(stage.maya.plan_id, NOON)
    stage.now(datetime(2026, 3, 3, 8, tzinfo=UTC))
    stage.sign_in(phone)
    phone.goto("/me")
    question = phone.locator("form[data-keep]")
    expect(question).to_be_visible()
    phone.evaluate(SETTLED)
    with stage.offline(phone):
        stage.later(hours=24)
        phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(question).to_be_hidden()
        expect(phone.locator("[data-connection]")).to_contain_text("plan of Tuesday")
    expect(phone.locator("body")).to_have_attribute("data-on", "2026-03-04")
    assert woke(stage) == []


def test_who_taps_after_midnight_is_asked_anew(stage: Stage, phone: Page) -> None:
    stage.trained(stage.maya.plan_id, NOON)
    stage.now(datetime(2026, 3, 3, 23, 58, tzinfo=UTC))
    stage.sign_in(phone)
    phone.goto("/me")
    question = phone.locator("form[data-keep]")
    expect(question).to_be_visible()
    stage.later(minutes=4)
    question.locator('button[value="9"]').tap()
    expect(phone.locator("body")).to_have_attribute("data-on", "2026-03-04")
    assert woke(stage) == []


def test_a_phone_whose_clock_is_a_day_ahead_is_asked_all_the_same(
    stage: Stage, phone: Page
) -> None:
    stage.trained(stage.maya.plan_id, NOON)
    stage.later(hours=20)
    phone.clock.set_system_time(datetime(2026, 3, 4, 8, tzinfo=UTC))
    phone.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined });")
    stage.sign_in(phone)
    phone.goto("/me")
    tap(phone, "How much pain do you have right now?", 3)
    expect(phone.get_by_text("noted: 3 of 10")).to_be_visible()
    assert woke(stage) == [(3, None)]
