"""When the provider is left alone, and for how long."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.notifications.senders import Kind, Outcome, Reason
from rehab.services.breaker import (
    FAILURES_ALLOWED,
    LONGEST_BUSY,
    LONGEST_MEND,
    LONGEST_SILENCE,
    PROBE_WITHIN,
    Breaker,
    after,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

TAKEN = Outcome(Kind.ACCEPTED, provider_sid="SM1")
SILENT = Outcome(Kind.RETRY, reason=Reason.NOT_ACCEPTED)
UNCLEAR = Outcome(Kind.UNKNOWN, code=20500, reason=Reason.AMBIGUOUS)
BROKEN = Outcome(Kind.RETRY, code=20003, reason=Reason.OURS_IS_BROKEN)
BAD_NUMBER = Outcome(Kind.FAILED, code=21614, reason=Reason.BAD_NUMBER)
BUSY = Outcome(Kind.RETRY, code=20429, reason=Reason.NOT_ACCEPTED)


def busy(seconds: float) -> Outcome:
    return Outcome(Kind.RETRY, code=20429, reason=Reason.NOT_ACCEPTED, retry_after=seconds)


def seen(*outcomes: Outcome, start: Breaker | None = None, now: datetime = NOW) -> Breaker:
    return reduce(lambda each, outcome: after(each, outcome, now), outcomes, start or Breaker())


@pytest.mark.parametrize(
    ("outcomes", "seconds"),
    [
        ([], None),
        ([TAKEN], None),
        ([BAD_NUMBER] * 50, None),
        ([SILENT] * 4, None),
        ([SILENT] * 5, 30),
        ([UNCLEAR] * 5, 30),
        ([SILENT, UNCLEAR, SILENT, UNCLEAR, SILENT], 30),
        ([*[SILENT] * 4, TAKEN, *[SILENT] * 4], None),
        ([*[SILENT] * 4, BAD_NUMBER, SILENT], None),
        ([BROKEN], 300),
        ([TAKEN, BROKEN], 300),
        ([BROKEN, TAKEN], None),
        ([BUSY], 5),
        ([busy(120)], 120),
        ([busy(120), TAKEN, BAD_NUMBER], 120),
        ([busy(120), busy(7)], 120),
        ([busy(120), *[UNCLEAR] * 9], 120),
        ([busy(7), *[UNCLEAR] * 9], 30),
        ([busy(600), BROKEN], 600),
        ([BROKEN, busy(7)], 300),
        ([busy(1e12)], 3600),
    ],
)
def test_what_became_of_texts_decides_how_long_none_is_tried(
    outcomes: list[Outcome], seconds: int | None
) -> None:
    until = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert seen(*outcomes).closed_until == until


def test_what_was_under_way_when_it_closed_makes_it_no_longer() -> None:
    """A window of calls fails in more ways than one, all for the same reason."""
    closed = seen(*[SILENT, UNCLEAR] * 64)
    assert (closed.closures, closed.closed_until) == (1, NOW + 30 * SECOND)
    assert seen(*[BROKEN] * 128).closures == 1


def test_a_wrong_key_found_during_a_silence_counts_at_once() -> None:
    silent = seen(*[UNCLEAR] * 5)
    found = seen(BROKEN, start=silent, now=NOW + SECOND)
    assert found.reason is Reason.OURS_IS_BROKEN
    assert found.closed_until is not None
    assert found.closed_until - NOW >= timedelta(minutes=5)


def tried_again(outcome: Outcome, times: int) -> list[int]:
    """The lengths of the pauses, in seconds, when each probe ends like the first failure."""
    breaker, now, pauses = seen(*[outcome] * FAILURES_ALLOWED), NOW, []
    for _ in range(times):
        assert breaker.closed_until is not None
        pauses.append(int((breaker.closed_until - now).total_seconds()))
        now = breaker.closed_until
        probing = breaker.probing(now)
        assert probing.admits(40, now) == 0
        breaker = after(probing, outcome, now + SECOND)
        now += SECOND
    return pauses


@pytest.mark.parametrize(
    ("outcome", "pauses"),
    [
        (SILENT, [30, 60, 120, 240, 480, 600, 600]),
        (UNCLEAR, [30, 60, 120, 240, 480, 600, 600]),
        (BROKEN, [300, 600, 1200, 1800, 1800]),
    ],
)
def test_each_pause_is_twice_the_one_before_up_to_a_cap(
    outcome: Outcome, pauses: list[int]
) -> None:
    assert tried_again(outcome, len(pauses)) == pauses


def test_after_a_pause_one_text_is_let_through_and_then_all() -> None:
    closed = seen(*[SILENT] * 5)
    opens = NOW + 30 * SECOND
    assert [closed.admits(40, at) for at in (NOW, opens - SECOND, opens)] == [0, 0, 1]
    probing = closed.probing(opens)
    assert probing.admits(40, opens + SECOND) == 0
    assert after(probing, TAKEN, opens + SECOND).admits(40, opens + SECOND) == 40


def test_a_probe_of_which_nothing_is_heard_makes_way_for_another() -> None:
    probing = seen(*[SILENT] * 5).probing(NOW + 30 * SECOND)
    assert probing.admits(40, NOW + 30 * SECOND + PROBE_WITHIN) == 1


def test_a_probe_that_finds_the_provider_busy_waits_as_long_as_it_asks() -> None:
    probing = seen(*[SILENT] * 5).probing(NOW + 30 * SECOND)
    told = after(probing, busy(90), NOW + 31 * SECOND)
    assert told.closed_until == NOW + 121 * SECOND


def test_nothing_is_admitted_when_nothing_is_wanted() -> None:
    assert Breaker().admits(0, NOW) == 0
    assert seen(*[SILENT] * 5).admits(0, NOW + timedelta(hours=1)) == 0


OUTCOMES = st.sampled_from([TAKEN, SILENT, UNCLEAR, BROKEN, BAD_NUMBER, BUSY, busy(30), busy(1e12)])
STEPS = st.lists(st.tuples(OUTCOMES, st.integers(0, 1200), st.booleans()), max_size=60)


@given(STEPS)
def test_it_is_never_closed_for_longer_than_a_cap_and_always_opens_again(
    steps: list[tuple[Outcome, int, bool]],
) -> None:
    breaker, now = Breaker(), NOW
    longest = max(LONGEST_MEND, LONGEST_SILENCE, LONGEST_BUSY)
    for outcome, seconds, waits in steps:
        if waits and breaker.admits(1, now) and breaker.closures:
            breaker = breaker.probing(now)
        breaker = after(breaker, outcome, now)
        assert breaker.closed_until is None or breaker.closed_until <= now + longest
        now += timedelta(seconds=seconds)
    assert breaker.admits(40, now + longest) >= 1
    assert after(breaker, TAKEN, now + longest).admits(40, now + longest) == 40


@given(STEPS)
def test_while_the_provider_asks_for_a_pause_no_success_ends_it(
    steps: list[tuple[Outcome, int, bool]],
) -> None:
    breaker = seen(*(outcome for outcome, _, _ in steps if outcome is not BROKEN))
    asked = after(breaker, busy(60), NOW)
    assert after(asked, TAKEN, NOW + SECOND).is_closed(NOW + 59 * SECOND)
