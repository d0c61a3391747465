"""A patient's course and its decisions: seen, approved, overruled, taken back, or come too late."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.decision import OVERRIDDEN, PROPOSED, Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import clinician_acts, mornings, plan_changes, plans, replies, sessions
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound
from rehab.services.sessions import SessionReport
from tests.conftest import NOON
from tests.queries import counted
from tests.web.desk.conftest import TODAY
from tests.web.desk.forms import Form, form_of, forms_of, send
from tests.web.sign_in.conftest import Browser, Page

BEGAN = NOON - timedelta(days=11)
"""A Thursday; Maya trains on Mondays, Thursdays and Saturdays."""

Answer = tuple[int, Page]
At = Callable[[datetime], None]


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment("lb-subacute-6w", 4, weekdays=(0, 3, 5), starts_on=BEGAN.date())
    return plans.assign(maya, wish, library, BEGAN)


def trained(plan: Plan, library: Library, at: datetime, pain: int = 2, **said: Any) -> None:
    report = SessionReport(at, 2, pain, pain, **{"effort": 4, **said})
    sessions.report_session(plan, report, library, at)


def woke(plan: Plan, library: Library, at: datetime, pain: int = 2) -> None:
    mornings.report_morning(plan, MorningReport(at.date(), pain, sleep=7), library, at)


@pytest.fixture
def proposed(plan: Plan, library: Library) -> Decision:
    """A step up in strengthening that waits for a yes."""
    for day in (0, 2, 4, 7, 9):
        trained(plan, library, BEGAN + timedelta(days=day))
        woke(plan, library, BEGAN + timedelta(days=day, hours=20))
    query = select(Decision).filter_by(state=PROPOSED, replaced_at=None, category="strengthening")
    return db.session.scalars(query.order_by(Decision.effective_at.desc())).first()


def opened(desk: Browser, path: str) -> Page:
    answer = desk.get(path)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def of_patient(plan: Plan) -> str:
    return f"/clinic/patients/{plan.patient_id}"


def of_decision(decision: Decision) -> str:
    return f"/clinic/decisions/{decision.id}"


def the_form(desk: Browser, decision: Decision, act: str) -> Form:
    forms = forms_of(desk.get(of_decision(decision)))
    return next(form for form in forms if form.action.partition("#")[0].endswith(f"/{act}"))


def texts(patient: Patient, library: Library, body: str, at: datetime) -> None:
    replies.receive(Inbound(body, patient.phone, "+1", body), library, at)


def marks(page: Page) -> list[dict[str, str | None]]:
    return [a for a in page.all("a") if (a.get("class") or "").startswith("decision")]


def test_a_patient_without_a_plan_has_a_page_that_leads_to_one(
    desk: Browser, maya: Patient
) -> None:
    page = opened(desk, f"/clinic/patients/{maya.id}")
    assert "No plan yet" in page.text
    assert f"/clinic/assign?patient={maya.id}" in [a.get("href") for a in page.all("a")]


def test_a_plan_of_today_has_an_empty_course_and_nothing_waits(desk: Browser, plan: Plan) -> None:
    page = opened(desk, of_patient(plan))
    assert "Maya Lindqvist" in page.text
    assert "Lower back - back to strength, 6 weeks" in page.text
    assert "Nothing waits for you here." in page.text
    assert marks(page) == []


def test_the_course_leads_to_every_decision_and_offers_what_waits(
    desk: Browser, plan: Plan, proposed: Decision
) -> None:
    page = opened(desk, of_patient(plan))
    assert of_decision(proposed) in [a["href"] for a in marks(page)]
    standing = select(Decision).filter_by(plan_id=plan.id, replaced_at=None)
    assert len(marks(page)) == len(db.session.scalars(standing).all())
    assert f"{of_decision(proposed)}/approve" in [f.get("action") for f in page.all("form")]


def test_an_earlier_plan_is_shown_when_it_is_asked_for_and_another_patients_is_not_there(
    desk: Browser, plan: Plan, maya: Patient, library: Library, ana: Clinician
) -> None:
    plan_changes.discharge(plan, ana, "went well", NOON)
    plans.assign(maya, Assignment("neck-desk-6w", 3, starts_on=TODAY), library, NOON)
    assert "Neck and shoulders" in opened(desk, of_patient(plan)).text
    earlier = opened(desk, f"{of_patient(plan)}?plan={plan.id}")
    assert "discharged" in earlier.text
    assert desk.get(f"{of_patient(plan)}?plan={uuid4()}").status_code == 404


def test_a_longer_course_asks_no_more_of_the_database(
    desk: Browser, plan: Plan, library: Library
) -> None:
    def asked() -> int:
        db.session.expire_all()
        with counted() as seen:
            opened(desk, f"{of_patient(plan)}?window=all")
        return len(seen)

    for day in range(4):
        trained(plan, library, BEGAN + timedelta(days=day))
    opened(desk, of_patient(plan))
    few = asked()
    for day in range(4, 10):
        trained(plan, library, BEGAN + timedelta(days=day))
    assert asked() == few


def test_a_decision_shows_what_went_into_it_its_rules_and_both_sentences(
    desk: Browser, plan: Plan, library: Library
) -> None:
    trained(plan, library, BEGAN, 8, note="It hurt.")
    query = select(Decision).filter_by(category="strengthening", replaced_at=None)
    decision = db.session.scalars(query).one()
    text = opened(desk, of_decision(decision)).text
    for told in (
        decision.why,
        decision.why_patient,
        "Worst pain during 8",
        "Next morning not said",
        "Counted from 2 (the lower of usual and before)",
        "Rise +6",
        "Zone severe",
        "R1 severe pain recovery session, one step down, alert",
        f"Policy {decision.policy_version}, the one in use.",
        "It hurt.",
    ):
        assert told in text, told


def test_a_step_is_approved_in_one_click_from_the_course(
    desk: Browser, plan: Plan, proposed: Decision
) -> None:
    form = form_of(desk.get(of_patient(plan)), f"{of_decision(proposed)}/approve")
    answer = send(desk, form)
    page = Page(desk.follow(answer).text)
    assert "Strengthening: Approved." in page.text
    assert plan.loads["strengthening"]["step"] == 2
    assert f"{of_decision(proposed)}/approve" not in [f.get("action") for f in page.all("form")]


def test_an_override_puts_the_clinicians_own_step_in_its_place(
    desk: Browser, plan: Plan, proposed: Decision
) -> None:
    typed = {"step": "1", "dose": "80 %", "reason": "Travels"}
    answer = send(desk, the_form(desk, proposed, "override").but(**typed))
    assert "Set to step 1, 80%." in Page(desk.follow(answer).text).text
    assert (plan.loads["strengthening"]["step"], plan.loads["strengthening"]["dose"]) == (1, 0.8)
    db.session.refresh(proposed)
    assert proposed.state == OVERRIDDEN
    trail = opened(desk, of_decision(proposed)).text
    assert re.search(r"Ana Ruiz \(set by hand\) ?: set to step 1, 80%.*Travels", trail)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"step": "1", "dose": "80", "reason": " "}, "Say why."),
        ({"step": "99", "dose": "80", "reason": "Travels"}, "Must lie between 1 and 5."),
        ({"step": "", "dose": "80", "reason": "Travels"}, "Choose a step."),
        ({"step": "1", "dose": "800", "reason": "Travels"}, "A whole number from 0 to 100."),
        ({"step": "1", "dose": "half", "reason": "Travels"}, "A whole number from 0 to 100."),
        ({"step": "²", "dose": "²", "reason": "Travels"}, "Choose a step."),
    ],
)
def test_a_wrong_override_keeps_what_was_typed_and_says_what_is_wrong(
    desk: Browser, plan: Plan, proposed: Decision, said: dict[str, str], fault: str
) -> None:
    answer = send(desk, the_form(desk, proposed, "override").but(**said))
    page = Page(answer.text)
    assert answer.status_code == 422
    assert fault in page.text
    assert next(i for i in page.all("input") if i.get("name") == "dose")["value"] == said["dose"]
    assert said["reason"].strip() in page.text
    assert plan.loads["strengthening"]["step"] == 1


def test_an_approval_is_taken_back_with_a_reason_and_the_proposal_stands_again(
    desk: Browser, plan: Plan, proposed: Decision
) -> None:
    send(desk, the_form(desk, proposed, "approve"))
    query = select(Decision).filter_by(plan_id=plan.id, category="strengthening", replaced_at=None)
    act = db.session.scalars(query.where(Decision.clinician_id.is_not(None))).one()
    form = the_form(desk, act, "undo")
    assert send(desk, form).status_code == 422
    answer = send(desk, form.but(undo_reason="The wrong patient"))
    page = Page(desk.follow(answer).text)
    assert "Taken back" in page.text
    assert f"{of_decision(proposed)}/approve" in [f.get("action") for f in page.all("form")]
    assert "Taken back by Ana Ruiz" in opened(desk, of_decision(proposed)).text
    assert "The wrong patient" in opened(desk, of_decision(act)).text


def test_what_a_colleague_did_meanwhile_is_told_with_the_way_on(
    desk: Browser, plan: Plan, proposed: Decision, treats: Clinician, library: Library
) -> None:
    form = the_form(desk, proposed, "approve")
    clinician_acts.override(proposed, 1, 0.5, "Called her", treats, library, NOON)
    answer = send(desk, form)
    page = Page(answer.text)
    assert answer.status_code == 409
    for told in ("Nothing was done", "up to step 2", "Step 1, 50%", "Tim (set by hand)"):
        assert told in page.text, told
    assert "Called her" in page.text
    assert "12:00" in page.text
    latest = db.session.scalars(
        select(Decision).filter_by(clinician_id=treats.id, category="strengthening")
    ).one()
    assert of_decision(latest) in [a.get("href") for a in page.all("a")]


def test_what_a_session_made_meanwhile_of_an_override_is_told_and_the_reason_is_kept(
    desk: Browser, plan: Plan, proposed: Decision, library: Library
) -> None:
    said = {"step": "1", "dose": "100", "reason": "A calm week first"}
    form = the_form(desk, proposed, "override").but(**said)
    trained(plan, library, datetime.combine(TODAY, time(9), NOON.tzinfo), 8)
    answer = send(desk, form)
    text = Page(answer.text).text
    assert answer.status_code == 409
    assert "the policy, after a session" in text
    assert "A calm week first" in text


@pytest.mark.parametrize("act", ["approve", "override"])
@pytest.mark.parametrize("known", [(), ("I have chest pain",)], ids=["first", "under-an-alert"])
def test_nobody_asks_more_of_a_patient_past_words_of_danger_that_they_have_not_seen(
    desk: Browser, plan: Plan, proposed: Decision, library: Library, at: At, act: str, known: Any
) -> None:
    for body in known:
        texts(plan.patient, library, body, NOON - timedelta(minutes=1))
    form = the_form(desk, proposed, act)
    if act == "override":
        form = form.but(step="2", dose="100", reason="Does well")
    texts(plan.patient, library, "I cannot breathe", NOON + timedelta(minutes=1))
    at(NOON + timedelta(minutes=2))
    answer = send(desk, form)
    assert answer.status_code == 409
    assert "I cannot breathe" in Page(answer.text).text
    assert plan.loads["strengthening"]["step"] == 1
    assert send(desk, form_of(answer, f"/{act}")).status_code == 303
    assert plan.loads["strengthening"]["step"] == 2


def test_less_is_asked_of_a_patient_whatever_came_in(
    desk: Browser, plan: Plan, proposed: Decision, library: Library
) -> None:
    form = the_form(desk, proposed, "override").but(dose="50", reason="A bad night")
    texts(plan.patient, library, "I have chest pain", NOON + timedelta(minutes=1))
    assert send(desk, form).status_code == 303
    assert plan.loads["strengthening"]["dose"] == 0.5


def test_over_an_urgent_alert_a_step_is_approved_where_the_alert_is_named(
    desk: Browser, plan: Plan, proposed: Decision, library: Library
) -> None:
    texts(plan.patient, library, "I have chest pain", NOON)
    page = opened(desk, of_patient(plan))
    assert f"{of_decision(proposed)}/approve" not in [f.get("action") for f in page.all("form")]
    assert of_decision(proposed) in [a.get("href") for a in page.all("a")]
    text = opened(desk, of_decision(proposed)).text
    assert "I have chest pain" in text
    assert "Approve all the same" in text
    assert send(desk, the_form(desk, proposed, "approve")).status_code == 303
    assert plan.loads["strengthening"]["step"] == 2


@pytest.mark.parametrize(
    ("act", "typed"),
    [("approve", {}), ("override", {"step": "2", "dose": "60", "reason": "Does well"})],
)
def test_a_second_click_does_nothing_and_is_answered_as_the_first(
    desk: Browser, plan: Plan, proposed: Decision, act: str, typed: dict[str, str]
) -> None:
    form = the_form(desk, proposed, act).but(**typed)
    first, second = send(desk, form), send(desk, form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert plan.edition == 2


@pytest.mark.parametrize("seen", [None, "today", "2026-03-02T12:00", "0001-01-01T00:00+14:00"])
def test_a_form_that_does_not_say_when_it_was_shown_does_nothing(
    desk: Browser, plan: Plan, proposed: Decision, seen: str | None
) -> None:
    answer = send(desk, the_form(desk, proposed, "approve").but(seen=seen))
    assert answer.status_code == 400
    assert plan.loads["strengthening"]["step"] == 1


def test_who_may_only_look_sees_the_decision_and_none_of_its_buttons(
    desk_of: Any, looks: Clinician, plan: Plan, proposed: Decision
) -> None:
    theirs = desk_of(looks)
    for path in (of_patient(plan), of_decision(proposed)):
        page = opened(theirs, path)
        assert not [f for f in page.all("form") if "/decisions/" in (f.get("action") or "")]


def test_a_decision_that_was_replaced_says_so_and_leads_to_what_holds(
    desk: Browser, plan: Plan, library: Library
) -> None:
    trained(plan, library, BEGAN)
    query = select(Decision).filter_by(category="strengthening", replaced_at=None)
    first = db.session.scalars(query).one().id
    woke(plan, library, BEGAN + timedelta(hours=20), 9)
    page = opened(desk, f"/clinic/decisions/{first}")
    standing = db.session.scalars(query).one()
    assert "This was replaced." in page.text
    assert of_decision(standing) in [a.get("href") for a in page.all("a")]
    assert f"/clinic/decisions/{first}/override" not in [f.get("action") for f in page.all("form")]


def test_a_red_flag_is_told_as_it_was_asked_and_what_it_paused_stays_so(
    desk: Browser, plan: Plan, library: Library
) -> None:
    flag = next(iter(library.red_flags.values()))
    trained(plan, library, BEGAN, red_flags=(flag.id,))
    query = select(Decision).filter_by(category="strengthening", replaced_at=None)
    page = opened(desk, of_decision(db.session.scalars(query).one()))
    assert flag.question in page.text
    assert "This is paused, and stays so." in page.text


def test_a_plan_to_come_says_when_it_begins_and_what_its_next_session_is(
    desk: Browser, maya: Patient, library: Library
) -> None:
    wish = Assignment("lb-subacute-6w", 4, weekdays=(2,), starts_on=TODAY + timedelta(days=7))
    later = plans.assign(maya, wish, library, NOON)
    text = opened(desk, of_patient(later)).text
    assert "Week begins Mon 9 Mar" in text
    assert "Next session Wed 11 Mar" in text
    assert "No session was planned yet" in text


@pytest.mark.parametrize(
    ("asked", "shown"), [("", 12), ("?window=4", 4), ("?window=12", 12), ("?window=x", 12)]
)
def test_the_last_weeks_are_shown_as_many_as_were_asked_for(
    desk: Browser, maya: Patient, library: Library, asked: str, shown: int
) -> None:
    began = NOON - timedelta(weeks=13)
    wish = Assignment("neck-sh-chronic-10w", 4, weekdays=(0,), starts_on=began.date())
    plan = plans.assign(maya, wish, library, began)
    plan.ends_on = TODAY + timedelta(weeks=8)
    db.session.commit()
    page = opened(desk, f"{of_patient(plan)}{asked}")
    (chosen,) = [a for a in page.all("a") if a.get("aria-current") == "true"]
    assert str(chosen["href"]).endswith(f"window={shown}")
    assert page.text.count(": planned, not done") == shown - 1
