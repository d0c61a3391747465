"""A log as it is typed: a table or JSON, and its first fault by line and field."""

import json

import pytest

from rehab.programs.zones import Report
from rehab.web.desk.policy_log import Unreadable, as_table, read_log

FRAME = {
    "track": "acute",
    "category": "strengthening",
    "usual_pain": 4,
    "step": 2,
    "floor": 1,
    "ceiling": 5,
}
TIERS = {"RF04": "E"}
CASE = {**FRAME, "id": "c", "sessions": [{"day": 0, "before": 3, "during": 4, "after": 4}]}


@pytest.mark.parametrize(
    "text",
    [
        "0 3 4 5 2 6 90 7",
        "0,3,4,5,2,6,90,7",
        "0\t3\t4\t5\t2\t6\t90\t7\n\n",
        "day;before;during;after;morning;effort;completion;sleep\n0; 3; 4; 5; 2; 6; 90; 7",
        "Day sleep completion effort morning after during before\n0 7 90 6 2 5 4 3",
    ],
    ids=["spaces", "commas", "tabs", "heading", "other order"],
)
def test_a_table_may_be_written_in_many_ways(text: str) -> None:
    case = read_log(text, FRAME, TIERS)
    assert case.sessions == (Report(0, 3, 4, 5, 2, effort=6, completion=90, sleep=7),)


def test_what_was_not_said_is_missing_and_not_0() -> None:
    case = read_log("0,3,4,5,-,,,\n1 3 4 5 0", FRAME, TIERS)
    first, second = case.sessions
    assert (first.morning, first.sleep) == (None, None)
    assert (first.effort, first.completion) == (5, 100)
    assert second.morning == 0


def test_ticks_and_red_flags_have_columns_too() -> None:
    text = "day before during after hard spread doms red_flags\n0 3 4 4 yes no x rf04"
    (session,) = read_log(text, FRAME, TIERS).sessions
    assert (session.hard, session.spread, session.doms) == (True, False, True)
    assert session.red_flags == ("RF04",)


def test_json_is_read_as_rehab_replay_reads_it_even_over_many_lines() -> None:
    assert read_log(json.dumps(CASE, indent=2), {}, TIERS).sessions[0].during == 4


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: log: is empty"),
        ("day before", "line 1: sessions: must be from 1 to 400"),
        ("0 3 4 4\n\n2 3 11 4", "line 3: during: must be a whole number from 0 to 10"),
        ("0 3 4 4\n0 3 4 4", "line 2: day: must be after day 0"),
        ("0 3 4", "line 1: after: is required"),
        ("0 3 4 four", "line 1: after: 'four' cannot be read"),
        ("0 3 4 4 3 5 100 7 1", "line 1: line: has more than 8 columns"),
        ("day pain\n0 3", "line 1: pain: unknown field"),
        ("day before during after red_flags\n0 3 4 4 RF99", "line 2: red_flags: unknown red flag"),
        ("9999 3 4 4", "line 1: day: must be 3650 at most"),
        ("{", "line 1: json:"),
        (json.dumps(CASE) * 2, "line 1: json: one case at a time"),
        (json.dumps(CASE | {"step": 9}), "line 1: step: must lie between"),
    ],
)
def test_a_fault_is_named_by_its_line_and_field(text: str, fault: str) -> None:
    with pytest.raises(Unreadable) as found:
        read_log(text, FRAME, TIERS)
    assert str(found.value.fault).startswith(fault)


def test_more_sessions_than_anybody_has_are_refused() -> None:
    text = "\n".join(f"{day} 3 4 4" for day in range(401))
    with pytest.raises(Unreadable):
        read_log(text, FRAME, TIERS)


def test_sessions_written_as_a_table_are_read_again_as_they_were() -> None:
    sessions = (
        Report(0, 3, 4, 5, 2, effort=6, completion=90, sleep=None),
        Report(3, 0, 0, 0, None, effort=0, completion=0, sleep=10, hard=True),
        Report(
            4, 1, 1, 1, 1, effort=1, spread=True, doms=True, red_flags=("RF04", "RF04"), sleep=1
        ),
    )
    assert read_log(as_table(sessions), FRAME, TIERS).sessions == sessions
    assert "red_flags" not in as_table(sessions[:2])
