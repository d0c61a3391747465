"""A phone that loses its network, its answers or its sign-in: nothing is lost, all counts once."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Error, Page, expect
from sqlalchemy import delete, select

from rehab.extensions import db
from rehab.models.session import Session
from rehab.models.sign_in import SignIn
from rehab.web.patient import offline
from rehab.web.skeleton import VERSION
from tests.browser.axe import check
from tests.browser.cast import Person
from tests.browser.stage import Stage
from tests.conftest import NOON

OUTBOX = f"/assets/{VERSION}/offline/outbox.js"
START = f"/assets/{VERSION}/offline/start.js"
DRAFTS = f"/assets/{VERSION}/offline/drafts.js"
SEND = "([module, report]) => import(module).then(({ send }) => send(report))"
WAITING = "module => import(module).then(({ pending }) => pending())"
COPIES = """async (name) => (await (await caches.open(name)).keys()).map((request) => {
  const { pathname, search } = new URL(request.url);
  return pathname + search;
})"""
LINE = "[data-connection]"


def until(page: Page, holds: Callable[[], Any], what: str) -> None:
    """Wait for what no locator sees, also while the page is loaded anew."""
    for _ in range(160):
        with suppress(Error):
            if holds():
                return
        page.wait_for_timeout(50)
    raise AssertionError(f"this never came: {what}")


def come_in(stage: Stage, phone: Page) -> None:
    """Maya is signed in and looks at today; what the app does first is done."""
    stage.sign_in(phone)
    phone.goto("/me")
    phone.evaluate("module => import(module).then(() => {})", START)


def at_home(stage: Stage, phone: Page) -> None:
    """She has come in, and everything is kept that can be."""
    come_in(stage, phone)
    until(phone, lambda: "/me/session" in copies(phone), "the session is kept")


def copies(page: Page, cache: str = "rehab-pages") -> list[str]:
    found: list[str] = page.evaluate(COPIES, cache)
    return found


def report(who: Person, **said: str) -> dict[str, str]:
    """What the session's page hands to the outbox."""
    id_ = said.pop("id", str(uuid4()))
    told = {"before": "2", "during": "3", "after": "2", "effort": "4"}
    told |= {"started_at": "2026-03-02T11:30:00+00:00", "completion": "100"} | said
    body = urlencode({"id": id_, "plan": str(who.plan_id), **told})
    return {"id": id_, "plan": str(who.plan_id), "url": "/me/session", "body": body}


