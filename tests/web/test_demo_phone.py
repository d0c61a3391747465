"""The demo's pages: a visitor reads a phone, texts back, and asks for a text ahead of its time."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from rehab import clock, create_app
from rehab.extensions import db
from rehab.models.message import InboundMessage, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session
from rehab.notifications.senders.console import ConsoleSender
from rehab.programs.library import Library
from rehab.services import delivery
from rehab.services.delivery import Desk
from rehab.services.demo import open_demo
from rehab.settings import Settings
from rehab.web.demo import add_demo

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""A Monday: a session day of everybody who trains in London, and night in Sydney."""


class Time:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.shows = NOON

    def now(self) -> datetime:
        return self.shows

    def monotonic(self) -> float:
        return self.shows.timestamp()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[Flask]:
    """A demo with its cast, shared by this module: each test takes a patient of its own."""
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("demo")))
    add_demo(app)
    with app.app_context():
        db.create_all()
        open_demo(library, NOON)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    standing = Time()
    monkeypatch.setattr(clock, "now", standing.now)
    return standing


@pytest.fixture
def visitor(built: Flask, time: Time) -> Iterator[FlaskClient]:
    with built.app_context():
        client = built.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        yield client
        db.session.rollback()


@pytest.fixture
def dispatch(library: Library, time: Time) -> Callable[[], None]:
    """One tick of the scheduler, a little later."""

    def tick() -> None:
        time.shows += timedelta(seconds=2)
        desk = Desk(ConsoleSender(), library, "http://127.0.0.1:8000", time, "test")
        while delivery.dispatch(desk):
            pass

    return tick


def patient(given_name: str) -> Patient:
    (found,) = [p for p in db.session.scalars(select(Patient)) if p.given_name == given_name]
    return found


def plan_of(given_name: str) -> Plan:
    return db.session.scalars(select(Plan).filter_by(patient_id=patient(given_name).id)).one()


def address(given_name: str) -> str:
    return f"/demo/phone/{patient(given_name).id}"


