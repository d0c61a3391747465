"""Ana's patients on one page: whoever needs her first, sifted by the address, approved together."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.models.decision import PROPOSED, Decision
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import alerts, clinician_acts, enrolment, mornings, plans, sessions
from rehab.services.alerts import open_alert
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.web.desk.caseload import age, ago, short
from tests.conftest import NOON
from tests.web.desk.conftest import TODAY
from tests.web.sign_in.conftest import Browser, Page

DeskOf = Callable[[Clinician], Browser]
BEGAN = NOON - timedelta(days=7)


@pytest.fixture
def plan(maya: object, library: Library) -> Plan:
    """Maya's, with a settled week behind it: two steps up wait."""
    hers = plans.assign(maya, Assignment("lb-subacute-6w", 4), library, BEGAN)
    for day in (0, 2, 4):
        at = BEGAN + timedelta(days=day)
        sessions.report_session(hers, SessionReport(at, 4, 4, 4, effort=4), library, at)
        woken = at + timedelta(hours=20)
        mornings.report_morning(hers, MorningReport(woken.date(), 4), library, woken)
    return hers


def seen(desk: Browser, path: str = "/clinic") -> Page:
    answer = desk.get(path)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def links(page: Page) -> list[str]:
    return [link["href"] or "" for link in page.all("a")]


def test_an_empty_clinic_is_told_what_to_do_first(desk: Browser) -> None:
    page = seen(desk)
    assert "Nobody here yet" in page.text
    assert "/clinic/assign" in links(page)
    assert "Approve green step-ups" not in page.text


def test_a_patient_without_a_plan_is_one_click_from_one(desk: Browser, maya: object) -> None:
    page = seen(desk)
    assert "No program yet 1" in page.text
    assert [link for link in links(page) if link.startswith("/clinic/assign?patient=")]


def test_the_page_says_who_why_and_how_it_goes(desk: Browser, plan: Plan) -> None:
    page = seen(desk)
    assert "Steps to approve 1" in page.text
    assert "2 steps up wait: Low-impact 1 → to 2 , Strengthening 1 → to 2" in page.text
    assert "(week 2 of 6)" in page.text
    assert "3 days ago 3 of 3 in 2 weeks" in page.text
    assert "Pain in 4 weeks: after sessions from 4 to 4, highest 4, 3 times" in page.text
    assert f"/clinic/patients/{plan.patient_id}" in links(page)
    assert "Approve green step-ups 2" in page.text


def test_an_alert_says_in_one_phrase_what_it_is_about(
    desk: Browser, plan: Plan, library: Library
) -> None:
    flare = SessionReport(NOON, 4, 8, 8, effort=4)
    sessions.report_session(plan, flare, library, NOON)
    page = seen(desk)
    assert "Within 2 working days 1" in page.text
    assert "Severe pain" in page.text
    assert "(R1" not in page.text
    assert "open just now" in page.text


def test_names_are_text_and_never_markup(desk: Browser, riverside: Clinic) -> None:
    said = {"given_name": "<b>Bo</b>", "phone": "+447700900177", "zone": "Europe/London"}
    enrolment.enrol(riverside.id, said, "ana@riverside.example", NOON)
    page = seen(desk, "/clinic?q=<i>")
    assert page.all("b") == page.all("i") == []
    assert "<b>Bo</b>" in seen(desk).text


def test_what_is_wished_stays_in_the_address(desk: Browser, plan: Plan) -> None:
    page = seen(desk, "/clinic?q=maya&track=acute&program=lb-subacute-6w")
    assert "Maya Lindqvist" in page.text
    kept = "q=maya&program=lb-subacute-6w&track=acute"
    assert f"/clinic?q=maya&need=approve&{kept.removeprefix('q=maya&')}" in links(page)
    assert ("maya", "search") in [(i.get("value"), i.get("type")) for i in page.all("input")]
    chosen = [option for option in page.all("option") if "selected" in option]
    assert [option.get("value", "acute") for option in chosen] == ["lb-subacute-6w", "acute"]


@pytest.mark.parametrize(
    "junk",
    ["need=x", "by=x", "page=x", "page=-7", "page=999999999999", "stands=x", "track=x", "q=%00"],
)
def test_an_address_that_makes_no_sense_shows_everybody(
    desk: Browser, plan: Plan, junk: str
) -> None:
    assert "Maya Lindqvist" in seen(desk, f"/clinic?{junk}").text


def test_who_finds_nobody_is_told_so_and_can_look_further(desk: Browser, plan: Plan) -> None:
    page = seen(desk, "/clinic?q=nobody&stands=active")
    assert "Nobody is found this way." in page.text
    assert "/clinic?q=nobody&stands=everybody" in links(page)


def test_step_ups_are_listed_with_their_reasons_all_of_them_ticked(
    desk: Browser, plan: Plan
) -> None:
    page = seen(desk, "/clinic/step-ups")
    assert page.text.count("Up to step 2: 3 settled sessions at full dose (UP).") == 2
    ticks = [tick for tick in page.all("input") if tick.get("name") == "decision"]
    assert len(ticks) == 2
    assert all("checked" in tick for tick in ticks)


