"""The day's page: what it says on each kind of day, and the morning that one tap answers."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from markupsafe import escape
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.models.plan import DISCHARGED, PAUSED, Plan
from rehab.models.session import Morning
from rehab.programs.library import Library
from rehab.services import plans, sessions
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.services.today import today
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.web.patient.conftest import TODAY
from tests.web.sign_in.conftest import Browser, Page

HOUR = timedelta(hours=1)


def woke() -> list[tuple[date, int | None, int | None, int | None]]:
    found = db.session.scalars(select(Morning).order_by(Morning.on, Morning.plan_id))
    return [(m.on, m.pain, m.sleep, m.stiffness_minutes) for m in found]


def test_it_says_how_many_how_long_and_has_one_way_to_begin(her_phone: Browser, plan: Plan) -> None:
    page = Page(her_phone.get("/me").text)
    assert "Hello, Maya" in page.text
    assert "4 exercises, about" in page.text
    strong = [a for a in page.all("a") if "button-strong" in (a.get("class") or "")]
    assert [a["href"] for a in strong] == ["/me/session"]


def test_who_has_no_plan_is_told_that_one_is_coming(her_phone: Browser) -> None:
    page = Page(her_phone.get("/me").text)
    assert "No plan yet" in page.text
    assert not page.all("form")


def test_the_first_thing_is_the_morning_and_one_tap_answers_it(
    her_phone: Browser, plan: Plan
) -> None:
    html = her_phone.get("/me").text
    assert html.index("How much pain do you have right now?") < html.index("4 exercises")
    answered = her_phone.post("/me/morning", on=str(TODAY), plan=str(plan.id), pain="0")
    assert woke() == [(TODAY, 0, None, None)]
    assert "noted: 0 of 10" in her_phone.follow(answered).text


def test_sleep_and_stiffness_are_offered_after_it_and_never_asked_for(
    her_phone: Browser, plan: Plan
) -> None:
    her_phone.post("/me/morning", pain="4")
    assert "How did you sleep?" in her_phone.get("/me?noted=pain").text
    assert "How did you sleep?" not in her_phone.get("/me").text
    her_phone.post("/me/morning", sleep="0")
    assert "How long were you stiff" in her_phone.get("/me?noted=more").text
    her_phone.post("/me/morning", stiffness_minutes="15")
    assert woke() == [(TODAY, 4, 0, 15)]


def test_a_second_tap_corrects_the_first(her_phone: Browser, plan: Plan) -> None:
    her_phone.post("/me/morning", pain="8")
    noted = Page(her_phone.get("/me?noted=pain").text)
    chosen = [button["value"] for button in noted.all("button") if button.get("aria-pressed")]
    assert chosen == ["8"]
    her_phone.post("/me/morning", pain="3")
    assert woke() == [(TODAY, 3, None, None)]


@pytest.mark.parametrize(
    "said",
    [
        {"pain": "11"},
        {"pain": "x"},
        {"sleep": "-1"},
        {"stiffness_minutes": "1441"},
        {"stiffness_minutes": "10000"},
        {"pain": "3", "on": "2026-03-02 or so"},
        {"stiffness_minutes": "ten"},
        {"pain": "3", "on": "2026-03-03"},
        {"pain": "3", "on": "yesterday"},
        {},
    ],
)
def test_what_is_no_answer_is_asked_again(
    her_phone: Browser, plan: Plan, said: dict[str, str]
) -> None:
    answer = her_phone.post("/me/morning", **said)
    assert answer.status_code == 422
    assert "Please choose a number from 0 to 10." in answer.text
    assert woke() == []


def test_a_script_is_told_where_to_go_on(her_phone: Browser, plan: Plan) -> None:
    answer = her_phone.client.post(
        "/me/morning",
        data={"pain": "2"},
        headers={"Sec-Fetch-Site": "same-origin", "Accept": "application/json"},
    )
    assert (answer.status_code, answer.json) == (201, {"next": "/me?noted=pain"})


def test_a_morning_counts_for_every_plan(
    her_phone: Browser, maya: Patient, plan: Plan, library: Library
) -> None:
    wish = Assignment("sleep-4w", 4, weekdays=(0, 6), starts_on=TODAY - timedelta(days=1))
    second = plans.assign(maya, wish, library, NOON)
    html = her_phone.get("/me").text
    assert html.count("How much pain do you have right now?") == 1
    assert html.count('class="card day day-due"') == 2
    assert f"/me/session?plan={second.id}" in html
    her_phone.post("/me/morning", pain="5", plan=str(plan.id))
    assert woke() == [(TODAY, 5, None, None)] * 2


def test_a_plan_of_somebody_else_cannot_be_named(
    her_phone: Browser, plan: Plan, library: Library, maya: Patient
) -> None:
    for named in ("x", "00000000-0000-0000-0000-000000000000"):
        assert her_phone.get(f"/me?plan={named}").status_code == 404


def test_why_the_plan_has_changed_stands_with_the_plan(
    her_phone: Browser, plan: Plan, library: Library
) -> None:
    said = SessionReport(NOON - HOUR, before=7, during=9, after=8)
    sessions.report_session(plan, said, library, NOON)
    why = today(plan, TODAY, library).why
    assert why
    page = her_phone.get("/me").text
    assert "What changed, and why" in page
    assert escape(why) in page
    assert "Done for today" in page


@pytest.mark.parametrize(
    ("status", "words"), [(PAUSED, "Your plan is paused"), (DISCHARGED, "Your plan has ended")]
)
def test_a_plan_that_does_not_run_offers_nothing_to_do(
    her_phone: Browser, plan: Plan, status: str, words: str
) -> None:
    with transaction():
        plan.status = status
    page = Page(her_phone.get("/me").text)
    assert words in page.text
    assert not [a for a in page.all("a") if a.get("data-session")]


def test_a_day_without_a_session_is_a_rest_day_and_names_the_next(
    her_phone: Browser, plan: Plan, at: Callable[[datetime], None]
) -> None:
    at(NOON + timedelta(days=2))
    page = Page(her_phone.get("/me").text)
    assert "A rest day" in page.text
    assert "Next session: Sunday 8 March" in page.text


def test_before_it_starts_the_day_is_named(
    her_phone: Browser, maya: Patient, library: Library
) -> None:
    wish = Assignment("lb-subacute-6w", 4, starts_on=TODAY + timedelta(days=2))
    plans.assign(maya, wish, library, NOON)
    assert "Your plan starts on Wednesday 4 March" in her_phone.get("/me").text


def test_in_the_evening_the_night_is_near_and_by_day_it_is_not(
    her_phone: Browser, plan: Plan, at: Callable[[datetime], None]
) -> None:
    with transaction():
        plan.bedtime = time(22, 30)
    assert "Tonight" not in her_phone.get("/me").text
    at(NOON + 6 * HOUR)
    page = her_phone.get("/me").text
    assert "Good evening" not in page
    assert "Bed at 22:30" in page
    at(NOON + 8 * HOUR)
    assert "Good evening, Maya" in her_phone.get("/me").text


@pytest.mark.parametrize("status", [PAUSED, DISCHARGED])
def test_a_plan_that_does_not_run_has_no_night(
    her_phone: Browser, plan: Plan, at: Callable[[datetime], None], status: str
) -> None:
    with transaction():
        plan.bedtime, plan.status = time(22, 30), status
    at(NOON + 8 * HOUR)
    assert "Tonight" not in her_phone.get("/me").text


def test_the_morning_after_a_session_on_a_day_of_rest_is_asked_about_as_promised(
    her_phone: Browser, maya: Patient, library: Library, at: Callable[[datetime], None]
) -> None:
    wish = Assignment("lb-subacute-6w", 4, weekdays=(2,), starts_on=TODAY)
    plan = plans.assign(maya, wish, library, NOON)
    said = SessionReport(NOON, before=3, during=3, after=3)
    session = sessions.report_session(plan, said, library, NOON)
    assert "Tomorrow morning we ask" in her_phone.get(f"/me/sessions/{session.id}").text
    at(NOON + 20 * HOUR)
    assert "How much pain do you have right now?" in her_phone.get("/me").text
    her_phone.post("/me/morning", pain="3")
    assert "How much pain do you have right now?" not in her_phone.get("/me").text
    at(NOON + 44 * HOUR)
    assert "How much pain do you have right now?" not in her_phone.get("/me").text


def test_her_language_is_the_pages(her_phone: Browser, maya: Patient, plan: Plan) -> None:
    with transaction():
        maya.language = "es"
    page = her_phone.get("/me").text
    assert '<html lang="es">' in page
    assert "lunes 2 de marzo" in page
    assert "¿Cuánto dolor tienes ahora mismo?" in page
    assert "Empezar" in page
