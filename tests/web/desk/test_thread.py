"""The texts with a patient, and a text by hand."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.sign_in import SignIn
from rehab.programs.library import Library
from rehab.services import consent, outbox, reminders, replies, thread
from rehab.services.outbox import Intention
from rehab.services.replies import Inbound
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.web.desk.forms import forms_of, send
from tests.web.sign_in.conftest import Browser

HOUR = timedelta(hours=1)


@pytest.fixture
def path(maya: Patient) -> str:
    return f"/clinic/patients/{maya.id}/texts"


def sent(patient: Patient, at: datetime, body: str, kind: Kind = Kind.NEWS) -> None:
    outbox.enqueue([Intention(patient, kind, "", f"{at} {body}", at, at + HOUR, body=body)], at)
    with transaction():
        row = db.session.scalars(select(OutboundMessage).filter_by(dedupe_key=f"{at} {body}")).one()
        row.state, row.accepted_at = DeliveryState.ACCEPTED, at


def by_hand() -> list[str | None]:
    mine = select(OutboundMessage.body).filter_by(kind=Kind.BY_HAND)
    return list(db.session.scalars(mine))


def test_both_sides_by_day_with_what_became_of_each(
    desk: Browser, path: str, maya: Patient, library: Library
) -> None:
    sent(maya, NOON - 25 * HOUR, "yesterdays news")
    sent(maya, NOON - HOUR, "your code is 908172", Kind.SIGN_IN)
    replies.receive(Inbound("SM1", maya.phone, "+1", "can you call me"), library, NOON)
    page = desk.get(path).text
    order = ["Sunday 1 March", "yesterdays news", "Monday 2 March", "The code is for", "call me"]
    assert sorted(order, key=page.index) == order
    assert "Taken by the provider at 11:00 on 1 March" in page
    assert "908172" not in page
    assert page.count(">to read</a>") == 1


def test_a_text_by_hand_leaves_under_the_clinics_name(desk: Browser, path: str) -> None:
    answer = desk.post(path, body="Please ring us.")
    assert "The text is on its way." in desk.follow(answer).text
    assert by_hand() == ["Riverside: Please ring us."]


def test_a_second_click_sends_no_second_text(
    desk: Browser, path: str, at: Callable[[datetime], None]
) -> None:
    form = next(form for form in forms_of(desk.get(path)) if "key" in form)
    form.action, form["body"] = path, "Please ring us."
    send(desk, form)
    at(NOON + timedelta(seconds=1))
    assert "was sent before" in desk.follow(send(desk, form)).text
    assert by_hand() == ["Riverside: Please ring us."]
    send(desk, form.but(body="Please ring us today."))
    assert len(by_hand()) == 2


def test_at_night_it_says_when_the_text_will_leave(
    desk_of: Callable[[Clinician], Browser],
    ana: Clinician,
    path: str,
    at: Callable[[datetime], None],
) -> None:
    desk = desk_of(ana)
    at(NOON + 10 * HOUR)
    with transaction():
        for row in db.session.scalars(select(SignIn)):
            row.last_seen_at = NOON + 10 * HOUR
    assert "leaves at 08:00 their time, on Tue 3 Mar" in desk.get(path).text
    answer = desk.post(path, body="Please ring us.")
    assert "at 08:00 their time" in desk.follow(answer).text


def test_what_a_plain_text_cannot_carry_is_named_and_a_plain_one_offered(
    desk: Browser, path: str
) -> None:
    answer = desk.post(path, body="Łukasz 🙂 “ring” us")
    assert answer.status_code == 422
    assert "cannot carry Ł 🙂 “ ”" in answer.text
    assert ">Lukasz &#34;ring&#34; us</textarea>" in answer.text
    assert by_hand() == []


@pytest.mark.parametrize(
    ("body", "said"), [("", "Say something."), ("x" * 470, "The text is 22 characters too long.")]
)
def test_nothing_and_too_much_are_refused_and_kept(
    desk: Browser, path: str, body: str, said: str
) -> None:
    answer = desk.post(path, body=body)
    assert answer.status_code == 422
    assert said in answer.text
    assert f">{body}</textarea>" in answer.text


@pytest.mark.parametrize(
    ("source", "said"), [("sms", "replied STOP"), ("bad_number", "do not reach this number")]
)
def test_a_number_that_gets_no_texts_says_why_and_takes_none(
    desk: Browser, path: str, maya: Patient, source: str, said: str
) -> None:
    consent.suppress(maya.phone, source, NOON)
    page = desk.get(path).text
    assert said in page
    assert "<textarea" not in page


def test_without_consent_there_is_nothing_to_send(desk: Browser, path: str, maya: Patient) -> None:
    consent.revoke(maya, "clinic", "ana", NOON)
    assert "has not agreed to texts" in desk.get(path).text
    answer = desk.post(path, body="hello, at some length")
    assert answer.status_code == 409
    assert "readonly>hello, at some length</textarea>" in answer.text
    assert by_hand() == []


@pytest.mark.parametrize(
    "before", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "2026-03-02T12:00:00"]
)
def test_a_moment_beyond_all_years_is_no_bound(
    desk: Browser, path: str, maya: Patient, before: str
) -> None:
    sent(maya, NOON - HOUR, "still there")
    answer = desk.get(f"{path}?before={before}")
    assert answer.status_code == 200
    assert "still there" in answer.text


def test_earlier_texts_are_a_page_away_and_none_is_lost(
    desk: Browser, path: str, maya: Patient
) -> None:
    for n in range(thread.MOST + 5):
        sent(maya, NOON - n * HOUR, f"text {n:03}")
    last = desk.get(path).text
    assert "text 000" in last
    assert "text 059" in last
    assert "text 060" not in last
    found = thread.stretch(maya, thread.stretch(maya).earlier_than)
    assert [text.body for text in found.texts] == [f"text {n:03}" for n in range(64, 59, -1)]
    assert found.earlier_than is None
    assert found.coming == []


def test_what_is_still_to_leave_is_told_of(desk: Browser, path: str, plan: Plan) -> None:
    reminders.plan_ahead(NOON)
    page = desk.get(path).text
    assert "Still to leave (" in page
    assert "Exercise reminder" in page


def test_the_read_only_read(
    desk_of: Callable[[Clinician], Browser], looks: Clinician, path: str
) -> None:
    assert "<textarea" not in desk_of(looks).get(path).text
    assert desk_of(looks).post(path, body="hello").status_code == 403
