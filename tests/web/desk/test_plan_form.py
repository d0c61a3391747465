"""The forms of a plan: what is typed, what it changes, and what is no change at all."""

import json
from datetime import date, time
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from rehab.errors import Invalid
from rehab.web.desk.plan_form import Wish, understood

TODAY = date(2026, 3, 2)
HELD = {"edition": "3", "seen": "2026-03-02T12:00:00+00:00"}


def wish(was: dict[str, Any], *typed: tuple[str, str]) -> Wish:
    return understood(MultiDict([*HELD.items(), ("was", json.dumps(was)), *typed]), TODAY)


@pytest.mark.parametrize(
    ("was", "typed", "changes"),
    [
        ({"usual_pain": 4.0}, [("usual_pain", "4")], {}),
        ({"usual_pain": 4.0}, [("usual_pain", " 5,5 ")], {"usual_pain": 5.5}),
        ({"track": "acute"}, [("track", "chronic")], {"track": "chronic"}),
        ({"weekdays": [0, 2]}, [("weekdays", "2"), ("weekdays", "0")], {}),
        ({"weekdays": [0, 2]}, [("weekdays", "1")], {"weekdays": [1]}),
        ({"exercise_at": "18:00"}, [("exercise_at", "18.30")], {"exercise_at": time(18, 30)}),
        ({"bedtime": "22:30"}, [("bedtime", "")], {"bedtime": None}),
        ({"bedtime": None}, [("bedtime", "22:30")], {"bedtime": time(22, 30)}),
        (
            {"review_on": "2026-03-01"},
            [("review_on", "2026-03-16")],
            {"review_on": date(2026, 3, 16)},
        ),
        ({"review_on": "2026-03-01"}, [("review_on", "2026-03-01")], {}),
        (
            {"bounds.low-impact.floor": 1, "bounds.low-impact.locked": True},
            [("bounds.low-impact.floor", "2")],
            {"bounds": {"low-impact": {"floor": 2, "locked": False}}},
        ),
        ({"pins.li-walk": 2}, [("pins.li-walk", "")], {"pins": {"li-walk": None}}),
        (
            {"swaps.li-walk": "li-walk"},
            [("swaps.li-walk", "li-swim")],
            {"swaps": {"li-walk": "li-swim"}},
        ),
    ],
)
def test_only_what_was_typed_otherwise_is_a_change(
    was: dict[str, Any], typed: list[tuple[str, str]], changes: dict[str, Any]
) -> None:
    assert wish(was, *typed).as_changes == changes


@pytest.mark.parametrize(
    ("was", "typed"),
    [
        ({"usual_pain": 4.0}, ("usual_pain", "11")),
        ({"usual_pain": 4.0}, ("usual_pain", "nan")),
        ({"usual_pain": 4.0}, ("usual_pain", "")),
        ({"track": "acute"}, ("track", "both")),
        ({"autonomy": "ease"}, ("autonomy", "")),
        ({"weekdays": [0]}, ("weekdays", "7")),
        ({"exercise_at": "18:00"}, ("exercise_at", "25:00")),
        ({"morning_at": "08:00"}, ("morning_at", "")),
        ({"review_on": "2026-03-16"}, ("review_on", "2026-03-01")),
        ({"review_on": "2026-03-16"}, ("review_on", "soon")),
        ({"bounds.stretching.floor": 1}, ("bounds.stretching.floor", "0")),
        ({"bounds.stretching.ceiling": 1}, ("bounds.stretching.ceiling", "²")),
        ({"pins.li-walk": None}, ("pins.li-walk", "99999")),
        ({"swaps.li-walk": "li-walk"}, ("swaps.li-walk", "")),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    was: dict[str, Any], typed: tuple[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        wish(was, typed)
    assert set(refused.value.errors) == set(was)


@pytest.mark.parametrize(
    "form",
    [
        {**HELD},
        {**HELD, "was": "{"},
        {**HELD, "was": "[]"},
        {**HELD, "was": '{"status": "active"}'},
        {**HELD, "was": '{"bounds.stretching.colour": 1}'},
        {"was": "{}", "seen": HELD["seen"]},
        {"was": "{}", "edition": "x", "seen": HELD["seen"]},
        {"was": "{}", "edition": "3", "seen": "2026-03-02T12:00:00"},
    ],
)
def test_a_form_that_is_not_ours_is_refused(form: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        understood(MultiDict(form), TODAY)


def test_what_was_typed_can_be_sent_again_as_it_was() -> None:
    typed = wish({"weekdays": [0], "bedtime": None}, ("weekdays", "1"), ("weekdays", "3"))
    assert typed.typed == [("weekdays", "1"), ("weekdays", "3")]
