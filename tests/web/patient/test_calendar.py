"""My calendar: a link that the patient makes and ends, in their own language."""

import re

import pytest

from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services import calendar_feeds, preferences
from rehab.web.words import LANGUAGES
from tests.conftest import NOON
from tests.web.sign_in.conftest import Browser, Page

PATH = "/me/settings/calendar"


def test_a_link_is_made_shown_once_and_works(her_phone: Browser, plan: Plan) -> None:
    (address,) = re.findall(r"https?://\S+\.ics", her_phone.post(PATH).text)
    path = re.sub(r"^https?://[^/]+", "", address)
    assert her_phone.get(path).content_type.startswith("text/calendar")
    again = her_phone.get(PATH)
    assert address not in again.text
    assert "was last read on Monday 2 March" in Page(again.text).text


def test_a_phone_subscribes_at_a_tap(her_phone: Browser, plan: Plan) -> None:
    links = [str(link["href"]) for link in Page(her_phone.post(PATH).text).all("a")]
    (webcal,) = [link for link in links if link.startswith("webcal://")]
    assert webcal.endswith(".ics")


def test_the_link_is_ended_at_a_word(her_phone: Browser, maya: Patient, plan: Plan) -> None:
    token = calendar_feeds.make(maya, NOON)
    answer = her_phone.post(f"{PATH}/revoke")
    assert answer.headers["Location"] == f"{PATH}?saved=revoked"
    assert "Your link has ended" in her_phone.follow(answer).text
    assert her_phone.get(f"/calendar/{token}.ics").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_in_the_patients_language(
    her_phone: Browser, maya: Patient, plan: Plan, language: str
) -> None:
    preferences.choose_language(maya, language, NOON)
    for answer in (her_phone.get(PATH), her_phone.post(PATH)):
        page = Page(answer.text)
        assert f'<html lang="{language}">' in answer.text
        assert len(page.all("h1")) == 1
        assert not [attrs for _, attrs in page.tags if "style" in attrs]
    assert f'href="{PATH}"' in her_phone.get("/me/settings").text
