"""The page behind a reminder's link: today and this morning's question, and not a word more."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from markupsafe import escape
from sqlalchemy import select

from rehab import clock
from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import DISCHARGED, PAUSED, Plan
from rehab.models.session import Morning, Session
from rehab.models.sign_in import Link
from rehab.programs.library import Library
from rehab.services import claims, outbox, plans, sessions
from rehab.services.access import links
from rehab.services.access.links import Purpose
from rehab.services.claims import Claim
from rehab.services.outbox import Intention
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.services.today import today
from rehab.services.transactions import transaction
from rehab.web import health
from tests.conftest import NOON
from tests.web.patient.conftest import TODAY
from tests.web.sign_in.conftest import Browser, Page, code_on

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def mornings() -> list[tuple[date, int | None, str]]:
    return [(m.on, m.pain, m.source) for m in db.session.scalars(select(Morning))]


def test_the_link_shows_todays_exercises_and_how_much_of_each(
    browser: Browser, token: str, plan: Plan, library: Library
) -> None:
    answer = browser.get(f"/{token}")
    page = Page(answer.text)
    assert "Your session for today" in page.text
    names = {each.name for each in library.programs["lb-subacute-6w"].phases[0].exercises}
    assert sum(name in page.text for name in names) >= 3
    assert "each side" in browser.get(f"/{token}/session?before=4").text


def test_whoever_holds_the_link_learns_no_name_and_signs_nobody_in(
    browser: Browser, token: str
) -> None:
    answer = browser.get(f"/{token}")
    for private in ("Maya", "Lindqvist", "+442079460123", "lb-subacute"):
        assert private not in answer.text
    assert browser.cookie() is None
    assert browser.get("/me").status_code == 303
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"


def test_why_a_plan_has_changed_is_told_to_the_patient_alone(
    browser: Browser, another: Browser, token: str, plan: Plan, library: Library
) -> None:
    said = SessionReport(NOON - HOUR, before=7, during=9, after=8)
    sessions.report_session(plan, said, library, NOON)
    why = today(plan, TODAY, library).why
    assert why
    assert escape(why) not in browser.get(f"/{token}").text
    another.post("/enter", phone="+442079460123")
    another.post("/enter/code", code=code_on("+442079460123"))
    assert escape(why) in another.get("/me").text


def test_the_morning_question_is_answered_there_once(browser: Browser, token: str) -> None:
    asked = Page(browser.get(f"/{token}").text)
    ratings = [button for button in asked.all("button") if button.get("name") == "pain"]
    assert [button["value"] for button in ratings] == [str(n) for n in range(11)]
    assert not any("aria-pressed" in button for button in ratings)
    answer = browser.post(f"/{token}/morning", pain="3")
    assert answer.headers["Location"] == f"/{token}?noted=pain"
    assert mornings() == [(TODAY, 3, "link")]
    noted = browser.follow(answer)
    assert "Thank you, noted." in noted.text
    assert "How much pain do you have right now?" not in noted.text


@pytest.mark.parametrize("on", [TODAY - DAY, TODAY])
def test_an_answer_that_waited_on_the_phone_is_of_the_day_it_was_given_on(
    browser: Browser, plan: Plan, token: str, at: Callable[[datetime], None], on: date
) -> None:
    at(NOON + (on - TODAY) + 20 * HOUR)
    answer = browser.post(f"/{token}/morning", on=str(on), pain="8", plan=str(plan.id))
    assert answer.status_code == 303
    assert mornings() == [(on, 8, "link")]


@pytest.mark.parametrize("days", [-2, 1, 300])
def test_of_no_other_day_an_answer_is_taken(
    browser: Browser, plan: Plan, token: str, days: int
) -> None:
    with transaction():
        plan.starts_on = TODAY - 20 * DAY
    answer = browser.post(f"/{token}/morning", on=str(TODAY + days * DAY), pain="8")
    assert answer.status_code == 422
    assert mornings() == []


@pytest.mark.parametrize("origin", [None, "http://localhost"])
def test_an_old_browser_says_where_its_form_is_from_and_is_believed(
    browser: Browser, token: str, origin: str | None
) -> None:
    """Without Sec-Fetch-Site the page's own origin is the proof; a policy of `no-referrer` would
    make it `null`."""
    client = browser.client
    headers = {"Origin": origin} if origin else {}
    assert client.post(f"/{token}/morning", data={"pain": "3"}, headers=headers).status_code == 303
    elsewhere = client.post(f"/{token}/morning", data={"pain": "3"}, headers={"Origin": "null"})
    assert elsewhere.status_code == 403


def test_a_form_of_another_plan_is_not_taken_by_the_link_of_this_one(
    browser: Browser, plan: Plan, token: str, maya: Patient, library: Library
) -> None:
    wish = Assignment("neck-desk-6w", 3, weekdays=(0,))
    other = plans.assign(maya, wish, library, NOON + timedelta(minutes=1))
    ratings = {"before": "3", "during": "3", "after": "3"}
    for path, said in (("session", ratings), ("morning", {"pain": "3"})):
        answer = browser.post(f"/{token}/{path}", plan=str(other.id), **said)
        assert answer.status_code == 404
    assert db.session.scalars(select(Session)).all() == []
    assert mornings() == []


@pytest.mark.parametrize("field", ["started_at", "on"])
def test_no_session_of_before_yesterday_is_taken_by_the_link(
    browser: Browser, plan: Plan, token: str, field: str
) -> None:
    with transaction():
        plan.starts_on = TODAY - 20 * DAY
    said = {"started_at": "2026-02-28T10:00:00Z"}
    if field == "on":
        said = {"on": "2026-02-28", "at": "10:00"}
    said |= {"before": "9", "during": "9", "after": "9"}
    answer = browser.client.post(
        f"/{token}/session",
        data=said,
        headers={"Accept": "application/json", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["performed_at"]
    assert db.session.scalars(select(Session)).all() == []


def test_a_session_of_yesterday_is_told_and_answered_by_the_link(
    browser: Browser, token: str, at: Callable[[datetime], None]
) -> None:
    """Begun before midnight, told after it: a sign of danger still says whom to call."""
    at(datetime(2026, 3, 3, 0, 10, tzinfo=UTC))
    said = {"before": "3", "during": "3", "after": "3", "red_flags": "RF01"}
    answer = browser.post(f"/{token}/session", started_at="2026-03-02T23:50:00Z", **said)
    assert "Stop now and call for help" in browser.follow(answer).text


def test_a_second_answer_corrects_the_first(browser: Browser, token: str) -> None:
    browser.post(f"/{token}/morning", pain="3")
    browser.post(f"/{token}/morning", pain="10")
    assert mornings() == [(TODAY, 10, "link")]


@pytest.mark.parametrize("pain", ["", "11", "-1", "3.5", "x", "03", "٣"])
def test_what_is_no_rating_is_asked_again_and_noted_nowhere(
    browser: Browser, token: str, pain: str
) -> None:
    answer = browser.post(f"/{token}/morning", pain=pain)
    assert answer.status_code == 422
    assert "Please choose a number from 0 to 10." in answer.text
    assert mornings() == []


def test_without_a_session_the_day_before_nothing_is_asked(
    browser: Browser, maya: Patient, library: Library
) -> None:
    plan = plans.assign(maya, Assignment("lb-subacute-6w", 4, weekdays=(0,)), library, NOON)
    with transaction():
        token = links.issue(Purpose.REMINDER, plan, NOON)
    assert not Page(browser.get(f"/{token}").text).all("button")


@pytest.mark.parametrize(
    ("status", "words"), [(PAUSED, "Your plan is paused"), (DISCHARGED, "Your plan has ended")]
)
def test_a_plan_that_does_not_run_shows_no_exercise_and_asks_nothing(
    browser: Browser, token: str, plan: Plan, status: str, words: str
) -> None:
    with transaction():
        plan.status = status
    page = Page(browser.get(f"/{token}").text)
    assert words in page.text
    assert not page.all("li")
    assert not page.all("button")
    if status == DISCHARGED:
        assert browser.post(f"/{token}/morning", pain="3").status_code == 422
        assert mornings() == []


def test_the_link_lasts_thirty_six_hours(
    browser: Browser, token: str, at: Callable[[datetime], None]
) -> None:
    at(NOON + 36 * HOUR - timedelta(seconds=1))
    assert browser.get(f"/{token}").status_code == 200
    at(NOON + 36 * HOUR)
    assert browser.get(f"/{token}").status_code == 404
    assert browser.post(f"/{token}/morning", pain="3").status_code == 404


def test_guessing_at_links_is_slowed_down(browser: Browser, token: str) -> None:
    answers = [browser.get(f"/{n}uessWork"[:10]) for n in range(1, 9)]
    answers += [browser.get(f"/{n}ndersen{n}") for n in range(1, 4)]
    assert [answer.status_code for answer in answers] == [404] * 10 + [429]
    assert browser.get(f"/{token}").status_code == 429


def test_the_page_is_in_the_patients_language(browser: Browser, token: str, maya: Patient) -> None:
    with transaction():
        maya.language = "es"
    page = browser.get(f"/{token}").text
    assert '<html lang="es">' in page
    assert "¿Cuánto dolor tienes ahora mismo?" in page


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/readyz", "/metrics"])
def test_no_page_of_ours_is_taken_for_a_link(
    browser: Browser, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_BEGAN", clock.monotonic())
    assert browser.get(path).status_code == 200


# The link in a text


def sent(plan: Plan, library: Library, template: str, now: datetime = NOON) -> str:
    intention = Intention(
        plan.patient,
        Kind.NEWS,
        template,
        f"{template}:{now}",
        now,
        now + HOUR,
        plan=plan,
        values={"n": 3},
        priority=1,
    )
    with transaction():
        db.session.query(OutboundMessage).filter_by(state=DeliveryState.PENDING).delete()
    outbox.enqueue([intention], now)
    (mine,) = claims.claim(library, "https://re.hab", now, Claim("w1", 5)).texts
    return mine.body


def test_a_text_carries_a_link_of_its_own_that_opens_the_page(
    browser: Browser, plan: Plan, library: Library
) -> None:
    texts = [sent(plan, library, key) for key in ("pl.hold", "pl.up")]
    found = [re.findall(r"https://re\.hab/([1-9A-Za-z]{9})(?:\s|$)", text) for text in texts]
    assert [len(each) for each in found] == [1, 1]
    assert found[0] != found[1]
    for (token,) in found:
        assert browser.get(f"/{token}").status_code == 200


def test_a_text_without_a_link_makes_none(plan: Plan, library: Library) -> None:
    sent(plan, library, "pl.pause")
    assert db.session.scalars(select(Link)).all() == []


def test_a_text_that_leaves_late_carries_a_link_that_still_opens(
    browser: Browser, plan: Plan, library: Library, at: Callable[[datetime], None]
) -> None:
    text = sent(plan, library, "pl.hold")
    at(NOON + 35 * HOUR)
    found = re.search(r"re\.hab/(\w{9})", text)
    assert found
    assert browser.get(f"/{found[1]}").status_code == 200
