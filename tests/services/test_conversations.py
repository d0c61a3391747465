"""What may be answered, at each moment after a question was asked."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rehab.models.message import Conversation
from rehab.models.plan import Plan
from rehab.notifications.intents import ASKS_A_NUMBER, Expects
from rehab.services import conversations
from rehab.services.transactions import transaction

ASKED = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def asked(expects: Expects, answered_after: int | None = None) -> Conversation:
    """A question; `answered_after` are minutes."""
    return Conversation(
        expects=expects,
        asked_at=ASKED,
        expires_at=ASKED + 12 * HOUR,
        answered_at=None if answered_after is None else ASKED + answered_after * MINUTE,
    )


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(-1, Expects.NOTHING), (0, Expects.MORNING), (719, Expects.MORNING), (720, Expects.NOTHING)],
)
def test_a_question_is_open_for_twelve_hours(minutes: int, expected: Expects) -> None:
    question = asked(Expects.MORNING)
    assert conversations.expected(question, ASKED + minutes * MINUTE) is expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (29, Expects.NOTHING),
        (30, Expects.CORRECTION),
        (39, Expects.CORRECTION),
        (40, Expects.NOTHING),
    ],
)
def test_an_answer_may_be_corrected_for_ten_minutes(minutes: int, expected: Expects) -> None:
    question = asked(Expects.MORNING, answered_after=30)
    assert conversations.expected(question, ASKED + minutes * MINUTE) is expected


def test_an_answer_at_the_last_moment_may_be_corrected_as_long() -> None:
    question = asked(Expects.MORNING, answered_after=719)
    assert conversations.expected(question, ASKED + 728 * MINUTE) is Expects.CORRECTION


@pytest.mark.parametrize("expects", Expects)
def test_only_numbers_are_corrected(expects: Expects) -> None:
    expected = conversations.expected(asked(expects, answered_after=0), ASKED)
    assert expected is (Expects.CORRECTION if expects in ASKS_A_NUMBER else Expects.NOTHING)


def test_without_a_question_nothing_is_expected() -> None:
    assert conversations.expected(None, ASKED) is Expects.NOTHING


def missed(plan: Plan, at: datetime) -> int:
    with transaction():
        return conversations.count_miss(plan.patient_id, plan.id, date(2026, 3, 3), at)


def test_texts_that_cannot_be_read_are_counted_in_a_row(plan: Plan) -> None:
    assert [missed(plan, ASKED + n * HOUR) for n in range(4)] == [1, 2, 3, 4]


@pytest.mark.parametrize(("hours", "count"), [(11, 2), (12, 1)])
def test_one_alone_is_forgotten_after_twelve_hours(plan: Plan, hours: int, count: int) -> None:
    missed(plan, ASKED)
    assert missed(plan, ASKED + hours * HOUR) == count


@pytest.mark.parametrize(("hours", "count"), [(19, 3), (20, 1)])
def test_two_are_forgotten_twelve_hours_after_the_second(
    plan: Plan, hours: int, count: int
) -> None:
    missed(plan, ASKED)
    missed(plan, ASKED + 8 * HOUR)
    assert missed(plan, ASKED + hours * HOUR) == count
