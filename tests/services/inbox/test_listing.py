"""What waits for a person: alerts by level and age, and the texts that want reading."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from rehab.errors import Conflict, Invalid, NotFound
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.message import InboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import alerts, clinician_acts, plan_changes, replies
from rehab.services.alerts import INFORMATION, REVIEW, URGENT, open_alert
from rehab.services.inbox import listing as inbox
from rehab.services.inbox import unread
from rehab.services.inbox.listing import A_PAGE
from rehab.services.inbox.matters import Closed, Form, matters
from rehab.services.replies import Inbound
from tests.conftest import NOON
from tests.queries import counted

HOUR = timedelta(hours=1)


def texted(patient: Patient, body: str, library: Library, hours: float = 0) -> InboundMessage:
    at = NOON + hours * HOUR
    text = replies.receive(Inbound(f"SM-{body}-{at}", patient.phone, "+1", body), library, at)
    assert text is not None
    return text


def open_now(clinic_id: Any) -> list[tuple[str, int, str]]:
    """Form, level and kind of all that waits, in its order."""
    found = inbox.open_matters(clinic_id).matters
    return [(str(matter.form), matter.level, matter.kind) for matter in found]


def test_the_most_urgent_comes_first_and_of_these_the_oldest(
    maya: Patient, plan: Plan, library: Library
) -> None:
    open_alert(maya, "silent", INFORMATION, "x", NOON - 9 * HOUR)
    open_alert(maya, "spread", REVIEW, "x", NOON + 2 * HOUR)
    open_alert(maya, "danger_words", URGENT, "x", NOON + 3 * HOUR)
    alerts.open_clinic_alert(maya.clinic_id, "sending_stopped", REVIEW, "x", NOON)
    texted(maya, "can you call me", library, hours=1)
    assert open_now(maya.clinic_id) == [
        ("alert", 3, "danger_words"),
        ("alert", 2, "sending_stopped"),
        ("reply", 2, "unreadable"),
        ("alert", 2, "spread"),
        ("alert", 1, "silent"),
    ]
    assert inbox.waiting(maya.clinic_id) == inbox.Waiting(alerts=4, urgent=1, replies=1)
    assert inbox.waiting(maya.clinic_id).all == 5


@pytest.mark.parametrize(
    ("body", "waits"),
    [
        ("can you call me", True),
        ("pain 4 but I am worried", True),
        ("I want to stop doing the bridge", True),
        ("HELP", True),
        ("DONE", False),
        ("pain 4", False),
        ("thanks", False),
        ("LATER", False),
        ("STOP", False),
    ],
)
def test_a_text_waits_when_the_server_cannot_settle_it(
    maya: Patient, plan: Plan, library: Library, body: str, waits: bool
) -> None:
    texted(maya, body, library)
    assert inbox.waiting(maya.clinic_id).replies == waits


def test_a_text_that_an_alert_tells_of_waits_and_is_closed_with_it(
    maya: Patient, plan: Plan, ana: Clinician, library: Library
) -> None:
    first = texted(maya, "my leg is numb", library)
    found = inbox.open_matters(maya.clinic_id)
    (matter,) = found.matters
    assert (matter.form, matter.kind, matter.level) == (Form.ALERT, "danger_words", 3)
    assert [text.body for text in matter.texts] == ["my leg is numb"]
    clinician_acts.close_alert(matter.id, "called her", ana, library, NOON + HOUR)
    assert inbox.waiting(maya.clinic_id).all == 0
    assert (first.closed_by_id, first.closed_at) == (ana.id, NOON + HOUR)


def test_two_texts_that_were_not_understood_are_one_matter(
    maya: Patient, plan: Plan, library: Library
) -> None:
    texted(maya, "can you call me", library)
    assert open_now(maya.clinic_id) == [("reply", 2, "unreadable")]
    texted(maya, "hello there", library, hours=0.5)
    (matter,) = inbox.open_matters(maya.clinic_id).matters
    assert matter.kind == "unread_text"
    assert [text.body for text in matter.texts] == ["can you call me", "hello there"]


def test_an_alert_about_something_else_hides_no_text(
    maya: Patient, plan: Plan, library: Library
) -> None:
    open_alert(maya, "danger_words", URGENT, "x", NOON)
    texted(maya, "can you call me", library)
    assert inbox.waiting(maya.clinic_id).replies == 1


def test_a_reply_is_closed_once_with_a_note_and_on_record(
    maya: Patient, plan: Plan, ana: Clinician, library: Library
) -> None:
    text = texted(maya, "HELP", library)
    with pytest.raises(Invalid):
        unread.close_reply(maya.clinic_id, text.id, ana.id, "  ", NOON)
    unread.close_reply(maya.clinic_id, text.id, ana.id, " called her ", NOON + HOUR)
    with pytest.raises(Conflict):
        unread.close_reply(maya.clinic_id, text.id, ana.id, "again", NOON + HOUR)
    (closed,) = inbox.closed_matters(maya.clinic_id).matters
    assert closed.closed == Closed("Ana Ruiz", NOON + HOUR, "called her")
    entries = db.session.scalars(select(AuditEntry).filter_by(action="reply.closed")).all()
    assert [entry.subject_id for entry in entries] == [text.id]


def test_of_next_door_nothing_waits_and_nothing_is_closed(
    maya: Patient, plan: Plan, boris: Clinician, library: Library
) -> None:
    text = texted(maya, "HELP", library)
    assert inbox.waiting(boris.clinic_id).all == 0
    assert inbox.open_matters(boris.clinic_id).matters == []
    assert matters(boris.clinic_id, [(Form.REPLY, text.id)]) == []
    with pytest.raises(NotFound):
        unread.close_reply(boris.clinic_id, text.id, boris.id, "x", NOON)


def test_a_text_that_wants_no_reading_cannot_be_closed(
    maya: Patient, plan: Plan, ana: Clinician, library: Library
) -> None:
    text = texted(maya, "thanks", library)
    with pytest.raises(NotFound):
        unread.close_reply(maya.clinic_id, text.id, ana.id, "x", NOON)


def test_a_red_flag_says_what_closing_it_does_to_its_plan(
    maya: Patient, plan: Plan, ana: Clinician, library: Library
) -> None:
    open_alert(maya, "red_flag", URGENT, "x", NOON, plan)
    (matter,) = inbox.open_matters(maya.clinic_id).matters
    assert (matter.stays_paused, matter.frees_steps) == (False, False)
    assert matter.plan is not None
    assert matter.plan.name == plan.program["name"]
    plan_changes.pause(plan, ana, "to be sure", library, NOON)
    (matter,) = inbox.open_matters(maya.clinic_id).matters
    assert (matter.stays_paused, matter.frees_steps) == (True, False)
    clinician_acts.close_alert(matter.id, "seen", ana, library, NOON)
    db.session.refresh(plan)
    assert plan.status == "paused"


def test_the_list_goes_on_page_by_page_without_more_queries(
    maya: Patient, plan: Plan, ana: Clinician, library: Library
) -> None:
    def queries() -> int:
        db.session.expire_all()
        with counted() as seen:
            inbox.open_matters(clinic_id)
        return len(seen)

    clinic_id = maya.clinic_id
    texted(maya, "HELP", library)
    open_alert(maya, "unread_text", REVIEW, "x", NOON, plan)
    few = queries()
    for n in range(A_PAGE + 5):
        open_alert(maya, f"test_{n}", INFORMATION, "x", NOON + n * HOUR, plan)
    assert queries() <= few
    pages = [inbox.open_matters(clinic_id, number) for number in (1, 2, 3)]
    assert [len(page.matters) for page in pages] == [A_PAGE, 7, 0]
    assert [page.has_more for page in pages] == [True, False, False]
    assert {page.total for page in pages} == {A_PAGE + 7}


def test_what_was_closed_last_comes_first(
    maya: Patient, plan: Plan, ana: Clinician, library: Library
) -> None:
    text = texted(maya, "HELP", library)
    alert = open_alert(maya, "spread", REVIEW, "x", NOON)
    alerts.close_alert(maya.clinic_id, alert.id, ana.id, "seen", NOON + HOUR)
    unread.close_reply(maya.clinic_id, text.id, ana.id, "called", NOON + 2 * HOUR)
    found = inbox.closed_matters(maya.clinic_id)
    assert [matter.closed.note for matter in found.matters if matter.closed] == ["called", "seen"]
    assert inbox.closed_matters(maya.clinic_id, patient_id=ana.id).matters == []
