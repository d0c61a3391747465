"""A flare seen, understood and overruled: from the inbox to the course, its mark, the decision, and
back to what the patient reads."""

from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from tests.browser import axe
from tests.browser.stage import Stage
from tests.conftest import NOON

FLARE = timedelta(days=7)


def _flare(stage: Stage) -> None:
    """A calm week, then a session that hurt."""
    for day in (0, 2, 4):
        stage.trained(stage.maya.plan_id, NOON + timedelta(days=day))
        stage.woke(stage.maya.plan_id, NOON + timedelta(days=day, hours=20))
    stage.now(NOON + FLARE)
    stage.trained(stage.maya.plan_id, NOON + FLARE, before=4, during=8, after=7)


def _marks(desk: Page) -> Locator:
    return desk.locator(".timeline .decision")


def test_a_flare_is_seen_understood_and_overruled(stage: Stage, desk: Page, phone: Page) -> None:
    _flare(stage)
    stage.sign_in(desk, stage.ana)
    stage.sign_in(phone)

    desk.goto("/clinic/inbox")
    desk.get_by_role("link", name="Maya Lindqvist").first.click()
    expect(desk.get_by_role("region", name="Waits for you")).to_contain_text("Severe pain")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.get_by_text("The same in numbers, every day").click()
    axe.check(desk)

    # The marks are one stop for the tab key, and the newest of them is where it stops.
    expect(desk.locator(".timeline .decision[tabindex='0']")).to_have_count(1)
    last = _marks(desk).last
    last.focus()
    expect(last.locator(".card")).to_be_visible()
    desk.keyboard.press("ArrowLeft")
    expect(_marks(desk).nth(-2)).to_be_focused()
    desk.keyboard.press("Enter")

    expect(desk.get_by_role("heading", name="Rules that bound")).to_be_visible()
    expect(desk.locator("main")).to_contain_text("severe pain, highest rating 8, usual 4 (R1")
    axe.check(desk)
    stage.faults.allow("422")
    desk.get_by_label("Dose").fill("60")
    desk.get_by_role("button", name="Override").click()
    expect(desk.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    expect(desk.get_by_label("Dose")).to_have_value("60")
    desk.get_by_label("Reason").fill("It was the gardening")
    desk.get_by_role("button", name="Override").click()

    expect(desk.locator(".notice-good")).to_contain_text("Set to step 1, 60%.")
    said = "Ana Ruiz set step and dose by hand: It was the gardening. Step 1, 60%."
    expect(_marks(desk).last).to_have_attribute("aria-label", f"9 Mar, Strengthening: {said}")

    phone.goto("/me")
    expect(phone.locator("main")).to_contain_text("Your physiotherapist has looked at your plan")


def test_a_colleague_was_faster(stage: Stage, desk: Page) -> None:
    """Two desks on one decision: the second is told what the first has done."""
    _flare(stage)
    stage.sign_in(desk, stage.ana)
    desk.goto(f"/clinic/patients/{stage.maya.id}")
    address = str(_marks(desk).last.get_attribute("href"))
    beside = desk.context.new_page()
    for page, dose in ((desk, "70"), (beside, "90")):
        page.goto(address)
        page.get_by_label("Dose").fill(dose)
        page.get_by_label("Reason").fill(f"Called, {dose}")
    desk.get_by_role("button", name="Override").click()
    expect(desk.locator(".notice-good")).to_contain_text("70%")
    stage.faults.allow("409")
    beside.get_by_role("button", name="Override").click()
    expect(beside.get_by_role("heading", name="This has changed meanwhile")).to_be_visible()
    expect(beside.locator("main")).to_contain_text("Ana Ruiz (set by hand)")
    axe.check(beside)
    beside.get_by_role("link", name="Look at what holds now").click()
    expect(beside.locator("main")).to_contain_text("Called, 70")
