"""What comes of a session: thanks and what happens next, or whom to call."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from uuid import UUID

import pytest
from markupsafe import escape
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.models.decision import PROPOSED, Decision
from rehab.models.patient import Patient
from rehab.models.plan import DISCHARGED, FINISHED, Plan
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.services import clinician_acts, enrolment, mornings, plan_changes, plans, sessions
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
    with transaction():
        plan.starts_on = TODAY - 7 * DAY
    for days, status in ((1, 200), (2, 404)):
        earlier = SessionReport(NOON - days * DAY, before=3, during=3, after=3)
        session = sessions.report_session(plan, earlier, library, NOON)
        assert browser.get(f"/{token}/sessions/{session.id}").status_code == status


def test_the_link_opens_no_other_plan(
    browser: Browser, token: str, maya: Patient, library: Library
) -> None:
    other = plans.assign(maya, Assignment("neck-desk-6w", 3), library, NOON)
    session = sessions.report_session(other, SessionReport(NOON, 1, 1, 1), library, NOON)
    assert browser.get(f"/{token}/sessions/{session.id}").status_code == 404


# What waits for a clinician's yes


@pytest.fixture
def proposal(maya: Patient, library: Library) -> Decision:
    """A step up that six good sessions have earned and nobody has agreed to."""
    wish = Assignment("lb-subacute-6w", 4, weekdays=tuple(range(7)), starts_on=TODAY)
    plan = plans.assign(maya, wish, library, NOON)
    for n in range(0, 12, 2):
        now, good = NOON + n * DAY, {"before": 1, "during": 1, "after": 1, "effort": 3}
        sessions.report_session(plan, SessionReport(now, **good), library, now)
        woke = MorningReport(TODAY + (n + 1) * DAY, pain=1, sleep=8)
        mornings.report_morning(plan, woke, library, now + DAY)
    query = select(Decision).filter_by(plan_id=plan.id, state=PROPOSED, replaced_at=None)
    return db.session.scalars(query.order_by(Decision.effective_at.desc())).first()


def test_a_step_up_that_waits_is_said_to_wait_and_never_to_be_done(
    her_phone: Browser, proposal: Decision, at: Callable[[datetime], None]
) -> None:
    at(NOON + 11 * DAY)
    page = her_phone.get(f"/me/sessions/{proposal.session_id}").text
    assert "waits for your physiotherapist's yes" in unescape(page)
    for path in (f"/me/sessions/{proposal.session_id}", "/me/entries"):
        assert escape(proposal.why_patient) not in her_phone.get(path).text


def test_what_was_answered_waits_no_longer(
    her_phone: Browser,
    proposal: Decision,
    ana: Clinician,
    library: Library,
    at: Callable[[datetime], None],
) -> None:
    at(NOON + 11 * DAY)
    for each in db.session.get_one(Session, proposal.session_id).decisions:
        if each.state == PROPOSED:
            clinician_acts.approve(each, ana, library, NOON + 11 * DAY)
    page = unescape(her_phone.get(f"/me/sessions/{proposal.session_id}").text)
    assert "waits for your physiotherapist's yes" not in page


# A plan that does not run


@pytest.mark.parametrize("status", [DISCHARGED, FINISHED])
def test_a_plan_that_has_ended_has_no_next_session(
    her_phone: Browser, report: Report, plan: Plan, status: str
) -> None:
    session = report()
    with transaction():
        plan.status = status
    page = her_phone.get(f"/me/sessions/{session.id}").text
    assert "Your plan has ended." in page
    for untrue in ("Next session", "Your plan stays as it is", "Tomorrow morning"):
        assert untrue not in page


def test_a_plan_that_goes_on_after_a_red_flag_is_not_called_paused(
    her_phone: Browser, report: Report, plan: Plan, ana: Clinician, library: Library
) -> None:
    session = report(red_flags=("RF06",))
    assert "Your plan is paused" in her_phone.get(f"/me/sessions/{session.id}").text
    plan_changes.resume(plan, ana, "seen", library, NOON + HOUR)
    assert "Your plan is paused" not in her_phone.get(f"/me/sessions/{session.id}").text


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
