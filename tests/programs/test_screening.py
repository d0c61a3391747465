"""When all red-flag questions are asked, and which are asked at every log."""

from datetime import date, timedelta

import pytest

from rehab.programs.library import Library
from rehab.programs.screening import Log, Occasion, occasion_on, pauses, questions

START = date(2026, 3, 2)


def day(n: int | None) -> date | None:
    return None if n is None else START + timedelta(days=n)


@pytest.mark.parametrize(
    ("today", "screened", "last_session", "expected"),
    [
        (0, None, None, Occasion.INTAKE),
        (0, 0, None, None),
        (6, 0, 4, None),
        (7, 0, 4, Occasion.WEEKLY),
        (27, 20, 25, Occasion.WEEKLY),
        (28, 21, 26, None),
        (48, 21, 46, None),
        (49, 21, 47, Occasion.MONTHLY),
        (60, 41, 41, None),
        (68, 41, 40, None),
        (69, 41, 41, Occasion.AFTER_GAP),
        (69, 41, 55, Occasion.MONTHLY),
        (70, 69, 41, None),
    ],
)
def test_the_whole_list_is_asked_on_its_occasions(
    today: int, screened: int | None, last_session: int | None, expected: Occasion | None
) -> None:
    log = Log(START, day(screened), day(last_session))
    assert occasion_on(START + timedelta(days=today), log) is expected


def test_every_log_asks_what_cannot_wait(library: Library) -> None:
    flags = library.red_flags
    assert len(questions(flags, Occasion.INTAKE)) == 19
    every_log = questions(flags, None)
    assert {flag.tier for flag in every_log} == {"E", "U"}
    assert len(every_log) == 11


@pytest.mark.parametrize(
    ("ids", "acute", "chronic"),
    [
        ((), False, False),
        (("RF12",), True, False),
        (("RF19",), True, True),
        (("RF01",), True, True),
    ],
)
def test_what_pauses(library: Library, ids: tuple[str, ...], acute: bool, chronic: bool) -> None:
    assert pauses(ids, library.red_flags, tier_s_pauses=True) is acute
    assert pauses(ids, library.red_flags, tier_s_pauses=False) is chronic
