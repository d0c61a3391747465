"""A plan's page in a browser: two at one plan, a pause, and what Maya sees of a swap and a pin."""

from uuid import UUID

from playwright.sync_api import Page, expect

from rehab.extensions import db
from rehab.models.clinic import CLINICIAN, Clinician
from rehab.services import clinics
from tests.browser.axe import check
from tests.browser.cast import Person
from tests.browser.stage import DESK, Stage
from tests.conftest import NOON


def colleague(stage: Stage) -> Person:
    with stage.backstage():
        ana = db.session.get_one(Clinician, stage.ana.id)
        clinics.add_clinician(ana.clinic_id, "ben@riverside.example", "Ben Ito", NOON, CLINICIAN)
    return stage.person("Ben Ito")


def address(plan_id: UUID | None) -> str:
    return f"/clinic/plans/{plan_id}"


def open_by_keyboard(page: Page, form: str) -> None:
    page.locator(f"#{form} > summary").focus()
    page.keyboard.press("Enter")


def test_two_at_one_plan_lose_nothing_and_it_takes_no_mouse(stage: Stage, desk: Page) -> None:
    ben, bens = colleague(stage), stage.open(**DESK)
    stage.sign_in(desk, stage.ana)
    stage.sign_in(bens, ben)
    for page in (desk, bens):
        page.goto(address(stage.maya.plan_id))
    open_by_keyboard(desk, "times")
    check(desk)
    stage.later(minutes=5)
    open_by_keyboard(bens, "times")
    bens.get_by_label("Bedtime").focus()
    bens.keyboard.type("22:30")
    bens.get_by_label("Sat").focus()
    bens.keyboard.press("Space")
    bens.locator("#reason-times").focus()
    bens.keyboard.type("late shifts")
    bens.keyboard.press("Enter")
    expect(bens.get_by_role("status").first).to_contain_text("Bedtime: 22:30")

    desk.get_by_label("Fri").focus()
    desk.keyboard.press("Space")
    desk.locator("#reason-times").focus()
    desk.keyboard.type("choir on Fridays")
    stage.faults.expect("status of 409")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=2)).to_contain_text("somebody has changed this plan")
    expect(desk.locator(".trail")).to_contain_text("Ben Ito changed the plan")
    expect(desk.locator(".trail")).to_contain_text("Mon, Wed, Fri → Mon, Wed, Fri, Sat")
    expect(desk.get_by_role("table")).to_contain_text("Mon, Wed")
    check(desk)
    desk.get_by_role("button", name="Put mine on top").focus()
    desk.keyboard.press("Enter")
    facts = desk.locator("section", has=desk.get_by_role("heading", name="Days and times"))
    expect(facts.locator("dl")).to_contain_text("Mon, Wed")
    expect(facts.locator("dl")).not_to_contain_text("Sat")
    expect(facts.locator("dl")).to_contain_text("22:30")


def test_a_pause_is_said_before_it_is_done_and_reaches_her_phone(
    stage: Stage, desk: Page, phone: Page
) -> None:
    stage.sign_in(desk, stage.ana)
    desk.goto(address(stage.maya.plan_id))
    open_by_keyboard(desk, "pause")
    foretold = desk.locator("#pause blockquote").inner_text()
    desk.locator("#reason-pause").fill("fever")
    desk.get_by_role("button", name="Pause the plan").click()
    expect(desk.get_by_text("Nothing is offered until the plan is resumed")).to_be_visible()
    stage.later(minutes=6)
    stage.tick()
    assert foretold in stage.texts(stage.maya)
    stage.sign_in(phone)
    phone.goto("/me")
    expect(phone.get_by_role("main")).to_contain_text("paused")

    desk.reload()
    open_by_keyboard(desk, "resume")
    expect(desk.locator("#resume")).to_contain_text("dose 100% → 50%")
    check(desk)
    desk.get_by_role("button", name="Resume the plan").click()
    expect(desk.locator(".trail-entry").first).to_contain_text("Ana Ruiz resumed the plan")
    phone.reload()
    expect(phone.get_by_role("main")).not_to_contain_text("paused")


def test_a_swap_and_a_pin_are_what_she_sees_next(stage: Stage, desk: Page, phone: Page) -> None:
    stage.sign_in(desk, stage.ana)
    stage.sign_in(phone)
    phone.goto("/me")
    expect(phone.get_by_role("main")).to_contain_text("Bridge")
    expect(phone.get_by_role("main")).not_to_contain_text("about 13 min")
    desk.goto(address(stage.maya.plan_id))
    desk.get_by_role("link", name="Swap Bridge").click()
    check(desk)
    desk.get_by_label("Words").fill("dead")
    desk.get_by_role("button", name="Narrow").click()
    desk.get_by_role("radio", name="Dead bug").check()
    desk.get_by_role("button", name="Swap").click()
    expect(desk.get_by_role("status").first).to_contain_text("Dead bug")
    walk = desk.locator(".plan-row", has=desk.get_by_role("heading", name="Walking")).first
    walk.get_by_text("Pin", exact=True).click()
    walk.get_by_label("Hold Walking at").select_option("3")
    walk.get_by_role("button", name="Set the pin").click()
    expect(walk.get_by_text("Step 3 of 6")).to_be_visible()
    expect(desk.locator("#phase-now")).to_contain_text("about 13 min a session")
    phone.reload()
    expect(phone.get_by_role("main")).to_contain_text("Dead bug")
    expect(phone.get_by_role("main")).not_to_contain_text("Bridge")
    expect(phone.get_by_role("main")).to_contain_text("about 13 min")
