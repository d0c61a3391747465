"""Logs in, decisions out, one line a case; a case that makes no sense is named and left out."""

import json
from typing import Any

import pytest

from rehab.programs.replay import Fault, Result, replay_lines

from .logs import POLICIES, TIERS


def session(day: int = 0, **said: Any) -> dict[str, Any]:
    return {"day": day, "before": 3, "during": 3, "after": 3, "morning": 3, **said}


def case(*sessions: dict[str, Any], **said: Any) -> dict[str, Any]:
    return {
        "id": "c1",
        "track": "chronic",
        "category": "strengthening",
        "usual_pain": 3,
        "step": 2,
        "sessions": list(sessions),
        **said,
    }


def replayed(*lines: str | bytes | dict[str, Any]) -> list[Result | Fault]:
    texts = [json.dumps(line) if isinstance(line, dict) else line for line in lines]
    return list(replay_lines(texts, POLICIES, TIERS))


def decisions(**said: Any) -> list[dict[str, Any]]:
    (result,) = replayed(case(**said) if "sessions" in said else case(session(**said)))
    assert isinstance(result, Result), result
    listed: list[dict[str, Any]] = result.as_dict()["decisions"]
    return listed


def fault(line: str | bytes | dict[str, Any]) -> str:
    (outcome,) = replayed(line)
    assert isinstance(outcome, Fault), outcome
    return str(outcome)


def without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def test_a_case_gives_its_decisions_as_published():
    (result,) = replayed(
        '{"id":"c1","track":"chronic","category":"strengthening","usual_pain":4,"floor":1,'
        '"ceiling":5,"step":2,"dose":1.0,"locked":false,"sessions":[{"day":0,"before":3,'
        '"during":4,"after":4,"morning":4,"effort":5,"completion":100,"hard":false,'
        '"spread":false,"red_flags":[],"sleep":7,"doms":false}]}'
    )
    assert isinstance(result, Result)
    assert json.dumps(result.as_dict(), separators=(",", ":")) == (
        '{"id":"c1","decisions":[{"day":0,"zone":"green","move":"hold","step":2,"dose":1.0,'
        '"rules":["STREAK"],"alert":0,"paused":false,'
        '"why":"Held at step 2: 1 of 3 settled sessions at full dose (STREAK)."}]}'
    )


def test_a_case_without_sessions_has_no_decisions():
    (result,) = replayed(case())
    assert result == Result("c1", ())


def test_what_is_left_out_is_as_documented():
    plain = session(0)
    full = plain | {
        "effort": 5,
        "completion": 100,
        "hard": False,
        "spread": False,
        "red_flags": [],
        "sleep": 7,
        "doms": False,
    }
    given = {"floor": 1, "ceiling": 5, "dose": 1.0, "locked": False, "weekly": True}
    assert replayed(case(plain)) == replayed(case(full, **given))
    assert decisions(sessions=[without(session(), "morning")])[0]["zone"] == "unknown"
    assert decisions(sessions=[session(0, morning=None)])[0]["zone"] == "unknown"


def test_bounds_dose_and_lock_are_taken_from_the_case():
    ready = [session(day) for day in (0, 2, 4)]
    assert decisions(sessions=ready)[-1]["step"] == 3
    assert decisions(sessions=ready, ceiling=2)[-1]["rules"] == ("R12",)
    assert decisions(sessions=ready, locked=True)[-1]["rules"] == ("R12",)
    assert decisions(sessions=[session(0, during=9)], floor=2)[-1]["step"] == 2
    assert decisions(sessions=[session(0)], dose=0)[-1]["dose"] == 0.25
    assert decisions(sessions=[session(0)], dose=0.5, track="acute")[-1]["dose"] == 1.0


def test_the_track_chooses_the_policy():
    red = [session(0, during=6)]
    assert decisions(sessions=red, track="acute")[0]["dose"] == 0.0
    assert decisions(sessions=red, track="chronic")[0]["dose"] == 0.5


def week(number: int, morning: int) -> list[dict[str, Any]]:
    return [session(7 * number + day, morning=morning, before=morning) for day in (0, 2, 4)]


def test_weeks_are_judged_by_the_mornings_of_the_case_unless_turned_off():
    sore = [*week(0, 5), *week(1, 5), *week(2, 3)]
    weekly = decisions(sessions=sore, category="stretching")
    alone = decisions(sessions=sore, category="stretching", weekly=False)
    assert [decision["step"] for decision in weekly] == [2, 1, 1, 1, 1, 1, 1, 1, 1]
    assert [("R5" in d["rules"], d["alert"]) for d in weekly[2:7]] == [
        (False, 0),
        (True, 2),
        (True, 0),
        (True, 0),
        (True, 2),
    ]
    assert not any("R5" in decision["rules"] for decision in alone)


def test_two_sore_weeks_cost_one_step_at_the_first_session_of_the_third():
    sore = [*week(0, 5), *week(1, 5), *week(2, 5)]
    listed = decisions(sessions=sore, usual_pain=3, step=4, track="chronic")
    assert "R5b" in listed[6]["rules"]
    assert "R5b" not in listed[7]["rules"]


def test_the_same_log_gives_the_same_lines():
    line = case(*(session(day, morning=day % 7) for day in range(0, 40, 2)))
    assert replayed(line) == replayed(line)


