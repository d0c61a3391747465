"""What a report by text changes in what comes next stands in the answer to that text."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rehab.models.decision import APPLIED, OVERRIDDEN, PROPOSED, Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.notifications.intents import Expects
from rehab.programs.library import Library
from rehab.services.news import changes_nothing, decided_since, news_of
from rehab.services.sessions import SessionReport, report_session
from tests.services.phone import Phone, ask

EVENING = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
OVERNIGHT = timedelta(hours=14)
DAY = timedelta(days=1)


@pytest.fixture
def phone(maya: Patient, library: Library) -> Phone:
    return Phone(library, maya.phone)


def decision(move: str, rules: str = "R3", **changes: Any) -> Decision:
    """A decision of a session in force; `by_hand` makes it a person's."""
    by_hand = changes.pop("by_hand", False)
    streak = changes.pop("streak", 0)
    return Decision(
        move=move,
        rules=rules.split(),
        state=changes.pop("state", APPLIED),
        inputs={"before": {"streak": streak}},
        session_id=None if by_hand else "a session",
        **changes,
    )


@pytest.mark.parametrize(
    ("decided", "news"),
    [
        ([decision("progress", "UP", streak=3)], ("pl.up", {"n": 4})),
        ([decision("progress", "UP", streak=0)], None),
        ([decision("progress", "UP", streak=3, state=PROPOSED)], None),
        ([decision("deload", "R3")], ("pl.deload", {})),
        ([decision("deload", "R4")], ("pl.deload", {})),
        ([decision("deload", "R3", state=OVERRIDDEN)], None),
        ([decision("deload", "R3", state=PROPOSED)], None),
        ([decision("rest", "R3 R10")], ("pl.rest", {})),
        ([decision("rest", "R9")], None),
        ([decision("rest_regress", "R1")], ("pl.rest", {})),
        ([decision("regress", "R3b")], ("pl.down", {})),
        ([decision("regress", "R7")], ("pl.down", {})),
        ([decision("regress", "R6")], ("ex.restart", {})),
        ([decision("deload", "R6 R9")], ("ex.restart", {})),
        ([decision("deload", "R6 R4")], ("pl.deload", {})),
        ([decision("hold", "STREAK")], None),
        ([decision("pause", "R0")], None),
        ([], None),
        ([decision("progress", "UP", streak=3, by_hand=True)], ("pl.up", {"n": 3})),
        ([decision("progress", "CLINICIAN", by_hand=True)], None),
        ([decision("regress", "CLINICIAN", by_hand=True)], ("pl.down", {})),
        ([decision("deload", "CLINICIAN", by_hand=True)], None),
    ],
)
def test_each_decision_has_its_words_or_none(
    decided: list[Decision], news: tuple[str, dict[str, int]] | None
) -> None:
    assert news_of(decided) == news


UP = decision("progress", "UP", streak=3)


@pytest.mark.parametrize(
    ("moves", "template"),
    [
        (["hold"], "pl.up"),
        (["deload"], "pl.deload"),
        (["deload", "regress"], "pl.down"),
        (["regress", "rest", "deload"], "pl.rest"),
        (["rest", "pause"], None),
    ],
)
def test_of_several_categories_the_most_cautious_is_told(
    moves: list[str], template: str | None
) -> None:
    news = news_of([UP, *(decision(move) for move in moves)])
    assert (news[0] if news else None) == template


@pytest.mark.parametrize(
    ("decided", "same"),
    [
        ([decision("hold")], True),
        ([decision("hold"), UP], False),
        ([decision("hold", state=PROPOSED)], False),
        ([], False),
    ],
)
def test_only_holds_in_force_change_nothing(decided: list[Decision], same: bool) -> None:
    assert changes_nothing(decided) is same


def trained(plan: Plan, library: Library, at: datetime, rating: int = 2) -> None:
    """A session told in the app, with every rating, so that a step up is possible."""
    said = SessionReport(performed_at=at, before=rating, during=rating, after=rating)
    report_session(plan, said, library, at)


def settled_weeks(plan: Plan, library: Library, phone: Phone) -> tuple[str | None, datetime]:
    """Settled sessions every other day, each morning answered by text, till one has news."""
    at = EVENING
    while at < EVENING + 14 * DAY:
        trained(plan, library, at)
        ask(plan, Expects.MORNING, (at + OVERNIGHT).date(), at + OVERNIGHT)
        answer = phone.text("2", at + OVERNIGHT)
        if answer != "rp.noted_morning":
            return answer, at
        at += 2 * DAY
    return None, at


def test_a_step_up_is_told_with_the_settled_sessions_that_led_to_it(
    plan: Plan, library: Library, phone: Phone
) -> None:
    answer, at = settled_weeks(plan, library, phone)
    message = phone.answer()
    assert answer == "pl.up"
    assert message is not None
    assert message.values == {"n": 3}
    steps = {name: load["step"] for name, load in plan.loads.items()}
    assert max(steps.values()) == 2
    assert (at - EVENING).days >= 4


def test_a_step_up_that_waits_for_the_clinician_is_not_told(
    eased: Plan, library: Library, phone: Phone
) -> None:
    answer, _ = settled_weeks(eased, library, phone)
    assert answer is None
    assert any(d.state == PROPOSED for d in decided_since(eased, EVENING))


def test_a_painful_session_is_answered_with_the_rest_that_follows(plan: Plan, phone: Phone) -> None:
    assert phone.text("done 9 9", EVENING) == "pl.rest"
    assert plan.loads["strengthening"]["dose"] == 0


def test_the_pain_that_was_asked_for_after_done_may_be_the_news(plan: Plan, phone: Phone) -> None:
    assert phone.text("done", EVENING) == "rp.after"
    assert phone.text("9", EVENING + timedelta(minutes=1)) == "pl.rest"


def test_a_bad_morning_is_answered_with_what_it_changes(
    plan: Plan, library: Library, phone: Phone
) -> None:
    trained(plan, library, EVENING, rating=3)
    morning = EVENING + OVERNIGHT
    ask(plan, Expects.MORNING, morning.date(), morning)
    assert phone.text("8", morning) == "pl.rest"


def test_the_morning_does_not_repeat_the_news_of_the_evening(plan: Plan, phone: Phone) -> None:
    assert phone.text("done 9 9", EVENING) == "pl.rest"
    morning = EVENING + OVERNIGHT
    ask(plan, Expects.MORNING, morning.date(), morning)
    assert phone.text("8", morning) == "rp.noted_morning"


def test_the_next_painful_session_is_told_again(plan: Plan, phone: Phone) -> None:
    phone.text("done 9 9", EVENING)
    assert phone.text("done 9 8", EVENING + 2 * DAY) == "pl.rest"


def test_a_correction_takes_back_the_news_that_it_overtakes(plan: Plan, phone: Phone) -> None:
    assert phone.text("done 9 9", EVENING) == "pl.rest"
    assert phone.text("sorry 3 2", EVENING + timedelta(minutes=2)) == "pl.hold"
    assert phone.text("sorry 3 3", EVENING + timedelta(minutes=3)) == "rp.thanks"
    assert plan.loads["strengthening"]["dose"] == 1


def test_a_report_that_changes_nothing_is_thanked_for(plan: Plan, phone: Phone) -> None:
    assert phone.text("done 3 2", EVENING) == "rp.thanks"
