"""The morning question by touch: answered, corrected, answered without a network."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.session import Morning
from tests.browser.stage import Stage
from tests.conftest import NOON


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
    with stage.offline(phone):
        tap(phone, "How much pain do you have right now?", 3)
        expect(phone.locator("form[data-keep]")).to_be_hidden()
        expect(phone.locator("[data-connection]")).to_contain_text("Kept on this phone: 1.")
        assert woke(stage) == []
    expect(phone.locator("[data-connection]")).to_contain_text("Sent")
    assert woke(stage) == [(3, None)]