def send(page: Page, told: dict[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = page.evaluate(SEND, [OUTBOX, told])
    return answer


def waiting(page: Page) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = page.evaluate(WAITING, OUTBOX)
    return entries


def sessions(stage: Stage) -> list[UUID]:
    with stage.backstage():
        return list(db.session.scalars(select(Session.id)))


def sent(stage: Stage, page: Page) -> None:
    until(page, lambda: not waiting(page), "all is sent")
    assert len(sessions(stage)) == 1


@dataclass
class Road:
    """The way to the server. What is in `ahead` happens to the next reports, in turn: "lost" on
    the way back, or a status; without, they get through. Pages that are `closed` do not."""

    answer: Callable[..., Any]
    ahead: list[Any] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    taken: int = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        if environ["REQUEST_METHOD"] != "POST":
            is_closed = environ["PATH_INFO"] in self.closed
            return _trouble(start, 503) if is_closed else self.answer(environ, start)
        self.taken += 1
        fate = self.ahead.pop(0) if self.ahead else None
        if isinstance(fate, int):
            return _trouble(start, fate)
        answer = self.answer(environ, start)
        if fate == "lost":
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return answer


def _trouble(start: Callable[..., Any], status: int) -> list[bytes]:
    rest = [("Retry-After", "120")] if status == 429 else []
    start(f"{status} Trouble", [("Content-Length", "0"), *rest])
    return []


@pytest.fixture
def road(stage: Stage) -> Iterator[Road]:
    app = stage.house.app
    road = Road(app.wsgi_app)
    app.wsgi_app = road  # type: ignore[method-assign]
    yield road
    app.wsgi_app = road.answer  # type: ignore[method-assign]


@pytest.fixture
def told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Tell the worker something else."""
    with stage.house.app.test_request_context():
        app = offline._app()
    return lambda **other: monkeypatch.setattr(offline, "_app", lambda: app | other)


@pytest.fixture
def simple(stage: Stage) -> Page:
    """A phone whose browser keeps no pages; what is told is kept there all the same."""
    return stage.open(service_workers="block")


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


# Telling


def test_what_is_told_without_a_network_is_sent_once(stage: Stage, phone: Page) -> None:
    at_home(stage, phone)
    told = report(stage.maya)
    with stage.offline(phone):
        assert send(phone, told) == {"sent": False, "kept": True}
        phone.reload()
        expect(phone.locator(LINE)).to_contain_text("Kept on this phone: 1")
        assert sessions(stage) == []
    expect(phone.locator(LINE)).to_be_hidden()
    sent(stage, phone)
    phone.reload()
    assert sessions(stage) == [UUID(told["id"])]


def test_a_lost_answer_is_asked_for_again(stage: Stage, simple: Page, road: Road) -> None:
    come_in(stage, simple)
    road.ahead = ["lost"]
    stage.faults.expect("ERR_EMPTY_RESPONSE|ERR_CONNECTION")
    assert send(simple, report(stage.maya)) == {"sent": False, "kept": True}
    assert len(sessions(stage)) == 1
    simple.reload()
    expect(simple.locator(LINE)).to_contain_text("Sent")
    sent(stage, simple)
    assert road.taken == 2


def test_two_tabs_send_one_report_once(stage: Stage, simple: Page, road: Road) -> None:
    come_in(stage, simple)
    other = simple.context.new_page()
    other.goto("/me")
    with stage.offline(simple):
        send(simple, report(stage.maya))
    sent(stage, simple)
    sent(stage, other)
    assert road.taken == 1


def test_a_report_told_in_two_tabs_is_one(stage: Stage, simple: Page, road: Road) -> None:
    come_in(stage, simple)
    other = simple.context.new_page()
    other.goto("/me")
    told = report(stage.maya)
    first, second = send(simple, told), send(other, told)
    assert first == second
    assert first["next"].startswith("/me/")
    assert len(sessions(stage)) == 1


def test_somebody_else_sends_nothing_of_hers(stage: Stage, phone: Page, road: Road) -> None:
    ben = stage.enrol("Ben", "+447700900456")
    stage.assign(ben, "lb-subacute-6w")
    at_home(stage, phone)
    with stage.offline(phone):
        send(phone, report(stage.maya))
    sent(stage, phone)
    road.closed = {"/me/session"}
    stage.faults.allow("status of 503")
    other = phone.context.new_page()
    stage.sign_in(other, stage.person("Ben"))
    other.goto("/me")
    expect(other.locator("h1")).to_contain_text("Ben")
    until(other, lambda: copies(other) == ["/me"], "no page of hers is left")

    assert send(phone, report(stage.maya)) == {"sent": False, "kept": True}
    other.reload()
    expect(other.locator(LINE)).to_be_hidden()
    assert (road.taken, len(waiting(other))) == (1, 1)
    with stage.offline(other):
        other.reload()
        expect(other.locator("h1")).to_contain_text("Ben")

    road.closed.clear()
    at_home(stage, phone)
    until(phone, lambda: not waiting(phone), "hers is sent when she is back")
    assert len(sessions(stage)) == 2


def test_without_a_sign_in_it_waits_and_says_so(stage: Stage, simple: Page) -> None:
    come_in(stage, simple)
    with stage.offline(simple):
        send(simple, report(stage.maya))
        with stage.backstage():
            db.session.execute(delete(SignIn))
            db.session.commit()
    expect(simple.locator(LINE)).to_contain_text("Sign in again")
    simple.locator(LINE).get_by_role("link").click()
    expect(simple).to_have_url(re.compile("/enter"))
    come_in(stage, simple)
    sent(stage, simple)


def test_a_server_that_asks_for_a_rest_gets_it(stage: Stage, simple: Page, road: Road) -> None:
    come_in(stage, simple)
    road.ahead = [429]
    stage.faults.expect("status of 429")
    assert send(simple, report(stage.maya)) == {"sent": False, "kept": True}
    simple.reload()
    expect(simple.locator(LINE)).to_contain_text("Kept on this phone: 1")
    assert road.taken == 1
    stage.later(minutes=3)
    simple.reload()
    sent(stage, simple)


def test_a_server_in_trouble_is_tried_again_at_growing_distances(
    stage: Stage, simple: Page, road: Road
) -> None:
    come_in(stage, simple)
    road.ahead = [503, 503]
    stage.faults.expect("status of 503")
    send(simple, report(stage.maya))
    taken = []
    for _ in range(3):
        stage.later(seconds=100)
        simple.evaluate("module => import(module).then(({ flush }) => flush())", OUTBOX)
        taken.append(road.taken)
    assert taken == [2, 2, 3]
    sent(stage, simple)


def test_an_open_page_tries_again_by_itself(stage: Stage, simple: Page, road: Road) -> None:
    come_in(stage, simple)
    road.ahead = [503]
    stage.faults.expect("status of 503")
    send(simple, report(stage.maya))
    simple.clock.fast_forward("00:30")
    assert (road.taken, len(waiting(simple))) == (1, 1)
    simple.clock.fast_forward("03:00")
    sent(stage, simple)


def test_what_is_refused_is_kept_with_the_reason_and_can_be_corrected(
    stage: Stage, simple: Page
) -> None:
    come_in(stage, simple)
    stage.faults.expect("status of 422")
    unclear = report(stage.maya, after="", note="slept badly")
    answer = send(simple, unclear)
    assert answer["refused"]
    assert list(answer["errors"]) == ["after"]
    simple.reload()
    expect(simple.locator(LINE)).to_contain_text("could not be taken")
    simple.locator(LINE).get_by_role("link").click()
    entry = simple.locator("[data-entries] li").first
    expect(entry).to_contain_text("slept badly")
    expect(entry.locator("[data-errors]")).to_contain_text("Pain after")
    check(simple)
    entry.get_by_role("button", name="Correct it").click()
    expect(simple.locator("input[name=before][value='2']")).to_have_count(1)
    expect(simple.locator("input[name=id]")).to_have_value(unclear["id"])
    assert sessions(stage) == []
    simple.locator("input[name=after][value='2']").check(force=True)
    simple.locator("input[name=done]").first.check()
    simple.get_by_role("button", name="Send").click()
    simple.wait_for_url("**/sessions/*")
    sent(stage, simple)


def test_what_is_refused_goes_only_when_a_person_throws_it_away(stage: Stage, simple: Page) -> None:
    come_in(stage, simple)
    stage.faults.expect("status of 409")
    told = report(stage.maya)
    assert send(simple, told)["sent"]
    again = report(stage.maya, id=told["id"], after="9")
    assert send(simple, again) == {"refused": True, "errors": {}}
    simple.goto("/me/kept")
    entry = simple.locator("[data-entries] > li")
    expect(entry).to_contain_text("told already")
    entry.get_by_text("Throw it away", exact=True).click()
    entry.get_by_role("button", name="Yes, throw it away").click()
    expect(simple.get_by_text("Nothing waits")).to_be_visible()
    assert waiting(simple) == []


def test_what_began_by_a_reminder_may_go_by_a_sign_in(stage: Stage, phone: Page) -> None:
    stage.later(hours=6)
    stage.tick()
    link = stage.link_for(stage.maya)
    phone.goto(link)
    expect(phone.locator(LINE)).to_be_hidden()
    with stage.offline(phone):
        url = f"{link}/session"
        send(phone, {**report(stage.maya), "url": url})
        assert phone.evaluate("navigator.serviceWorker.getRegistrations()") == []
        context = phone.context
        phone.close()
    stage.later(hours=40)
    again = context.new_page()
    at_home(stage, again)
    sent(stage, again)


def test_a_phone_that_runs_ahead_tells_the_right_time(stage: Stage, phone: Page) -> None:
    phone.clock.set_system_time(NOON + timedelta(hours=3))
    at_home(stage, phone)
    with stage.offline(phone):
        phone.reload()
        send(phone, report(stage.maya, started_at="2026-03-02T15:30:00+01:00"))
    sent(stage, phone)
    with stage.backstage():
        at = db.session.scalars(select(Session.performed_at)).one()
    assert abs(at - (NOON - timedelta(minutes=30))) < timedelta(minutes=1)


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


SIGN_OUT = """() => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: "/sign-out"});
  document.body.append(form);
  form.requestSubmit();
}"""
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
