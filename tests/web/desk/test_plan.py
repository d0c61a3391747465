"""A plan's page: what is asked of Maya, and every way to change it, said before it is done."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from rehab.models.clinic import Clinician
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import plan_changes
from tests.conftest import NOON
from tests.services.test_progression import FLARE, report, settled_week, wake
from tests.web.desk.forms import desk_at, form_of, forms_of, send
from tests.web.patient.test_progress import counted
from tests.web.sign_in.conftest import Browser, Page

DeskOf = Callable[[Clinician], Browser]


def page_of(desk: Browser, plan: Plan) -> Page:
    answer = desk.get(f"/clinic/plans/{plan.id}")
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def test_the_page_says_what_is_asked_of_her_and_where_each_ladder_stands(
    desk: Browser, plan: Plan
) -> None:
    page = page_of(desk, plan)
    assert "Now: Base phase 1 of 3" in page.text
    assert "Bridge" in page.text
    assert "2 sets" in page.text or "times" in page.text
    assert "Step 1 of 5" in page.text
    assert "May go from step 1 to step 5" in page.text
    assert len([img for img in page.all("img") if "still" in (img["src"] or "")]) >= 4


def test_each_act_shows_its_text_before_the_click(desk: Browser, plan: Plan) -> None:
    plan.patient.language = "es"
    page = page_of(desk, plan)
    quotes = page.all("blockquote")
    assert {quote["lang"] for quote in quotes} == {"es"}
    assert "Riverside: " in page.text


def test_where_no_text_would_leave_the_page_says_so(desk: Browser, plan: Plan) -> None:
    plan.patient.sms_consent = False
    page = page_of(desk, plan)
    assert "No text: they take none." in page.text
    assert not page.all("blockquote")


def test_a_long_session_is_warned_of(
    desk: Browser, plan: Plan, library: Library, ana: Clinician
) -> None:
    assert "fewer people keep it up" in page_of(desk, plan).text
    plan.phase = 2
    assert "5 exercises, about" in page_of(desk, plan).text


def test_a_paused_plan_says_what_going_on_makes_of_each_category(
    desk: Browser, plan: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(plan, library)
    plan_changes.pause(plan, ana, "a trip", library, NOON + timedelta(days=6))
    page = page_of(desk, plan)
    assert "Paused: Base" in page.text
    assert "Strengthening: step 1 → 1, dose 100% → 50%" in page.text
    actions = {
        form.action.rpartition("/")[2] for form in forms_of(desk.get(f"/clinic/plans/{plan.id}"))
    }
    assert {"resume", "discharge"} <= actions
    assert not {"pause", "advance"} & actions


def test_a_category_without_a_dose_is_told_to_begin_with_a_recovery_session(
    desk: Browser, plan: Plan, library: Library, ana: Clinician
) -> None:
    report(plan, library, 0, FLARE)
    wake(plan, library, 0, 8)
    plan_changes.pause(plan, ana, "a trip", library, NOON + timedelta(days=1))
    assert "first a recovery session" in page_of(desk, plan).text


def test_a_proposed_usual_pain_is_one_click_away(
    app: Flask, ana: Clinician, plan: Plan, library: Library, at: Callable[[datetime], None]
) -> None:
    for day in range(5):
        wake(plan, library, day, 1)
    at(NOON + timedelta(days=6))
    desk = desk_at(app, ana, NOON + timedelta(days=6))
    form = form_of(desk.get(f"/clinic/plans/{plan.id}"), "/change", usual_pain="1")
    assert "the last two weeks say 1" in page_of(desk, plan).text
    assert "Usual pain: 1" in desk.follow(send(desk, form)).text


def test_who_may_only_look_finds_no_form(desk_of: DeskOf, plan: Plan, looks: Clinician) -> None:
    browser = desk_of(looks)
    answer = browser.get(f"/clinic/plans/{plan.id}")
    assert not [form for form in forms_of(answer) if "/plans/" in form.action]
    swap = browser.get(f"/clinic/plans/{plan.id}/swap/lb-bridge")
    assert not [form for form in forms_of(swap) if form.action.endswith("/change")]


def test_a_plan_that_has_ended_is_looked_at_only(desk: Browser, plan: Plan, ana: Clinician) -> None:
    plan_changes.discharge(plan, ana, "does well", NOON)
    answer = desk.get(f"/clinic/plans/{plan.id}")
    assert "This plan is discharged" in answer.text
    assert "does well" in answer.text
    assert not [form for form in forms_of(answer) if "/plans/" in form.action]


@pytest.mark.parametrize(
    ("asked", "found", "not_found"),
    [
        ("", "Dead bug", "Walking"),
        ("?q=DEAD+bug", "Dead bug", "Side plank"),
        ("?region=thighs", "Sit to stand", "Dead bug"),
        ("?without=mat", "Sit to stand", "Dead bug"),
        ("?q=zzz", "No other strengthening exercise is like that", "Dead bug"),
    ],
)
def test_what_could_stand_in_the_place_of_an_exercise_is_narrowed_down(
    desk: Browser, plan: Plan, asked: str, found: str, not_found: str
) -> None:
    plan.program = {**plan.program, "phases": plan.program["phases"][:1]}
    answer = desk.get(f"/clinic/plans/{plan.id}/swap/lb-bridge{asked}")
    assert found in answer.text
    assert not_found not in answer.text


@pytest.mark.parametrize("exercise", ["li-swim", "no-such"])
def test_only_the_plans_own_exercises_are_swapped(desk: Browser, plan: Plan, exercise: str) -> None:
    assert desk.get(f"/clinic/plans/{plan.id}/swap/{exercise}").status_code == 404


def test_a_long_course_asks_no_more_of_the_database(
    app: Flask, ana: Clinician, plan: Plan, library: Library, at: Callable[[datetime], None]
) -> None:
    at(NOON + timedelta(days=30))
    desk = desk_at(app, ana, NOON + timedelta(days=30))

    def asked() -> int:
        page_of(desk, plan)
        with counted() as selects:
            page_of(desk, plan)
        return len(selects)

    settled_week(plan, library)
    plan_changes.amend(plan, {"weekdays": [1]}, ana, "", library, NOON + timedelta(days=6))
    few = asked()
    for day in range(7, 21):
        report(plan, library, day, (4, 4, 4))
        wake(plan, library, day, 4)
        changed = {"weekdays": [day % 7]}
        plan_changes.amend(plan, changed, ana, "", library, NOON + timedelta(days=day, hours=21))
    assert asked() <= few