def test_cases_come_out_in_order_and_faults_in_their_place():
    outcomes = replayed(case(id="a"), "", "  \n", "{", case(id="b"))
    assert [str(getattr(outcome, "id", outcome)) for outcome in outcomes] == [
        "a",
        "line 4: json: Expecting property name enclosed in double quotes",
        "b",
    ]


def test_lines_may_be_bytes_with_a_byte_order_mark_and_carriage_returns():
    line = b"\xef\xbb\xbf" + json.dumps(case(session())).encode() + b"\r\n"
    assert isinstance(replayed(line)[0], Result)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[]", "json: must be an object"),
        ("3", "json: must be an object"),
        ("nonsense", "json: Expecting value"),
        (b'{"id": "\xff"}', "json: cannot be read"),
        ("[" * 100_000, "json: cannot be read"),
        ('{"step": ' + "9" * 5000 + "}", "json: cannot be read"),
        ('{"id": "a", "id": "b"}', "json: a field stands twice in one object"),
    ],
)
def test_a_line_that_is_not_an_object_is_named(line, said):
    assert fault(line) == f"line 1: {said}"


RATING = "must be a whole number from 0 to 10"

BAD_VALUES: list[tuple[str, Any, str]] = [
    ("id", 7, "must be a text"),
    ("id", None, "must be a text"),
    ("track", "both", "must be one of acute, chronic"),
    ("track", ["acute"], "must be one of acute, chronic"),
    (
        "category",
        "yoga",
        "must be one of stretching, strengthening, low-impact, relaxation, self-care",
    ),
    ("usual_pain", 10.5, "must be a number from 0 to 10"),
    ("usual_pain", -1, "must be a number from 0 to 10"),
    ("usual_pain", "3", "must be a number from 0 to 10"),
    ("usual_pain", True, "must be a number from 0 to 10"),
    ("usual_pain", float("nan"), "must be a number from 0 to 10"),
    ("floor", 0, "must be a whole number from 1 to 20"),
    ("floor", 6, "must not be above the ceiling, 5"),
    ("ceiling", 21, "must be a whole number from 1 to 20"),
    ("step", 6, "must lie between the floor, 1, and the ceiling, 5"),
    ("step", 0, "must be a whole number from 1 to 20"),
    ("step", 2.0, "must be a whole number from 1 to 20"),
    ("dose", 1.01, "must be a number from 0 to 1"),
    ("dose", True, "must be a number from 0 to 1"),
    ("locked", 0, "must be true or false"),
    ("weekly", None, "must be true or false"),
    ("sessions", {}, "must be a list"),
    ("sessions", None, "must be a list"),
    ("lock", True, "unknown field"),
]


@pytest.mark.parametrize(("name", "value", "what"), BAD_VALUES)
def test_a_case_field_that_makes_no_sense_is_named(name, value, what):
    assert fault(case() | {name: value}) == f"line 1: {name}: {what}"


@pytest.mark.parametrize("name", ["id", "track", "category", "usual_pain", "step", "sessions"])
def test_a_case_field_that_is_missing_is_named(name):
    assert fault(without(case(), name)) == f"line 1: {name}: is required"


BAD_SESSION_VALUES: list[tuple[str, Any, str]] = [
    ("day", -1, "must be a whole number, 0 or more"),
    ("day", 1.0, "must be a whole number, 0 or more"),
    ("day", False, "must be a whole number, 0 or more"),
    ("before", 11, RATING),
    ("before", -1, RATING),
    ("before", None, RATING),
    ("during", 2.0, RATING),
    ("during", "2", RATING),
    ("after", True, RATING),
    ("morning", 11, f"{RATING}, or null"),
    ("morning", "none", f"{RATING}, or null"),
    ("effort", None, RATING),
    ("effort", 11, RATING),
    ("completion", 101, "must be a whole number from 0 to 100"),
    ("completion", 99.5, "must be a whole number from 0 to 100"),
    ("hard", "no", "must be true or false"),
    ("spread", 1, "must be true or false"),
    ("doms", None, "must be true or false"),
    ("sleep", 10.5, f"{RATING}, or null"),
    ("red_flags", "RF04", "must be a list of texts"),
    ("red_flags", [4], "must be a list of texts"),
    ("red_flags", None, "must be a list of texts"),
    ("red_flags", ["RF99"], "unknown red flag RF99"),
    ("red_flags", ["RF04", "a\nb"], "unknown red flag 'a\\nb'"),
    ("mood", 3, "unknown field"),
]


@pytest.mark.parametrize(("name", "value", "what"), BAD_SESSION_VALUES)
def test_a_session_field_that_makes_no_sense_is_named(name, value, what):
    line = case(session(0), session(1), session(2) | {name: value})
    assert fault(line) == f"line 1: sessions[2].{name}: {what}"


@pytest.mark.parametrize("name", ["day", "before", "during", "after"])
def test_a_session_field_that_is_missing_is_named(name):
    assert fault(case(without(session(), name))) == f"line 1: sessions[0].{name}: is required"


@pytest.mark.parametrize("day", [4, 3, 0])
def test_days_that_do_not_increase_are_named(day):
    line = case(session(4), session(day))
    assert fault(line) == "line 1: sessions[1].day: must be after day 4"


def test_a_session_that_is_no_object_is_named():
    assert fault(case() | {"sessions": [3]}) == "line 1: sessions[0]: must be an object"


def test_a_field_name_that_cannot_be_printed_is_spelled_out():
    assert fault(case() | {"a\nb\ud800": 1}) == "line 1: 'a\\nb\\ud800': unknown field"
