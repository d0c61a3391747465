"""What comes of a session: thanks and what happens next, or whom to call."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from markupsafe import escape

from rehab.models.clinic import Clinic
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.services import enrolment, mornings, plans, sessions
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.web.patient.conftest import TODAY
from tests.web.sign_in.conftest import Browser

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Report = Callable[..., Session]


@pytest.fixture
def report(plan: Plan, library: Library) -> Report:
    def told(**said: object) -> Session:
        ratings = {"before": 3, "during": 4, "after": 3, **said}
        return sessions.report_session(plan, SessionReport(NOON - HOUR, **ratings), library, NOON)

    return told


def test_it_says_that_the_morning_decides(her_phone: Browser, report: Report) -> None:
    page = her_phone.get(f"/me/sessions/{report().id}").text
    assert "Thank you." in page
    assert "Tomorrow morning we ask how you woke." in page
    assert "Next session: Sunday 8 March" in page


def test_once_the_morning_is_said_nothing_is_waited_for(
    her_phone: Browser, report: Report, plan: Plan, library: Library
) -> None:
    session = report()
    morning = NOON + 20 * HOUR
    mornings.report_morning(plan, MorningReport(TODAY + DAY, pain=3), library, morning)
    page = her_phone.get(f"/me/sessions/{session.id}").text
    assert "Tomorrow morning" not in page
    assert "Your plan stays as it is." in page


def test_what_was_decided_at_once_is_said_at_once(her_phone: Browser, report: Report) -> None:
    session = report(during=9, after=9)
    assert session.decision
    page = her_phone.get(f"/me/sessions/{session.id}").text
    assert escape(session.decision.why_patient) in page


@pytest.mark.parametrize(
    ("flag", "words", "calls"),
    [
        ("RF01", "Stop now and call for help", ["tel:999", "tel:+442079460100"]),
        ("RF06", "Stop, and get medical advice today", ["tel:+442079460100"]),
        ("RF12", "We have told your physiotherapist", ["tel:+442079460100"]),
        ("RF19", "You are not alone with this", ["tel:116123", "tel:+442079460100"]),
    ],
)
def test_a_red_flag_says_what_to_do_by_its_tier_and_whom_to_call(
    her_phone: Browser,
    report: Report,
    riverside: Clinic,
    flag: str,
    words: str,
    calls: list[str],
) -> None:
    with transaction():
        riverside.phone = "+442079460100"
    page = her_phone.get(f"/me/sessions/{report(red_flags=(flag,)).id}").text
    assert f">{words}</h1>" in page
    assert [call for call in calls if call not in page] == []
    assert page.count('href="tel:') == len(calls)
    assert "Your plan is paused" in page or flag == "RF12"


def test_the_link_of_a_reminder_thanks_and_tells_no_numbers(
    browser: Browser, token: str, report: Report
) -> None:
    page = browser.get(f"/{token}/sessions/{report(during=9, after=9).id}").text
    assert "Thank you." in page
    assert "What you told us" not in page
    assert 'class="facts"' not in page


def test_the_link_opens_no_other_day(
    browser: Browser, token: str, plan: Plan, library: Library
) -> None:
    earlier = SessionReport(NOON - DAY, before=3, during=3, after=3)
    session = sessions.report_session(plan, earlier, library, NOON)
    assert browser.get(f"/{token}/sessions/{session.id}").status_code == 404


def test_nobody_sees_a_session_of_somebody_else(
    her_phone: Browser, maya: Patient, library: Library
) -> None:
    said = {"given_name": "Otis", "phone": "+442079460124", "zone": "Europe/London"}
    otis = enrolment.enrol(maya.clinic_id, said, "ana@riverside.example", NOON)
    plan = plans.assign(otis, Assignment("lb-subacute-6w", 4), library, NOON)
    his = sessions.report_session(plan, SessionReport(NOON, 1, 1, 1), library, NOON)
    for id_ in (his.id, UUID(int=0)):
        assert her_phone.get(f"/me/sessions/{id_}").status_code == 404
        assert her_phone.get(f"/me/sessions/{id_}/correct").status_code == 404
        assert her_phone.post(f"/me/sessions/{id_}/correct", before="1").status_code == 404


def test_a_day_later_today_is_where_the_morning_is_said(
    her_phone: Browser, report: Report, at: Callable[[datetime], None]
) -> None:
    session = report()
    at(NOON + DAY)
    assert "on the page of today" in her_phone.get(f"/me/sessions/{session.id}").text
    at(NOON + 3 * DAY)
    page = her_phone.get(f"/me/sessions/{session.id}").text
    assert "Your plan stays as it is." in page
