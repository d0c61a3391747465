"""A phone that loses its network, its answers or its sign-in: nothing is lost, all counts once."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect
from sqlalchemy import delete

from rehab.extensions import db
from rehab.models.sign_in import SignIn
from tests.browser.axe import check
from tests.browser.network import (
    DRAFTS,
    LINE,
    SIGN_OUT,
    Road,
    at_home,
    come_in,
    copies,
    report,
    send,
    sessions,
    until,
)
from tests.browser.stage import Stage
from tests.conftest import NOON

# Opening


def test_what_was_never_opened_opens_without_a_network(stage: Stage, phone: Page) -> None:
    at_home(stage, phone)
    with stage.offline(phone):
        phone.reload()
        expect(phone.locator("h1")).to_contain_text("Maya")
        expect(phone.locator(LINE)).to_contain_text("No network")
        phone.goto("/me/session")
        expect(phone.locator("html")).to_have_attribute("data-kept", "")
        expect(phone.locator("[data-player]")).to_be_visible()
        pictures = phone.locator("img:visible")
        assert all(
            pictures.nth(n).evaluate("picture => picture.decode().then(() => true)")
            for n in range(pictures.count())
        )


def test_pages_that_need_the_network_say_so_and_lead_back(stage: Stage, phone: Page) -> None:
    at_home(stage, phone)
    with stage.offline(phone):
        phone.goto("/me/progress")
        expect(phone.locator("h1")).to_have_text("No network")
        check(phone)
        phone.get_by_role("link", name="Today's exercises").click()
        expect(phone.locator("h1")).to_contain_text("Maya")
    expect(phone.locator(LINE)).to_be_hidden()


def test_only_today_and_the_session_are_ever_kept(stage: Stage, phone: Page) -> None:
    at_home(stage, phone)
    copy = "caches.open('rehab-pages').then((pages) => pages.%s)"
    phone.evaluate(copy % "put('/me', new Response('as it was'))")
    for path in ("/me?noted=more", "/me/progress", "/me/session?on=2026-03-02", "/enter"):
        phone.goto(path)
    assert sorted(copies(phone)) == ["/me", "/me/session"]
    assert phone.evaluate(copy % "match('/me').then((kept) => kept.text())") == "as it was"
    assert not [path for path in copies(phone, "rehab-shown") if path.startswith("/me")]


def test_a_server_in_trouble_is_like_no_network(stage: Stage, phone: Page, road: Road) -> None:
    at_home(stage, phone)
    road.closed = {"/me"}
    stage.faults.allow("status of 503")
    phone.reload()
    expect(phone.locator("h1")).to_contain_text("Maya")
    expect(phone.locator("html")).to_have_attribute("data-kept", "")


def test_where_the_network_is_slow_the_copy_is_shown_until_there_is_an_answer(
    stage: Stage, phone: Page, told: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    told(patience=250)
    at_home(stage, phone)
    answered, inner = threading.Event(), stage.house.app.wsgi_app

    def slow(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] == "/me":
            answered.wait(8)
        return inner(environ, start)

    monkeypatch.setattr(stage.house.app, "wsgi_app", slow)
    stage.later(hours=20)
    phone.reload()
    expect(phone.locator("body")).to_have_attribute("data-on", "2026-03-02")
    expect(phone.locator(LINE)).to_contain_text("plan of Monday")
    answered.set()
    expect(phone.locator("body")).to_have_attribute("data-on", "2026-03-03")


def test_a_kept_page_of_another_day_says_so_until_there_is_a_network(
    stage: Stage, phone: Page
) -> None:
    at_home(stage, phone)
    with stage.offline(phone):
        stage.later(hours=20)
        phone.reload()
        expect(phone.locator(LINE)).to_contain_text("plan of Monday")
    expect(phone.locator("body")).to_have_attribute("data-on", "2026-03-03")
    expect(phone.locator(LINE)).to_be_hidden()


def test_a_kept_page_of_another_day_asks_for_no_morning(stage: Stage, phone: Page) -> None:
    stage.trained(stage.maya.plan_id, NOON)
    stage.later(hours=20)
    at_home(stage, phone)
    expect(phone.locator("form[data-keep]")).to_be_visible()
    with stage.offline(phone):
        stage.later(hours=24)
        phone.reload()
        expect(phone.locator(LINE)).to_contain_text("plan of Tuesday")
        expect(phone.locator("form[data-keep]")).to_be_hidden()
    expect(phone.locator("body")).to_have_attribute("data-on", "2026-03-04")


def test_done_for_today_is_not_said_of_another_day(stage: Stage, phone: Page) -> None:
    stage.trained(stage.maya.plan_id, NOON)
    at_home(stage, phone)
    with stage.offline(phone):
        phone.goto("/me/session")
        expect(phone.locator("h1")).to_have_text("Done for today")
        stage.later(hours=48)
        phone.reload()
        expect(phone.locator("h1")).to_have_text("Monday 2 March")
        expect(phone.locator(LINE)).to_have_text(
            "This is the plan of Monday. Connect to see today's."
        )


def test_who_has_just_signed_in_waits_for_their_own_page(
    stage: Stage, phone: Page, told: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has signed Maya out, and the network is slow."""
    told(patience=250)
    ben = stage.enrol("Ben", "+447700900456")
    stage.assign(ben, "lb-subacute-6w")
    at_home(stage, phone)
    answered, asked, inner = threading.Event(), threading.Event(), stage.house.app.wsgi_app

    def slow(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] == "/me":
            asked.set()
            answered.wait(8)
        return inner(environ, start)

    ben = stage.person("Ben")
    phone.goto("/enter")
    phone.locator("input[name=phone]").fill(ben.phone)
    phone.locator("main form button").click()
    phone.locator("input[name=code]").fill(stage.code_for(ben))
    monkeypatch.setattr(stage.house.app, "wsgi_app", slow)
    phone.locator("main form button").click(no_wait_after=True)
    until(phone, asked.is_set, "his page is asked for")
    phone.wait_for_timeout(600)
    assert phone.url.endswith("/enter/code")
    answered.set()
    expect(phone.locator("h1")).to_contain_text("Ben")
    until(phone, lambda: "/me/session" in copies(phone), "his own session is kept")
    with stage.offline(phone):
        phone.reload()
        expect(phone.locator("h1")).to_contain_text("Ben")