def ticked() -> list[str]:
    proposed = select(Decision.id).filter_by(state=PROPOSED, replaced_at=None)
    return [str(id_) for id_ in db.session.scalars(proposed)]


def test_those_ticked_are_approved_and_the_caseload_says_so(desk: Browser, plan: Plan) -> None:
    answer = desk.post("/clinic/step-ups", decision=ticked())
    assert answer.headers["Location"] == "/clinic"
    page = Page(desk.follow(answer).text)
    assert "2 steps up approved." in page.text
    assert "Settled 1" in page.text
    assert "Approve green step-ups" not in page.text


def test_one_that_came_too_late_is_named_with_its_reason_and_the_other_stands(
    desk: Browser, plan: Plan, ana: Clinician, library: Library
) -> None:
    ids = ticked()
    late = db.session.get_one(Decision, UUID(ids[0]))
    clinician_acts.override(late, 1, 1.0, "not yet", ana, library, NOON)
    answer = desk.post("/clinic/step-ups", decision=ids)
    assert answer.headers["Location"] == "/clinic/step-ups"
    page = Page(desk.follow(answer).text)
    assert "1 step up approved." in page.text
    assert (
        f"Maya Lindqvist, {late.category} was not approved: nothing is proposed here any more."
        in page.text
    )


def test_of_many_refusals_only_some_are_told_one_by_one(desk: Browser, plan: Plan) -> None:
    ids = [f"00000000-0000-0000-0000-00000000000{n}" for n in range(8)]
    page = Page(desk.follow(desk.post("/clinic/step-ups", decision=ids)).text)
    assert page.text.count("One was not approved: there is no such decision.") == 5
    assert "3 more were not approved either." in page.text


def test_nothing_ticked_approves_nothing(desk: Browser, plan: Plan) -> None:
    answer = desk.post("/clinic/step-ups", decision="not an id")
    assert answer.headers["Location"] == "/clinic/step-ups"
    assert "Nothing was ticked" in Page(desk.follow(answer).text).text


def test_nothing_to_approve_is_said_kindly(desk: Browser, plan: Plan) -> None:
    open_alert(plan.patient, "spread", 2, "A new area.", NOON, plan)
    assert "Nothing waits for a plain yes." in seen(desk, "/clinic/step-ups").text


def test_who_may_only_look_is_offered_no_act(desk_of: DeskOf, looks: Clinician, plan: Plan) -> None:
    lou = desk_of(looks)
    page = seen(lou)
    assert "Maya Lindqvist" in page.text
    assert "/clinic/step-ups" not in links(page)
    assert "/clinic/assign" not in links(page)
    assert not [i for i in seen(lou, "/clinic/step-ups").all("input") if i["type"] == "checkbox"]
    assert lou.post("/clinic/step-ups", decision=ticked()).status_code == 403


def test_colleagues_can_be_told_apart_once_there_are_some(
    desk: Browser, plan: Plan, treats: Clinician
) -> None:
    page = seen(desk, f"/clinic?by={treats.id}")
    assert "Assigned by" in page.text
    assert "Nobody is found this way." in page.text


def test_whom_nobody_else_may_close_for_is_closed_by_a_person(
    desk: Browser, plan: Plan, ana: Clinician
) -> None:
    told = open_alert(plan.patient, "review_due", 1, "A review was due.", NOON, plan)
    assert "Steps to approve 1" in seen(desk).text
    desk.post("/clinic/step-ups", decision=ticked())
    assert "Worth a look 1" in seen(desk).text
    alerts.close_alert(ana.clinic_id, told.id, ana.id, "done", NOON)
    assert "Settled 1" in seen(desk).text


@pytest.mark.parametrize(
    ("days", "said"),
    [(None, "none yet"), (-1, "today"), (0, "today"), (1, "yesterday"), (9, "9 days ago")],
)
def test_days_are_told_as_people_do(days: int | None, said: str) -> None:
    on = None if days is None else TODAY - timedelta(days=days)
    assert ago(on, TODAY) == said


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=40), "40 min"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_how_long_something_waits(waited: timedelta, said: str) -> None:
    assert age(waited) == said


@pytest.mark.parametrize(
    ("kind", "about", "said"),
    [
        (
            "repeated_high_pain",
            "Held at step 1, 50% dose: red, 8 during or after, limit 7, usual 5 (R3, R10); "
            "two red sessions in three (R3b, R4b).",
            "Held at step 1, 50% dose: two red sessions in three.",
        ),
        (
            "red_flag",
            "Paused at step 1: red flag RF06 (R0); next morning not rated (R9).",
            "Paused at step 1: red flag RF06.",
        ),
        ("spread", "Held at step 2: one (R9); two (R13).", "Held at step 2: one."),
        ("review_due", "A review was due on 2026-03-01.", "A review was due on 2026-03-01."),
        ("usual_pain", "Usual pain is 5; the median is 3. Change it?", None),
        ("see_doctor_sd2", "Advise a doctor: SD1, one; SD2, two.", None),
    ],
)
def test_an_alert_is_cut_to_its_own_reason(kind: str, about: str, said: str | None) -> None:
    assert short(kind, about) == (said or about)
