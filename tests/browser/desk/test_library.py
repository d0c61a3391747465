"""Ana makes an exercise and a program of the clinic's own, and a patient trains by them."""

from playwright.sync_api import Page, expect

from tests.browser.axe import check
from tests.browser.stage import Stage


def checked(page: Page) -> None:
    """By day and by night; without motion a button has its new colours at once."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        check(page)


def test_an_exercise_of_our_own_goes_all_the_way_to_a_phone(stage: Stage, desk: Page) -> None:
    stage.sign_in(desk, stage.ana)
    desk.goto("/clinic/library")
    checked(desk)
    desk.get_by_label("Words").fill("bridge straight")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("1 of 84 exercises")).to_be_visible()
    desk.get_by_role("link", name="Bridge").press("Enter")
    checked(desk)
    desk.get_by_role("link", name="Make our own from this").press("Enter")
    desk.get_by_label("Name", exact=True).fill("Riverside bridge")
    desk.get_by_label("Movement").fill("Lift the hips the Riverside way.")
    checked(desk)
    desk.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Riverside bridge")
    checked(desk)

    desk.goto("/clinic/library/own/programs/new?from=lb-acute-2w")
    desk.get_by_label("Name", exact=True).first.fill("Riverside back")
    desk.get_by_label("Phase 1, exercise 1").select_option("Riverside bridge (ours)")
    checked(desk)
    desk.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Riverside back")
    checked(desk)
    expect(desk.get_by_role("link", name="Assign")).to_have_attribute(
        "href", "/clinic/assign?program=own-riverside-back"
    )
    desk.goto("/clinic/library/own")
    checked(desk)

    nils = stage.enrol("Nils", "+442079460177")
    assigned = desk.request.post(
        f"/api/v1/patients/{nils.id}/plans",
        data={"program_id": "own-riverside-back", "usual_pain": 3},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert assigned.status == 201, assigned.text()
    phone = stage.open(java_script_enabled=False)
    stage.sign_in(phone, nils)
    phone.goto("/me")
    expect(phone.get_by_text("Riverside bridge")).to_be_visible()
    phone.goto("/me/session")
    phone.get_by_label("2", exact=True).check()
    phone.get_by_role("button", name="Go on").click()
    expect(phone.locator('img[src*="/lb-bridge.svg"]').first).to_be_attached()
    expect(phone.get_by_text("Lift the hips the Riverside way.").first).to_be_attached()


def test_the_ladder_asks_for_what_its_kind_needs_and_counts_the_work(
    stage: Stage, desk: Page
) -> None:
    stage.faults.expect("status of 422")
    stage.sign_in(desk, stage.ana)
    desk.goto("/clinic/library/own/exercises/new?from=lb-bridge")
    index = desk.locator("[data-rung] [data-index]")
    expect(index.nth(1)).to_have_text("30, 1.67 times")
    desk.get_by_label("Level 2: repetitions").fill("12")
    expect(index.nth(1)).to_have_text("36, 2 times (above 1.8)")
    desk.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("Not saved.")
    expect(desk.locator("#levels-2-fault")).to_contain_text("1.8 times at most for strengthening")
    checked(desk)
    desk.get_by_label("Kind").select_option("relaxation")
    expect(desk.get_by_label("Level 2: minutes")).to_be_visible()
    expect(desk.get_by_label("Level 2: repetitions")).to_be_hidden()