def test_an_app_that_was_left_open_over_night_looks_again(stage: Stage, simple: Page) -> None:
    come_in(stage, simple)
    stage.later(hours=20)
    simple.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(simple.locator("body")).to_have_attribute("data-on", "2026-03-03")


def test_a_new_version_takes_the_place_of_the_old(
    stage: Stage, phone: Page, told: Callable[..., None]
) -> None:
    at_home(stage, phone)
    told(version="newer")
    phone.evaluate("navigator.serviceWorker.ready.then((registered) => registered.update())")
    files = "caches.keys().then((names) => names.filter((name) => name.includes('files')))"
    until(
        phone,
        lambda: phone.evaluate(files) == ["rehab-files-newer"],
        "only the files of the new version are kept",
    )


def test_the_address_of_a_reminder_is_not_the_apps(stage: Stage, phone: Page) -> None:
    """One in a million begins like the app's own."""
    at_home(stage, phone)
    with stage.offline(phone), pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        phone.goto("/meAbCdEf7")


# Drafts


def test_all_tabs_share_the_draft_of_a_day(stage: Stage, simple: Page) -> None:
    come_in(stage, simple)
    other = simple.context.new_page()
    other.goto("/me")
    key = [str(stage.maya.plan_id), "2026-03-02"]
    mine = {"id": "one", "step": 1, "startedAt": "2026-03-02T12:00:00Z", "fields": ["a"]}
    yours = {"id": "two", "step": 2, "startedAt": "2026-03-02T12:05:00Z", "fields": ["b"]}
    assert kept(simple, "keepDraft", *key, mine) == mine
    ours = {**yours, "id": "one", "startedAt": "2026-03-02T12:00:00Z"}
    assert kept(other, "keepDraft", *key, yours) == ours
    assert kept(simple, "draft", *key) == ours
    kept(other, "dropDraft", *key)
    assert kept(simple, "draft", *key) is None


