"""The doors: a patient's phone number and code, the staff's password."""

import re

from playwright.sync_api import Page, expect

from tests.browser.stage import Stage

WRONG = "status of 401"


def test_maya_comes_in_by_the_code_on_her_phone(stage: Stage, phone: Page) -> None:
    stage.enter(phone)
    expect(phone.locator("main")).to_contain_text("Maya")


def test_a_phone_without_scripts_in_spanish_comes_in_too(stage: Stage) -> None:
    lucia = stage.enrol("Lucía", "+34612345678", language="es", zone="Europe/Madrid")
    phone = stage.open(locale="es-ES", java_script_enabled=False)
    phone.goto("/enter")
    expect(phone.locator("html")).to_have_attribute("lang", "es")
    stage.enter(phone, lucia)
    expect(phone.locator("html")).to_have_attribute("lang", "es")
    expect(phone.locator("main")).to_contain_text("Lucía")


def test_a_wrong_code_is_told_at_its_field(stage: Stage, phone: Page) -> None:
    phone.goto("/enter")
    phone.get_by_label("Your mobile number").fill("+44 20 7946 0123")
    phone.get_by_role("button", name="Text me a code").click()
    field = phone.get_by_label("Six-digit code")
    expect(field).to_be_focused()
    field.fill("000000" if stage.code_for(stage.maya) != "000000" else "111111")
    stage.faults.expect(WRONG)
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("^That code did not work"))


def test_a_wrong_password_keeps_the_address_that_was_typed(stage: Stage, desk: Page) -> None:
    desk.goto("/sign-in")
    desk.get_by_label("E-mail").fill("ana@riverside.example")
    desk.get_by_label("Password").fill("not hers at all")
    stage.faults.expect(WRONG)
    desk.get_by_role("button", name="Sign in").click()
    expect(desk.get_by_label("E-mail")).to_have_value("ana@riverside.example")
    expect(desk.get_by_label("Password")).to_be_empty()


def test_ana_who_has_come_in_sees_her_patients(stage: Stage, desk: Page) -> None:
    stage.sign_in(desk, stage.ana)
    desk.goto("/clinic")
    expect(desk.get_by_role("main")).to_contain_text("Maya Lindqvist")


def test_who_is_not_in_is_sent_to_the_door_and_on_from_there(stage: Stage, phone: Page) -> None:
    phone.goto("/me")
    expect(phone).to_have_url(f"{stage.house.url}/enter?next=/me")