def bubbles(page: str) -> list[str]:
    """The texts on the screen, each with who said it."""
    found = re.findall(r'<p class="bubble"[^>]*>(.*?)</p>', page, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", text)) for text in found]


def test_the_pages_are_no_part_of_any_other_server(stage: Flask) -> None:
    assert "demo" not in stage.blueprints
    assert not [rule for rule in stage.url_map.iter_rules() if "/demo" in rule.rule]
    assert stage.test_client().get("/demo/phone").status_code == 404


def test_the_landing_page_shows_everybody_and_why(visitor: FlaskClient) -> None:
    page = visitor.get("/").text
    for given_name in ("Grace", "Aroha", "José Luis", "Noor"):
        assert given_name in page
        assert address(given_name) in page
    assert "alert 3: red flag" in page
    assert "waits for a click" in page
    assert "Paused at step" in page
    assert "Lower back - back to strength, 6 weeks" in page


def test_a_text_that_left_is_on_the_phone_with_its_state_and_local_time(
    visitor: FlaskClient, dispatch: Callable[[], None]
) -> None:
    dispatch()
    page = visitor.get(address("Lucía")).text
    assert "Riverside: Alta hecha" in bubbles(page)[0]
    assert 'lang="es"' in page
    assert "today 13:00 · sent" in page


def test_asking_for_a_reminder_brings_it_with_the_next_tick(
    visitor: FlaskClient, dispatch: Callable[[], None]
) -> None:
    answer = visitor.post(f"{address('Tom')}/ahead", data={"kind": "exercise"})
    assert (answer.status_code, answer.location) == (303, address("Tom"))
    assert "On its way" in visitor.get(address("Tom")).text
    dispatch()
    assert "Tom, your session is ready" in bubbles(visitor.get(address("Tom")).text)[-1]


def test_a_reminder_that_was_asked_for_is_not_sent_again_on_its_day(
    visitor: FlaskClient, dispatch: Callable[[], None]
) -> None:
    for _ in range(2):
        visitor.post(f"{address('Eleanor')}/ahead", data={"kind": "exercise"})
        dispatch()
    sent = select(OutboundMessage).filter_by(patient_id=patient("Eleanor").id, kind=Kind.EXERCISE)
    days = [row.about_on for row in db.session.scalars(sent) if row.body]
    assert len(days) == len(set(days)) == 2


def test_done_becomes_a_report_and_is_answered(
    visitor: FlaskClient, time: Time, dispatch: Callable[[], None]
) -> None:
    dispatch()
    time.shows += timedelta(minutes=1)
    answer = visitor.post(f"{address('Grace')}/texts", data={"body": "DONE"})
    assert answer.status_code == 303
    session = db.session.scalars(
        select(Session).filter_by(plan_id=plan_of("Grace").id, source="sms")
    ).one()
    assert (session.on, session.performed_at) == (NOON.date(), time.shows)
    dispatch()
    said = bubbles(visitor.get(address("Grace")).text)
    assert said[-2].endswith("Grace: DONE")
    assert "Pain right now" in said[-1]
    visitor.post(f"{address('Grace')}/texts", data={"body": "3"})
    db.session.refresh(session)
    assert session.after == 3


def test_a_number_answers_the_morning_question_of_today(
    visitor: FlaskClient, dispatch: Callable[[], None]
) -> None:
    visitor.post(f"{address('Noor')}/ahead", data={"kind": "morning"})
    dispatch()
    visitor.post(f"{address('Noor')}/texts", data={"body": "4"})
    morning = db.session.scalars(select(Morning).filter_by(plan_id=plan_of("Noor").id)).one()
    assert (morning.on, morning.pain) == (NOON.date(), 4)
    visitor.post(f"{address('Noor')}/ahead", data={"kind": "morning"})
    assert "sent or answered already" in visitor.get(address("Noor")).text


@pytest.mark.parametrize(
    ("given_name", "told"),
    [
        ("Priya", "none is sent now"),
        ("Marcus", "plan is paused"),
    ],
)
def test_a_text_that_cannot_leave_now_says_why(
    visitor: FlaskClient, dispatch: Callable[[], None], given_name: str, told: str
) -> None:
    dispatch()
    visitor.post(f"{address(given_name)}/ahead", data={"kind": "exercise"})
    page = unescape(visitor.get(address(given_name)).text)
    assert told in page
    assert "any moment" not in page


def test_stop_ends_the_texts_and_the_page_says_so(
    visitor: FlaskClient, dispatch: Callable[[], None]
) -> None:
    visitor.post(f"{address('Jack')}/texts", data={"body": "STOP"})
    visitor.post(f"{address('Jack')}/ahead", data={"kind": "exercise"})
    assert "Jack has stopped the texts" in visitor.get(address("Jack")).text
    dispatch()
    page = visitor.get(address("Jack")).text
    assert "START" in bubbles(page)[-1]
    assert "Texts are stopped" in page


def test_texts_stay_unread_until_the_phone_is_opened(
    visitor: FlaskClient, dispatch: Callable[[], None]
) -> None:
    dispatch()
    henry = re.compile(rf'href="{address("Henry")}".*?</a>', re.DOTALL)

    def unread(page: str) -> bool:
        found = henry.search(page)
        assert found
        return "unread" in found[0]

    visitor.post(f"{address('Henry')}/texts", data={"body": "HELP"})
    dispatch()
    assert unread(visitor.get("/demo/phone").text)
    assert not unread(visitor.get(address("Henry")).text)
    assert not unread(visitor.get("/demo/phone").text)


def test_the_first_phone_shown_is_one_whose_texts_leave_now(
    visitor: FlaskClient, time: Time
) -> None:
    time.shows = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    page = visitor.get("/demo/phone").text
    whose = re.search(r'id="whose">(.*?)<', page)
    assert whose
    shown = patient(whose[1].split()[0])
    assert shown.zone in ("America/New_York", "Australia/Sydney")


def test_words_on_the_screen_are_words_and_not_markup(visitor: FlaskClient) -> None:
    visitor.post(f"{address('Aroha')}/texts", data={"body": "<script>alert(1)</script>"})
    page = visitor.get(address("Aroha")).text
    assert "<script>alert" not in page
    assert "Aroha: <script>alert(1)</script>" in bubbles(page)[-1]


def test_an_empty_text_is_not_sent(visitor: FlaskClient) -> None:
    before = db.session.query(InboundMessage).count()
    assert visitor.post(f"{address('Aroha')}/texts", data={"body": "  "}).status_code == 303
    assert db.session.query(InboundMessage).count() == before


@pytest.mark.parametrize("path", ["/", "/demo/phone"])
def test_pages_hold_no_inline_script_or_style_and_nothing_from_elsewhere(
    visitor: FlaskClient, path: str
) -> None:
    answer = visitor.get(path)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", answer.text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text)
    for asset in re.findall(r'<(?:link|script)[^>]*(?:href|src)="(/[^"]*)"', answer.text):
        with visitor.get(asset) as served:
            assert served.status_code == 200


def test_every_field_and_button_has_a_name(visitor: FlaskClient) -> None:
    page = visitor.get(address("Tom")).text
    for field in re.findall(r'<input[^>]*id="(\w+)"', page):
        assert f'<label class="visually-hidden" for="{field}">' in page
    assert all(name.strip() for name in re.findall(r"<button[^>]*>(.*?)</button>", page))
    assert page.count("<h1") == 1


def test_another_sites_form_cannot_text_for_a_patient(visitor: FlaskClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = visitor.post(f"{address('Tom')}/texts", data={"body": "STOP"}, headers=headers)
    assert answer.status_code == 403
    assert patient("Tom").sms_consent


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/demo/phone/00000000-0000-4000-8000-000000000000", None, 404),
        ("/demo/phone/00000000-0000-4000-8000-000000000000/texts", {"body": "DONE"}, 404),
    ],
)
def test_a_phone_that_is_not_there_is_a_page_not_a_fault(
    visitor: FlaskClient, path: str, data: dict[str, str] | None, status: int
) -> None:
    answer = visitor.post(path, data=data) if data else visitor.get(path)
    assert answer.status_code == status
    assert "Back to the demo clinic" in answer.text


def test_an_unknown_kind_of_text_is_refused(visitor: FlaskClient) -> None:
    assert visitor.post(f"{address('Tom')}/ahead", data={"kind": "spam"}).status_code == 400
