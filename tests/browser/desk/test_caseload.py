"""A morning at the desk: who needs me, the call list, and ten step-ups in one go."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.stage import Stage
from tests.conftest import NOON


def _settled_week(stage: Stage) -> None:
    for day in (0, 2, 4):
        stage.trained(stage.maya.plan_id, NOON + timedelta(days=day), before=4, during=4, after=4)
        stage.woke(stage.maya.plan_id, NOON + timedelta(days=day, hours=20), pain=4)


def test_ana_sees_who_needs_her_and_approves_what_is_plain(stage: Stage, desk: Page) -> None:
    bo = stage.enrol("Bo", "+447700900123")
    stage.assign(bo, "neck-desk-6w")
    _settled_week(stage)
    stage.now(NOON + timedelta(days=7, hours=20))
    stage.sign_in(desk, stage.ana)
    desk.goto("/clinic")
    headings = desk.get_by_role("heading", level=2)
    expect(headings).to_have_text(["Steps to approve 1", "Call list 1"])
    expect(desk.get_by_role("row", name="Bo")).to_contain_text("Silent for 8 days")
    expect(desk.get_by_role("link", name="+44 7700 900123")).to_be_visible()
    expect(desk.get_by_role("img", name="Pain in 4 weeks: after sessions from 4")).to_be_visible()
    axe.check(desk)
    desk.set_viewport_size({"width": 820, "height": 1180})
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")

    desk.get_by_role("link", name="Approve green step-ups 2").click()
    every = desk.get_by_label("Tick all")
    expect(every).to_be_checked()
    desk.get_by_label("Maya Lindqvist, low-impact").press("Space")
    expect(every).to_have_js_property("indeterminate", True)
    button = desk.get_by_role("button", name="Approve what is ticked (1)")
    expect(button).to_be_enabled()
    axe.check(desk)
    button.press("Enter")
    expect(desk.get_by_role("status").first).to_have_text("1 step up approved.")
    row = desk.get_by_role("row", name="Maya Lindqvist")
    expect(row).to_contain_text("1 step up waits: Low-impact 1")
    row.get_by_role("link", name="Maya Lindqvist").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Maya Lindqvist")


def test_somebody_is_found_without_scripts(stage: Stage) -> None:
    stage.enrol("Zoë", "+447700900124")
    desk = stage.open(
        viewport={"width": 1280, "height": 800},
        is_mobile=False,
        has_touch=False,
        java_script_enabled=False,
    )
    stage.sign_in(desk, stage.ana)
    desk.goto("/clinic")
    desk.get_by_role("searchbox", name="Name or phone number").fill("zoe")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("rowheader")).to_have_text(["Zoë"])
    desk.get_by_role("link", name="Clear").click()
    expect(desk.get_by_role("rowheader")).to_have_count(2)
