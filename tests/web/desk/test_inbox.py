"""The inbox as it is looked at and worked off."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.message import InboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import alerts, notes, plan_changes, replies, safety
from rehab.services.alerts import INFORMATION, REVIEW, URGENT, open_alert
from rehab.services.inbox import listing as inbox
from rehab.services.replies import Inbound
from rehab.services.safety import ScreeningReport
from tests.conftest import NOON
from tests.web.desk.forms import form_of, send
from tests.web.sign_in.conftest import SAME_SITE, Browser

HOUR = timedelta(hours=1)


@pytest.fixture
def alert(maya: Patient, plan: Plan) -> Alert:
    return open_alert(maya, "red_flag", URGENT, "Paused: red flag RF06 (R0).", NOON, plan)


@pytest.fixture
def reply(maya: Patient, plan: Plan, library: Library) -> InboundMessage:
    text = Inbound("SM1", maya.phone, "+1", "<b>can</b> you call me")
    kept = replies.receive(text, library, NOON - HOUR)
    assert kept is not None
    return kept


def test_an_empty_inbox_is_no_fault(desk: Browser) -> None:
    page = desk.get("/clinic/inbox").text
    assert "Nothing waits for you" in page
    assert "Nothing has been closed yet" in desk.get("/clinic/inbox?state=closed").text


def test_who_what_since_when_and_which_plan(
    desk: Browser, alert: Alert, reply: InboundMessage, plan: Plan, library: Library
) -> None:
    page = desk.get("/clinic/inbox").text
    assert page.index("Paused: red flag RF06") < page.index("&lt;b&gt;can&lt;/b&gt; you call me")
    assert library.red_flags["RF06"].question in page
    assert plan.program["name"] in page
    assert ">just now</time>" in page
    assert ">1 h</time>" in page
    assert "<span data-count-number>2</span>" in page
    assert page.count("<title>(1) Inbox") == 1


def test_an_alert_and_a_reply_are_closed_with_a_note(
    desk: Browser, alert: Alert, reply: InboundMessage, maya: Patient
) -> None:
    desk.post(f"/clinic/inbox/replies/{reply.id}/close", note="called her")
    answer = desk.post(f"/clinic/inbox/alerts/{alert.id}/close", note="saw her")
    assert answer.headers["Location"] == "/clinic/inbox"
    assert "The alert is closed." in desk.follow(answer).text
    assert inbox.waiting(maya.clinic_id).all == 0
    closed = desk.get("/clinic/inbox?state=closed").text
    for told in ("saw her", "called her", "Ana Ruiz", "Mon 2 Mar, 12:00"):
        assert told in closed


def test_without_a_note_it_stays_open_and_says_so_beside_the_field(
    desk: Browser, alert: Alert, reply: InboundMessage
) -> None:
    answer = desk.post(f"/clinic/inbox/replies/{reply.id}/close", note=" ")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 1
    assert f'id="fault-reply-{reply.id}"' in answer.text
    assert answer.text.count('<details class="closing" open>') == 1


def test_who_comes_second_reads_who_was_first_and_loses_no_word(
    desk: Browser, alert: Alert, ana: Clinician, treats: Clinician, maya: Patient
) -> None:
    alerts.close_alert(ana.clinic_id, alert.id, treats.id, "rang at once", NOON)
    answer = desk.post(f"/clinic/inbox/alerts/{alert.id}/close", note="sent her to the doctor")
    assert answer.status_code == 409
    for told in ("Tim closed this", "12:00", "rang at once", "sent her to the doctor"):
        assert told in answer.text
    desk.post(f"/clinic/patients/{maya.id}/record", body="sent her to the doctor")
    assert [note.body for note in notes.latest(maya, 1)] == ["sent her to the doctor"]


def test_before_a_red_flag_is_closed_it_says_that_the_plan_stays_paused(
    desk: Browser, alert: Alert, plan: Plan, ana: Clinician, library: Library
) -> None:
    assert "stays paused" not in desk.get("/clinic/inbox").text
    plan_changes.pause(plan, ana, "to be sure", library, NOON)
    assert "stays paused when you close this" in desk.get("/clinic/inbox").text
    desk.post(f"/clinic/inbox/alerts/{alert.id}/close", note="seen")
    db.session.refresh(plan)
    assert plan.status == "paused"


def test_of_one_patient_alone_and_back_to_them(
    desk: Browser, alert: Alert, reply: InboundMessage, maya: Patient
) -> None:
    alerts.open_clinic_alert(maya.clinic_id, "sending_stopped", 2, "No texts go out.", NOON)
    assert "No texts go out." in desk.get("/clinic/inbox").text
    theirs = desk.get(f"/clinic/inbox?patient={maya.id}").text
    assert "No texts go out." not in theirs
    assert "Paused: red flag" in theirs
    said = {"note": "x", "patient": str(maya.id)}
    answer = desk.post(f"/clinic/inbox/alerts/{alert.id}/close", **said)
    assert answer.headers["Location"] == f"/clinic/inbox?patient={maya.id}"
    answer = desk.post(f"/clinic/inbox/replies/{reply.id}/close", **said, **{"from": "texts"})
    assert answer.headers["Location"] == f"/clinic/patients/{maya.id}/texts"


def test_what_was_only_to_know_is_closed_together_and_what_is_more_is_left(
    desk: Browser, alert: Alert, maya: Patient, treats: Clinician
) -> None:
    known = [open_alert(maya, f"test_{n}", INFORMATION, "x", NOON) for n in range(3)]
    ticked = {"ids": [str(one.id) for one in (*known, alert)] + ["no id"]}
    page = desk.get("/clinic/inbox").text
    assert page.count('form="several"') == 3
    without = desk.client.post("/clinic/inbox/close", data=ticked, headers=SAME_SITE)
    assert without.status_code == 422
    assert "say what was done" in without.text
    assert without.text.count(" checked") == 3
    alerts.close_alert(maya.clinic_id, known[0].id, treats.id, "seen", NOON)
    said = {**ticked, "note": "talked about all of it"}
    answer = desk.client.post("/clinic/inbox/close", data=said, headers=SAME_SITE)
    after = desk.follow(answer).text
    assert "2 closed." in after
    assert "2 of them had been closed or raised meanwhile" in after
    assert [matter.id for matter in inbox.open_matters(maya.clinic_id).matters] == [alert.id]


def test_closing_several_needs_something_ticked(desk: Browser, maya: Patient) -> None:
    for n in range(2):
        open_alert(maya, f"test_{n}", INFORMATION, "x", NOON)
    answer = desk.post("/clinic/inbox/close", note="x")
    assert answer.status_code == 422
    assert "tick 1 to 200" in answer.text


def test_next_doors_alerts_are_not_among_them(
    desk_of: Callable[[Clinician], Browser], boris: Clinician, maya: Patient
) -> None:
    known = open_alert(maya, "test", INFORMATION, "x", NOON)
    desk_of(boris).post("/clinic/inbox/close", ids=str(known.id), note="x")
    db.session.refresh(known)
    assert known.closed_at is None


@pytest.mark.parametrize("query", ["page=x", "page=0", "page=99999999999", "state=what"])
def test_a_strange_address_is_no_fault(desk: Browser, alert: Alert, query: str) -> None:
    assert desk.get(f"/clinic/inbox?{query}").status_code == 200


def test_nobody_else_and_nobody_who_only_looks_closes_anything(
    desk_of: Callable[[Clinician], Browser], looks: Clinician, boris: Clinician, alert: Alert
) -> None:
    page = desk_of(looks).get("/clinic/inbox").text
    assert "Paused: red flag" in page
    assert "Close with this note" not in page
    path = f"/clinic/inbox/alerts/{alert.id}/close"
    assert desk_of(looks).post(path, note="x").status_code == 403
    assert desk_of(boris).post(path, note="x").status_code == 404
    assert desk_of(boris).get(f"/clinic/inbox?patient={alert.patient_id}").status_code == 404
    db.session.refresh(alert)
    assert alert.closed_at is None


def test_a_page_from_before_it_became_urgent_closes_nothing_and_keeps_the_note(
    desk: Browser, maya: Patient
) -> None:
    alert = open_alert(maya, "repeated_high_pain", REVIEW, "first", NOON)
    form = form_of(desk.get("/clinic/inbox"), f"/alerts/{alert.id}/close").but(note="nothing new")
    open_alert(maya, "repeated_high_pain", URGENT, "much worse", NOON)
    answer = send(desk, form)
    assert answer.status_code == 409
    assert "much worse" in answer.text
    assert "nothing new" in answer.text
    db.session.refresh(alert)
    assert alert.closed_at is None
    again = form_of(answer, f"/alerts/{alert.id}/close")
    assert [send(desk, again).status_code for _ in range(2)] == [303, 303]


def test_for_a_patient_that_is_none_nothing_is_closed(desk: Browser, alert: Alert) -> None:
    answer = desk.post(f"/clinic/inbox/alerts/{alert.id}/close", note="x", patient="nobody")
    assert answer.status_code == 404
    db.session.refresh(alert)
    assert alert.closed_at is None


def test_a_red_flag_is_told_as_it_was_asked_wherever_it_stands(
    desk: Browser, maya: Patient, plan: Plan, library: Library
) -> None:
    safety.answer(plan, ScreeningReport(maya.today(NOON), ("RF02",)), library, NOON)
    asked = library.red_flags["RF02"].question
    assert plan.status == "paused"
    for where in (
        "/clinic",
        "/clinic/inbox",
        f"/clinic/patients/{maya.id}",
        f"/clinic/plans/{plan.id}",
    ):
        assert asked in unescape(desk.get(where).text), where
    told = desk.get("/clinic/news?since=2026-03-02T11:59:00%2B00:00").json
    assert told is not None
    assert asked[:60] in told["items"][0]["about"]
