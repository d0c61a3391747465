"""The page of progress: what stands on it, for whom, in which language, and at what cost."""

import re
from datetime import datetime, timedelta

import pytest

from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import enrolment, mornings, plans, sessions
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.services.transactions import transaction
from rehab.web.words import words
from tests.conftest import NOON
from tests.queries import counted
from tests.security.test_templates import faults
from tests.web.patient.conftest import Browser

SAY = words("progress", "en")
WEEK = timedelta(weeks=1)


def told(plan: Plan, library: Library, at: datetime, after: int = 3) -> None:
    report = SessionReport(at, before=3, during=4, after=after, effort=4)
    sessions.report_session(plan, report, library, at)
    woke = MorningReport(at.date() + timedelta(days=1), pain=2, sleep=6)
    mornings.report_morning(plan, woke, library, at + timedelta(hours=20))


@pytest.fixture
def old_plan(maya: Patient, library: Library) -> Plan:
    """Begun ten weeks ago, with a session every sixth day."""
    start = NOON - 10 * WEEK
    wish = Assignment("lb-chronic-12w", 4, starts_on=start.date(), weekdays=(0, 1, 2, 3, 4, 5, 6))
    plan = plans.assign(maya, wish, library, start)
    for n in range(0, 67, 6):
        told(plan, library, start + timedelta(days=n), after=n % 4)
    return plan


def test_whoever_is_not_signed_in_is_sent_to_the_door(browser: Browser, plan: Plan) -> None:
    answer = browser.get("/me/progress")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/enter")


def test_a_reminders_link_shows_no_progress(browser: Browser, token: str) -> None:
    assert browser.get(f"/{token}/progress").status_code == 404


def test_before_the_first_session_each_chart_says_kindly_what_will_stand_there(
    her_phone: Browser, plan: Plan
) -> None:
    page = her_phone.get("/me/progress").text
    assert SAY["pain_empty"] in page
    assert SAY["nights_empty"] in page
    assert SAY["ladder_stands"].format(step=1, rungs=5) in page
    assert "not said" not in page


def test_after_a_session_the_charts_and_their_numbers_are_there(
    her_phone: Browser, plan: Plan, library: Library
) -> None:
    told(plan, library, NOON - timedelta(days=1))
    page = her_phone.get("/me/progress").text
    assert page.count("<figure") == page.count("<details") == 4
    assert page.count('class="mark after"') == page.count('class="mark morning"') == 2
    assert re.search(r">1 Mar</th><td>4</td><td>3</td><td>not said</td>", page)
    assert "Since 1 Mar: 1 done, 1 planned so far." in page


def test_a_patient_without_a_plan_is_told_that_one_will_come(
    her_phone: Browser, maya: Patient
) -> None:
    page = her_phone.get("/me/progress")
    assert page.status_code == 200
    assert SAY["no_plan_lead"] in page.text


def test_the_page_speaks_the_patients_language(
    her_phone: Browser, maya: Patient, old_plan: Plan
) -> None:
    enrolment.amend(maya, {"language": "es"}, "ana@riverside.example", NOON)
    page = her_phone.get("/me/progress").text
    assert '<html lang="es"' in page
    assert "El dolor, día a día" in page
    assert "sin dato" in page
    assert "22 dic" in page or "29 dic" in page or "5 ene" in page


def test_of_two_plans_the_newest_is_shown_and_the_other_one_tap_away(
    her_phone: Browser, plan: Plan, maya: Patient, library: Library
) -> None:
    newer = plans.assign(maya, Assignment("neck-desk-6w", 3), library, NOON + timedelta(hours=1))
    page = her_phone.get("/me/progress").text
    chosen = re.findall(r'progress\?plan=([\w-]+)"( aria-current="true")?', page)
    assert (str(newer.id), ' aria-current="true"') in chosen
    assert (str(plan.id), "") in chosen
    other = her_phone.get(f"/me/progress?plan={plan.id}").text
    assert (str(plan.id), ' aria-current="true"') in re.findall(
        r'progress\?plan=([\w-]+)"( aria-current="true")?', other
    )


def test_one_plan_needs_no_chooser(her_phone: Browser, plan: Plan) -> None:
    assert SAY["plans"] not in her_phone.get("/me/progress").text


@pytest.mark.parametrize("asked", ["6b0e7c1e-6f0a-4d53-9d0e-1f6f6f2f9a11", "nonsense", ""])
def test_a_plan_that_is_not_hers_cannot_be_found(
    her_phone: Browser, plan: Plan, asked: str
) -> None:
    assert her_phone.get(f"/me/progress?plan={asked}").status_code == 404


def test_a_young_plan_has_no_choice_of_weeks(her_phone: Browser, plan: Plan) -> None:
    assert SAY["span_recent"] not in her_phone.get("/me/progress").text


def test_an_older_plan_shows_eight_weeks_or_on_request_all(
    her_phone: Browser, old_plan: Plan
) -> None:
    recent = her_phone.get("/me/progress").text
    whole = her_phone.get("/me/progress?span=all").text
    first = ">22 Dec</th><td>4</td>"
    assert first not in recent
    assert first in whole
    for page, address in ((recent, "/me/progress"), (whole, "/me/progress?span=all")):
        assert f'href="{address}" aria-current="true"' in page


def test_a_day_of_another_year_is_told_with_its_year(her_phone: Browser, plan: Plan) -> None:
    with transaction():
        plan.starts_on -= timedelta(days=400)
    page = her_phone.get("/me/progress?span=all").text
    assert "since 25 Jan 2025" in page
    assert ">28 Feb</th>" in page


def test_nothing_on_the_page_would_be_refused_by_the_policy(
    her_phone: Browser, old_plan: Plan
) -> None:
    page = her_phone.get("/me/progress?span=all").text
    assert faults(re.sub(r"<link[^>]*>|<script[^>]*></script>", "", page)) == []


def test_no_name_of_an_element_is_given_twice(her_phone: Browser, old_plan: Plan) -> None:
    names = re.findall(r'\bid="([^"]+)"', her_phone.get("/me/progress").text)
    assert sorted(names) == sorted(set(names))
    used = re.findall(r'href="#([\w-]+)"', her_phone.get("/me/progress").text)
    assert set(used) <= {*names, "main"}


def test_a_program_named_with_markup_is_read_as_words(her_phone: Browser, plan: Plan) -> None:
    with transaction():
        plan.program = {**plan.program, "name": "<script>alert(1)</script>"}
    page = her_phone.get("/me/progress").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_longer_course_costs_no_more_queries(
    her_phone: Browser, plan: Plan, library: Library
) -> None:
    told(plan, library, NOON - timedelta(days=1))
    her_phone.get("/me/progress")
    with counted() as few:
        her_phone.get("/me/progress")
    for n in range(1, 15):
        at = NOON - timedelta(days=1, hours=12) + timedelta(minutes=n)
        sessions.report_session(plan, SessionReport(at, 4, 9, 8), library, NOON)
    with counted() as many:
        her_phone.get("/me/progress")
    assert len(many) == len(few) <= 12
