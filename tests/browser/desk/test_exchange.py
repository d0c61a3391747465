"""Paper and files, as Ana lives it: the record saved, a calendar handed over, and taken back."""

import json
import re
import urllib.request

from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.stage import Stage
from tests.exchange.reader import read


def test_ana_saves_a_record_and_hands_over_a_calendar(stage: Stage, desk: Page) -> None:
    stage.sign_in(desk, stage.ana)
    desk.goto(f"/clinic/patients/{stage.maya.id}/exchange")
    expect(desk.get_by_role("link", name="Paper and files")).to_have_attribute(
        "aria-current", "page"
    )
    axe.check(desk)
    with desk.expect_download() as saved:
        desk.get_by_role("button", name="FHIR R4").click()
    found = read(json.loads(saved.value.path().read_bytes()))
    assert found["Patient"][0]["id"] == str(stage.maya.id)
    assert saved.value.suggested_filename == f"patient-{stage.maya.id}.fhir.json"

    desk.get_by_role("button", name="Make a link").click()
    address = desk.get_by_label("Or the address by hand").input_value()
    axe.check(desk)
    with urllib.request.urlopen(_here(desk, address)) as answer:  # noqa: S310 - our own server
        days = Calendar.from_ical(answer.read()).walk("VEVENT")
    assert {str(each["SUMMARY"]) for each in days} == {"Exercises"}
    desk.get_by_role("button", name="End the link").click()
    expect(desk.get_by_text("The calendar link has ended.")).to_be_visible()
    expect(desk.get_by_role("button", name="Make a link")).to_be_visible()


def test_maya_makes_a_link_of_her_own(stage: Stage, phone: Page) -> None:
    stage.sign_in(phone)
    phone.goto("/me/settings")
    phone.get_by_role("link", name="My calendar").click()
    axe.check(phone)
    phone.get_by_role("button", name="Make a link").click()
    expect(phone.get_by_role("link", name="Put it in my calendar")).to_have_attribute(
        "href", re.compile(r"^webcal://.+\.ics$")
    )
    axe.check(phone)


def _here(page: Page, address: str) -> str:
    """The address on the server of this test: the one that is told is the public one."""
    origin = re.match(r"https?://[^/]+", page.url)
    assert origin
    return re.sub(r"^https?://[^/]+", origin[0], address)
