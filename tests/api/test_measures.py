"""Outcome measures over HTTP: asked, answered, corrected, refused, and hidden from next door."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.measure import Measurement
from tests.conftest import NOON, Caller

MAYA = {"given_name": "Maya", "phone": "+442079460123", "zone": "Europe/London"}
PLAN = {"program_id": "lb-subacute-6w", "usual_pain": 4}
STAIRS, SHOES, BUS = "Climb the stairs", "Tie my shoes", "Ride the bus"


def answers(**ratings: int | None) -> list[dict[str, Any]]:
    return [{"item": item, "rating": rating} for item, rating in ratings.items()]


PEG = {
    "measure_id": "peg",
    "on": "2026-03-02",
    "answers": answers(pain=5, enjoyment=6, activity=7),
}


@pytest.fixture
def path(as_ana: Caller) -> str:
    """Where the measures of Maya's plan are."""
    patient = as_ana("POST", "/patients", MAYA).json["id"]
    plan = as_ana("POST", f"/patients/{patient}/plans", PLAN).json["id"]
    return f"/plans/{plan}/measures"


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    problem: dict[str, Any] = answer.json
    return problem


def rows() -> int:
    return db.session.scalar(select(func.count()).select_from(Measurement)) or 0


def of(seen: dict[str, Any], measure_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(m for m in seen["measures"] if m["measure_id"] == measure_id)
    return found


def test_two_weeks_of_measures(as_ana: Caller, at: Callable[[datetime], None], path: str) -> None:
    first = dict(zip((STAIRS, SHOES, BUS), (2, 3, 4), strict=True))
    later = dict(zip((BUS, STAIRS, SHOES), (7, 4, 4), strict=True))
    for day, ratings in ((0, first), (14, later)):
        now = NOON + timedelta(days=day)
        at(now)
        said = {
            "measure_id": "psfs",
            "on": now.date().isoformat(),
            "answers": [{"item": item, "rating": rating} for item, rating in ratings.items()],
        }
        stored = as_ana("POST", path, said)
        assert stored.status_code == 201, stored.text
    assert stored.json["score"] == 5
    assert [a["item"] for a in stored.json["answers"]] == [STAIRS, SHOES, BUS]

    seen = as_ana("GET", path).json
    psfs = of(seen, "psfs")
    assert psfs["activities"] == [STAIRS, SHOES, BUS]
    assert [(p["on"], p["score"]) for p in psfs["course"]] == [("2026-03-02", 3), ("2026-03-16", 5)]
    assert {k: v for k, v in psfs["change"].items() if k not in ("first", "latest")} == {
        "by": 2,
        "towards": "better",
        "reaches_mcid": True,
    }
    assert psfs["change"]["first"]["on"] == "2026-03-02"
    assert "Stratford" in psfs["mcid"]["source"]
    assert psfs["medians"][0] == {
        "from_on": "2026-03-02",
        "to_on": "2026-03-08",
        "count": 1,
        "median": None,
    }
    assert {d["measure_id"] for d in seen["due"]} == {
        "peg",
        "fatigue",
        "sleep",
        "stiffness",
        "global-change",
    }
    assert seen["on"] == "2026-03-16"


def test_what_is_due_says_where_it_is_answered(as_ana: Caller, path: str) -> None:
    due = {d["measure_id"]: (d["since"], d["diary"]) for d in as_ana("GET", path).json["due"]}
    assert due["peg"] == ("2026-03-02", None)
    assert due["sleep"] == ("2026-03-02", "sleep")
    assert due["stiffness"] == ("2026-03-02", "stiffness_minutes")


def test_a_measure_brings_its_words_in_both_languages(as_ana: Caller, path: str) -> None:
    change = of(as_ana("GET", path).json, "global-change")
    [item] = change["items"]
    assert set(item["question"]) == {"en", "es"}
    assert item["labels"][0] == {
        "at": -3,
        "words": {"en": "Very much worse", "es": "Muchísimo peor"},
    }
    assert (change["instruction"], change["mcid"], change["change"]) == (None, None, None)
    assert (change["course"], change["interference"]) == ([], None)


def test_zero_is_an_answer_and_null_is_none(as_ana: Caller, path: str) -> None:
    none = {**PEG, "answers": answers(pain=0, enjoyment=0, activity=0)}
    assert as_ana("POST", path, none).json["score"] == 0
    gap = {**PEG, "answers": answers(pain=None, enjoyment=0, activity=0)}
    assert as_ana("POST", path, gap).json["score"] is None
    [point] = of(as_ana("GET", path).json, "peg")["course"]
    assert point["answers"][0] == {"item": "pain", "rating": None}


def test_the_mornings_are_a_course(as_ana: Caller, path: str) -> None:
    woke = {"on": "2026-03-02", "sleep": 0, "stiffness_minutes": 30}
    assert as_ana("POST", path.replace("measures", "mornings"), woke).status_code == 201
    seen = as_ana("GET", path).json
    assert of(seen, "sleep")["course"][0]["score"] == 0
    assert of(seen, "stiffness")["course"][0]["score"] == 30
    assert not {"sleep", "stiffness"} & {d["measure_id"] for d in seen["due"]}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"measure_id": "mood"}, {"measure_id"}),
        ({"measure_id": "sleep"}, {"measure_id"}),
        ({"measure_id": 7}, {"measure_id"}),
        ({"on": "2026-03-03"}, {"on"}),
        ({"on": "2026-03-01"}, {"on"}),
        ({"on": "yesterday"}, {"on"}),
        ({"on": None}, {"on"}),
        ({"answers": []}, {"answers"}),
        ({"answers": {}}, {"answers"}),
        ({"answers": [5, 6, 7]}, {"answers.0", "answers.1", "answers.2"}),
        ({"answers": answers(pain=5, enjoyment=6)}, {"answers"}),
        ({"answers": answers(pain=5, enjoyment=6, mood=1)}, {"answers.2.item"}),
        ({"answers": answers(pain=5, enjoyment=6, activity=11)}, {"answers.2.rating"}),
        ({"answers": answers(pain=5, enjoyment=6, activity=-1)}, {"answers.2.rating"}),
        ({"answers": answers(pain=None, enjoyment=None, activity=None)}, {"answers"}),
        ({"answers": [*PEG["answers"][:2], {"item": "activity"}]}, {"answers.2.rating"}),
        (
            {"answers": [*PEG["answers"][:2], {"item": "activity", "rating": "7"}]},
            {"answers.2.rating"},
        ),
        (
            {"answers": [*PEG["answers"][:2], {"item": "activity", "rating": True}]},
            {"answers.2.rating"},
        ),
        (
            {"answers": [*PEG["answers"][:2], {"item": "activity", "rating": 6.5}]},
            {"answers.2.rating"},
        ),
        ({"score": 6}, {"score"}),
        ({"id": "mine"}, {"id"}),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_by_field(
    as_ana: Caller, path: str, change: dict[str, Any], fields: set[str]
) -> None:
    answer = as_ana("POST", path, {**PEG, **change})
    assert set(problem(answer, 422)["errors"]) == fields
    assert rows() == 0


