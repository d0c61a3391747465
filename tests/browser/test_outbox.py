"""What is told without a network: kept on the phone, sent once, and never in another's name."""

import re
from datetime import timedelta
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from rehab.extensions import db
from rehab.models.session import Morning, Session
from rehab.models.sign_in import SignIn
from rehab.web.skeleton import VERSION
from tests.browser.axe import check
from tests.browser.network import (
    LINE,
    OUTBOX,
    SIGN_OUT,
    Road,
    at_home,
    come_in,
    copies,
    report,
    send,
    sent,
    sessions,
    until,
    waiting,
)
from tests.browser.stage import Stage
from tests.conftest import NOON


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


def test_a_later_answer_is_not_undone_by_an_earlier_one(
    stage: Stage, simple: Page, road: Road
) -> None:
    """The server asks for a rest after the first tap; the second one gets through."""
    stage.trained(stage.maya.plan_id, NOON)
    stage.later(hours=20)
    come_in(stage, simple)
    road.ahead = [429]
    stage.faults.expect("status of 429")
    simple.locator("button[name=pain][value='3']").click()
    until(simple, lambda: len(waiting(simple)) == 1, "the first one waits")
    simple.reload()
    simple.locator("button[name=pain][value='7']").click()
    expect(simple.get_by_text("noted: 7 of 10")).to_be_visible()
    stage.later(minutes=5)
    simple.reload()
    until(simple, lambda: not waiting(simple), "nothing waits")
    with stage.backstage():
        assert list(db.session.scalars(select(Morning.pain))) == [7]
    assert road.taken == 2


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


def test_what_she_told_is_not_shown_to_who_comes_after_her(stage: Stage, phone: Page) -> None:
    ben = stage.enrol("Ben", "+447700900456")
    stage.assign(ben, "lb-subacute-6w")
    at_home(stage, phone)
    with stage.offline(phone):
        send(phone, report(stage.maya, note="I drink at night"))
        phone.goto("/me/offline")
        stage.sign_in(phone, stage.person("Ben"))
    phone.goto("/me")
    expect(phone.locator("h1")).to_contain_text("Ben")
    until(phone, lambda: str(stage.person("Ben").plan_id) in known(phone), "his plans are noted")
    phone.goto("/me/kept")
    expect(phone.locator("[data-others]")).to_contain_text("Kept on this phone: 1.")
    expect(phone.locator("[data-entries] > li")).to_have_count(0)
    assert "I drink" not in phone.locator("body").inner_text()
    check(phone)

    phone.goto("/me")
    phone.evaluate(SIGN_OUT)
    expect(phone.get_by_role("heading", name="Sign out now?")).to_be_visible()
    expect(phone.locator("[data-others]")).to_contain_text("Kept on this phone: 1.")
    expect(phone.locator("[data-entries] > li")).to_have_count(0)
    assert len(waiting(phone)) == 1


def known(page: Page) -> list[str]:
    """The plans of who was signed in last, as the phone knows it."""
    call = "module => import(module).then(({ plansKnown }) => plansKnown())"
    plans: list[str] = page.evaluate(call, f"/assets/{VERSION}/offline/visitor.js")
    return plans


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