def test_a_draft_stays_for_a_week(stage: Stage, simple: Page) -> None:
    come_in(stage, simple)
    plan = str(stage.maya.plan_id)
    begun = {"id": "one", "step": 1, "startedAt": "x", "fields": []}
    for on in ("2026-02-22", "2026-02-23"):
        kept(simple, "keepDraft", plan, on, begun)
    simple.reload()
    until(simple, lambda: kept(simple, "draft", plan, "2026-02-22") is None, "the older one goes")
    assert kept(simple, "draft", plan, "2026-02-23") == begun


def kept(page: Page, what: str, *given: Any) -> Any:
    """Call a function of drafts.js."""
    call = "([module, what, given]) => import(module).then((drafts) => drafts[what](...given))"
    return page.evaluate(call, [DRAFTS, what, given])


# The way out, and the way onto the home screen


LEFT = """Promise.all([
  caches.keys(), indexedDB.databases(), navigator.serviceWorker.getRegistrations(),
]).then((shelves) => shelves.flat().length)"""


def test_signing_out_leaves_nothing_on_the_phone(stage: Stage, phone: Page) -> None:
    at_home(stage, phone)
    kept(phone, "keepDraft", str(stage.maya.plan_id), "2026-03-02", {"id": "one"})
    phone.evaluate(SIGN_OUT)
    expect(phone).to_have_url(re.compile("/enter"))
    assert phone.evaluate(LEFT) == 0


def test_a_sign_in_that_was_ended_elsewhere_takes_the_pages_along(
    stage: Stage, phone: Page
) -> None:
    at_home(stage, phone)
    with stage.backstage():
        db.session.execute(delete(SignIn))
        db.session.commit()
    phone.reload()
    expect(phone).to_have_url(re.compile("/enter"))
    until(phone, lambda: copies(phone) == [], "no page is left")


def test_signing_out_asks_before_it_loses_what_waits(stage: Stage, phone: Page) -> None:
    at_home(stage, phone)
    with stage.offline(phone):
        send(phone, report(stage.maya))
        phone.evaluate(SIGN_OUT)
        expect(phone.get_by_role("heading", name="Sign out now?")).to_be_visible()
        expect(phone.locator("[data-entries] > li")).to_have_count(1)
        check(phone)
        phone.get_by_role("link", name="Go back").click()
        expect(phone.locator(LINE)).to_contain_text("Kept on this phone: 1")
        phone.goto("/me/kept?leaving")
    phone.get_by_role("button", name="Sign out and lose it").click()
    expect(phone).to_have_url(re.compile("/enter"))
    assert phone.evaluate(LEFT) == 0
    assert sessions(stage) == []


def test_the_app_can_be_installed(stage: Stage, phone: Page) -> None:
    at_home(stage, phone)
    browser = phone.context.new_cdp_session(phone)
    manifest = browser.send("Page.getAppManifest")
    assert manifest["errors"] == []
    found = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [each for each in found if each["errorId"] != "in-incognito"] == []


def test_the_settings_offer_the_home_screen_where_the_browser_does(
    stage: Stage, simple: Page
) -> None:
    stage.sign_in(simple)
    simple.goto("/me/settings")
    button = simple.get_by_role("button", name="Add to your home screen")
    expect(button).to_be_hidden()
    simple.evaluate("""() => {
      const offer = new Event("beforeinstallprompt", {cancelable: true});
      offer.prompt = async () => { document.title = "asked"; };
      dispatchEvent(offer);
      document.body.dataset.held = offer.defaultPrevented;
    }""")
    button.click()
    expect(simple).to_have_title("asked")
    expect(simple.locator("body[data-held=true]")).to_have_count(1)
    expect(button).to_be_hidden()


def test_on_an_iphone_they_tell_how(stage: Stage, simple: Page) -> None:
    simple.add_init_script("navigator.standalone = false")
    stage.sign_in(simple)
    simple.goto("/me/settings")
    expect(simple.get_by_text("Choose Add to Home Screen.")).to_be_visible()
