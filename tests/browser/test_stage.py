"""The stage keeps its word: one time for all, a fresh clinic, and no favours for the server."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from rehab import tenancy
from tests.browser.chromium import Chromium, at_most
from tests.browser.screens import fits
from tests.browser.stage import DESK, Stage
from tests.conftest import NOON

EVENING = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def shown(page: Page) -> datetime:
    """What the browser's clock shows."""
    return datetime.fromtimestamp(page.evaluate("Date.now()") / 1000, UTC)


def test_the_server_and_the_browser_go_by_one_clock(stage: Stage, phone: Page) -> None:
    phone.goto("/enter")
    assert timedelta() <= shown(phone) - NOON < timedelta(minutes=1)
    phone.locator("input[name=phone]").fill(stage.maya.phone)
    phone.locator("main form button").click()
    code = stage.code_for(stage.maya)
    stage.later(minutes=11)
    assert timedelta(minutes=11) <= shown(phone) - NOON < timedelta(minutes=12)
    stage.faults.expect("status of 401")
    phone.locator("input[name=code]").fill(code)
    phone.locator("main form button").click()
    expect(phone.get_by_text("That code did not work").first).to_be_visible()


def test_a_browsers_clock_can_be_held(stage: Stage, phone: Page) -> None:
    phone.goto("/enter")
    phone.clock.pause_at(EVENING)
    phone.evaluate("setTimeout(() => { window.rang = new Date().toISOString() }, 30_000)")
    phone.clock.run_for(29_000)
    assert phone.evaluate("window.rang") is None
    phone.clock.run_for(1_000)
    assert phone.evaluate("window.rang") == "2026-03-02T18:00:30.000Z"


def test_the_reminder_of_the_evening_leads_to_todays_session(stage: Stage, phone: Page) -> None:
    stage.tick()
    stage.now(EVENING)
    stage.tick()
    assert "your session is ready" in stage.texts(stage.maya)[-1]
    phone.goto(stage.link_for(stage.maya))
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    expect(phone.locator("body")).not_to_contain_text("Lindqvist")


def test_a_text_from_a_phone_is_answered(stage: Stage) -> None:
    stage.text_back(stage.maya, "HELP")
    stage.tick()
    assert "STOP" in stage.texts(stage.maya)[-1]


@pytest.mark.parametrize("night", [1, 2])
def test_each_test_finds_the_clinic_as_it_was(stage: Stage, night: int) -> None:
    with pytest.raises(LookupError, match="nobody here is called Otis"):
        stage.person("Otis")
    otis = stage.enrol("Otis", "+442079460155")
    assert otis.plan_id is None
    plan_id = stage.assign(otis, "neck-desk-6w", usual_pain=3)
    assert stage.person("Otis").plan_id == plan_id


def test_a_past_can_be_lived(stage: Stage, phone: Page) -> None:
    stage.now(EVENING)
    stage.trained(stage.maya.plan_id, NOON, after=5)
    stage.sign_in(phone)
    phone.goto("/me")
    expect(phone.locator("main")).to_contain_text("done", ignore_case=True)
    stage.now(EVENING + timedelta(days=1))
    stage.woke(stage.maya.plan_id, NOON + timedelta(days=1), pain=2)


def test_a_request_is_given_no_clinic_that_the_tests_may_see(stage: Stage, phone: Page) -> None:
    found: list[tenancy.Scope | None] = []
    first = stage.house.app.before_request_funcs[None]

    def look() -> None:
        found.append(tenancy.scope())

    first.insert(1, look)
    try:
        phone.goto("/enter")
    finally:
        first.remove(look)
    assert found
    assert set(found) == {None}
    assert tenancy.scope() is not None


@pytest.mark.parametrize(
    ("wish", "query"),
    [
        ({"color_scheme": "dark"}, "(prefers-color-scheme: dark)"),
        ({"reduced_motion": "reduce"}, "(prefers-reduced-motion: reduce)"),
        ({}, "(max-width: 390px) and (pointer: coarse)"),
        (DESK, "(min-width: 1280px) and (pointer: fine)"),
    ],
)
def test_a_browser_is_as_it_was_wished(stage: Stage, wish: dict[str, str], query: str) -> None:
    page = stage.open(**wish)
    page.goto("/enter")
    assert page.evaluate("query => matchMedia(query).matches", query) is True


def test_a_phone_without_network_reaches_nothing_and_comes_back(stage: Stage, phone: Page) -> None:
    phone.goto("/enter")
    with stage.offline(phone):
        assert phone.evaluate("navigator.onLine") is False
        assert phone.evaluate("fetch('/healthz').then(() => 'there', () => 'away')") == "away"
    assert phone.evaluate("fetch('/healthz').then(() => 'there', () => 'away')") == "there"


def test_two_browsers_know_nothing_of_each_other(stage: Stage, phone: Page) -> None:
    stage.sign_in(phone)
    phone.goto("/me")
    other = stage.open()
    other.goto("/me")
    expect(other).to_have_url(f"{stage.house.url}/enter?next=/me")


def test_a_page_that_is_too_wide_does_not_fit(phone: Page) -> None:
    phone.goto("/enter")
    assert fits(phone)
    phone.evaluate("document.querySelector('h1').style.inlineSize = '30rem'")
    assert not fits(phone)


def test_a_page_that_never_answers_ends_its_test(stage: Stage, phone: Page) -> None:
    phone.goto("/enter")
    with pytest.raises(TimeoutError, match=r"more than 0\.5 s"), at_most(0.5):
        phone.evaluate("new Promise(() => {})")
    expect(phone.get_by_role("heading", level=1)).to_be_visible()


def test_a_sleeping_browser_leaves_event_loops_to_others(one_chromium: Chromium) -> None:
    asyncio.run(asyncio.sleep(0))
    with one_chromium.awake() as awake:
        assert awake.browser.is_connected()
        with one_chromium.awake():
            pass
        awake.browser.new_context().close()
    asyncio.run(asyncio.sleep(0))


class Stuck:
    """A profile that never closes."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def close(self) -> None:
        self.page.evaluate("new Promise(() => {})")


def test_a_browser_that_closes_no_profile_makes_room_for_another(
    one_chromium: Chromium, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.browser.chromium.CLOSING", 0.5)
    with one_chromium.awake() as awake:
        before = awake.browser
        awake.close(Stuck(before.new_page()))  # type: ignore[arg-type]
        assert not before.is_connected()
        assert awake.browser.new_context().new_page().evaluate("1 + 1") == 2