def test_other_activities_than_the_first_are_refused(as_ana: Caller, path: str) -> None:
    named = [{"item": item, "rating": 3} for item in (STAIRS, SHOES, BUS)]
    said = {"measure_id": "psfs", "on": "2026-03-02", "answers": named}
    assert as_ana("POST", path, said).status_code == 201
    changed = {**said, "answers": [*named[:2], {"item": "Swim", "rating": 3}]}
    assert set(problem(as_ana("POST", path, changed), 422)["errors"]) == {"answers.2.item"}
    assert rows() == 1


def test_an_answer_sent_twice_is_stored_once(as_ana: Caller, path: str) -> None:
    said = {**PEG, "id": str(uuid4())}
    first, again = as_ana("POST", path, said), as_ana("POST", path, said)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert first.json["id"] == said["id"]
    assert rows() == 1
    other = {**said, "answers": answers(pain=1, enjoyment=1, activity=1)}
    problem(as_ana("POST", path, other), 409)
    corrected = as_ana("POST", path, {**other, "id": str(uuid4())})
    assert corrected.status_code == 201
    assert [p["score"] for p in of(as_ana("GET", path).json, "peg")["course"]] == [1]
    assert rows() == 2


def test_another_clinics_measures_do_not_exist(as_ana: Caller, as_boris: Caller, path: str) -> None:
    unknown = f"/plans/{uuid4()}/measures"
    for method, body in (("GET", None), ("POST", PEG)):
        theirs = problem(as_boris(method, path, body), 404)
        assert problem(as_boris(method, unknown, body), 404) == theirs
    assert rows() == 0


def test_measures_take_no_query(as_ana: Caller, path: str) -> None:
    assert set(problem(as_ana("GET", f"{path}?on=2026-03-02"), 422)["errors"]) == {"on"}
