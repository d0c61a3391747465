"""Whoever mistypes a number may put it right within ten minutes, and both versions are kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Morning, Session
from rehab.notifications.intents import Expects
from rehab.programs.library import Library
from rehab.services.corrections import versions_of
from tests.services.phone import Phone, ask, open_question_of

EVENING = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 8, 40, tzinfo=UTC)
SOON, LATE = timedelta(minutes=9, seconds=59), timedelta(minutes=10)


@pytest.fixture
def phone(maya: Patient, library: Library) -> Phone:
    return Phone(library, maya.phone)


def session() -> Session:
    return db.session.scalars(select(Session)).one()


def morning() -> Morning:
    return db.session.scalars(select(Morning)).one()


def before_each_correction() -> list[dict[str, int]]:
    return [version.said for version in versions_of(session())]


CORRECTIONS = ["6", "sorry 6", "I meant 6", "no, 6", "*6", "perdón 6", "quise decir 6", "six"]


@pytest.mark.parametrize("body", CORRECTIONS)
def test_a_morning_is_corrected(plan: Plan, phone: Phone, body: str) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    phone.text("5", TUESDAY)
    phone.text(body, TUESDAY + SOON)
    assert (morning().on, morning().pain) == (date(2026, 3, 3), 6)


@pytest.mark.parametrize("body", CORRECTIONS)
def test_the_pain_after_a_session_is_corrected_and_both_are_kept(
    plan: Plan, phone: Phone, body: str
) -> None:
    phone.text("done", EVENING)
    phone.text("4", EVENING)
    phone.text(body, EVENING + SOON)
    assert session().after == 6
    assert before_each_correction() == [{"after": 4}]
    assert [version.corrected_by for version in versions_of(session())] == ["patient"]


@pytest.mark.parametrize(
    ("first", "then", "during", "after"),
    [
        ("done 4", "sorry 2", None, 2),
        ("done 4 2", "sorry 3", 4, 3),
        ("done 4 2", "I meant 2 4", 2, 4),
        ("done 4 2", "during 5", 5, 2),
        ("done 4", "done 3", None, 3),
        ("done 4", "done 3 2", 3, 2),
        ("done 4", "pain 3", None, 3),
        ("done 4", "no pain", None, 0),
        ("done 4", "DONE", None, 4),
    ],
)
def test_what_done_brought_along_is_corrected(
    plan: Plan, phone: Phone, first: str, then: str, during: int | None, after: int
) -> None:
    phone.text(first, EVENING)
    phone.text(then, EVENING + SOON)
    assert (session().during, session().after) == (during, after)


def test_two_numbers_that_were_asked_for_are_corrected(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.DURING_AND_AFTER, EVENING.date(), EVENING)
    phone.text("5 3", EVENING)
    phone.text("4 3", EVENING + SOON)
    assert (session().during, session().after) == (4, 3)


def test_a_rating_of_sleep_is_corrected(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.SLEEP, date(2026, 3, 3), TUESDAY)
    phone.text("5", TUESDAY)
    phone.text("sorry 6", TUESDAY + SOON)
    assert (morning().sleep, morning().pain) == (6, None)


def test_a_labelled_pain_does_not_correct_a_rating_of_sleep(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.SLEEP, date(2026, 3, 3), TUESDAY)
    phone.text("5", TUESDAY)
    assert phone.text("pain 7", TUESDAY + SOON) == "rp.nothing_due"
    assert (morning().sleep, morning().pain) == (5, None)


@pytest.mark.parametrize("body", ["6", "sorry 6", "quise decir 6"])
def test_after_ten_minutes_a_number_is_asked_about(plan: Plan, phone: Phone, body: str) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    phone.text("5", TUESDAY)
    assert phone.text(body, TUESDAY + LATE) == "rp.again"
    assert morning().pain == 5


def test_a_correction_may_be_corrected_within_ten_minutes_of_itself(
    plan: Plan, phone: Phone
) -> None:
    phone.text("done 5", EVENING)
    for n, pain in enumerate((4, 3, 2), start=1):
        phone.text(f"sorry {pain}", EVENING + n * SOON)
    assert session().after == 2
    assert before_each_correction() == [{"after": 5}, {"after": 4}, {"after": 3}]
    assert phone.text("sorry 1", EVENING + 3 * SOON + LATE) == "rp.again"


def test_the_same_number_again_leaves_no_version(plan: Plan, phone: Phone) -> None:
    phone.text("done 5", EVENING)
    phone.text("5", EVENING + SOON)
    assert before_each_correction() == []


def test_after_ten_minutes_what_was_said_first_stands(plan: Plan, phone: Phone) -> None:
    phone.text("done 3", EVENING)
    phone.text("done 9", EVENING + LATE)
    phone.text("9", EVENING + LATE + SOON)
    assert session().after == 3
    assert db.session.scalar(select(func.count()).select_from(Session)) == 1


@pytest.mark.parametrize("body", ["6-7", "sorry 11", "no 4 6", "sorry"])
def test_an_unclear_correction_is_asked_about_and_may_still_be_made(
    plan: Plan, phone: Phone, body: str
) -> None:
    phone.text("done 5", EVENING)
    assert phone.text(body, EVENING + timedelta(minutes=1)) == "rp.again"
    phone.text("sorry 6", EVENING + timedelta(minutes=2))
    assert session().after == 6


def test_two_numbers_do_not_correct_a_question_for_one(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    phone.text("5", TUESDAY)
    assert phone.text("sorry 4 6", TUESDAY + SOON) == "ck.bad"
    assert morning().pain == 5


def test_after_a_newer_question_the_number_is_its_answer(plan: Plan, phone: Phone) -> None:
    phone.text("done 5", TUESDAY)
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY + timedelta(minutes=1))
    phone.text("2", TUESDAY + timedelta(minutes=2))
    assert (morning().pain, session().after) == (2, 5)


@pytest.mark.parametrize(
    ("body", "answer"),
    [("thanks", None), ("done", "rp.thanks"), ("later", "rp.nothing_due"), ("STOP", "rp.stopped")],
)
def test_any_other_text_is_read_as_if_nothing_were_expected(
    plan: Plan, phone: Phone, body: str, answer: str | None
) -> None:
    phone.text("done 5", EVENING)
    assert phone.text(body, EVENING + SOON) == answer
    assert session().after == 5


def test_a_stop_ends_the_time_for_corrections(plan: Plan, phone: Phone) -> None:
    phone.text("done 5", EVENING)
    phone.text("STOP", EVENING)
    phone.text("sorry 6", EVENING + SOON)
    assert session().after == 5


def test_an_answered_question_is_not_open_any_more(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    assert open_question_of(plan) is not None
    phone.text("5", TUESDAY)
    assert open_question_of(plan) is None
