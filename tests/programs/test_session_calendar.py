"""Which days have a session: weekdays that change, pauses that begin and end, and a last day."""

from datetime import date, timedelta

import pytest

from rehab.programs.adherence import missed_in_a_row
from rehab.programs.session_calendar import Pause, SessionCalendar

MONDAY = date(2026, 3, 2)
EVERY_DAY, MONDAYS = range(7), (0,)


def on(day: int) -> date:
    return MONDAY + timedelta(days=day)


def calendar(*pauses: Pause) -> SessionCalendar:
    """Four weeks: Mondays, and from the third Tuesday on every day."""
    return SessionCalendar(on(0), on(27), ((on(0), MONDAYS), (on(15), EVERY_DAY)), pauses)


FOR_A_HOLIDAY, FOR_GOOD = (on(7), on(17)), (on(17), None)


@pytest.mark.parametrize(
    ("pauses", "since", "until", "done", "days"),
    [
        ([], -9, 14, [], [0, 7, 14]),
        ([], 13, 17, [], [14, 15, 16, 17]),
        ([], 25, 40, [], [25, 26, 27]),
        ([], 9, 8, [], []),
        ([FOR_A_HOLIDAY], 0, 18, [], [0, 17, 18]),
        ([FOR_A_HOLIDAY], 0, 18, [7, 8], [0, 7, 17, 18]),
        ([FOR_GOOD], 14, 27, [], [14, 15, 16]),
        ([(on(7), on(8)), FOR_GOOD], 0, 27, [], [0, 14, 15, 16]),
    ],
)
def test_each_day_is_judged_by_what_held_on_it(
    pauses: list[Pause], since: int, until: int, done: list[int], days: list[int]
) -> None:
    found = calendar(*pauses).prescribed(on(since), on(until), {on(day) for day in done})
    assert found == tuple(on(day) for day in days)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(-7, False), (0, True), (8, False), (14, True), (15, True), (27, True), (28, False)],
)
def test_one_day_is_asked_for_by_itself(day: int, expected: bool) -> None:
    assert calendar(FOR_A_HOLIDAY).is_session_day(on(day)) is expected


def test_sessions_are_missed_from_the_last_one_on_and_none_in_a_pause() -> None:
    assert missed_in_a_row(calendar(FOR_A_HOLIDAY), {on(0)}, on(18)) == 2
    assert missed_in_a_row(calendar(), set(), on(14)) == 3
